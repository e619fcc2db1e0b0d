"""What is installed is used: every package that pyproject.toml asks for is imported by one of ours."""

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
WORKS_BY_BEING_THERE = {"defusedxml"}
"""openpyxl reads workbooks with it where it is installed, so that none can blow up in memory."""


def _name(requirement: str) -> str:
    """The package's name as `importlib.metadata` and the index compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


def test_every_package_that_is_installed_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = {_name(line) for line in (*project["dependencies"], *extras["kiosk"], *extras["office"])}
    graph = grimp.build_graph("kiosk", "hardware", "krn_engine", include_external_packages=True)
    owners = packages_distributions()
    imported = {_name(owner) for module in graph.modules for owner in owners.get(module.partition(".")[0], ())}
    assert asked - imported == WORKS_BY_BEING_THERE
