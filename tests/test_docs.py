"""What the documents promise is what the code has."""

import argparse
import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import hardware
import kiosk
import krn_engine
from hardware.errors import HardwareError
from hardware.keypad.header import SAFE_PINS
from hardware.keypad.settings import FORMS, KeypadSettings
from hardware.optical.settings import OpticalSettings
from hardware.settings import MeterSettings
from kiosk.bench.groups import GROUPS
from kiosk.commands.out_of_service import REASONS, UNKNOWN
from kiosk.settings.config import Config
from kiosk.upgrade.events import Ending
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.office.contract import FindWarning
from krn_engine.office.identify import IdProblem
from krn_engine.office.orders.errors import ResultProblem
from krn_engine.office.reasons import HandOff
from krn_engine.register.line_problem import LineProblem
from tests.support.commands import whole_parser
from tests.support.meter_settings import keypad_of
from tests.support.refusals import leaves

ROOT = Path(__file__).parents[1]


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations." not in found.name:
            yield importlib.import_module(found.name)


def test_every_refusal_has_a_code_of_its_own_a_builtin_and_a_line_in_the_list() -> None:
    for package in (krn_engine, hardware, kiosk):
        assert list(modules(package))
    listed = re.findall(r"^\| ([A-Z]+-\d+) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    codes = (
        [problem.value for problem in IdProblem] + [warning.value for warning in FindWarning] + ["ID-10", "KIOSK-01"]
    )
    codes += [ending.code for ending in Ending if ending is not Ending.UPGRADED]
    codes += [problem.value for problem in LineProblem]
    codes += [problem.value for problem in ResultProblem]
    codes += [reason.value for reason in HandOff if reason.value not in codes]
    codes += sorted({UNKNOWN, *REASONS.values()})
    for root in (KrnError, HardwareError):
        for leaf in leaves(root):
            if not leaf.code.endswith("-00"):
                codes.append(leaf.code)
                assert any(
                    b.__module__ == "builtins" and b not in (Exception, object, BaseException) for b in leaf.__mro__
                )
            assert leaf.__doc__
    assert len(codes) == len(set(codes))
    assert sorted(codes) == sorted(listed)


def test_the_readmes_customers_are_what_it_says() -> None:
    text = " ".join((ROOT / "README.md").read_text().split())
    for case in DemoCase:
        assert f"`{DemoProvince().first(case).idpel}`" in text, case


def test_every_setting_and_every_figure_is_explained() -> None:
    config = (ROOT / "docs/config.md").read_text()
    for settings in (Config, MeterSettings, KeypadSettings, OpticalSettings):
        # A table has its own, and what to write instead is told and not written.
        names = set(settings.__dataclass_fields__) - {"keypad", "optical", "advice"}
        assert all(f"| `{name}` |" in config for name in names)
    figures = (ROOT / "docs/figures.md").read_text()
    assert all(f"| `{group}` |" in figures for group in GROUPS)


def test_the_hardware_page_draws_every_form_and_names_the_pins_that_are_allowed() -> None:
    page = (ROOT / "docs/hardware.md").read_text()
    for form in FORMS:
        section = page.partition(f"### `{form}`")[2].partition("\n#")[0]
        assert section.count("```") == 2, form
    assert "GPIO9 to 27, without 14 and 15" in page
    assert set(range(9, 28)) - {14, 15} == SAFE_PINS


def test_the_settings_that_the_page_shows_can_be_used() -> None:
    """The three examples stand beside each other in one block."""
    block = [line[4:] for line in (ROOT / "docs/config.md").read_text().splitlines() if line.startswith("    ")]
    starts = [match.start() for match in re.finditer(r"\[keypad.contacts\]", block[0])]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        text = "\n".join(line[start:end] for line in block)
        assert keypad_of(text).contacts.enable == 27


def test_pre_commit_runs_what_make_lint_runs() -> None:
    recipe = re.search(r"^lint:.*\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe is not None
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    hooks = re.findall(r"^ +entry: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(), re.MULTILINE)
    assert hooks == commands


def test_the_glossary_has_each_word_once_and_in_order() -> None:
    entries = (ROOT / "docs/glossary.md").read_text().partition("|---|---|\n")[2].partition("\n\n")[0].splitlines()
    words = [entry.split(" | ")[0].removeprefix("| ") for entry in entries]
    assert len(words) > 40
    assert words == sorted(set(words), key=str.casefold)


PACKAGES = ("kiosk", "hardware", "krn_engine")
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
QUOTED = re.compile(r"`([^`\n]+)`")


def quoted(page: Path) -> set[str]:
    """What a page sets in the type of code, outside of its blocks."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return set(QUOTED.findall(text))


def paths_of(page: Path) -> set[str]:
    """The paths of this project that a page names, those with a placeholder in capitals as a pattern."""
    tops = {path.name for path in ROOT.iterdir()}
    named = {name for name in quoted(page) if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", name)}
    named = {name for name in named if "/" in name and name.split("/")[0] in tops}
    return {re.sub(r"\b[A-Z]+\b(?!\.md)", "*", name) for name in named}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    assert [name for name in sorted(paths_of(page)) if not list(ROOT.glob(name))] == []
    pages = {name for name in quoted(page) if re.fullmatch(r"\w+\.md", name)}
    assert [name for name in sorted(pages) if not any((at / name).exists() for at in (ROOT, ROOT / "docs"))] == []


def test_the_readme_names_every_folder_of_the_packages_and_every_page() -> None:
    folders = {file.parent for package in PACKAGES for file in (ROOT / package).glob("*/__init__.py")}
    wanted = {str(path.relative_to(ROOT)) for path in (*folders, *(ROOT / "docs").glob("*.md"))}
    assert wanted <= quoted(ROOT / "README.md")


def test_the_architecture_names_many_paths_and_its_layers_are_the_contracts() -> None:
    page = ROOT / "docs/architecture.md"
    assert len(paths_of(page)) > 50
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    tables = dict(re.findall(r"^\| in `([\w/]+)` \| \|\n\|---\|---\|\n((?:\|.+\n)+)", page.read_text(), re.MULTILINE))
    drawn = {place: [QUOTED.findall(row.split("|")[1]) for row in rows.splitlines()] for place, rows in tables.items()}
    assert drawn == {
        contract["containers"][0].replace(".", "/"): [layer.split(" | ") for layer in contract["layers"]]
        for contract in contracts
        if contract["type"] == "layers" and "containers" in contract
    }


def numbers(version: str) -> tuple[int, ...]:
    """A version of three numbers, to be compared."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", version), version
    return tuple(int(number) for number in version.split("."))


def test_the_changelog_and_the_version_agree() -> None:
    """What is not released yet has entries and a version to come; without entries it is the newest release itself."""
    parts = re.split(
        r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}))?$", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE
    )
    names, dates, entries = parts[1::3], parts[2::3], parts[3::3]
    assert names[0] == "Unreleased"
    assert dates[0] is None
    assert all(dates[1:])
    assert dates[1:] == sorted(dates[1:], reverse=True)
    releases = [numbers(name) for name in names[1:]]
    assert releases == sorted(releases, reverse=True)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    if entries[0].strip():
        assert version.endswith(".dev0")
        assert numbers(version.removesuffix(".dev0")) > releases[0]
    else:
        assert version == names[1]


def options_by_command(parser: argparse.ArgumentParser, name: str = "krn") -> Iterator[tuple[str, set[str]]]:
    """Each command and subcommand, such as "krn meter type", with the options that it takes."""
    yield name, {option for action in parser._actions for option in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from options_by_command(below, f"{name} {word}")


COMMANDS = dict(options_by_command(whole_parser()))


def examples(page: Path) -> Iterator[str]:
    """What a page sets in the type of code: in a line, or as a line of a block."""
    text = page.read_text().replace("\\|", "|")
    yield from QUOTED.findall(text)
    yield from re.findall(r"^    (\S.*?)(?: +#.*)?$", text, re.MULTILINE)


def named_commands(example: str) -> Iterator[str]:
    """The commands of an example; `krn meter probe|type` names two."""
    words = re.search(r"(?:^|[ /])krn(?![-\w.])((?: [a-z][a-z|-]*){0,3})", example)
    names = ["krn"] if words else []
    for word in words[1].split() if words else ():
        if any(name.startswith(f"{names[0]} ") for name in COMMANDS):
            names = [f"{name} {choice}" for name in names for choice in word.split("|")]
    yield from names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_can_be_called_so(page: Path) -> None:
    for example in examples(page):
        found = list(named_commands(example))
        assert set(found) <= set(COMMANDS), example
        options = set().union(*(COMMANDS[name] for name in found))
        assert not found or set(re.findall(r"(?<![\w-])--[a-z-]+", example)) <= options, example


def test_the_readme_names_every_command() -> None:
    named = {name for example in examples(ROOT / "README.md") for name in named_commands(example)}
    assert (
        set(COMMANDS)
        - {"krn", "krn meter", "krn office", "krn office audit", "krn office orders", "krn office people", "krn vault"}
        <= named
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_of_make_that_a_page_names_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word for example in examples(page) for word in re.findall(r"^make ([a-z0-9-]+)", example)}
    assert named <= targets
