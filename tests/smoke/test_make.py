"""Every target of the Makefile, run in its smallest form, or looked at where even that is too long or does too much."""

import importlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.cli import parser_for
from tests.support.make import BIN, ROOT, make

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BROUGHT = {"uv"}
"""Tools that a recipe installs before it uses them."""


@dataclass(frozen=True)
class Run:
    """Run with this SELECT, in an empty folder with a copy of `docs`."""

    select: str
    says: str
    """What stands somewhere in its output."""


@dataclass(frozen=True)
class Look:
    """Not run, for this reason: but all that its recipe names is there."""

    why: str


SMALLEST: dict[str, Run | Look] = {
    "help": Run("", "print this list"),
    "setup": Look("it would renew what these tests run in"),
    "demo": Run("", "KRN 1 is now KRN 3"),
    "demo-office": Look("it is run by tests/smoke/test_demo_office.py, which looks for secrets in what it leaves"),
    "test": Run("--version", "pytest "),
    "check": Look("it is make lint and a part of make test, which both have their own line"),
    "lint": Look("it takes a minute without its caches, and is half of every check"),
    "screens": Run("home", "screens/index.html"),
    "screens-accept": Look("it would renew the pictures in the tree; it is what make screens runs, and a word"),
    "faults": Run("--sessions 2", "2 sessions"),
    "faults-optical": Run("--sessions 2", "2 sessions by light"),
    "kills": Run("--kills 1", "1 kills"),
    "kills-optical": Look("its short form is run by tests/campaigns/test_kills_optical.py"),
    "fuzz-frames": Run("--frames 100", "100 frames"),
    "flips": Look("its short form is run by tests/campaigns/test_flips.py"),
    "wire": Run("--cases 20", "20 cases"),
    "crash": Look("its short form is run by tests/campaigns/test_crash.py"),
    "crash-office": Run("--kills 1 --holds offline", "1 kills"),
    "millions": Look("its short form is run by tests/campaigns/test_millions.py"),
    "outbox": Look("its short form is run by tests/campaigns/test_outbox.py"),
    "chats": Look("its short form is run by tests/campaigns/test_chats.py"),
    "ways": Look("its short form is run by tests/campaigns/test_ways.py"),
    "load": Look("it needs wrk and a database server, and half a minute of both cores"),
    "soak": Look("its smallest form, a minute of it, is run by tests/campaigns/test_soak.py"),
    "install-whole": Look("it needs root; most of its tests are in each run"),
    "install-arm64": Look("it needs root and half an hour"),
    "whole": Look("it needs root and boots a whole Debian, again and again"),
    "pi": Look("it needs root and boots an emulated Pi"),
    "pi-crash": Look("it needs root and boots an emulated Pi"),
    "pi-bench": Look("it needs root and boots an emulated Pi"),
    "events": Run("", ""),
    "config": Run("", ""),
    "bench": Run("rows --quick", "rows_ea11_derived"),
    "lock": Look("it asks the package index"),
    "clean": Run("", ""),
}
"""Each target, and how it is run."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def targets(makefile: str) -> set[str]:
    """All that can be asked of `make` by name."""
    return set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))


def test_every_target_has_a_smoke_run() -> None:
    phony = MAKEFILE.partition(".PHONY:")[2].split("\n")[0].split()
    assert targets(MAKEFILE) == set(SMALLEST) == set(phony)
    assert targets("new: setup\n\tx\n\nfar-off:\n") == {"new", "far-off"}


@pytest.mark.slow
@pytest.mark.parametrize("target", [target for target, how in SMALLEST.items() if isinstance(how, Run)])
def test_it_runs(target: str, folder: Path) -> None:
    how = SMALLEST[target]
    assert isinstance(how, Run)
    # Whatever make clean removes, it finds here and nowhere else.
    (folder / ".venv").mkdir()
    done = make(folder, target, f"SELECT={how.select}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert how.says in done.stdout
    assert (folder / ".venv").exists() == (target != "clean")


@pytest.mark.parametrize("page", ["events", "config"])
def test_a_page_that_is_out_of_date_is_renewed(page: str, folder: Path) -> None:
    ours, right = folder / f"docs/{page}.md", (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    row = next(line for line in right.splitlines(keepends=True) if line.startswith("| `"))
    ours.write_text(right.replace(row, ""), encoding="utf-8")
    assert make(folder, page).returncode == 0
    assert ours.read_text(encoding="utf-8") == right


@pytest.mark.parametrize("target", [target for target, how in SMALLEST.items() if isinstance(how, Look)])
def test_what_its_recipe_names_is_there(target: str, folder: Path) -> None:
    done = make(folder, "-n", target)
    assert done.returncode == 0, done.stderr
    if target == "setup":
        assert "Nothing to be done" in done.stdout
        return
    lines = [line for line in done.stdout.splitlines() if str(BIN) in line]
    assert lines
    for line in lines:
        require_all_of(line)


def require_all_of(line: str) -> None:
    """Raises if the tool, the module or a file of ours that a recipe's line names is missing, or krn refuses it."""
    words = line.split()
    place = next(number for number, word in enumerate(words) if word.startswith(f"{BIN}/"))
    tool, rest = Path(words[place]), words[place + 1 :]
    assert tool.exists() or tool.name in BROUGHT, tool
    if tool.name == "krn":
        parser_for(rest).parse_args(rest)
    if tool.name == "python":
        module = importlib.import_module(rest[rest.index("-m") + 1])
        assert module.__name__ in ("pip", "pytest") or callable(module.main)
    for word in rest:
        if word.startswith("tests/"):
            assert (ROOT / word).exists(), word


@pytest.mark.parametrize(
    "line", ["python -m tests.pi.gone", "gone .", "krn bench --gone", "python -m pytest tests/gone"]
)
def test_what_is_gone_is_found(line: str) -> None:
    with pytest.raises((AssertionError, ImportError, SystemExit)):
        require_all_of(f"KRN_ARCHITECTURE=arm64 {BIN}/{line}")
