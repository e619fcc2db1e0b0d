"""Every group of figures, measured in its smallest form: by as many processes at once, since some mostly wait."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.bench.groups import GROUPS
from tests.support.postgres import installed

PAGE = Path(__file__).parents[2] / "docs/figures.md"


def promised() -> dict[str, set[str]]:
    """Each group, and its figures as docs/figures.md has them."""
    figures: dict[str, set[str]] = {}
    for group, names in re.findall(r"^\| `(\w+)` \| (`.*?`) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        figures.setdefault(group, set()).update(re.findall(r"`(\w+)`", names))
    return figures


def measured(names: list[str]) -> dict[str, set[str]]:
    """The figures that each of these groups gives."""
    command = [sys.executable, "-m", "kiosk.cli", "bench", "--quick", "--json"]
    running = {
        name: subprocess.Popen([*command, name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in names
    }
    said = {name: (process.communicate(), process.returncode) for name, process in running.items()}
    for name, ((_, errors), status) in said.items():
        assert (errors, status) == ("", 0), name
    figures = {name: json.loads(out)["figures"] for name, ((out, _), _) in said.items()}
    return {group: {figure["name"] for figure in each} for group, each in figures.items()}


@pytest.mark.slow
def test_every_group_gives_the_figures_of_the_page() -> None:
    assert measured([name for name in GROUPS if name != "office"]) == {
        group: names for group, names in promised().items() if group != "office"
    }


@pytest.mark.slow
@installed
def test_the_office_gives_the_figures_of_the_page() -> None:
    assert measured(["office"])["office"] == promised()["office"]
