"""How far the campaign is, unit by unit: the shapes of it."""

from dataclasses import dataclass, fields

from krn_engine.office.standings import Standings
from krn_engine.office.wire.asked import PAGE
from krn_engine.office.wire.shapes import Object, Several, Text
from krn_engine.office.wire.values import COUNT

NAME = 16
"""Characters of the longest name of a unit."""
_BEGINS = "u"
"""What a cursor begins with: the name of a unit alone, of those whose unit nobody knows, is empty."""
UNITS_CURSOR = Text(0, 1 + NAME, rf"({_BEGINS}[^\x00-\x1f\x7f]*)?")


@dataclass(frozen=True, slots=True)
class UnitStandings:
    """How the meters of one unit stand."""

    unit: str
    """Empty: of customers whose unit nobody knows."""
    standings: Standings


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """Units by name, and where the next page begins; empty: there is none."""

    units: tuple[UnitStandings, ...]
    next: str


STANDINGS = Object(Standings, {field.name: COUNT for field in fields(Standings)})
UNITS_PAGE = Object(
    UnitsPage,
    {
        "units": Several(Object(UnitStandings, {"unit": Text(0, NAME), "standings": STANDINGS}), PAGE),
        "next": UNITS_CURSOR,
    },
)


def page_of_units(by_unit: dict[str, Standings], after: str, limit: int) -> UnitsPage:
    """The units behind a cursor, at most `limit`."""
    left = [unit for unit in sorted(by_unit) if not after or unit > after.removeprefix(_BEGINS)]
    shown = left[:limit]
    return UnitsPage(
        tuple(UnitStandings(unit, by_unit[unit]) for unit in shown),
        _BEGINS + shown[-1] if len(left) > limit else "",
    )
