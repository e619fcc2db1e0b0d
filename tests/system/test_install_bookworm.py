"""The installer on Debian 12."""

import os

from tests.support.debian import ARCHITECTURE
from tests.support.installer import GOING_BACK, InstallerTests


class TestBookworm(InstallerTests):
    suite = "bookworm"


if not (ARCHITECTURE or "KRN_WHOLE_INSTALLER" in os.environ):
    # The script that goes back is the same on both, and tried on Debian 13 each time; make install-whole tries all.
    for name in GOING_BACK:
        setattr(TestBookworm, name, None)
