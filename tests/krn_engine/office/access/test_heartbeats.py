"""Which kiosks are ill: by their own word, or because they say nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.heartbeats import SILENT_AFTER, Kiosks, heartbeats
from krn_engine.office.wire.asked import PAGE, Caller, Scope
from krn_engine.office.wire.heartbeat import Heartbeat, Line, LineState, Outbox, Paper
from tests.support.places import Place

NOW = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)
WELL = Heartbeat(
    "0.2.0", (Line("disk", LineState.OK, ""), Line("heat", LineState.WARN, "")), Paper.READY, "", 60, Outbox(3, 0)
)
ILL = Heartbeat("0.2.0", (Line("network", LineState.FAIL, "NET-01"),), None, "HW-05", 60, None)


@dataclass
class Case:
    callers: Callers
    database: Database
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def kiosk(self, name: str, scope: Scope = Scope.KIOSK) -> int:
        code = self.callers.make_code(name, scope, ())
        return self.callers.know(str(self.callers.enrol(name, str(code.code)).token)).id

    def caller(self, name: str) -> Caller:
        return next(caller for caller in self.callers.page("", PAGE).callers if caller.name == name)

    def ill(self, name: str) -> bool:
        beats = self.callers.heartbeats
        return beats.is_ill(self.caller(name), beats.heard().get(name))


@pytest.fixture
def case(place: Place) -> Iterator[Case]:
    now = [NOW]
    with Database.of_callers(place.register()) as database:
        yield Case(Callers(database, lambda: now[0]), database, now)


def test_the_newest_word_of_each_is_kept(case: Case) -> None:
    one, other = case.kiosk("one"), case.kiosk("other")
    case.callers.heartbeats.keep(one, ILL)
    case.callers.heartbeats.keep(other, WELL)
    assert case.callers.heartbeats.count() == Kiosks(2, 1)
    case.now[0] += timedelta(minutes=5)
    case.callers.heartbeats.keep(one, WELL)
    heard = case.callers.heartbeats.heard()
    assert {name: (said.at, said.said) for name, said in heard.items()} == {
        "one": (NOW + timedelta(minutes=5), WELL),
        "other": (NOW, WELL),
    }
    assert case.callers.heartbeats.count() == Kiosks(2, 0)


def test_what_another_release_kept_keeps_nobody_from_the_list(case: Case) -> None:
    case.callers.heartbeats.keep(case.kiosk("kiosk"), WELL)
    with case.database.write() as connection:
        connection.execute(update(heartbeats).values(content='{"version":"9"}'))
    assert case.callers.heartbeats.heard() == {}


@pytest.mark.parametrize(
    ("said", "minutes", "is_ill"),
    [
        (None, 0, False),
        (None, 16, True),
        (WELL, 0, False),
        (WELL, 15, False),
        (WELL, 16, True),
        (ILL, 0, True),
    ],
)
def test_one_that_says_nothing_or_cannot_work_is_ill(
    case: Case, said: Heartbeat | None, minutes: int, is_ill: bool
) -> None:
    kiosk = case.kiosk("kiosk")
    if said is not None:
        case.callers.heartbeats.keep(kiosk, said)
    case.now[0] += timedelta(minutes=minutes)
    assert case.ill("kiosk") is is_ill
    assert case.callers.heartbeats.count() == Kiosks(1, int(is_ill))


def test_one_that_is_enrolled_anew_has_time_to_say_something(case: Case) -> None:
    case.callers.heartbeats.keep(case.kiosk("kiosk"), WELL)
    case.now[0] += 2 * SILENT_AFTER
    case.kiosk("kiosk")
    assert not case.ill("kiosk")
    assert case.callers.heartbeats.count() == Kiosks(1, 0)


def test_nobody_else_and_nobody_who_was_revoked_is_ill(case: Case) -> None:
    case.kiosk("report", Scope.REPORT)
    case.callers.heartbeats.keep(case.kiosk("kiosk"), ILL)
    case.callers.revoke("kiosk")
    case.now[0] += 2 * SILENT_AFTER
    assert not case.ill("report")
    assert not case.ill("kiosk")
    assert case.callers.heartbeats.count() == Kiosks(0, 0)
