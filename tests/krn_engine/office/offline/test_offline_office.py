"""A kiosk goes on while its office gives no answer, by the same rules, and what it did is delivered once."""

import threading
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from krn_engine.errors import KrnError
from krn_engine.office.contract import (
    Due,
    Found,
    Grade,
    NotFound,
    NothingToDo,
    RowOutcome,
    SessionEnding,
    Statement,
    Unclear,
)
from krn_engine.office.errors import LeaseBroken, NoUpgradeNeeded, OutcomeRefused, RequestReused, StatementRefused
from krn_engine.office.identify import IdProblem, NotAnId
from krn_engine.office.lease import Signer
from krn_engine.office.net_errors import (
    AnswerBroken,
    CallerRevoked,
    CallerUnknown,
    NotAllowed,
    OfficeFailed,
    OfficeNotReady,
    OfficeUnreachable,
    RefusalUnknown,
    TooManyRequests,
)
from krn_engine.office.offline.errors import ClockBehind, LeaseOver, NotInCopy, RowsNotInCopy
from krn_engine.office.offline.lease import SLACK
from krn_engine.office.offline.office import OF_LATE, SOON
from krn_engine.office.wire.asked import outcome_name
from krn_engine.office.wire.delivered import Fate, Kind
from krn_engine.office.wire.sync import SyncPage
from tests.support.far_office import NAME, NOON, FarOffice, Kiosk, bodies, idpel, number, outcome, row

AWAY = OfficeUnreachable("the cable was pulled")
BUSY = TooManyRequests("wait a minute")
DAY = timedelta(days=1)


def request() -> str:
    return uuid.uuid4().hex


def standing(kiosk: Kiosk, place: int = 0) -> object:
    found = kiosk.office.find(idpel(place))
    assert isinstance(found, Found)
    return found.standing


# --- find


@pytest.mark.parametrize("error", [AWAY, OfficeNotReady("x"), OfficeFailed("x"), AnswerBroken("a proxy's page"), BUSY])
def test_without_an_answer_the_copy_is_asked(kiosk: Kiosk, error: KrnError) -> None:
    kiosk.far.away = error
    assert kiosk.office.find(idpel(1)) == kiosk.far.found(1)
    assert kiosk.office.find(number(1)) == kiosk.far.found(1)


@pytest.mark.parametrize("error", [CallerUnknown("x"), RefusalUnknown("x")])
def test_a_refusal_is_an_answer_and_is_not_gone_round(kiosk: Kiosk, error: KrnError) -> None:
    kiosk.far.away = error
    with pytest.raises(type(error)):
        kiosk.office.find(idpel(1))
    with pytest.raises(type(error)):
        kiosk.office.issue(number(1), request())


def test_who_waited_in_vain_does_not_wait_again_for_what_the_copy_has(kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    kiosk.office.find(idpel(1))
    kiosk.far.asked.clear()
    kiosk.office.find(idpel(1))
    assert kiosk.far.asked == []
    # What it does not have is worth a question: the office may be there again.
    kiosk.far.away = None
    kiosk.far.meters = 5
    assert kiosk.office.find(idpel(4)) == kiosk.far.found(4)
    assert kiosk.office.status.online


def test_a_number_that_the_copy_does_not_have_says_so(kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    assert kiosk.office.find(idpel(7)) == NotFound(idpel(7), (), NotInCopy.code)
    assert kiosk.office.find(idpel(1)[:11]) == NotAnId(IdProblem.ONE_DIGIT_SHORT)
    with pytest.raises(NotInCopy):
        kiosk.office.issue(number(7), request())


def test_a_kiosk_that_never_had_a_copy_says_why_it_cannot_help(tmp_path: Path) -> None:
    kiosk = Kiosk(FarOffice(away=AWAY), tmp_path)
    for ask in (lambda: kiosk.office.find(idpel(1)), kiosk.office.ping):
        with pytest.raises(OfficeUnreachable):
            ask()


def test_who_asks_too_much_with_this_kiosk_s_token_stops_it_not(kiosk: Kiosk) -> None:
    kiosk.far.away = BUSY
    issued = kiosk.office.issue(number(2), request())
    assert len(issued.rows) == 4
    kiosk.office.record(outcome(issued.changes[0].id, 1, "a"))
    kiosk.office.ping()
    with pytest.raises(TooManyRequests):
        kiosk.office.deliver()
    assert (kiosk.office.status.code, kiosk.office.status.waiting) == (BUSY.code, 2)
    # Nothing is asked for the next customer until who delivers finds that the office answers.
    kiosk.far.asked.clear()
    kiosk.office.find(idpel(1))
    assert kiosk.far.asked == []
    kiosk.far.away = None
    kiosk.office.meet()
    kiosk.office.deliver()
    assert kiosk.office.status.waiting == 0


def test_a_customer_waits_little_for_an_office_of_which_nothing_was_heard_of_late(kiosk: Kiosk) -> None:
    # It was heard just now, and may take its time.
    kiosk.office.find(idpel(1))
    kiosk.ticks += OF_LATE
    kiosk.office.find(idpel(1))
    assert kiosk.far.hurries == ["find"]
    kiosk.office.find(idpel(1))
    assert kiosk.far.hurries == ["find"]
    # After a start nothing was heard yet: an office proves itself in the same time before anything is delivered.
    kiosk.far.away = AWAY
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.restart()
    kiosk.far.hurries.clear()
    assert kiosk.office.find(idpel(1)) == kiosk.far.found(1)
    assert kiosk.far.hurries == ["sync"]
    kiosk.restart()
    assert len(kiosk.office.issue(number(1), request()).rows) == 4
    assert kiosk.far.hurries == ["sync", "sync"]
    # Nobody has an answer but the office: it is worth the time.
    kiosk.restart()
    kiosk.far.hurries.clear()
    kiosk.clock.now = NOON + 8 * DAY
    with pytest.raises(LeaseOver):
        kiosk.office.issue(number(1), request())
    assert kiosk.far.hurries == []


def test_a_customer_waits_little_for_what_is_asked_beside(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk.far.away = AWAY
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.restart()
    begun, ended = threading.Event(), threading.Event()

    def silent(_after: str, _limit: int = 0) -> SyncPage:
        begun.set()
        ended.wait(10)
        raise AWAY

    monkeypatch.setattr(kiosk.far, "sync", silent)
    monkeypatch.setattr("krn_engine.office.offline.office.HURRY", 0.05)
    failed: list[KrnError] = []

    def keep() -> None:
        try:
            kiosk.office.sync()
        except OfficeUnreachable as error:
            failed.append(error)

    beside = threading.Thread(target=keep)
    beside.start()
    begun.wait(10)
    assert kiosk.office.find(idpel(1)) == kiosk.far.found(1)
    assert not ended.is_set()
    ended.set()
    beside.join()
    assert failed == [AWAY]


# --- issue


def test_rows_come_from_the_copy_and_are_in_the_outbox_before_they_are_seen(kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    issued = kiosk.office.issue(number(2), "a" * 32)
    assert [str(one) for one in issued.rows] == [row(2, change, section) for change in (0, 1) for section in (1, 2)]
    assert (issued.first, issued.krn_before, issued.minutes_for_a_change) == (1, 1, 90)
    assert issued.pairs == ((1, 2), (3, 4))
    kiosk.restart()
    (entry,) = kiosk.copy.entries()
    assert entry.fact.kind is Kind.ISSUE
    assert entry.fact.body["meter_number"] == number(2)
    # The same request: the same rows, and one entry.
    kiosk.far.away = AWAY
    assert kiosk.office.issue(number(2), "a" * 32) == issued
    assert len(kiosk.copy.entries()) == 1
    with pytest.raises(RequestReused):
        kiosk.office.issue(number(1), "a" * 32)
    assert standing(kiosk, 2) == Due(4, handed_out=True)


def test_past_the_lease_a_customer_is_found_and_gets_no_rows(kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    kiosk.clock.now = NOON + 7 * DAY - timedelta(minutes=1)
    kiosk.office.issue(number(0), request())
    kiosk.clock.now = NOON + 7 * DAY
    with pytest.raises(LeaseOver):
        kiosk.office.issue(number(1), request())
    assert kiosk.office.find(idpel(1)) == kiosk.far.found(1)
    assert not kiosk.office.status.lease_good
    # Once connected it is good again.
    kiosk.far.away, kiosk.far.now = None, kiosk.clock.now
    kiosk.sync()
    kiosk.far.away = AWAY
    kiosk.office.issue(number(1), request())


def test_a_clock_that_was_turned_back_lengthens_no_lease(kiosk: Kiosk) -> None:
    kiosk.far.away = AWAY
    kiosk.clock.now = NOON + 6 * DAY
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.clock.now = NOON + DAY
    with pytest.raises(ClockBehind):
        kiosk.office.issue(number(1), request())
    kiosk.restart()
    with pytest.raises(ClockBehind):
        kiosk.office.issue(number(1), request())
    kiosk.clock.now = NOON + 6 * DAY - SLACK
    kiosk.office.issue(number(1), request())
    # One that stands still does not either, while the program runs.
    kiosk.ticks += (DAY + timedelta(hours=1)).total_seconds()
    with pytest.raises(ClockBehind):
        kiosk.office.issue(number(1), request())


def test_a_clock_that_was_far_ahead_recovers_when_the_office_says_the_time(kiosk: Kiosk) -> None:
    kiosk.clock.now = NOON + 3000 * DAY
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.clock.now = NOON
    kiosk.far.away = AWAY
    with pytest.raises(ClockBehind):
        kiosk.office.issue(number(1), request())
    kiosk.far.away = None
    kiosk.sync()
    kiosk.far.away = AWAY
    kiosk.office.issue(number(1), request())


@pytest.mark.parametrize("refusal", [None, NotAllowed("not that far")])
def test_any_answer_of_the_office_tells_the_time(kiosk: Kiosk, refusal: KrnError | None) -> None:
    kiosk.far.away = AWAY
    kiosk.clock.now = NOON + 8 * DAY
    with pytest.raises(LeaseOver):
        kiosk.office.issue(number(1), request())
    kiosk.clock.now = NOON
    # A start forgets it no more than the program that runs, so the doctor says what a customer is told.
    kiosk.restart()
    assert kiosk.office.status.lease_code == "OFF-13"
    with suppress(OfficeUnreachable):
        kiosk.office.meet()
    assert kiosk.office.status.lease_code == "OFF-13"
    kiosk.far.away, kiosk.far.office_time = refusal, NOON
    with suppress(NotAllowed):
        kiosk.office.ping()
    assert (kiosk.office.status.lease_good, kiosk.office.status.lease_code) == (True, "")
    kiosk.restart()
    kiosk.far.away = AWAY
    kiosk.office.issue(number(1), request())


def test_the_office_s_time_lengthens_no_lease(kiosk: Kiosk) -> None:
    kiosk.far.office_time = NOON + 8 * DAY
    kiosk.office.ping()
    kiosk.far.away = AWAY
    with pytest.raises(ClockBehind):
        kiosk.office.issue(number(1), request())


def test_a_lease_of_another_signer_is_none(kiosk: Kiosk) -> None:
    kiosk.far.signer = Signer(b"x" * 32)
    with pytest.raises(LeaseBroken):
        kiosk.sync()
    kiosk.far.away = AWAY
    kiosk.clock.now = NOON + 6 * DAY
    kiosk.office.issue(number(1), request())  # by the lease before


# --- what follows from what was put on record here


def give(kiosk: Kiosk, place: int = 0) -> tuple[str, str]:
    kiosk.far.away = AWAY
    first, second = kiosk.office.issue(number(place), request()).changes
    return first.id, second.id


def test_a_proof_moves_the_meter_and_a_claim_does_not(kiosk: Kiosk) -> None:
    first, second = give(kiosk)
    for section in (1, 2):
        kiosk.office.record(outcome(first, section, f"c{section}", grade=Grade.CUSTOMER))
    assert standing(kiosk) == Due(4, handed_out=True, partly_claimed=True)
    for section in (1, 2):
        kiosk.office.record(outcome(first, section, f"p{section}"))
    assert standing(kiosk) == Due(2, handed_out=True)
    issued = kiosk.office.issue(number(0), request())
    assert [change.id for change in issued.changes] == [second]
    assert (issued.first, issued.krn_before) == (3, 2)
    for section in (1, 2):
        kiosk.office.record(outcome(second, section, f"q{section}"))
    found = kiosk.office.find(number(0))
    assert isinstance(found, Found)
    assert (found.krn, found.standing, found.assessment.reasons) == (3, NothingToDo(3), ())
    with pytest.raises(NoUpgradeNeeded):
        kiosk.office.issue(number(0), request())


def test_staff_set_it_aside(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    for section in (1, 2):
        kiosk.office.record(outcome(first, section, f"p{section}"))
    kiosk.office.state(number(0), Statement(1, "Meter diganti", "Sari", "kiosk-1"))
    assert standing(kiosk) == Due(4, handed_out=True)
    kiosk.office.state(number(0), Statement(2, "Hasil tombol 04", "Sari", "kiosk-1"))
    assert standing(kiosk) == Due(2, handed_out=True)
    kiosk.office.state(number(0), Statement(7, "Hasil tombol 04", "Sari", "kiosk-1"))
    assert isinstance(standing(kiosk), Unclear)
    with pytest.raises(RowsNotInCopy):
        kiosk.office.issue(number(0), request())


def test_it_is_so_after_a_restart_and_after_a_list_that_does_not_know_it_yet(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    for section in (1, 2):
        kiosk.office.record(outcome(first, section, f"p{section}"))
    kiosk.restart()
    kiosk.far.away = None
    kiosk.copy.keep_cursor("")
    kiosk.sync()
    kiosk.far.away = AWAY
    assert standing(kiosk) == Due(2, handed_out=True)


def test_what_cannot_be_is_refused_at_once(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    for wrong in (outcome(first, 3, "a"), replace(outcome(first, 1, "a"), grade=None)):
        with pytest.raises(OutcomeRefused):
            kiosk.office.record(wrong)
    with pytest.raises(OutcomeRefused):
        kiosk.office.record(outcome("", 1, "a"))
    assert len(kiosk.copy.entries()) == 1


# --- delivery


def test_everything_is_delivered_in_order_and_once_though_answers_are_lost(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    kiosk.office.record(outcome(first, 1, "a", RowOutcome.STARTED, None))
    kiosk.office.record(outcome(first, 1, "a"))
    kiosk.office.record(outcome(first, 1, "a"))
    kiosk.office.end(number(0), SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk-1"))
    kiosk.far.away, kiosk.far.lost = None, 1
    with pytest.raises(OfficeUnreachable):
        kiosk.office.deliver()
    kiosk.restart()
    kiosk.office.deliver()
    assert kiosk.far.deliveries == 2
    assert [fact.kind for fact in kiosk.far.facts] == [Kind.ISSUE, Kind.OUTCOME, Kind.OUTCOME, Kind.ENDING]
    assert [fact.n for fact in kiosk.far.facts] == sorted(fact.n for fact in kiosk.far.facts)
    assert kiosk.office.status.waiting == 0
    kiosk.office.record(outcome(first, 2, "b"))
    assert kiosk.copy.entries()[0].fact.n > kiosk.far.facts[-1].n


def test_a_question_waits_until_what_is_known_here_was_delivered(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    kiosk.office.record(outcome(first, 1, "a"))
    kiosk.far.away = None
    kiosk.far.asked.clear()
    kiosk.office.meet()
    kiosk.office.find(idpel(0))
    assert kiosk.far.asked == ["ping", "deliver", "find"]


def test_a_long_outbox_is_not_waited_for_and_the_copy_knows_what_is_in_it(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    for attempt in range(SOON):
        kiosk.office.record(outcome(first, 1, f"a{attempt}", RowOutcome.REJECTED))
    kiosk.far.away = None
    kiosk.office.meet()
    kiosk.far.asked.clear()
    assert standing(kiosk) == Due(4, handed_out=True)
    assert kiosk.far.asked == []
    kiosk.office.deliver()
    assert len(kiosk.far.facts) == SOON + 1
    # The first batch is small, and the next twice as large.
    assert kiosk.far.deliveries == 2


def test_a_batch_that_an_office_cannot_take_in_time_is_halved(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    for attempt in range(30):
        kiosk.office.record(outcome(first, 1, f"a{attempt}", RowOutcome.REJECTED))
    kiosk.far.away, kiosk.far.at_once = None, 3
    for _ in range(40):
        with suppress(OfficeUnreachable):
            kiosk.office.deliver()
            break
    assert len(kiosk.far.facts) == 31
    assert kiosk.office.status.waiting == 0


def test_what_the_office_refuses_is_kept_for_staff_and_stops_nothing(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    records = [outcome(first, section, f"p{section}") for section in (1, 2)]
    for one in records:
        kiosk.office.record(one)
    kiosk.far.refuses = {str(outcome_name(records[0])): (Fate.REFUSED, "OFF-05")}
    kiosk.far.away = None
    kiosk.office.deliver()
    kiosk.office.deliver()
    assert kiosk.far.deliveries == 1
    assert len(kiosk.far.facts) == 2
    kiosk.restart()
    (refused,) = kiosk.office.refused
    assert (refused.code, refused.message, refused.refused_at) == ("OFF-05", "so it is", NOON)
    assert (kiosk.office.status.waiting, kiosk.office.status.refused) == (0, 1)
    # The copy goes by it no more.
    kiosk.far.away = AWAY
    assert standing(kiosk) == Due(4, handed_out=True)


def test_what_is_for_later_holds_up_what_comes_after_it(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    one = outcome(first, 1, "a")
    kiosk.office.record(one)
    kiosk.far.refuses = {str(outcome_name(one)): (Fate.LATER, "REG-06")}
    kiosk.far.away = None
    with pytest.raises(OfficeNotReady):
        kiosk.office.deliver()
    assert kiosk.office.status.waiting == 1
    kiosk.far.refuses.clear()
    kiosk.office.deliver()
    assert kiosk.office.status.waiting == 0


def test_staff_hear_at_once_that_the_office_refuses_what_they_say(kiosk: Kiosk) -> None:
    name = str(uuid.uuid4())
    kiosk.far.refuses = {name: (Fate.REFUSED, "OFF-07")}
    with pytest.raises(StatementRefused, match="so it is"):
        kiosk.office.state(number(0), Statement(2, "x", "Sari", "kiosk-1"), name)


# --- revoked


def test_a_revoked_kiosk_destroys_its_key_first_and_keeps_what_waits(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    kiosk.office.record(outcome(first, 1, "a"))
    kiosk.far.away = CallerRevoked("revoked")
    with pytest.raises(CallerRevoked):
        kiosk.office.meet()
    assert not (kiosk.folder / "copy.key").exists()
    assert kiosk.office.status.revoked
    kiosk.restart()
    for error in (kiosk.far.away, AWAY):
        kiosk.far.away = error
        with pytest.raises(CallerRevoked):
            kiosk.office.find(idpel(1))
        with pytest.raises(CallerRevoked):
            kiosk.office.issue(number(1), request())
    assert kiosk.copy.look(idpel(1)) is None
    assert [entry.fact.kind for entry in kiosk.copy.entries()] == [Kind.ISSUE, Kind.OUTCOME]
    # Enrolled again it begins anew, and what waited is delivered.
    kiosk.far.away, kiosk.far.copy, kiosk.far.key = None, "b" * 16, b"n" * 32
    assert kiosk.office.find(idpel(1)) == kiosk.far.found(1)
    kiosk.office.deliver()
    kiosk.sync()
    assert len(kiosk.far.facts) == 2
    kiosk.far.away = AWAY
    assert str(kiosk.office.issue(number(1), request()).rows[0]) == row(1, 0, 1)


def test_an_unknown_token_destroys_nothing(kiosk: Kiosk) -> None:
    kiosk.far.away = CallerUnknown("who?")
    with pytest.raises(CallerUnknown):
        kiosk.office.find(idpel(1))
    assert (kiosk.folder / "copy.key").exists()
    kiosk.far.away = AWAY
    kiosk.office.find(idpel(1))


# --- what lies on the card


@pytest.mark.parametrize("secret", [None, b"m" * 32])
def test_a_card_that_was_copied_gives_no_list_of_customers(tmp_path: Path, secret: bytes | None) -> None:
    kiosk = Kiosk(FarOffice(), tmp_path, secret=secret)
    kiosk.sync()
    kiosk.far.away = AWAY
    # A name that chance made could end as a customer number begins.
    first = kiosk.office.issue(number(1), "a" * 32).changes[0].id
    kiosk.office.record(outcome(first, 1, "a"))
    kiosk.copy.close()
    laid = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "copy.key" or secret)
    for hidden in (NAME, idpel(1), idpel(2), number(0), row(1, 0, 1), row(1, 0, 1)[:12], b"k".hex() * 16):
        assert hidden.encode() not in laid
    assert number(1).encode() in laid, "what waits to be delivered names its meter"
    assert (tmp_path / "copy.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_the_outbox_holds_neither_rows_nor_names(kiosk: Kiosk) -> None:
    first, _ = give(kiosk)
    kiosk.office.record(outcome(first, 1, "a"))
    text = bodies(entry.fact for entry in kiosk.copy.entries())
    assert NAME not in text
    assert row(0, 0, 1) not in text


def test_meters_that_left_are_forgotten(kiosk: Kiosk) -> None:
    kiosk.far.gone.add(1)
    kiosk.copy.keep_cursor("")
    kiosk.sync()
    kiosk.far.away = AWAY
    assert kiosk.copy.look(idpel(1)) is None
    assert kiosk.copy.look(number(1)) is None
    assert not kiosk.copy.begins(idpel(1)[:11]) or idpel(1)[:11] == idpel(0)[:11]
    assert kiosk.office.find(idpel(2)) == kiosk.far.found(2)
