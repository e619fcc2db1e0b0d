"""What somebody's word makes of rows that are keyed in at home."""

from datetime import UTC, datetime, timedelta

import pytest

from krn_engine.office.contract import (
    Attempt,
    Ended,
    Grade,
    HistoryEntry,
    Issued,
    IssuedChange,
    RowOutcome,
    SessionEnding,
    Stated,
    Statement,
)
from krn_engine.office.guide import (
    AT_HOME,
    GOES_ON,
    LONGEST_TOLD,
    VISIT_ASKED,
    VISIT_REASONS,
    Meaning,
    Refusals,
    begins_after,
    claims,
    known_in,
    read_krn,
    refusals,
    told,
    visit,
)
from krn_engine.office.reasons import HandOff
from krn_engine.office.wire.asked import END, End
from krn_engine.register.tables import endings
from krn_engine.row import Row

ROW = Row("0" * 20)


def change(name: str, krns: tuple[int | None, int | None], **known: tuple[object, ...]) -> IssuedChange:
    outcomes = known.get("outcomes", (None, None))
    return IssuedChange(name, *krns, (ROW, ROW), outcomes, claims=known.get("claims", (False, False)))  # type: ignore[arg-type]


def issued(*changes: IssuedChange, first: int = 1, before: int | None = 1) -> Issued:
    return Issued("r", "10000000009", changes, 10, first, before)


TWO = issued(change("a", (1, 2)), change("b", (2, 3)))
NAMELESS = issued(change("a", (None, None)), change("b", (None, None)))


def test_a_change_left_in_the_middle_begins_anew() -> None:
    assert [begins_after(TWO, done) for done in range(5)] == [0, 0, 2, 2, 4]
    assert begins_after(issued(change("b", (2, 3)), first=3), 3) == 2


def test_what_is_known_counts_only_without_a_gap() -> None:
    both = (RowOutcome.ACCEPTED, RowOutcome.ACCEPTED)
    claimed = change("a", (1, 2), claims=(True, True))
    proved = change("b", (2, 3), outcomes=both)
    assert known_in(TWO) == 0
    assert known_in(issued(claimed, change("b", (2, 3)))) == 2
    assert known_in(issued(change("a", (1, 2)), proved)) == 0
    assert known_in(issued(claimed, proved)) == 4


def test_a_word_is_recorded_of_rows_that_no_proof_says_so_of() -> None:
    proved = change("a", (1, 2), outcomes=(RowOutcome.ACCEPTED, None))
    said = claims(issued(proved, change("b", (2, 3))), 3, "BENAR", "here", "attempt-{}".format)
    assert [(row.key_change_id, row.section, row.attempt) for row in said] == [
        ("a", 2, "attempt-2"),
        ("b", 1, "attempt-3"),
    ]
    assert {(row.grade, row.outcome, row.place, row.evidence) for row in said} == {
        (Grade.CUSTOMER, RowOutcome.ACCEPTED, "here", "BENAR")
    }
    assert claims(TWO, 0, "BENAR", "here") == ()


def test_what_is_told_moves_nothing() -> None:
    ending = told("SALAH 1 same", "here", 2)
    assert (ending.ending, ending.grade, ending.proved, ending.krn) == ("at-home", Grade.CUSTOMER, False, 2)


def test_a_visit_is_asked_for_with_a_reason() -> None:
    ending = visit(HandOff.KEYPAD_BROKEN, "here")
    assert (ending.ending, ending.code) == (VISIT_ASKED, "UPG-13")
    assert (ending.grade, ending.proved) == (Grade.CUSTOMER, False)


@pytest.mark.parametrize("number", [1, 16])
@pytest.mark.parametrize("what", ["04 as before", "GAGAL {n} unknown", *(reason.value for reason in HandOff)])
def test_what_is_told_passes_every_way_to_the_register(what: str, number: int) -> None:
    """A kiosk tells it across a network, and PostgreSQL keeps no more characters than its column has."""
    said = told(what.format(n=number), "here")
    for ending in (said, *(visit(reason, "here") for reason in VISIT_REASONS)):
        assert END.read(END.write(End("12345678901", ending))).session == ending
        assert len(ending.code) <= LONGEST_TOLD
    assert str(endings.c.code.type) == f"VARCHAR({LONGEST_TOLD})"


@pytest.mark.parametrize("what", ["SALAH 1, meter same", "a" * 17, "baris\n2"])
def test_what_would_not_pass_is_not_told(what: str) -> None:
    with pytest.raises(ValueError, match="what is told"):
        told(what, "here")


@pytest.mark.parametrize(
    ("rows", "shown", "meaning", "done"),
    [
        (TWO, 3, Meaning.RIGHT, 4),
        (TWO, 2, Meaning.NOT_YET, 2),
        (TWO, 1, Meaning.NOT_YET, 0),
        (TWO, 0, Meaning.OTHER, 0),
        (TWO, 4, Meaning.OTHER, 0),
        (NAMELESS, 1, Meaning.UNCHANGED, 0),
        (NAMELESS, 2, Meaning.NOT_ALL, 2),
        (NAMELESS, 3, Meaning.ROSE, 4),
        (NAMELESS, 4, Meaning.ROSE, 4),
        (NAMELESS, 0, Meaning.OTHER, 0),
        (issued(*NAMELESS.changes, before=None), 3, Meaning.NOTHING_TO_COMPARE, 4),
    ],
)
def test_a_krn_that_was_read(rows: Issued, shown: int, meaning: Meaning, done: int) -> None:
    read = read_krn(rows, shown)
    assert (read.meaning, read.done) == (meaning, done)


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def ending(code: str, hours: float = 1, of: str = AT_HOME) -> Ended:
    return Ended(NOW - timedelta(hours=hours), SessionEnding(of, code, None, Grade.CUSTOMER, proved=False, place="x"))


def stated(krn: int | None) -> Stated:
    return Stated(NOW, Statement(krn, "why", "sari", "x"))


def attempt(outcome: RowOutcome) -> Attempt:
    return Attempt(NOW, 1, 2, 1, outcome, "customer", "x", Grade.CUSTOMER)


@pytest.mark.parametrize(
    ("newest_first", "number", "is_periksa"),
    [
        ((), 0, False),
        ((ending("SALAH 2"), ending("GAGAL 2", 23)), 2, False),
        ((ending("SALAH 2 twice"), ending("SALAH 2")), 2, False),
        # Another meter's refusal, another day's, another's word, and what is no refusal.
        (
            (ending("SALAH 2 other"), ending("04 other"), ending("SALAH 2", of="upgraded"), ending("SALAH 2", 25)),
            0,
            False,
        ),
        ((ending("PERIKSA"), ending("SALAH 1")), 1, True),
        # Before the meter took a code, staff said how it is, or it was waited for.
        ((attempt(RowOutcome.ACCEPTED), ending("SALAH 2"), ending("PERIKSA")), 0, False),
        ((stated(1), ending("SALAH 2")), 0, False),
        # Of one moment nobody knows what came first.
        ((attempt(RowOutcome.ACCEPTED), ending("SALAH 2", 0), ending("SALAH 1")), 1, False),
        ((ending("SALAH 1"), ending(GOES_ON), ending("SALAH 2"), ending("PERIKSA")), 1, False),
        ((stated(None), attempt(RowOutcome.REJECTED), ending("SALAH 2")), 1, False),
    ],
)
def test_what_a_meter_refused_counts_until_something_tells_that_it_is_over(
    newest_first: tuple[HistoryEntry, ...], number: int, *, is_periksa: bool
) -> None:
    assert refusals(newest_first, NOW) == Refusals(number, is_periksa)
