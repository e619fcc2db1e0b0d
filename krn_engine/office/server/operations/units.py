"""How far each unit is, for those who report and who look after kiosks."""

from typing import Any

from krn_engine.office.server.operations.operation import Asked, Operation
from krn_engine.office.wire.asked import PAGE, Scope
from krn_engine.office.wire.shapes import Whole
from krn_engine.office.wire.units import UNITS_CURSOR, UNITS_PAGE, page_of_units


def _units(a: Asked) -> Any:
    """A caller of some units is told of those, and of the customers whose unit nobody knows, whom it sees too."""
    by_unit = a.service.office.units()
    if a.known is not None and a.known.units:
        own = {unit.casefold() for unit in a.known.units}
        by_unit = {unit: standings for unit, standings in by_unit.items() if not unit or unit.casefold() in own}
    return page_of_units(by_unit, a.query["after"], a.query["limit"])


OF_UNITS: tuple[Operation, ...] = (
    Operation(
        "units",
        "GET",
        "/v1/units",
        "How the meters of each unit stand, by the units' names, in pages.",
        frozenset({Scope.OFFICER, Scope.REPORT, Scope.ADMIN}),
        _units,
        answer=UNITS_PAGE,
        query={"after": (UNITS_CURSOR, ""), "limit": (Whole(1, PAGE), PAGE)},
        refusals=(409,),
    ),
)
