"""The audit as a page: times and meters as people know them, the newest first."""

import json
import re
from datetime import datetime

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.audit.listing import entries_after
from krn_engine.office.contract import Statement
from krn_engine.office.web.frame import shown_at
from krn_engine.office.web.pages.audit import SHOWN, WORDS
from krn_engine.office.wire.asked import Scope
from krn_engine.register.audit.entries import AuditEvent, head_of
from krn_engine.register.takings import masked
from tests.support.audit import owner
from tests.support.service import Served
from tests.support.web import Person, person


def first_shown(somebody: Person) -> int:
    found = re.search(r'<li value="([0-9]+)">', somebody.answer.text)
    assert found is not None
    return int(found[1])


def test_times_are_local_and_meters_have_their_numbers(office: Served) -> None:
    meter = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    office.demo.office.issue(meter, "r1")
    admin = person(office, "rini", Scope.ADMIN)
    with office.demo.register.read() as connection:
        entries = [entry.told for entry in entries_after(connection)]
    issued = next(told for told in entries if told is not None and told["event"] == AuditEvent.ISSUED.value)
    admin.go("/web/audit")
    assert shown_at(datetime.fromisoformat(issued["at"])) in admin.page.text
    assert issued["at"] not in admin.page.text
    assert f'datetime="{issued["at"]}"' in admin.answer.text
    assert meter not in admin.answer.text
    admin.follow(f"meter {masked(meter)}")
    assert meter not in admin.path
    assert f"Meter {meter}" in admin.page.text
    assert admin.page.text.count("Kode diberikan") == 1


def test_a_number_that_is_not_there_is_told_so_above_the_newest(office: Served) -> None:
    meter = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    for number in range(SHOWN + 5):
        office.demo.office.state(meter, Statement.said(1, f"04 {number}", "Contoh", "web"))
    admin = person(office, "rini", Scope.ADMIN)
    with office.demo.register.read() as connection:
        head, _ = head_of(connection)
    for typed in ({"number": "99999999999", "person": ""}, {"number": "", "person": ""}):
        admin.go("/web/audit")
        assert first_shown(admin) == head
        assert admin.send("/web/audit", **typed).status_code == 422
        assert first_shown(admin) == head
        assert ("tidak ada catatan yang cocok" in admin.page.text) == bool(typed["number"])


@pytest.mark.parametrize("odd", [[1], 2**70, 999_999])
def test_an_odd_entry_is_shown_as_it_stands(office: Served, odd: object) -> None:
    told = {"event": "issued", "at": "0001-01-01", "actor": "x", "meter": odd}
    with owner(office.demo.url) as connection:
        connection.exec_driver_sql("UPDATE audit SET body = ? WHERE seq = 1", (json.dumps(told),))
    admin = person(office, "rini", Scope.ADMIN)
    assert admin.go("/web/audit").ok
    assert "data meter" in admin.page.text


def test_each_event_has_words() -> None:
    assert set(WORDS) == set(AuditEvent)
