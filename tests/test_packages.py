"""What is installed is used: every package that pyproject.toml asks for is imported by one of ours."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

from tests.support.lock import locked

ROOT = Path(__file__).parents[1]
WORKS_BY_BEING_THERE = {"defusedxml", "lgpio"}
"""openpyxl reads workbooks with the first where it is installed, so that none can blow up in memory; gpiozero drives a
Pi's lines through the second."""


def _name(requirement: str) -> str:
    """The package's name as `importlib.metadata` and the index compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


def test_every_package_that_is_installed_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    optional = [line for name, lines in extras.items() if name != "dev" for line in lines]
    asked = {_name(line) for line in (*project["dependencies"], *optional)}
    graph = grimp.build_graph("kiosk", "hardware", "krn_engine", include_external_packages=True)
    owners = packages_distributions()
    imported = {_name(owner) for module in graph.modules for owner in owners.get(module.partition(".")[0], ())}
    assert asked - imported == WORKS_BY_BEING_THERE


@pytest.mark.parametrize(
    ("machine", "python", "there"),
    [("aarch64", "3.11", True), ("aarch64", "3.12", True), ("aarch64", "3.13", False), ("x86_64", "3.11", False)],
)
def test_what_drives_a_pis_lines_is_locked_where_it_has_wheels(machine: str, python: str, there: bool) -> None:
    """It has none for Python 3.13 and later, where the installer takes Debian's."""
    assert ("\nlgpio==" in locked("kiosk", python, machine)) is there


def test_the_installer_takes_wheels_by_their_hashes_and_nothing_else() -> None:
    """A source distribution would be compiled on the Pi, by a compiler that is not there."""
    script = (ROOT / "systemd/install.sh").read_text(encoding="utf-8")
    (how,) = re.findall(r"^ *pip=(.*)$", script, re.MULTILINE)
    assert "--only-binary=:all:" in how
    assert re.findall(r"^ *\$pip (.*)$", script, re.MULTILINE) == [
        '--require-hashes -r "$release/requirements/$lock.txt"'
    ]
    assert len(re.findall(r"-m pip\b|\bpip3? install", script)) == 1, "pip is started in one place"
