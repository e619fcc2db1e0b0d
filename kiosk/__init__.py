"""What people touch: the touchscreen application and the command line."""

import os

# Before the first import of pygame: its greeting would stand in the middle of a command's output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
