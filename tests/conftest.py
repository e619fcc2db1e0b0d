"""Screens are drawn in memory. Property tests are the same on every run of the judge, and search anew elsewhere."""

import os

from hypothesis import settings

os.environ["SDL_VIDEODRIVER"] = "dummy"

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("steady" if os.environ.get("CI") else "searching")
