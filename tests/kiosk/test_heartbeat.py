"""What a kiosk tells its office of itself, and when; and what it makes of an office that lets it in no more."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hardware.errors import MeterProcessGone
from hardware.printer.port import PrinterState
from hardware.virtual.printer import VirtualPrinter
from kiosk import doctor
from kiosk.demo.workplace import DemoWorkplace
from kiosk.doctor import machine
from kiosk.event_log import Event, EventLog
from kiosk.flow.flow import Flow
from kiosk.heartbeat import BEAT_SECONDS, CLOSED_SECONDS, LOOK_SECONDS, ROTATED_SECONDS, THREAD, Heart
from kiosk.office_link import OfficeLink
from kiosk.version import version
from kiosk.view.views import HomeView, OutOfServiceView
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.errors import KrnError
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.local import LocalOffice
from krn_engine.office.net_errors import CallerRevoked, CallerUnknown, OfficeUnreachable, TokenNotKept, TooManyRequests
from krn_engine.office.offline.office import OfflineOffice
from krn_engine.office.wire.heartbeat import HEARTBEAT, Heartbeat, Line, LineState, Outbox, Paper
from tests.support.far_office import FarOffice, Kiosk
from tests.support.networked import NAME, config_of, enrolled, office_in
from tests.support.office import Demo
from tests.support.offline_status import NOW, WELL
from tests.support.service import Served, served
from tests.support.workplaces import demo_in


@dataclass
class Office:
    """Takes heartbeats, or refuses them."""

    beats: list[Heartbeat] = field(default_factory=list)
    refusal: KrnError | None = None

    def beat(self, said: Heartbeat) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.beats.append(said)

    def ping(self) -> None:
        if self.refusal is not None:
            raise self.refusal


@dataclass
class Token:
    """Is exchanged when it is told to be."""

    due: bool = False
    trouble: KrnError | None = None

    def rotate_if_due(self, _office: object, _now: datetime) -> bool:
        if self.trouble is not None:
            raise self.trouble
        was, self.due = self.due, False
        return was


@dataclass
class Case:
    heart: Heart
    office: Office
    token: Token
    events: EventLog
    seconds: list[float]

    @property
    def beats(self) -> list[Heartbeat]:
        return self.office.beats

    def lines(self) -> dict[str, Line]:
        return {line.part: line for line in self.beats[-1].lines}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[DemoWorkplace]:
    with demo_in(tmp_path) as here:
        yield replace(here, connect=None, printer=VirtualPrinter(), folders=(tmp_path,))


def case_of(place: Workplace) -> Case:
    office, token, events, seconds = Office(), Token(), EventLog(clock=lambda: 0.0), [100.0]
    link = cast("OfficeLink", type("Link", (), {"office": office, "token": token}))
    here = replace(place, events=events)
    return Case(Heart(here, link, clock=lambda: seconds[0]), office, token, events, seconds)


@pytest.fixture
def case(place: DemoWorkplace) -> Case:
    return case_of(place)


def test_it_is_told_at_the_start_and_then_each_five_minutes(case: Case) -> None:
    assert case.heart.round() == LOOK_SECONDS
    assert [(said.version, said.uptime, said.outbox) for said in case.beats] == [(version(), 0, None)]
    case.seconds[0] += BEAT_SECONDS - 1
    case.heart.round()
    assert len(case.beats) == 1
    case.seconds[0] += 1
    case.heart.round()
    assert case.beats[1].uptime == BEAT_SECONDS


def test_what_changes_is_told_in_the_next_round(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.heart.round()
    assert case.lines()["disk"] == Line("disk", LineState.OK, "")
    monkeypatch.setattr(machine, "LEAST_FREE", 1e30)
    case.heart.round()
    assert len(case.beats) == 2
    assert case.lines()["disk"].state is LineState.FAIL
    case.heart.round()
    assert len(case.beats) == 2
    case.events.note(Event.HANDED_OVER, "UPG-09")
    case.heart.round()
    assert [said.last_error for said in case.beats] == ["", "", "UPG-09"]


def test_devices_are_looked_at_only_while_nobody_is_there(place: DemoWorkplace) -> None:
    printer = VirtualPrinter()
    looked: list[str] = []

    def connect(_number: str, _model: str) -> object:
        looked.append("meter")
        raise MeterProcessGone("gone")

    case = case_of(replace(place, printer=printer, connect=connect, demo=False))  # type: ignore[arg-type]
    case.heart.round()
    assert (looked, case.beats[-1].paper) == ([], None)
    assert not {"meter", "printer"} & set(case.lines())
    case.heart.alone = lambda: True
    printer.condition = PrinterState.PAPER_OUT
    case.heart.round()
    assert case.beats[-1].paper is Paper.OUT
    assert case.lines()["printer"] == Line("printer", LineState.WARN, "")
    assert case.lines()["meter"] == Line("meter", LineState.FAIL, "HW-11")
    # What was seen last counts while somebody is there.
    case.heart.alone = lambda: False
    looked.clear()
    case.seconds[0] += BEAT_SECONDS
    case.heart.round()
    assert (looked, case.lines()["meter"].code) == ([], "HW-11")


def test_an_office_that_is_away_is_told_when_it_is_back(case: Case) -> None:
    case.office.refusal = OfficeUnreachable("away")
    assert case.heart.round() == LOOK_SECONDS
    assert case.heart.closed() is None
    case.office.refusal = None
    case.heart.round()
    assert len(case.beats) == 1


def test_a_kiosk_that_is_let_in_no_more_is_closed_until_it_is_again(case: Case) -> None:
    case.office.refusal = CallerUnknown("revoked")
    for _ in range(3):
        assert case.heart.round() == CLOSED_SECONDS
    assert isinstance(case.heart.closed(), CallerUnknown)
    assert [(noted.event, noted.code) for noted in case.events.last_errors] == [(Event.NOT_LET_IN, "NET-05")]
    case.office.refusal = None
    assert case.heart.round() == LOOK_SECONDS
    assert case.heart.closed() is None


def test_the_token_is_exchanged_and_a_full_disk_ends_nothing(case: Case) -> None:
    case.token.due = True
    case.heart.round()
    assert not case.token.due
    case.token.trouble = TokenNotKept("full")
    case.seconds[0] += ROTATED_SECONDS
    for _ in range(2):
        case.heart.round()
    assert [noted.event for noted in case.events.last_errors] == [Event.TOKEN_NOT_KEPT]
    assert case.beats[-1].last_error == "NET-18"


def test_a_clock_that_is_far_ahead_fetches_no_token_after_the_other(case: Case) -> None:
    case.token.due = True
    case.heart.round()
    case.token.due = True
    case.seconds[0] += ROTATED_SECONDS - 1
    case.heart.round()
    assert case.token.due
    case.seconds[0] += 1
    case.heart.round()
    assert not case.token.due


def test_what_waits_for_the_office_is_told(place: DemoWorkplace) -> None:
    box = [Outbox(1, 0)]
    case = case_of(replace(place, outbox=lambda: box[0]))
    case.heart.round()
    assert case.beats[-1].outbox == Outbox(1, 0)
    box[0] = Outbox(2, 0)
    case.heart.round()
    assert len(case.beats) == 1
    box[0] = Outbox(2, 1)
    case.heart.round()
    assert case.beats[-1].outbox == Outbox(2, 1)


@pytest.mark.parametrize(
    ("changed", "part", "code"),
    [
        ({"refused": 10}, "outbox-refused", ""),
        ({"lost": 1}, "outbox-lost", ""),
        ({"audit_differs": NOW}, "audit", "AUD-05"),
    ],
)
def test_what_the_office_refused_or_lost_or_changed_makes_a_kiosk_ill(
    place: DemoWorkplace, changed: dict[str, Any], part: str, code: str
) -> None:
    held = SimpleNamespace(status=WELL, is_revoked=False)
    case = case_of(replace(place, offline=cast("OfflineOffice", held)))
    case.heart.round()
    assert {"copy", "lease", "outbox"} <= set(case.lines())
    assert not case.beats[-1].failing
    held.status = replace(WELL, **changed)
    case.heart.round()
    assert case.beats[-1].failing == (Line(part, LineState.FAIL, code),)


def test_its_thread_ends_and_goes_on_after_what_nobody_foresaw(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def breaks() -> float:
        rounds.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr("kiosk.heartbeat.LOOK_SECONDS", 0.0)
    monkeypatch.setattr(case.heart, "round", breaks)
    with case.heart.beating():
        end = time.monotonic() + 10
        while len(rounds) < 3 and time.monotonic() < end:
            time.sleep(0.001)
    assert len(rounds) >= 3
    assert THREAD not in [thread.name for thread in threading.enumerate()]


def test_a_closed_kiosk_shows_it_at_home_and_ends_no_session(place: DemoWorkplace) -> None:
    closed: list[KrnError | None] = [None]
    flow = Flow(replace(place, closed=lambda: closed[0]))
    flow.tick(1.0)
    assert isinstance(flow.view, HomeView)
    closed[0] = CallerUnknown("revoked")
    flow.tick(2.0)
    view = flow.view
    assert isinstance(view, OutOfServiceView)
    assert (view.code, view.of_code is not None) == ("NET-05", True)


def test_every_part_of_the_doctor_can_be_told() -> None:
    """A name that the wire does not take would keep the kiosk silent for ever."""
    source = "".join(path.read_text() for path in Path(doctor.__file__).parent.glob("*.py"))
    parts = re.findall(r'Check\(\s*f?"([^"]+)"', source)
    assert len(set(parts)) > 25
    said = {re.sub(r"\{[^}]*\}", "x", part) for part in parts}
    lines = tuple(Line(part, LineState.OK, "") for part in said)
    assert HEARTBEAT.write(Heartbeat(version(), lines, None, "", 0, None))


def test_who_was_turned_away_stays_closed_while_nobody_answers(
    place: DemoWorkplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.flow.notices.RETRY_SECONDS", 0.0)
    office = Office(refusal=CallerUnknown("revoked"))
    flow = Flow(replace(place, office=cast("LocalOffice", office)))
    flow.failed(CallerUnknown("revoked"))
    for refusal in (OfficeUnreachable("away"), TooManyRequests("wait"), CallerUnknown("revoked")):
        office.refusal = refusal
        for _ in range(20):
            time.sleep(0.002)
            flow.tick(0.0)
            assert isinstance(flow.view, OutOfServiceView)
    office.refusal = None
    end = time.monotonic() + 10
    while isinstance(flow.view, OutOfServiceView) and time.monotonic() < end:
        time.sleep(0.002)
        flow.tick(0.0)
    assert isinstance(flow.view, HomeView)


# --- at a real office


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    (tmp_path / "office").mkdir()
    with office_in(tmp_path / "office") as demo:
        yield demo


@contextmanager
def heart_at(office: Served, folder: Path, later: timedelta = timedelta(0)) -> Iterator[Heart]:
    with configured_workplace(config_of(office, folder)) as here:
        assert here.link is not None
        yield Heart(here, here.link, now=lambda: datetime.now(UTC) + later)


def test_a_kiosk_that_knows_that_it_is_revoked_opens_closed(
    place: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.flow.notices.RETRY_SECONDS", 0.0)
    office = Office()

    def heart_of(kiosk: Kiosk) -> Heart:
        link = cast("OfficeLink", type("Link", (), {"office": office, "token": Token()}))
        return Heart(replace(place, office=kiosk.office, offline=kiosk.office), link)

    (tmp_path / "copy").mkdir()
    kiosk = Kiosk(FarOffice(), tmp_path / "copy")
    kiosk.sync()
    heart = heart_of(kiosk)
    assert heart.closed() is None
    office.refusal = kiosk.far.away = CallerRevoked("revoked")
    heart.round()
    assert isinstance(heart.closed(), CallerRevoked)
    assert not (kiosk.folder / "copy.key").exists()
    office.refusal = kiosk.far.away = OfficeUnreachable("away")
    kiosk.restart()
    heart = heart_of(kiosk)
    away = cast("LocalOffice", Office(refusal=OfficeUnreachable("away")))
    flow = Flow(replace(place, office=away, closed=heart.closed))
    flow.tick(0.0)
    assert isinstance(flow.view, OutOfServiceView)
    assert flow.view.code == "NET-30"
    heart.round()
    with pytest.raises(OfficeUnreachable):
        kiosk.office.ping()
    assert isinstance(heart.closed(), CallerRevoked)
    kiosk.far.away = None
    kiosk.office.ping()
    assert heart.closed() is None
    # What keeps the copy may hear it first: it is closed before the next round.
    kiosk.far.away = CallerRevoked("revoked")
    with pytest.raises(CallerRevoked):
        kiosk.sync()
    assert isinstance(heart.closed(), CallerRevoked)
    kiosk.far.away = None
    kiosk.sync()
    assert heart.closed() is None
    kiosk.restart()
    assert not kiosk.office.is_revoked
    kiosk.copy.close()


@pytest.mark.slow
def test_a_real_office_hears_it_gives_the_next_token_and_turns_it_away(demo: Demo, tmp_path: Path) -> None:
    with served(demo, tmp_path) as office, heart_at(office, tmp_path, timedelta(days=31)) as heart:
        kept = tmp_path / "state" / "office-token"
        before = KeptToken.read(kept)()
        heart.round()
        assert KeptToken.read(kept)() != before
        assert KeptToken.read(kept).known.name == NAME
        heard = office.service.callers.heartbeats.heard()[NAME]
        assert heard.said.version == version()
        assert "S***" not in repr(heard)
        office.service.callers.revoke(NAME)
        assert heart.round() == CLOSED_SECONDS
        # Staff enrol it anew while it runs: it goes on by itself.
        KeptToken.keep(kept, enrolled(office))
        assert heart.round() == LOOK_SECONDS
        assert heart.closed() is None
