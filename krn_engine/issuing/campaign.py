"""What an upgrade campaign wants: the chain of key revisions that its meters go through, from a TOML file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from pathlib import Path

from krn_engine.issuing.errors import CampaignInvalid
from krn_engine.issuing.settings_file import read_file, top_table
from krn_engine.strict_toml import StrictTable
from krn_engine.sts.errors import InvalidIdentity
from krn_engine.sts.identity import BaseDate, Ken, Krn, Sgc, Ti
from krn_engine.sts.keys import Ea
from krn_engine.sts.tid import MINUTES_A_DAY


class Route(Enum):
    """How a meter goes along the hops."""

    HOP_BY_HOP = "hop-by-hop"
    STRAIGHT = "straight"
    """One key change to the last hop."""


WHAT = "campaign file"
MINUTES_FOR_A_CHANGE = 10
ROUTES = ((Ea.EA07, Route.HOP_BY_HOP), (Ea.EA11, Route.STRAIGHT))
"""How meters go where a campaign does not say it."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One key revision on the way. What is None stays as the meter has it (KEN: as the vending key has it)."""

    krn: Krn
    base_date: BaseDate
    sgc: Sgc | None = None
    ti: Ti | None = None
    ken: Ken | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """The hops, lowest KRN first, and the route of each kind of meter.

    Raises CampaignInvalid if there is no hop, KRN does not rise, the base date goes back, or the minutes are wrong.
    """

    name: str
    hops: tuple[Hop, ...]
    routes: tuple[tuple[Ea, Route], ...] = ROUTES
    minutes_for_a_change: int = MINUTES_FOR_A_CHANGE
    """How long customers are told that the rows of one key change may take: the section time-out of their meters.

    Nobody knows which model hangs at home, so it is the shortest time-out among them, in minutes (CLOU: 10).
    """
    deadline: date | None = None
    """The last day on which a meter may be done; None: nobody has set one."""

    def __post_init__(self) -> None:
        if not self.hops:
            raise CampaignInvalid("a campaign needs at least one [[hop]]")
        if type(self.minutes_for_a_change) is not int or not 1 <= self.minutes_for_a_change <= MINUTES_A_DAY:
            raise CampaignInvalid(f"minutes_for_a_change is a whole number of minutes, 1 to {MINUTES_A_DAY}")
        for earlier, later in pairwise(self.hops):
            if later.krn <= earlier.krn:
                raise CampaignInvalid(f"the hops must rise: KRN {later.krn} stands after KRN {earlier.krn}")
            if later.base_date < earlier.base_date:
                raise CampaignInvalid(f"the base date goes back at KRN {later.krn}: a meter's clock cannot")

    @property
    def target(self) -> Hop:
        """Where every meter should end."""
        return self.hops[-1]

    def route(self, ea: Ea) -> Route:
        """How meters with this algorithm go."""
        return dict(self.routes)[ea]

    @classmethod
    def parse(cls, text: str) -> "Campaign":
        """From the text of a campaign file; raises CampaignInvalid with what is wrong in it."""
        top = top_table(text, WHAT, CampaignInvalid)
        name = top.text("name")
        hops = [_hop(table) for table in top.tables("hop")]
        routes = _routes(top.table("route"))
        minutes = top.whole("minutes_for_a_change", MINUTES_FOR_A_CHANGE)
        deadline = top.day("deadline")
        if problems := top.problems():
            raise CampaignInvalid(f"the {WHAT} cannot be used: " + "; ".join(problems))
        try:
            return cls(name, tuple(hop() for hop in hops), routes, minutes, deadline)
        except InvalidIdentity as error:
            raise CampaignInvalid(f"in the {WHAT}: {error.message}") from error

    @classmethod
    def read(cls, path: Path) -> "Campaign":
        """From a file; raises CampaignInvalid, which names the file and says what to do."""
        return read_file(path, WHAT, "Name another in the setting campaign, or take it out", CampaignInvalid, cls.parse)

    @classmethod
    def default(cls) -> "Campaign":
        """KRN 3 on base date 2014, as the file beside this module has it."""
        return cls.read(Path(__file__).with_name("default-campaign.toml"))


def _hop(table: StrictTable) -> Callable[[], Hop]:
    """How to make the hop, once the whole file is known to be written well. Making it may raise InvalidIdentity."""
    krn, base_date = table.whole("krn"), table.whole("base_date")
    sgc = table.text("sgc") if table.has("sgc") else None
    ti = table.text("ti") if table.has("ti") else None
    ken = table.whole("ken") if table.has("ken") else None
    return lambda: Hop(
        Krn(krn),
        BaseDate.parse(base_date),
        None if sgc is None else Sgc(sgc),
        None if ti is None else Ti.parse(ti),
        None if ken is None else Ken(ken),
    )


def _routes(table: StrictTable) -> tuple[tuple[Ea, Route], ...]:
    choices = tuple(route.value for route in Route)
    return tuple((ea, Route(table.text(ea.name.lower(), route.value, choices))) for ea, route in ROUTES)
