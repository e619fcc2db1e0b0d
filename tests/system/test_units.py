"""The units, held to what systemd itself says of them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hardware.optical.settings import AUTHENTICATION_KEY, ENCRYPTION_KEY, PASSWORD
from kiosk.commands.enrolling import CA, CERTIFICATE, KEY
from krn_engine.issuing.passphrase import CREDENTIAL as PASSPHRASE
from krn_engine.issuing.rows_key import CREDENTIAL as ROWS_KEY
from krn_engine.issuing.sources.opening import PASSWORD_CREDENTIAL, PIN_CREDENTIAL
from krn_engine.office.audit.key import CREDENTIAL as AUDIT_KEY
from krn_engine.office.chat.settings import (
    TELEGRAM_SECRET,
    TELEGRAM_TOKEN,
    WHATSAPP_SECRET,
    WHATSAPP_TOKEN,
    WHATSAPP_VERIFY,
)
from krn_engine.office.server.processes import HANGS_AFTER, STOP_SECONDS

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd/units"
MOST_EXPOSED = {
    "krn-kiosk.service": 1.5,
    "krn-meter.service": 1.2,
    "krn-office.service": 1.2,
    "krn-office-backup.service": 1.2,
    "krn-out-of-service.service": 1.5,
    "krn-backup.service": 1.2,
    "krn-journal.service": 1.2,
    "krn-restart.service": 1.2,
    "krn-retry.service": 1.2,
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


def test_no_service_is_left_out() -> None:
    """Those of the timers too: they run as root."""
    assert {path.name for path in UNITS.glob("*.service")} == set(MOST_EXPOSED)


def listed(name: str) -> list[str]:
    """What a list of the installer holds."""
    found = re.search(rf'^{name}="([^"]*)"', (ROOT / "systemd/install.sh").read_text(), re.MULTILINE)
    assert found is not None, name
    return found[1].split()


def test_every_unit_is_installed_and_every_timer_has_its_service() -> None:
    units = {path.name for path in UNITS.iterdir()}
    assert units == {*listed("UNITS"), *listed("OFFICE_UNITS")}
    for unit in units:
        if unit.endswith((".timer", ".socket")):
            assert f"{unit.rpartition('.')[0]}.service" in units
    for kind in ("", "OFFICE_"):
        for unit in listed(f"{kind}ENABLED"):
            assert "[Install]" in lines(unit), unit
            assert unit in listed(f"{kind}UNITS")


def test_a_kiosk_gets_no_office_and_an_office_no_kiosk() -> None:
    assert not [unit for unit in listed("UNITS") if "office" in unit]
    assert not [unit for unit in listed("OFFICE_UNITS") if "kiosk" in unit or "meter" in unit]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="apt-get install systemd")
def test_the_offices_units_are_without_fault(tmp_path: Path) -> None:
    """With the program in the place of the one that is installed."""
    for unit in ("krn-office.socket", "krn-office.service"):
        text = (UNITS / unit).read_text().replace("/opt/krn/current/venv/bin/krn ", "/bin/true ")
        (tmp_path / unit).write_text(text)
    done = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            "--man=no",
            str(tmp_path / "krn-office.service"),
            str(tmp_path / "krn-office.socket"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_the_office_listens_where_systemd_does_and_may_end_what_it_began() -> None:
    office, opened = settings("krn-office.service"), settings("krn-office.socket")
    (command,) = office["ExecStart"]
    assert "office serve --fd 3 " in command
    assert opened["ListenStream"] == ["8443"]
    assert office["Requires"] == ["krn-office.socket"]
    assert {"Type=notify", "WatchdogSec=20", "Restart=always", "SocketBindDeny=any"} <= set(lines("krn-office.service"))
    assert int(office["TimeoutStopSec"][0]) > HANGS_AFTER + STOP_SECONDS
    # Nobody but systemd reads the key of the certificate.
    assert "LoadCredential=key:/etc/krn/office.key" in lines("krn-office.service")
    assert "--key %d/key" in command


def test_the_office_gets_each_of_its_secrets_as_a_credential() -> None:
    secrets = {PASSPHRASE, ROWS_KEY, AUDIT_KEY, PIN_CREDENTIAL, PASSWORD_CREDENTIAL}
    of_chats = {WHATSAPP_TOKEN, WHATSAPP_SECRET, WHATSAPP_VERIFY, TELEGRAM_TOKEN, TELEGRAM_SECRET}
    assert secrets | of_chats == set(settings("krn-office.service")["LoadCredentialEncrypted"])
    # Modules are asked over the network.
    assert "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6" in lines("krn-office.service")


@pytest.mark.parametrize("unit", ["krn-kiosk.service", "krn-meter.service"])
def test_the_two_services_tell_that_they_live(unit: str) -> None:
    assert {"Type=notify", "WatchdogSec=20", "Restart=always", "StartLimitBurst=5"} <= set(lines(unit))


def test_the_meter_process_has_no_network_and_only_its_lines() -> None:
    meter = lines("krn-meter.service")
    assert settings("krn-meter.service")["DeviceAllow"] == ["char-gpiochip rw", "char-ttyUSB rw", "char-ttyACM rw"]
    assert {"PrivateNetwork=yes", "RestrictAddressFamilies=AF_UNIX", "CapabilityBoundingSet="} <= set(meter)
    # A press is half a second at most, and an answer two: it ends by itself before it is killed.
    assert "TimeoutStopSec=15" in meter


def test_the_meter_process_gets_what_lets_it_into_meters_as_credentials() -> None:
    assert settings("krn-meter.service")["LoadCredentialEncrypted"] == [PASSWORD, AUTHENTICATION_KEY, ENCRYPTION_KEY]
    assert not {PASSWORD, AUTHENTICATION_KEY, ENCRYPTION_KEY} & {
        *settings("krn-kiosk.service")["LoadCredentialEncrypted"]
    }


def test_the_kiosk_gets_its_passphrase_as_a_credential_and_no_network() -> None:
    kiosk = set(lines("krn-kiosk.service"))
    assert {
        "LoadCredentialEncrypted=krn-vault",
        "LoadCredentialEncrypted=krn-rows",
        "DeviceAllow=/dev/vcio rw",
    } <= kiosk
    assert {"IPAddressDeny=any", "OnFailure=krn-out-of-service.service"} <= kiosk
    assert "RestrictAddressFamilies=AF_UNIX AF_NETLINK" in kiosk


def test_only_a_kiosk_of_an_office_is_let_onto_the_network_and_nobody_to_it() -> None:
    drop_in = (ROOT / "systemd/kiosk-network.conf").read_text().splitlines()
    # An empty list takes back what the unit denies; families add up.
    assert {"IPAddressDeny=", "RestrictAddressFamilies=AF_INET AF_INET6", "SocketBindDeny=any"} <= set(drop_in)
    script = (ROOT / "systemd/install.sh").read_text()
    assert "if of_office; then put kiosk-network.conf" in script
    # Of settings that were written a moment ago, too.
    assert script.count("put_network\n") == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "settings", "runs"),
    [
        ("krn-backup.service", 'register = "sqlite:///x"', True),
        ("krn-backup.service", "# office_url = ...", True),
        ("krn-backup.service", 'office_url = "https://office:8443"', False),
        ("krn-office-backup.service", 'register = "sqlite:///x"', True),
        ("krn-office-backup.service", 'register = "postgresql+psycopg://x"', False),
    ],
)
def test_a_copy_is_made_where_there_is_a_file_to_copy(unit: str, settings: str, runs: bool, tmp_path: Path) -> None:
    (tmp_path / "settings").write_text(f"{settings}\n")
    (condition,) = [line for line in lines(unit) if line.startswith("ExecCondition=")]
    found = re.fullmatch(r"ExecCondition=(/bin/sh) -c '(.*) (/etc/krn/\w+\.toml)'", condition)
    assert found is not None
    done = subprocess.run([found[1], "-c", f"{found[2]} {tmp_path / 'settings'}"], check=False)
    assert (done.returncode == 0) is runs


@pytest.mark.parametrize("script", ["install.sh", "screen.sh", "doctor.sh"])
def test_shell_scripts_have_no_slip(script: str) -> None:
    """Every program that the installer calls is there on Debian; the shell reads it without complaint."""
    subprocess.run(["sh", "-n", str(ROOT / "systemd" / script)], check=True)


DRAWING = ("krn-kiosk.service", "krn-out-of-service.service")
SOFTWARE = {"WLR_RENDERER": "pixman", "LIBGL_ALWAYS_SOFTWARE": "1", "GALLIUM_DRIVER": "softpipe"}
"""Nothing of it compiles code for the processor while it draws."""


def settings(unit: str) -> dict[str, list[str]]:
    """Every setting of a unit with its values, in their order."""
    found: dict[str, list[str]] = {}
    for line in lines(unit):
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", DRAWING)
def test_what_draws_may_ask_what_mesa_asks(unit: str) -> None:
    assert settings(unit)["SystemCallFilter"][-1] == "mincore"


@pytest.mark.parametrize("unit", DRAWING)
def test_being_asked_to_stop_is_no_failure(unit: str) -> None:
    """cage 0.1.4 ends with SIGABRT at every SIGTERM; as a failure it would bring the other of the two up."""
    assert settings(unit)["SuccessExitStatus"] == ["SIGABRT"]
    assert "OnSuccess" not in settings(unit)


def test_the_installer_stops_all_that_could_bring_the_kiosk_back() -> None:
    """While the register is copied nobody else may open it."""
    script = (ROOT / "systemd/install.sh").read_text()
    stopped = script.partition('ALL="')[2].partition('"')[0].split()
    bring_it_back = {"krn-retry.timer", *settings("krn-kiosk.service")["OnFailure"]}
    assert {"krn-kiosk.service", "krn-meter.service", *bring_it_back} == set(stopped)
    assert "systemctl stop krn" not in script


def test_out_of_service_is_tried_again_whatever_the_picture_does() -> None:
    kiosk, retry = settings("krn-kiosk.service"), settings("krn-retry.service")
    assert kiosk["OnFailure"] == ["krn-out-of-service.service", "krn-retry.timer"]
    # A timer that still counts as started would not start anew.
    assert "krn-retry.timer" in kiosk["Conflicts"][0].split()
    assert settings("krn-retry.timer")["OnActiveSec"] == ["10min"]
    assert [command.split()[1] for command in retry["ExecStart"]] == ["reset-failed", "start"]
    assert "--seconds inf" in settings("krn-out-of-service.service")["ExecStart"][0]


def test_starts_that_take_all_of_their_time_come_to_an_end() -> None:
    """Otherwise the fifth slow start falls out of the interval, and they go round for ever without a picture."""
    kiosk = settings("krn-kiosk.service")
    start, stop, pause, burst, interval = (
        int(kiosk[name][0])
        for name in ("TimeoutStartSec", "TimeoutStopSec", "RestartSec", "StartLimitBurst", "StartLimitIntervalSec")
    )
    assert start >= 180
    assert burst * (start + stop + pause) < interval


def test_the_picture_writes_on_the_glass_and_its_troubles_elsewhere() -> None:
    picture = settings("krn-out-of-service.service")
    assert (picture["StandardOutput"], picture["StandardError"]) == (["tty"], ["journal"])
    assert " ".join(f"{name}={value}" for name, value in SOFTWARE.items()) in picture["Environment"]


TOUCH, MOVEMENT = "E:ID_INPUT=1\nE:ID_INPUT_TOUCHSCREEN=1\n", "E:ID_INPUT=1\nE:ID_INPUT_ACCELEROMETER=1\n"


@pytest.mark.parametrize(
    ("driver", "known", "expected"),
    [
        ("v3d", TOUCH, {}),
        ("vc4-drm", TOUCH, {}),
        ("virtio_gpu", TOUCH, SOFTWARE),
        (None, TOUCH, SOFTWARE),
        ("v3d", MOVEMENT, {"WLR_LIBINPUT_NO_DEVICES": "1"}),
        ("v3d", None, {"WLR_LIBINPUT_NO_DEVICES": "1"}),
        (None, None, SOFTWARE | {"WLR_LIBINPUT_NO_DEVICES": "1"}),
    ],
)
def test_cage_is_started_for_what_the_machine_has(
    tmp_path: Path, driver: str | None, known: str | None, expected: dict[str, str]
) -> None:
    devices, udev, programs = (tmp_path / name for name in ("drm", "udev", "bin"))
    for folder in (devices / "renderD128/device", udev, programs):
        folder.mkdir(parents=True)
    if driver is not None:
        (devices / "renderD128/device/driver").symlink_to(f"../../bus/drivers/{driver}")
    if known is not None:
        (udev / "c13:64").write_text(known)
    (programs / "cage").write_text('#!/bin/sh\necho "$@"\nenv\n')
    (programs / "cage").chmod(0o755)
    told = subprocess.run(
        [str(ROOT / "systemd/screen.sh"), "krn", "kiosk"],
        env={"PATH": f"{programs}:/usr/bin:/bin", "DRM": str(devices), "UDEV": str(udev)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert told[0] == "-d -- krn kiosk", "without -s no key leads to another console"
    given = dict(line.partition("=")[::2] for line in told[1:])
    assert {name: value for name, value in given.items() if name in {*SOFTWARE, "WLR_LIBINPUT_NO_DEVICES"}} == expected


def test_what_a_kiosk_shows_its_office_is_the_kiosks_to_read_and_its_key_nobody_elses() -> None:
    """As `krn setup` writes them, and as root may have put their next ones there."""
    modes = {CA: "0644 root root", CERTIFICATE: "0644 root root", KEY: "0600 krn-kiosk krn-kiosk"}
    told = (ROOT / "systemd/tmpfiles.conf").read_text().splitlines()
    assert {f"z /etc/krn/{name} {mode}" for name, mode in modes.items()} <= set(told)


def test_the_folder_of_sealed_passphrases_is_there_and_closed() -> None:
    assert "d /etc/credstore.encrypted 0700 root root" in (ROOT / "systemd/tmpfiles.conf").read_text().splitlines()
