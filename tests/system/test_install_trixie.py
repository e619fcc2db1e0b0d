"""The installer on Debian 13."""

from tests.support.installer import InstallerTests


class TestTrixie(InstallerTests):
    suite = "trixie"
