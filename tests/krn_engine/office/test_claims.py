"""A word is not a proof: what a customer says, and what staff say, of a meter."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.issuing.errors import BeyondTarget, KeyStateUnknown
from krn_engine.office.contract import (
    Attempt,
    Due,
    Ended,
    Found,
    Grade,
    Issued,
    NothingToDo,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Standing,
    Stated,
    Statement,
    Unclear,
)
from krn_engine.office.errors import MeterUnknown, NoUpgradeNeeded, OutcomeRefused, StatementRefused
from krn_engine.office.local import LocalOffice
from krn_engine.office.reports import LONGEST_HISTORY, WORDS_SHOWN
from krn_engine.register.database import Register
from krn_engine.register.importer import import_worklist
from krn_engine.register.tables import key_changes, meters
from tests.support.office import Demo

LOOKED = Statement(1, "04 shows 1", "Contoh Satu", "kiosk 1")
TAKEN_BACK = Statement(None, "not their meter", "Contoh Satu", "kiosk 1")


def say(demo: Demo, issued: Issued, grade: Grade | None, *changes: int) -> None:
    """Every row of these key changes was accepted, by this evidence."""
    for change in (issued.changes[number] for number in changes):
        for section in range(1, len(change.rows) + 1):
            attempt = f"{grade}-{change.id}-{section}-{len(demo.office.history(issued.meter_number))}"
            row = RowRecord(change.id, section, RowOutcome.ACCEPTED, "BENAR", "who", "kiosk 1", attempt, grade)
            demo.office.record(row)


def stands(demo: Demo, number: str) -> tuple[int | None, Standing]:
    found = demo.office.find(number)
    assert isinstance(found, Found)
    return found.krn, found.standing


def by(demo: Demo, number: str) -> str:
    with demo.register.read() as connection:
        asked = f"SELECT key_state_by FROM meters WHERE number = '{number}'"
        return str(connection.exec_driver_sql(asked).scalar_one())


@pytest.fixture
def number(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).meter_number


@pytest.mark.parametrize("grade", Grade)
def test_only_what_proves_moves_a_meter(demo: Demo, number: str, grade: Grade) -> None:
    issued = demo.office.issue(number, "r1")
    say(demo, issued, grade, 0, 1)
    if grade is Grade.CUSTOMER:
        assert stands(demo, number) == (1, Due(4, handed_out=True, claimed=True))
        assert by(demo, number) == "import"
        assert demo.office.issue(number, "r2").rows == issued.rows
    else:
        assert stands(demo, number) == (3, NothingToDo(3))
        assert by(demo, number) == "outcome"
    assert grade.proves is (grade is not Grade.CUSTOMER)


def test_ready_made_rows_are_closed_by_proof_only(demo: Demo) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.CUSTOMER, 0, 1)
    assert stands(demo, number)[1] == Due(4, handed_out=True, claimed=True)
    assert demo.office.issue(number, "r2").rows == issued.rows
    # The second pair is made of the key that the first pair leads to: it proves both.
    say(demo, issued, Grade.TECHNICIAN, 1)
    assert isinstance(stands(demo, number)[1], NothingToDo)
    with pytest.raises(NoUpgradeNeeded):
        demo.office.issue(number, "r3")


def test_what_is_claimed_is_told_row_by_row(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.CUSTOMER, 0)
    again = demo.office.issue(number, "r2")
    assert [change.claims for change in again.changes] == [(True, True), (False, False)]
    assert [(change.claimed, change.done) for change in again.changes] == [(True, False), (False, False)]
    assert stands(demo, number) == (1, Due(4, handed_out=True, partly_claimed=True))
    # What is seen of a row later counts more than the word.
    first = again.changes[0]
    demo.office.record(RowRecord(first.id, 1, RowOutcome.REJECTED, "SALAH", "camera", "kiosk", "x", Grade.SENSOR))
    assert demo.office.issue(number, "r3").changes[0].claims == (False, True)


def test_a_claim_takes_no_proof_away(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.SENSOR, 0)
    say(demo, issued, Grade.CUSTOMER, 0, 1)
    assert stands(demo, number) == (2, Due(2, handed_out=True, claimed=True))
    assert demo.office.issue(number, "r1").changes[0].done


@pytest.mark.parametrize("by_now", [Grade.SENSOR, Grade.TECHNICIAN, Grade.REGISTER], ids=lambda grade: grade.value)
def test_a_customers_refusal_takes_no_proof_away(demo: Demo, by_now: Grade) -> None:
    """Ready-made rows are closed by their outcomes alone: nothing else would hold them."""
    number = demo.first(DemoCase.READY_MADE).meter_number
    issued = demo.office.issue(number, "r1")
    last = issued.changes[-1]
    say(demo, issued, by_now, len(issued.changes) - 1)
    before = demo.office.progress()
    told = RowRecord(last.id, 2, RowOutcome.REJECTED, "SALAH", "customer", "kiosk", "told", Grade.CUSTOMER)
    demo.office.record(told)
    assert isinstance(stands(demo, number)[1], NothingToDo)
    assert demo.office.progress() == before
    assert any(isinstance(entry, Attempt) and entry.by == "customer" for entry in demo.office.history(number))
    # A refusal that was seen does: the meter holds another key than it is thought to.
    demo.office.record(replace(told, grade=by_now, attempt="seen"))
    assert stands(demo, number)[1] == Due(4, handed_out=True)


def test_a_row_that_is_in_by_no_evidence_is_refused(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r1")
    with pytest.raises(OutcomeRefused):
        say(demo, issued, None, 0)
    assert demo.office.history(number) == ()


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.READY_MADE, DemoCase.EA11])
def test_claims_are_counted_apart(demo: Demo, case: DemoCase) -> None:
    before = demo.office.progress()
    number = demo.first(case).meter_number
    issued = demo.office.issue(number, "r1")
    every = range(len(issued.changes))
    say(demo, issued, Grade.CUSTOMER, *every)
    claimed = demo.office.progress()
    assert (claimed.upgraded, claimed.claimed, claimed.due) == (before.upgraded, 1, before.due - 1)
    assert claimed.rows_accepted_today == before.rows_accepted_today
    demo.office.state(number, TAKEN_BACK)
    back = demo.office.progress()
    assert (back.upgraded, back.claimed, back.due) == (before.upgraded, 0, before.due)
    say(demo, issued, Grade.SENSOR, *every)
    proved = demo.office.progress()
    assert (proved.upgraded, proved.claimed, proved.due) == (before.upgraded + 1, 0, before.due - 1)
    assert proved.rows_accepted_today == before.rows_accepted_today + 4
    total = proved.upgraded + proved.claimed + proved.due + proved.blocked + proved.unclear
    assert total == proved.meters


def test_half_a_claim_is_none_yet(demo: Demo, number: str) -> None:
    say(demo, demo.office.issue(number, "r1"), Grade.CUSTOMER, 0)
    assert demo.office.progress().claimed == 0


def test_a_list_tells_more_than_a_claim_and_less_than_a_proof(demo: Demo, number: str, tmp_path: Path) -> None:
    idpel = demo.first(DemoCase.FOUR_ROWS).idpel
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.CUSTOMER, 0, 1)
    _import(demo.register, tmp_path, idpel, number, krn=2)
    assert stands(demo, number)[0] == 2
    demo.office.state(number, replace(LOOKED, krn=3))
    _import(demo.register, tmp_path, idpel, number, krn=1)
    assert stands(demo, number)[0] == 3


def _import(register: Register, folder: Path, idpel: str, number: str, krn: int) -> None:
    file = folder / "list.csv"
    header = "IDPEL;NO_METER;NAMA;TARIF;DAYA;EA;DKGA;SGC;TI;KRN;KT;BASE_DATE;KEN"
    file.write_text(f"{header}\n{idpel};{number};Contoh;R1;900;7;2;999007;1;{krn};2;1993;255\n", encoding="utf-8")
    assert import_worklist(register, file).stored


# --- what staff say


def test_staff_can_open_a_meter_again(demo: Demo, number: str) -> None:
    """Nothing is edited: the outcomes stand as they were, and do not count for what the meter holds now."""
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.SENSOR, 0, 1)
    before = demo.count("outcomes")
    demo.office.state(number, LOOKED)
    assert stands(demo, number) == (1, Due(4, handed_out=True))
    assert demo.count("outcomes") == before
    again = demo.office.issue(number, "r2")
    assert again.rows == issued.rows
    assert [change.outcomes for change in again.changes] == [(None, None)] * 2
    # And it can be done again.
    say(demo, again, Grade.SENSOR, 0, 1)
    assert stands(demo, number) == (3, NothingToDo(3))


def test_what_was_said_is_undone_by_saying_otherwise(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.SENSOR, 0)
    for krn, rows in ((1, 4), (2, 2), (3, 0), (1, 4)):
        demo.office.state(number, replace(LOOKED, krn=krn))
        assert stands(demo, number) == (krn, Due(rows, handed_out=True) if rows else NothingToDo(3))
        assert by(demo, number) == "statement"
    assert demo.office.issue(number, "r2").rows == issued.rows


def test_a_claim_can_be_taken_back(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.CUSTOMER, 0, 1)
    demo.office.state(number, TAKEN_BACK)
    assert stands(demo, number) == (1, Due(4, handed_out=True))
    assert by(demo, number) == "import"
    # It still stands in the history, and the next one counts.
    assert sum(isinstance(entry, Attempt) and entry.claim for entry in demo.office.history(number)) == 4
    say(demo, issued, Grade.CUSTOMER, 0, 1)
    assert stands(demo, number)[1] == Due(4, handed_out=True, claimed=True)


def test_who_looked_at_the_meter_puts_claims_aside(demo: Demo, number: str) -> None:
    say(demo, demo.office.issue(number, "r1"), Grade.CUSTOMER, 0, 1)
    demo.office.state(number, LOOKED)
    assert stands(demo, number)[1] == Due(4, handed_out=True)


@pytest.mark.parametrize(("krn", "rows"), [(1, 4), (2, 2), (3, 0)])
def test_of_ready_made_rows_the_last_pair_leads_to_the_target(demo: Demo, krn: int, rows: int) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.SENSOR, 0, 1)
    demo.office.state(number, replace(LOOKED, krn=krn))
    assert stands(demo, number)[1] == (Due(rows, handed_out=True) if rows else NothingToDo(3))
    if rows:
        again = demo.office.issue(number, "r2")
        assert again.rows == issued.rows[4 - rows :]
        say(demo, again, Grade.SENSOR, *range(len(again.changes)))
        assert isinstance(stands(demo, number)[1], NothingToDo)


def test_the_krn_before_rows_is_told_where_a_record_tells_it(demo: Demo, number: str) -> None:
    """By the rows themselves; of ready-made rows by a list before the first pair, and later by what staff saw."""
    assert demo.office.issue(number, "r1").krn_before == 1
    ready = demo.first(DemoCase.READY_MADE).meter_number
    issued = demo.office.issue(ready, "r2")
    assert issued.krn_before == 1
    # Pair 1 is proved: what the list said is no longer so, and which number it led to is said nowhere.
    say(demo, issued, Grade.TECHNICIAN, 0)
    assert demo.office.issue(ready, "r3").krn_before is None
    demo.office.state(ready, replace(LOOKED, krn=2))
    assert demo.office.issue(ready, "r4").krn_before == 2
    # Asked for again, the answer is still about the rows of that request.
    assert demo.office.issue(ready, "r2").krn_before is None
    demo.office.state(ready, replace(LOOKED, krn=1))
    assert demo.office.issue(ready, "r5").krn_before == 1


@pytest.mark.parametrize("case", [DemoCase.READY_MADE, DemoCase.FOUR_ROWS])
def test_a_krn_beyond_the_target_is_told_and_not_taken_for_done(demo: Demo, case: DemoCase) -> None:
    """It may be what the meter shows, so it is kept; nothing is issued on it, and another statement undoes it."""
    number = demo.first(case).meter_number
    demo.office.state(number, replace(LOOKED, krn=9))
    krn, standing = stands(demo, number)
    assert krn == 9
    assert isinstance(standing, Unclear)
    assert standing.code == BeyondTarget.code
    assert "04" in standing.message
    with pytest.raises(BeyondTarget):
        demo.office.issue(number, "r1")
    demo.office.state(number, replace(LOOKED, krn=3))
    assert stands(demo, number) == (3, NothingToDo(3))


def test_a_statement_needs_a_reason_a_name_and_a_krn_that_can_be(demo: Demo, number: str) -> None:
    for wrong in (replace(LOOKED, reason=" "), replace(LOOKED, by=""), replace(LOOKED, krn=0), replace(LOOKED, krn=10)):
        with pytest.raises(StatementRefused):
            demo.office.state(number, wrong)
    with pytest.raises(MeterUnknown):
        demo.office.state("99999999999", LOOKED)
    assert demo.office.history(number) == ()


def test_what_a_statement_does_not_tell_a_list_may_fill_in(demo: Demo, tmp_path: Path) -> None:
    customer = demo.first(DemoCase.UNKNOWN_STATE)
    demo.office.state(customer.meter_number, replace(LOOKED, krn=2))
    krn, standing = stands(demo, customer.meter_number)
    assert krn == 2
    assert isinstance(standing, Unclear)
    assert standing.code == KeyStateUnknown.code
    _import(demo.register, tmp_path, customer.idpel, customer.meter_number, krn=1)
    assert stands(demo, customer.meter_number) == (2, Due(2))


def test_the_key_between_is_known_from_the_campaign(demo: Demo) -> None:
    """The record says KRN 3 by a list, no row was ever issued here, and a technician reads 2."""
    number = demo.first(DemoCase.DONE).meter_number
    demo.office.state(number, replace(LOOKED, krn=2))
    assert stands(demo, number) == (2, Due(2))
    assert len(demo.office.issue(number, "r1").rows) == 2


def test_the_history_tells_who_said_what_and_how_sessions_ended(demo: Demo, number: str) -> None:
    say(demo, demo.office.issue(number, "r1"), Grade.CUSTOMER, 0)
    ending = SessionEnding("not-proved", "UPG-09", 1, Grade.REGISTER, proved=False, place="kiosk 1")
    demo.office.end(number, ending)
    demo.office.state(number, LOOKED)
    later = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY.replace(year=2027))
    later.state(number, TAKEN_BACK)
    told = demo.office.history(number)
    assert told[0] == Stated(DEMO_DAY.replace(year=2027), TAKEN_BACK)
    assert Stated(DEMO_DAY, LOOKED) in told
    assert Ended(DEMO_DAY, ending) in told
    assert [entry.grade for entry in told if isinstance(entry, Attempt)] == [Grade.CUSTOMER] * 2
    with pytest.raises(MeterUnknown):
        demo.office.end("99999999999", ending)


def test_no_number_of_claims_pushes_out_what_is_proved_and_what_staff_said(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r1")
    say(demo, issued, Grade.REGISTER, 0)
    demo.office.state(number, LOOKED)
    for visit in range(60):
        attempt, change = f"told {visit}", issued.changes[1]
        row = RowRecord(change.id, 1, RowOutcome.ACCEPTED, "BENAR", "who", "kiosk 1", attempt, Grade.CUSTOMER)
        demo.office.record(row)
        told = SessionEnding("at-home", f"SALAH {visit}", None, Grade.CUSTOMER, proved=False, place="kiosk 1")
        demo.office.end(number, told)
    history = demo.office.history(number)
    assert Stated(DEMO_DAY, LOOKED) in history
    proofs = [entry for entry in history if isinstance(entry, Attempt) and entry.grade is Grade.REGISTER]
    assert len(proofs) == 2
    assert len(history) == LONGEST_HISTORY
    # Nor do proofs leave no room for the newest claims.
    for number_ in range(60):
        demo.office.state(number, replace(LOOKED, reason=f"looked {number_}"))
    history = demo.office.history(number)
    words = [entry for entry in history if isinstance(entry, Ended) or (isinstance(entry, Attempt) and entry.claim)]
    assert len(words) == WORDS_SHOWN


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.READY_MADE])
def test_rows_keep_the_numbers_of_the_list_that_they_were_given_out_with(demo: Demo, case: DemoCase) -> None:
    meter = demo.first(case).meter_number
    whole = demo.office.issue(meter, "r1")
    assert (whole.first, whole.pairs) == (1, ((1, 2), (3, 4)))
    say(demo, whole, Grade.REGISTER, 0)
    rest = demo.office.issue(meter, "r2")
    assert (rest.first, rest.pairs, rest.rows) == (3, ((3, 4),), whole.rows[2:])
    # The same request again, of either, gives the same numbers.
    assert demo.office.issue(meter, "r2").first == 3
    assert demo.office.issue(meter, "r1").first == 1


def test_rows_that_were_never_on_a_longer_list_begin_with_1(demo: Demo) -> None:
    assert demo.office.issue(demo.first(DemoCase.TWO_ROWS).meter_number, "r1").first == 1
    # Those of a key change that was given out alone, at another time, are no part of it.
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    whole = demo.office.issue(number, "r2")
    with demo.register.write() as connection:
        another_day = DEMO_DAY.replace(year=2020)
        connection.execute(
            update(key_changes).where(key_changes.c.id == whole.changes[0].id).values(issued_at=another_day)
        )
    say(demo, whole, Grade.REGISTER, 0)
    assert demo.office.issue(number, "r3").first == 1


def state(demo: Demo, number: str) -> tuple[object, ...]:
    with demo.register.read() as connection:
        columns = (meters.c.sgc, meters.c.ti, meters.c.krn, meters.c.base_date, meters.c.ken)
        return tuple(connection.execute(select(*columns).where(meters.c.number == number)).one())


@pytest.mark.parametrize("told", [(3, 1), (2, 3, 1), (3, None, 1), (3, 2, 2, 1), (1, 3, 1)], ids=str)
def test_a_wrong_statement_takes_nothing_away_that_the_right_one_gives_not_back(
    demo: Demo, number: str, told: tuple[int | None, ...]
) -> None:
    before = state(demo, number)
    assert None not in before
    for krn in told:
        demo.office.state(number, Statement(krn, "04 was read", "Contoh Satu", "kiosk 1"))
    assert state(demo, number) == before
    assert len(demo.office.issue(number, "after").rows) == 4


def test_what_was_unknown_before_a_wrong_statement_stays_unknown(demo: Demo, number: str) -> None:
    with demo.register.write() as connection:
        connection.execute(update(meters).where(meters.c.number == number).values(base_date=None, ken=None))
    for krn in (3, 1):
        demo.office.state(number, Statement(krn, "04 was read", "Contoh Satu", "kiosk 1"))
    assert state(demo, number)[2:] == (1, None, None)
