"""What a start may import: a budget of modules, which is the same on every machine, as seconds are not.

Time goes where modules are imported: `python -X importtime -m kiosk.cli …` says how much for each.
"""

import subprocess
import sys
from functools import cache

import pytest

OURS = ("kiosk", "hardware", "krn_engine")
ENGINE = {
    "krn_engine.catalogue",
    "krn_engine.credential",
    "krn_engine.demo",
    "krn_engine.durable",
    "krn_engine.errors",
    "krn_engine.interruption",
    "krn_engine.issuing",
    "krn_engine.masking",
    "krn_engine.office",
    "krn_engine.register",
    "krn_engine.row",
    "krn_engine.setting",
    "krn_engine.strict_toml",
    "krn_engine.sts",
}
UPGRADE = ENGINE | {
    "hardware.adapter",
    "hardware.by_hand",
    "hardware.client",
    "hardware.errors",
    "hardware.journal",
    "hardware.journal_lines",
    "hardware.keypad",
    "hardware.keypad_tools",
    "hardware.optical",
    "hardware.person",
    "hardware.printer",
    "hardware.protocol",
    "hardware.settings",
    "hardware.virtual",
    "hardware.voice",
    "kiosk.cli",
    "kiosk.clock",
    "kiosk.commands",
    "kiosk.demo",
    "kiosk.errors",
    "kiosk.event_log",
    "kiosk.generations",
    "kiosk.limits",
    "kiosk.opening",
    "kiosk.settings",
    "kiosk.upgrade",
    "kiosk.view",
    "kiosk.workplace",
}
FRAME = UPGRADE | {
    "hardware.notify",
    "krn_engine.bulk",
    "kiosk.app",
    "kiosk.bench",
    "kiosk.doctor",
    "kiosk.flow",
    "kiosk.reader",
    "kiosk.screens",
    "kiosk.ui",
}
"""Of our own packages, the parts that may be imported until the first frame is drawn."""
LIBRARIES = {"Crypto", "cffi", "cython_runtime", "pycparser", "sqlalchemy", "typing_extensions"}
NEVER = (
    "alembic",
    "http.client",
    "krn_engine.bulk",
    "krn_engine.office.chat",
    "krn_engine.office.home",
    "krn_engine.office.orders",
    "krn_engine.office.server",
    "krn_engine.office.web",
    "krn_engine.register.importer",
    "krn_engine.register.postgres",
    "krn_engine.register.xlsx",
    "urllib.request",
)
"""What is for an office, or for later."""
LIGHT = {
    *(f"krn_engine.office.{part}" for part in ("chat", "home", "orders", "web")),
    *(f"krn_engine.office.{part}.errors" for part in ("chat", "orders", "web")),
    "krn_engine.bulk",
    "krn_engine.bulk.errors",
    "krn_engine.office.chat.elsewhere",
    "krn_engine.office.home.address",
}
"""Of those, what stands on nothing: refusals, and what a setting is checked by."""


@cache
def imported(*words: str) -> frozenset[str]:
    """The modules that are there once this has begun."""
    program = [sys.executable, "-m", "tests.programs.started", *words]
    return frozenset(subprocess.run(program, capture_output=True, text=True, check=True).stdout.split())


def parts(modules: frozenset[str]) -> set[str]:
    """The parts of our own packages that they belong to."""
    ours = (name.split(".") for name in modules if name.partition(".")[0] in OURS)
    return {".".join(names[:2]) for names in ours if len(names) > 1} - {"kiosk.version"}


def libraries(modules: frozenset[str]) -> set[str]:
    """The packages of others that they belong to."""
    known = {*sys.stdlib_module_names, *OURS, "tests"}
    return {top for top in (name.partition(".")[0] for name in modules) if top not in known and not top.startswith("_")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "may", "also"),
    [
        (("frame",), FRAME, {"pygame"}),
        (("upgrade", "--demo", "--json"), UPGRADE, set()),
    ],
    ids=["frame", "upgrade"],
)
def test_a_start_imports_no_more_than_it_may(words: tuple[str, ...], may: set[str], also: set[str]) -> None:
    found = imported(*words)
    assert parts(found) - may == set()
    assert libraries(found) - LIBRARIES - also == set()
    assert sorted(name for name in found if name.startswith(NEVER) and name not in LIGHT) == []


@pytest.mark.slow
def test_upgrade_imports_no_other_command() -> None:
    commands = {name for name in imported("upgrade", "--demo", "--json") if name.startswith("kiosk.commands.")}
    assert commands == {"kiosk.commands.upgrade", "kiosk.commands.person"}


def test_help_imports_nothing_of_what_it_tells_of() -> None:
    found = imported("--help")
    assert parts(found) == {"kiosk.cli", "kiosk.errors", "krn_engine.errors", "krn_engine.interruption"}
    assert libraries(found) == set()
