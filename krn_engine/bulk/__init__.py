"""Rows for many meters at once, over arrays: the same rows as the engine's, which stays the readable specification."""
