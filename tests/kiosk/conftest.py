"""Screens are drawn in memory."""

import os

os.environ["SDL_VIDEODRIVER"] = "dummy"
