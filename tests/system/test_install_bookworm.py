"""The installer on Debian 12."""

from tests.support.installer import InstallerTests


class TestBookworm(InstallerTests):
    suite = "bookworm"
