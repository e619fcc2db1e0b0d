"""The installer on Debian 13."""

from tests.support.debian import ROOT, Machine, ok
from tests.support.installer import InstallerTests


class TestTrixie(InstallerTests):
    suite = "trixie"

    def test_udev_finds_nothing_wrong_with_the_rules(self, machine: Machine) -> None:
        """`udevadm verify` came with systemd 254, which the other Debian is too old for."""
        rules = sorted(f"/src/systemd/{path.name}" for path in (ROOT / "systemd").glob("*.rules"))
        verify = ("udevadm", "verify", "--resolve-names=never")
        assert "2 udev rules files" in ok(machine.run(*verify, *rules))
        (machine.root / "tmp/broken.rules").write_text('ACTION=="add", GOTO="nowhere"\n')
        assert machine.run(*verify, "/tmp/broken.rules").returncode != 0
