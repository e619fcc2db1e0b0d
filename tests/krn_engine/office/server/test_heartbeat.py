"""A kiosk tells its office how it is, and Prometheus how many are ill."""

import re

import pytest

from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.heartbeat import HEARTBEAT, Heartbeat, Line, LineState
from tests.support.service import Served

pytestmark = pytest.mark.slow
ILL = Heartbeat("0.2.0", (Line("network", LineState.FAIL, "NET-01"),), None, "HW-05", 60, None)


def gauges(office: Served) -> dict[str, float]:
    said = office.ask("GET", "/metrics", token=office.token(Scope.REPORT, "prometheus")).text
    return {name: float(value) for name, value in re.findall(r"^(krn_kiosks\w*) ([\d.]+)$", said, re.MULTILINE)}


def test_its_word_is_kept_and_counted(office: Served) -> None:
    token = office.token(Scope.KIOSK, "kiosk-7")
    assert gauges(office) == {"krn_kiosks": 1, "krn_kiosks_ill": 0}
    RemoteOffice(Way(office.url), lambda: token).beat(ILL)
    assert office.service.callers.heartbeats.heard()["kiosk-7"].said == ILL
    assert gauges(office) == {"krn_kiosks": 1, "krn_kiosks_ill": 1}


@pytest.mark.parametrize("scope", [Scope.OFFICER, Scope.REPORT, Scope.ADMIN])
def test_nobody_but_a_kiosk_has_one(office: Served, scope: Scope) -> None:
    answer = office.ask("PUT", "/v1/heartbeat", HEARTBEAT.write(ILL), office.token(scope))
    assert answer.status_code == 403
    assert office.service.callers.heartbeats.heard() == {}
