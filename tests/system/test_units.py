"""The units, held to what systemd itself says of them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd/units"
MOST_EXPOSED = {
    "krn-kiosk.service": 1.5,
    "krn-meter.service": 1.2,
    "krn-out-of-service.service": 1.5,
    "krn-backup.service": 1.2,
}
"""By systemd-analyze security: 0 is closed, 10 is open."""


def lines(unit: str) -> list[str]:
    return (UNITS / unit).read_text().splitlines()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="apt-get install systemd")
@pytest.mark.parametrize("unit", MOST_EXPOSED)
def test_each_service_is_closed_enough(unit: str) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(UNITS / unit)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert found is not None
    assert float(found.group(1)) <= MOST_EXPOSED[unit]


def test_every_unit_is_installed_and_every_timer_has_its_service() -> None:
    listed = (ROOT / "systemd/install.sh").read_text()
    units = {path.name for path in UNITS.iterdir()}
    for unit in units:
        assert unit in listed.partition('UNITS="')[2].partition('"')[0].split(), unit
        if unit.endswith(".timer"):
            assert unit.replace(".timer", ".service") in units
    for unit in listed.partition('ENABLED="')[2].partition('"')[0].split():
        assert "[Install]" in lines(unit), unit


@pytest.mark.parametrize("unit", ["krn-kiosk.service", "krn-meter.service"])
def test_the_two_services_tell_that_they_live(unit: str) -> None:
    assert {"Type=notify", "WatchdogSec=20", "Restart=always", "StartLimitBurst=5"} <= set(lines(unit))


def test_the_meter_process_has_no_network_and_only_its_lines() -> None:
    meter = lines("krn-meter.service")
    assert [line for line in meter if line.startswith("DeviceAllow=")] == ["DeviceAllow=char-gpiochip rw"]
    assert {"PrivateNetwork=yes", "RestrictAddressFamilies=AF_UNIX", "CapabilityBoundingSet="} <= set(meter)
    # A press is half a second at most, and an answer two: it ends by itself before it is killed.
    assert "TimeoutStopSec=15" in meter


def test_the_kiosk_gets_its_passphrase_as_a_credential_and_no_network() -> None:
    kiosk = set(lines("krn-kiosk.service"))
    assert {"LoadCredentialEncrypted=krn-vault", "IPAddressDeny=any", "OnFailure=krn-out-of-service.service"} <= kiosk
    assert "RestrictAddressFamilies=AF_UNIX AF_NETLINK" in kiosk


def test_shell_scripts_have_no_slip() -> None:
    """Every program that the installer calls is there on Debian; the shell reads it without complaint."""
    subprocess.run(["sh", "-n", str(ROOT / "systemd/install.sh")], check=True)
