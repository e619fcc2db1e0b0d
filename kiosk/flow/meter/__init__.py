"""The steps at a connected meter: its rows go in by contacts or by hand, and a person is asked what only they see."""
