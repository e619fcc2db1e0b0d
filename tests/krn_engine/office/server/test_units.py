"""How far each unit is, over HTTP: for those who report, and of a caller's own units."""

from pathlib import Path

import pytest

from krn_engine.office.standings import Standings
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.units import UNITS_PAGE, UnitsPage, page_of_units
from krn_engine.register.importer import import_worklist
from tests.support.service import Served

NONE = Standings(0, 0, 0, 0, 0, 0)
pytestmark = pytest.mark.slow


def told(office: Served, scope: Scope, *units: str, query: str = "") -> UnitsPage:
    token = office.token(scope, f"a-{scope.value}-{len(units)}", *units)
    answer = office.ask("GET", f"/v1/units{query}", token=token)
    assert answer.status_code == 200, answer.text
    return UNITS_PAGE.read(answer.json())


@pytest.mark.parametrize("scope", [Scope.OFFICER, Scope.REPORT, Scope.ADMIN])
def test_every_unit_is_told_as_the_office_counts_it(office: Served, tmp_path: Path, scope: Scope) -> None:
    worklist = tmp_path / "list.csv"
    worklist.write_text("IDPEL,NOMOR_METER,UNIT\n990099000001,99109900001,51102\n990099000002,99109900002,\n")
    assert import_worklist(office.demo.register, worklist).taken == 2
    page = told(office, scope)
    assert {one.unit: one.standings for one in page.units} == office.demo.office.units()
    assert {"", "51102"} < {one.unit for one in page.units}
    assert page.next == ""
    assert sum(one.standings.meters for one in page.units) == office.demo.office.progress().meters


def test_a_caller_of_some_units_is_told_of_those(office: Served) -> None:
    units = list(office.demo.office.units())
    assert [one.unit for one in told(office, Scope.REPORT, units[0]).units] == units[:1]
    assert told(office, Scope.REPORT, "elsewhere", "nowhere").units == ()


def test_a_kiosk_is_told_of_no_unit(office: Served) -> None:
    assert office.ask("GET", "/v1/units", token=office.token(Scope.KIOSK)).status_code == 403


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_have_each_unit_once(limit: int) -> None:
    by_unit = dict.fromkeys(("", "a", "b", "u"), NONE)
    seen, after = [], ""
    while True:
        page = page_of_units(by_unit, after, limit)
        assert UNITS_PAGE.read(UNITS_PAGE.write(page)) == page
        seen += [one.unit for one in page.units]
        after = page.next
        if not after:
            break
    assert seen == sorted(by_unit)
