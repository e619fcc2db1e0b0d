"""Who may ask is kept apart from the register, and what is done to it has an entry there, before it is done."""

from typing import Any

import pytest

from krn_engine.demo import DEMO_DAY
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.people import People
from krn_engine.office.access.witnesses import all_witnesses
from krn_engine.office.audit.telling import Teller
from krn_engine.office.net_errors import CallerMissing, CallerUnknown, EnrolmentRefused
from krn_engine.office.wire.asked import Scope
from krn_engine.register.audit.entries import AuditEvent
from krn_engine.register.errors import RegisterFull
from tests.support.audit import bodies
from tests.support.office import Demo


def test_codes_tokens_and_revocations_have_entries(demo: Demo) -> None:
    with Database.of_callers(demo.url) as database:
        who = Callers(database, lambda: DEMO_DAY, tell=Teller(demo.register, lambda: DEMO_DAY))
        code = who.make_code("kiosk-7", Scope.KIOSK, ["99001"], by="chief")
        token = str(who.enrol("kiosk-7", str(code.code)).token)
        again = str(who.rotate(who.know(token)).token)
        key = who.copy_key(who.know(again))
        who.revoke("kiosk-7")
    told = [(entry["event"], entry["actor"], entry["caller"], entry["at"]) for entry in bodies(demo.register)[2:]]
    at = "2026-01-15T02:00:00.000000Z"
    assert told == [
        ("code-made", "chief", "kiosk-7", at),
        ("enrolled", "kiosk-7", "kiosk-7", at),
        ("rotated", "kiosk-7", "kiosk-7", at),
        ("copy-key-made", "kiosk-7", "kiosk-7", at),
        ("revoked", "local", "kiosk-7", at),
    ]
    said = str(bodies(demo.register))
    for secret in (str(code.code), token.split("_", 2)[2], again.split("_", 2)[2], str(key.key)):
        assert secret not in said


def test_what_is_refused_has_none(demo: Demo) -> None:
    with Database.of_callers(demo.url) as database:
        who = Callers(database, tell=Teller(demo.register))
        with pytest.raises(EnrolmentRefused):
            who.enrol("kiosk-7", "AAAA-AAAA")
        with pytest.raises(CallerMissing):
            who.revoke("kiosk-7")
    assert len(bodies(demo.register)) == 2


def test_nobody_from_outside_is_called_as_who_sits_at_the_machine(demo: Demo) -> None:
    with Database.of_callers(demo.url) as database, pytest.raises(EnrolmentRefused):
        Callers(database).make_code("local", Scope.KIOSK, ())


def test_what_cannot_be_told_is_not_done(demo: Demo) -> None:
    def full(event: AuditEvent, _actor: str, /, **_told: Any) -> None:
        if event is not AuditEvent.CODE_MADE:
            raise RegisterFull("the disk is full")

    with Database.of_callers(demo.url) as database:
        open_to_all = Callers(database)
        code = str(open_to_all.make_code("kiosk-7", Scope.KIOSK, ()).code)
        who = Callers(database, tell=full)
        with pytest.raises(RegisterFull):
            who.enrol("kiosk-7", code)
        token = str(open_to_all.enrol("kiosk-7", code).token)
        with pytest.raises(RegisterFull):
            who.rotate(who.know(token))
        with pytest.raises(RegisterFull):
            who.revoke("kiosk-7")
        assert who.know(token).name == "kiosk-7"
        with pytest.raises(CallerUnknown):
            who.know(token + "x")


def test_a_witness_of_an_earlier_entry_takes_nothing_away(demo: Demo) -> None:
    with Database.of_callers(demo.url) as database:
        who = Callers(database, lambda: DEMO_DAY)
        known = who.know(str(who.enrol("kiosk-7", str(who.make_code("kiosk-7", Scope.KIOSK, ()).code)).token))
        for seq in (5, 7, 3):
            who.witness(known, seq, f"{seq:064x}")
        with database.read() as connection:
            assert list(all_witnesses(connection)) == [("kiosk-7", 7, f"{7:064x}")]


def test_who_may_sign_in_is_told_and_no_secret_of_theirs(demo: Demo) -> None:
    with Database.of_callers(demo.url) as database:
        people = People(database, tell=Teller(demo.register))
        people.add("Sari", Scope.OFFICER, ("51101",), "271828")
        people.set_secret("sari", "314159")
        people.remove("sari")
    said = bodies(demo.register)
    assert [entry["event"] for entry in said[-3:]] == ["person-added", "person-changed", "person-removed"]
    assert {(entry["actor"], entry["person"]) for entry in said[-3:]} == {("local", "sari")}
    assert "271828" not in str(said)
    assert "314159" not in str(said)
