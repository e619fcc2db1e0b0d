"""Every group of figures, and their measurement."""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial

from kiosk.bench import footprint, processes, register, rows, screen, typing
from kiosk.bench.figure import Figure


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are measured together."""

    full: Callable[[], Iterator[Figure]]
    quick: Callable[[], Iterator[Figure]]
    """The same figures from the fewest rounds: that they can be measured is all that it tells."""


GROUPS = {
    "rows": Group(rows.figures, partial(rows.figures, rounds=1, seconds=0.01)),
    "register": Group(register.figures, partial(register.figures, rounds=1, customers=1000, look_ups=10)),
    "processes": Group(processes.figures, partial(processes.figures, rounds=1)),
    "typing": Group(typing.figures, partial(typing.figures, rounds=1, error_rows=1, rows=1, busy_rows=1)),
    "screen": Group(
        screen.figures, partial(screen.figures, rounds=1, idle_seconds=0.2, touches=2, sessions=2, not_counted=1)
    ),
    "footprint": Group(footprint.figures, partial(footprint.figures, rounds=1)),
}
"""What can be asked for by name."""


def machine() -> str:
    """What it was measured on, without naming it."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    machine: str
    figures: tuple[Figure, ...]

    def document(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def measure(names: list[str], *, quick: bool = False) -> Measured:
    """The figures of these groups, or of all; raises KeyError for an unknown group."""
    groups = [GROUPS[name] for name in names or GROUPS]
    return Measured(
        machine(), tuple(figure for group in groups for figure in (group.quick() if quick else group.full()))
    )
