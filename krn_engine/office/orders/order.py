"""One work order: a meter that an officer has to do with, and why. It follows from what is on record at the time."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from krn_engine.office.contract import Issued
from krn_engine.row import Row


class Why(Enum):
    """Why an officer goes to a meter, the most pressing first."""

    VISIT = "visit-asked"
    """A customer asked for a visit, and nobody of the staff has told anything of the meter since."""
    HANDED_OFF = "handed-off"
    """The last that staff or a kiosk told of it is that it could not be done; with the reason."""
    AGAINST_PROOF = "against-proof"
    """It is proved, and an officer saw otherwise there; nobody of the staff has told anything of the meter since."""
    HALF_DONE = "half-done"
    """Some rows are in, and not all."""
    CLAIMED = "claimed"
    """A customer says that rows are in, and nothing has proved it."""
    OVERDUE = "overdue"
    """It refuses new credit tokens already."""
    DUE = "due"
    """It has to be upgraded."""

    @property
    def place(self) -> int:
        """How pressing: 0 the most."""
        return list(Why).index(self)


@dataclass(frozen=True, slots=True)
class Order:
    """What has to be done at one meter."""

    meter_number: str = field(repr=False)
    idpel: str = field(repr=False)
    """Lists are sorted by it: no address is in a register, nor the route of a reader of meters."""
    masked_name: str = field(repr=False)
    tariff: str
    power_va: int | None
    version_label: str
    """VKRN, as the utility's lists write it; empty: they do not."""
    whys: tuple[Why, ...]
    """All reasons, the most pressing first."""
    code: str
    """Of a visit that was asked for, or of a hand-off: its reason, as docs/errors.md has it; empty: there is none."""
    told_at: datetime | None
    """When that was told."""
    rows: int
    """How many rows have to go in; 0: none can be given out, and the meter has to be looked at."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An order on a list, with the rows that were given out for it."""

    number: int
    """On the list, from 1."""
    order: Order
    first: int = 1
    """The number of its first row, as `Issued.first`."""
    rows: tuple[Row, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    """Numbers of the first and the last row of each key change."""
    issued: Issued | None = None
    """These rows with what is known of them; None: there are none."""
    refusal: str = ""
    """The code with which the office refused to give out rows; empty: it did not."""
    mark: str = ""
    """By which the office knows this line again (`Marks.of_line`)."""


@dataclass(frozen=True, slots=True)
class OrderList:
    """A list of orders for one officer."""

    id: str
    origin: str
    """Which office made it, by the first signs of its audit's name."""
    unit: str
    officer: str
    made_at: datetime
    """In the office's own time zone."""
    minutes_for_a_change: int
    lines: tuple[Listed, ...]
