"""The progress report and `find` go by one definition of what is known of a meter."""

import random
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import update

from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError
from krn_engine.office.contract import (
    Blocked,
    Due,
    Found,
    Grade,
    Issued,
    NothingToDo,
    RowOutcome,
    RowRecord,
    Standing,
    Statement,
    Unclear,
)
from krn_engine.register.tables import meters
from krn_engine.register.tally import count_all, is_kept, kept
from tests.support.office import Demo

CASES = (DemoCase.READY_MADE, DemoCase.FOUR_ROWS, DemoCase.EA11, DemoCase.TWO_ROWS, DemoCase.UNKNOWN_STATE)
GRADES = (Grade.CUSTOMER, Grade.CUSTOMER, Grade.SENSOR, Grade.TECHNICIAN)
TOLD = (RowOutcome.ACCEPTED, RowOutcome.ACCEPTED, RowOutcome.ACCEPTED, RowOutcome.REJECTED, RowOutcome.UNKNOWN)
ATTEMPTS = count()


def kind(standing: Standing) -> str:
    match standing:
        case Due(claimed=claimed):
            return "claimed" if claimed else "due"
        case NothingToDo():
            return "upgraded"
        case Blocked():
            return "blocked"
        case Unclear():
            return "unclear"


def by_find(demo: Demo) -> dict[str, int]:
    """How many meters stand how, one asked for after the other."""
    found = [demo.office.find(customer.meter_number) for customer in demo.province]
    kinds = Counter(kind(meter.standing) for meter in found if isinstance(meter, Found))
    return {name: kinds[name] for name in ("upgraded", "claimed", "due", "blocked", "unclear")}


def by_report(demo: Demo) -> dict[str, int]:
    told = demo.office.progress()
    with demo.register.read() as connection:
        assert is_kept(connection)
        assert kept(connection) == count_all(connection)
    assert told.upgraded + told.claimed + told.due + told.blocked + told.unclear == told.meters
    return {name: getattr(told, name) for name in ("upgraded", "claimed", "due", "blocked", "unclear")}


def say(demo: Demo, issued: Issued, change: int, section: int, outcome: RowOutcome, grade: Grade) -> None:
    attempt = f"attempt {next(ATTEMPTS)}"
    row = RowRecord(issued.changes[change].id, section, outcome, "seen", "who", "kiosk", attempt, grade)
    demo.office.record(row)


def say_all(demo: Demo, issued: Issued, grade: Grade) -> None:
    for number, change in enumerate(issued.changes):
        for section in range(1, len(change.rows) + 1):
            say(demo, issued, number, section, RowOutcome.ACCEPTED, grade)


def put(demo: Demo, number: str, **columns: object) -> None:
    """As a list would leave the record."""
    with demo.register.write() as connection:
        connection.execute(update(meters).where(meters.c.number == number).values(columns))
    assert not demo.register.recount()


def test_a_claim_after_the_proof_takes_nothing_away(demo: Demo) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    issued = demo.office.issue(number, "r1")
    say_all(demo, issued, Grade.SENSOR)
    proved = by_report(demo)
    say_all(demo, issued, Grade.CUSTOMER)
    assert by_report(demo) == proved == by_find(demo)
    demo.office.state(number, Statement(None, "not theirs", "Contoh", "kiosk"))
    assert by_report(demo) == proved == by_find(demo)


def test_a_row_that_was_seen_refused_is_not_claimed(demo: Demo) -> None:
    """The first pair is not in, so the second cannot be."""
    issued = demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    say_all(demo, issued, Grade.CUSTOMER)
    assert by_report(demo)["claimed"] == 1
    say(demo, issued, 0, 1, RowOutcome.REJECTED, Grade.SENSOR)
    assert by_report(demo)["claimed"] == 0
    assert by_report(demo) == by_find(demo)


RECORDS: dict[str, tuple[DemoCase, dict[str, object], str]] = {
    "ready-made rows and no key state at all": (
        DemoCase.READY_MADE,
        dict.fromkeys(("ea", "dkga", "sgc", "ti", "krn", "kt", "base_date", "ken")),
        "due",
    ),
    "ready-made rows and the target on a list": (DemoCase.READY_MADE, {"krn": 3}, "due"),
    "a KRN and no base date": (DemoCase.FOUR_ROWS, {"base_date": None}, "unclear"),
    "the target and no SGC": (DemoCase.DONE, {"sgc": None}, "unclear"),
    "blocked at the target": (DemoCase.DONE, {"blocked": "looked at"}, "blocked"),
    "beyond the target": (DemoCase.DONE, {"krn": 4}, "unclear"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_each_record_counts_as_it_is_found(demo: Demo, name: str) -> None:
    case, columns, expected = RECORDS[name]
    number = demo.first(case).meter_number
    put(demo, number, **columns)
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert kind(found.standing) == expected
    assert by_report(demo) == by_find(demo)


def test_rows_that_name_no_krn_are_counted_like_others(demo: Demo) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    before = by_report(demo)
    put(demo, number, krn=None, base_date=None)
    assert by_report(demo) == before
    say_all(demo, demo.office.issue(number, "r1"), Grade.SENSOR)
    assert by_report(demo) == before | {"upgraded": before["upgraded"] + 1, "due": before["due"] - 1}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_said_report_and_find_agree(demo: Demo, seed: int) -> None:
    """Claims, proofs, refusals, statements and lists in any order, on meters of each kind."""
    chance = random.Random(seed)
    number = demo.first(CASES[seed % len(CASES)]).meter_number
    issued: list[Issued] = []

    def ask() -> None:
        issued.append(demo.office.issue(number, f"r{len(issued)}"))

    def row() -> None:
        asked = chance.choice(issued)
        change = chance.randrange(len(asked.changes))
        section = chance.randint(1, len(asked.changes[change].rows))
        say(demo, asked, change, section, chance.choice(TOLD), chance.choice(GRADES))

    def rows() -> None:
        say_all(demo, chance.choice(issued), chance.choice(GRADES))

    def state() -> None:
        demo.office.state(number, Statement(chance.choice((None, 1, 2, 3, 9)), "looked", "Contoh", "kiosk"))

    done: list[Callable[[], None]] = []
    for _ in range(30):
        doing = chance.choice((row, row, row, rows, state, ask)) if issued else chance.choice((ask, state))
        try:
            doing()
        except KrnError:
            continue
        done.append(doing)
        assert by_report(demo) == by_find(demo), [each.__name__ for each in done]
    assert len(done) > 1
