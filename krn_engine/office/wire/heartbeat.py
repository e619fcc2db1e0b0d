"""What a kiosk tells its office of itself every few minutes: states and codes, no number and no name of anybody."""

from dataclasses import dataclass
from enum import Enum

from krn_engine.office.wire.shapes import Maybe, Object, Several, Text, Whole, Word

MOST_LINES = 100
_MOST = 2**53 - 1


class LineState(Enum):
    """What came of looking at one part of a kiosk."""

    OK = "ok"
    WARN = "warn"
    """It works, and somebody should look."""
    FAIL = "fail"
    """The kiosk cannot do its work."""


class Paper(Enum):
    """What the printer says, where there is one."""

    READY = "ready"
    OUT = "out"
    OPEN = "open"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a kiosk's doctor."""

    part: str
    """The part's name for programs, such as "printer"."""
    state: LineState
    code: str
    """Of docs/errors.md, where there is one; else empty."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Facts that the kiosk has put on record for the office."""

    waiting: int
    """Not delivered yet."""
    refused: int
    """The office did not take them: staff look at them."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a kiosk is."""

    version: str
    """Of the kiosk's program."""
    lines: tuple[Line, ...]
    paper: Paper | None
    """None: no printer, or nobody has looked yet."""
    last_error: str
    """The code of the last error that staff can read there; empty: none."""
    uptime: int
    """Seconds since its program began."""
    outbox: Outbox | None
    """None: it keeps none."""

    @property
    def failing(self) -> tuple[Line, ...]:
        """What keeps the kiosk from its work."""
        return tuple(line for line in self.lines if line.state is LineState.FAIL)


REFUSAL_CODE = Text(0, 16, "([A-Z]+-[0-9]+)?")
_COUNT = Whole(0, _MOST)
_LINE = Object(Line, {"part": Text(1, 32, "[a-z][a-z0-9-]*"), "state": Word(LineState), "code": REFUSAL_CODE})
HEARTBEAT = Object(
    Heartbeat,
    {
        "version": Text(1, 64, r"[\x21-\x7e]*"),
        "lines": Several(
            Object(Line, {"part": Text(1, 32, "[a-z][a-z0-9-]*"), "state": Word(LineState), "code": REFUSAL_CODE}),
            MOST_LINES,
        ),
        "paper": Maybe(Word(Paper)),
        "last_error": REFUSAL_CODE,
        "uptime": _COUNT,
        "outbox": Maybe(Object(Outbox, {"waiting": _COUNT, "refused": _COUNT})),
    },
)
