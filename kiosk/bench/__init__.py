"""The figures that this project promises, measured on this machine. `docs/figures.md` says what each one means."""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict

from kiosk.bench.figure import Figure
from kiosk.bench.footprint import footprint
from kiosk.bench.processes import processes
from kiosk.bench.register import register
from kiosk.bench.rows import rows
from kiosk.bench.screen import screen
from kiosk.bench.typing import typing

GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "rows": rows,
    "register": register,
    "processes": processes,
    "typing": typing,
    "screen": screen,
    "footprint": footprint,
}
"""What can be asked for by name."""


def machine() -> str:
    """What it was measured on, without naming it."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def measure(names: list[str]) -> dict[str, object]:
    """The figures of these groups, or of all; raises KeyError for an unknown group."""
    groups = [GROUPS[name] for name in names or GROUPS]
    return {"machine": machine(), "figures": [asdict(figure) for group in groups for figure in group()]}
