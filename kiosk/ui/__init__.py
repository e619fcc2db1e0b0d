"""Widgets, theme, fonts, input and languages: what screens are made of. It knows no screen and no flow step."""

import os

# Before the first import of pygame: its greeting would stand in the middle of a command's output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
