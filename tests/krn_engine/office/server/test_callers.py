"""An administrator of a unit does not get out of it."""

import pytest

from krn_engine.demo import UNIT, DemoCase
from krn_engine.office.wire import asked
from krn_engine.office.wire.asked import PROBLEM, Scope
from tests.support.service import UUID, Served

pytestmark = pytest.mark.slow
ELSEWHERE = "51101"


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_no_code_of_a_units_administrator_opens_another_unit(office: Served) -> None:
    admin = office.token(Scope.ADMIN, "adm", ELSEWHERE)
    stranger = office.token(Scope.KIOSK, "k2", UNIT)
    for scope in Scope:
        for units in ([], [UNIT], [ELSEWHERE, UNIT]):
            answer = office.ask("POST", "/v1/codes", {"name": "evil", "scope": scope.value, "units": units}, admin)
            assert (answer.status_code, PROBLEM.read(answer.json()).code) == (403, "NET-06")
    made = office.ask("POST", "/v1/codes", {"name": "own", "scope": "kiosk", "units": [ELSEWHERE]}, admin).json()
    enrolled = office.ask("POST", "/v1/enrolments", {"name": "own", "code": made["code"]}).json()
    meter = {"meter_number": office.demo.first(DemoCase.FOUR_ROWS).meter_number}
    assert office.ask("PUT", f"/v1/issues/{UUID}", meter, enrolled["token"]).json()["code"] == "OFF-01"
    page = asked.CALLERS_PAGE.read(office.ask("GET", "/v1/callers", token=admin).json())
    assert [caller.name for caller in page.callers] == ["adm", "own"]
    refused = office.ask("DELETE", "/v1/callers/k2", token=admin)
    assert (refused.status_code, refused.json()["code"]) == (404, "NET-15")
    assert office.ask("GET", "/v1/ping", token=stranger).status_code == 204
    assert office.ask("DELETE", "/v1/callers/own", token=admin).status_code == 204
    events = [event["event"] for event in office.events]
    assert (events.count("code-made"), events.count("caller-revoked")) == (1, 1)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_the_log_tells_a_withdrawn_code_apart(office: Served) -> None:
    admin = office.token(Scope.ADMIN)
    office.ask("POST", "/v1/codes", {"name": "ghost", "scope": "kiosk", "units": []}, admin)
    assert office.ask("DELETE", "/v1/callers/ghost", token=admin).status_code == 204
    assert office.ask("DELETE", "/v1/callers/ghost", token=admin).status_code == 404
    events = [event["event"] for event in office.events]
    assert (events.count("code-withdrawn"), events.count("caller-revoked")) == (1, 0)
