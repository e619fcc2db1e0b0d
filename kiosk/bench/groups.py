"""Every group of figures, and their measurement."""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from kiosk.bench import footprint, optical, processes, register, rows, screen, sealed, start, typing
from kiosk.bench.figure import Figure
from kiosk.errors import needs


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are measured together."""

    full: Callable[..., Iterator[Figure]]
    quick: Callable[..., Iterator[Figure]]
    """The same figures from the fewest rounds: that they can be measured is all that it tells."""


def _office(**how: int) -> Iterator[Figure]:
    # What it stands on is installed where an office is, and not on a kiosk.
    from kiosk.bench import office  # noqa: PLC0415

    return office.figures(**how)


def _report(**how: int) -> Iterator[Figure]:
    # Pages and workbooks too.
    from kiosk.bench import report  # noqa: PLC0415

    return report.figures(**how)


def _bulk(**how: Any) -> Iterator[Figure]:
    # The same: arrays are an extra of the office.
    from kiosk.bench import bulk  # noqa: PLC0415

    return bulk.figures(**how)


GROUPS = {
    "rows": Group(rows.figures, partial(rows.figures, rounds=1, seconds=0.01)),
    "bulk": Group(_bulk, partial(_bulk, rounds=1, seconds=0.01, meters=256, customers=400)),
    "register": Group(register.figures, partial(register.figures, rounds=1, customers=1000, look_ups=10)),
    "start": Group(start.figures, partial(start.figures, rounds=1)),
    "sealed": Group(sealed.figures, partial(sealed.figures, rounds=1, lines=50, issues=5)),
    "processes": Group(processes.figures, partial(processes.figures, rounds=1)),
    "typing": Group(typing.figures, partial(typing.figures, rounds=1, error_rows=1, rows=1, busy_rows=1)),
    "optical": Group(optical.figures, partial(optical.figures, rounds=1)),
    "screen": Group(
        screen.figures, partial(screen.figures, rounds=1, idle_seconds=0.2, touches=2, sessions=2, not_counted=1)
    ),
    "footprint": Group(footprint.figures, partial(footprint.figures, rounds=1)),
    "report": Group(_report, partial(_report, rounds=1, meters=64, done=4)),
    "office": Group(_office, partial(_office, rounds=1, meters=1600, requests=32, sessions=10)),
}
"""What can be asked for by name."""
OF_METERS = {"office": "meters", "register": "customers"}
"""The groups whose number of meters can be chosen, and what each calls it."""


def machine() -> str:
    """What it was measured on, without naming it."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


@dataclass(frozen=True, slots=True)
class Failed:
    """A group that could not be measured to its end. Figures that it gave before count."""

    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    machine: str
    figures: tuple[Figure, ...]
    failed: tuple[Failed, ...]

    def document(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def measure(names: list[str], *, quick: bool = False, meters: int | None = None) -> Measured:
    """The figures of these groups, or of all; a group that fails ends no other. Raises KeyError for an unknown name.

    `meters`: how many the groups `office` and `register` have; None: as many as it is declared with.
    """
    figures: list[Figure] = []
    failed: list[Failed] = []
    for name, group in [(name, GROUPS[name]) for name in names or GROUPS]:
        try:
            measured = group.quick if quick else group.full
            if name in OF_METERS and meters is not None:
                measured = partial(measured, **{OF_METERS[name]: meters})
            for figure in measured():
                figures.append(figure)
        except Exception as error:  # noqa: BLE001, RUF100  whatever it was, the other groups can be measured
            needed = needs(error) if isinstance(error, ModuleNotFoundError) else None
            failed.append(Failed(name, needed or f"{type(error).__name__}: {error}"))
    return Measured(machine(), tuple(figures), tuple(failed))
