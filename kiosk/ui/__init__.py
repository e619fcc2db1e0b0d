"""Widgets, theme, fonts, input and languages: what screens are made of. It knows no screen and no flow step."""
