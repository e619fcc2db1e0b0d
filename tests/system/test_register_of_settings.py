"""An upgrade copies the register that the settings name, however they are written, and puts that one back."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Out, krn
from tests.support.provinces import register_in

INSTALLER = (Path(__file__).parents[2] / "systemd/install.sh").read_text()
AROUND = """
set -eu
start=no before=older kind={kind} settings={kind}.toml user=nobody data={folder} release={folder}/release
say() {{ echo "$*"; }}
fail() {{ echo "failed: $*"; exit 1; }}
running() {{ false; }}
start_again() {{ :; }}
runuser() {{ shift 3; "$@"; }}
{part}
echo "register=$register copy=$copy"
"""


def part() -> str:
    """What the installer does between the release that works and the one that counts."""
    found = re.search(r"# --- a copy of the register(.*?)\n# --- ", INSTALLER, re.DOTALL)
    assert found is not None
    return "#" + found[1]


def upgraded(folder: Path, kind: str, settings: str) -> str:
    program = folder / "release/venv/bin/krn"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m kiosk.cli "$@"\n')
    program.chmod(0o755)
    (folder / f"{kind}.toml").write_text(settings)
    script = AROUND.format(kind=kind, folder=folder, part=part().replace("/etc/krn", str(folder)))
    told = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env=told)
    return done.stdout.strip() or done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "quote"), [("office", "'"), ("kiosk", '"""')])
def test_the_file_that_the_settings_name_is_copied(tmp_path: Path, kind: str, quote: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = register_in(elsewhere)
    told = upgraded(tmp_path, kind, f"register={quote}{url}{quote}\n")
    found = re.fullmatch(r"register=(\S+) copy=(\S+)", told)
    assert found is not None, told
    assert found[1] == str(elsewhere / "register.db")
    assert Path(found[2]).is_file()


FAR = "office_url = 'https://office.example:8443'\noffice_ca = '/etc/krn/ca.pem'\nstate = '/var/lib/krn/state'\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "settings"), [("office", "register = 'postgresql+psycopg://krn@/krn'\n"), ("kiosk", FAR)]
)
def test_what_is_in_no_file_is_not_copied(tmp_path: Path, kind: str, settings: str) -> None:
    assert upgraded(tmp_path, kind, settings) == "register= copy="


@pytest.mark.slow
def test_settings_that_nobody_can_read_end_the_upgrade(tmp_path: Path) -> None:
    assert upgraded(tmp_path, "office", "register = \n").startswith("failed: the settings do not say")


def test_that_file_is_what_an_upgrade_that_failed_puts_back() -> None:
    (put_back,) = re.findall(r"krn_engine\.register\.put_back \\\s+(.*?)\);", INSTALLER)
    assert put_back == '"$copy" "$register"'


def test_it_is_printed_and_nothing_is_made(tmp_path: Path, capsys: Out) -> None:
    (tmp_path / "office.toml").write_text(f"register = '{register_in(tmp_path)}'\n")
    before = sorted(tmp_path.iterdir())
    status, out, _ = krn(capsys, "backup", "--where", "--config", str(tmp_path / "office.toml"))
    assert (status, out) == (0, f"{tmp_path / 'register.db'}\n")
    assert sorted(tmp_path.iterdir()) == before
