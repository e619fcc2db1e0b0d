"""What comes back by a list is on record once: by whom, with which grade, and what the meter showed counts most."""

from datetime import timedelta
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.office.contract import (
    Attempt,
    Due,
    Ended,
    Found,
    Grade,
    NothingToDo,
    RowOutcome,
    SessionEnding,
    Statement,
)
from krn_engine.office.guide import AGAINST_PROOF, AT_DOOR
from krn_engine.office.orders.order import OrderList, Why
from krn_engine.office.orders.results import Results
from tests.support.office import Demo
from tests.support.orders import MARKS, OFFICER, Cells, filled_in, made, open_now, taken, written

KINDS = ("csv", "xlsx")
Told = tuple[RowOutcome, str, Grade | None]
IN = (RowOutcome.ACCEPTED, "BENAR", Grade.TECHNICIAN)


def facts(demo: Demo) -> tuple[int, ...]:
    return tuple(demo.count(table) for table in ("key_changes", "requests", "outcomes", "endings", "statements"))


def bring(demo: Demo, folder: Path, orders: OrderList, number: str, kind: str = "csv", **cells: str) -> None:
    """An officer's result of one meter comes in."""
    path = written(folder / f"back-{len(list(folder.iterdir()))}.{kind}", filled_in(orders, kind, {number: cells}))
    report = taken(demo, path)
    assert (report.stored, report.refused) == (True, ())


def rows(demo: Demo, number: str) -> dict[int, Told]:
    """What is on record of each code of a meter, with what was seen, by their numbers on the list."""
    with demo.register.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT k.from_state, o.section, o.outcome, o.evidence, o.grade FROM outcomes o JOIN key_changes k ON "
            f"k.id = o.key_change_id JOIN meters m ON m.id = k.meter_id WHERE m.number = '{number}' ORDER BY o.id"
        ).all()
    states = sorted({row.from_state for row in found})
    return {
        2 * states.index(row.from_state) + row.section: (RowOutcome(row.outcome), row.evidence, Grade(row.grade))
        for row in found
    }


def ending(demo: Demo, number: str) -> SessionEnding:
    """The last that staff told."""
    told = (entry.session for entry in demo.office.history(number) if isinstance(entry, Ended))
    return next(session for session in told if session.grade is not Grade.CUSTOMER)


def standing(demo: Demo, number: str) -> object:
    found = demo.office.find(number)
    assert isinstance(found, Found)
    return found.standing


@pytest.fixture
def number(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).meter_number


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_goes_out_and_what_an_officer_saw_comes_back(demo: Demo, tmp_path: Path, kind: str) -> None:
    numbers = {case: demo.first(case).meter_number for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11)}
    upgraded, empty, half = numbers.values()
    orders = made(demo)
    results: dict[str, Cells] = {
        upgraded: {"HASIL": "B", "KRN_04": "3", "TGL": "15-01-2026", "CATATAN": "anjing galak"},
        empty: {"HASIL": "Rumah kosong", "TGL": "15/01/26"},
        half: {"HASIL": "B3 S4"},
    }
    path = written(tmp_path / f"back.{kind}", filled_in(orders, kind, results))
    report = taken(demo, path)
    assert (report.taken, report.known, report.without, report.refused) == (3, 0, len(orders.lines) - 3, ())
    assert isinstance(standing(demo, upgraded), NothingToDo)
    assert (ending(demo, upgraded).ending, ending(demo, upgraded).proved) == ("upgraded", True)
    assert upgraded not in open_now(demo)
    assert (open_now(demo)[empty].whys[0], open_now(demo)[empty].code) == (Why.HANDED_OFF, "UPG-11")
    assert open_now(demo)[half].whys[:2] == (Why.HANDED_OFF, Why.HALF_DONE)
    attempts = [entry for entry in demo.office.history(upgraded) if isinstance(entry, Attempt)]
    assert {(entry.by, entry.grade, entry.place) for entry in attempts} == {
        (OFFICER, Grade.TECHNICIAN, f"door {orders.id}")
    }
    # What an officer notes about people stays on the sheet.
    with demo.register.read() as connection:
        assert not connection.exec_driver_sql("SELECT 1 FROM outcomes WHERE evidence LIKE '%%anjing%%'").all()
        bodies = connection.exec_driver_sql("SELECT body FROM audit ORDER BY id").scalars().all()
    assert f'"lists":["{orders.id}"]' in next(body for body in bodies if "results-taken" in body)
    assert '"kiosk_time":"2026-01-15' in next(body for body in bodies if '"as":"upgraded"' in body)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_twice_changes_nothing(demo: Demo, tmp_path: Path, kind: str) -> None:
    four, two = demo.first(DemoCase.FOUR_ROWS).meter_number, demo.first(DemoCase.TWO_ROWS).meter_number
    results: dict[str, Cells] = {four: {"HASIL": "B2 S3", "KRN_04": "2"}, two: {"HASIL": "B"}}
    path = written(tmp_path / f"back.{kind}", filled_in(made(demo), kind, results))
    taken(demo, path)
    before, open_before = facts(demo), open_now(demo)
    again = taken(demo, path)
    assert again.stored
    assert (facts(demo), open_now(demo)) == (before, open_before)
    assert rows(demo, four) == {1: (*IN[:1], "BENAR; 04: 2", IN[2]), 2: (*IN[:1], "BENAR; 04: 2", IN[2])} | {
        3: (RowOutcome.REJECTED, "SALAH", Grade.TECHNICIAN)
    }


ACCEPTED, PARTIAL = RowOutcome.ACCEPTED, RowOutcome.PARTIAL
BY_KRN = {
    # What an officer wrote, what 04 showed: what became of the four codes, and the ending with its reason.
    ("B", ""): ("AAAA", "upgraded", "", False, 0),
    ("B", "3"): ("AAAA", "upgraded", "", True, 0),
    ("", "3"): ("AAAA", "upgraded", "", True, 0),
    ("S1", "3"): ("AAAA", "upgraded", "", True, 0),
    ("B", "2"): ("AAAP", AT_DOOR, "UPG-09", False, 2),
    ("B", "1"): ("APAP", AT_DOOR, "UPG-09", False, 4),
    ("B2", ""): ("AA", AT_DOOR, "UPG-05", False, 2),
    ("B2", "2"): ("AA", AT_DOOR, "UPG-05", False, 2),
    ("B2", "1"): ("AP", AT_DOOR, "UPG-05", False, 4),
    ("", "2"): ("AA", AT_DOOR, "UPG-05", False, 2),
    ("B3", ""): ("AAA", AT_DOOR, "UPG-05", False, 2),
    ("B2 S3", "2"): ("AAR", AT_DOOR, "UPG-01", False, 2),
    ("S3", ""): ("--R", AT_DOOR, "UPG-01", False, 4),
    ("S3", "2"): ("AAR", AT_DOOR, "UPG-01", False, 2),
    ("G1", ""): ("R", AT_DOOR, "UPG-01", False, 4),
    ("B", "4"): ("", AT_DOOR, "UPG-08", False, 4),
    ("P", ""): ("", AT_DOOR, "UPG-06", False, 4),
    ("P", "1"): ("", AT_DOOR, "UPG-06", False, 4),
    ("B2 P", ""): ("AA", AT_DOOR, "UPG-06", False, 2),
    ("MB", ""): ("", AT_DOOR, "UPG-07", False, 4),
    ("TL", ""): ("", AT_DOOR, "UPG-12", False, 4),
    ("KP", ""): ("", AT_DOOR, "UPG-13", False, 4),
    ("LC", ""): ("", AT_DOOR, "UPG-14", False, 4),
    ("LL", ""): ("", AT_DOOR, "UPG-15", False, 4),
}
LETTERS = {"A": ACCEPTED, "P": PARTIAL, "R": RowOutcome.REJECTED}


@pytest.mark.parametrize("said", BY_KRN)
def test_what_an_officer_says_and_what_04_shows_is_weighed(
    demo: Demo, tmp_path: Path, number: str, said: tuple[str, str]
) -> None:
    became, word, code, proved, left = BY_KRN[said]
    bring(demo, tmp_path, made(demo, 3), number, HASIL=said[0], KRN_04=said[1])
    wanted = {place: LETTERS[letter] for place, letter in enumerate(became, 1) if letter != "-"}
    # A lone code of the second pair is the only one of its key change that is told of.
    found = {place: outcome for place, (outcome, _, _) in rows(demo, number).items()}
    assert sorted(found.values(), key=str) == sorted(wanted.values(), key=str)
    ended = ending(demo, number)
    assert (ended.ending, ended.code, ended.proved) == (word, code, proved)
    assert ended.krn == (int(said[1]) if said[1] else None)
    assert ended.grade is (Grade.TECHNICIAN if said[1] else None)
    now = standing(demo, number)
    assert (now.rows if isinstance(now, Due) else 0) == left


@pytest.mark.parametrize(("said", "left"), [("B", 0), ("B2", 2)])
def test_of_ready_made_codes_an_officers_word_counts_as_at_a_kiosk(
    demo: Demo, tmp_path: Path, said: str, left: int
) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    bring(demo, tmp_path, made(demo), number, HASIL=said)
    now = standing(demo, number)
    assert (now.rows if isinstance(now, Due) else 0) == left


def test_codes_of_a_half_done_meter_keep_their_numbers(demo: Demo, tmp_path: Path, number: str) -> None:
    bring(demo, tmp_path, made(demo, 3), number, HASIL="B2")
    second = made(demo, 3)
    line = next(line for line in second.lines if line.order.meter_number == number)
    assert (line.first, line.pairs) == (3, ((3, 4),))
    bring(demo, tmp_path, second, number, HASIL="B4", KRN_04="3")
    assert isinstance(standing(demo, number), NothingToDo)


def test_a_list_that_comes_late_takes_no_proof_away(demo: Demo, tmp_path: Path, number: str) -> None:
    late, early = made(demo, 3), made(demo, 3)
    bring(demo, tmp_path, early, number, HASIL="B", KRN_04="3")
    before = facts(demo)
    path = written(tmp_path / "late.csv", filled_in(late, "csv", {number: {"HASIL": "RK"}}))
    report = taken(demo, path)
    assert (report.taken, report.known) == (0, 1)
    assert facts(demo) == before
    assert isinstance(standing(demo, number), NothingToDo)


@pytest.mark.parametrize("cells", [{"HASIL": "G1", "KRN_04": "1"}, {"HASIL": "", "KRN_04": "2"}, {"HASIL": "S1"}])
def test_what_an_officer_sees_against_a_proof_is_kept_and_moves_nothing(
    demo: Demo, tmp_path: Path, number: str, cells: Cells
) -> None:
    orders = made(demo, 3)
    bring(demo, tmp_path, orders, number, HASIL="B", KRN_04="3")
    before, progress = facts(demo), demo.office.progress()
    path = written(tmp_path / "corrected.csv", filled_in(orders, "csv", {number: cells}))
    for _ in range(2):
        report = taken(demo, path)
        assert (report.taken, report.known, report.conflicts) == (0, 0, 1)
        # One ending more, which tells what 04 showed; no code, no proof and no count is another.
        assert facts(demo) == (*before[:3], before[3] + 1, before[4])
    kept = ending(demo, number)
    assert (kept.ending, kept.krn, kept.proved) == (AGAINST_PROOF, int(cells.get("KRN_04", 0)) or None, False)
    assert isinstance(standing(demo, number), NothingToDo)
    assert demo.office.progress() == progress
    # Somebody has to look, until the office has said what it holds.
    order = open_now(demo)[number]
    assert (order.whys, order.code, order.rows) == ((Why.AGAINST_PROOF,), kept.code, 0)
    assert number in {line.order.meter_number for line in made(demo).lines}
    demo.office.state(number, Statement(3, "seen again", "the office", "counter"))
    assert number not in open_now(demo)


def test_the_same_result_again_counts_after_the_office_has_reopened_a_meter(
    demo: Demo, tmp_path: Path, number: str
) -> None:
    orders = made(demo, 3)
    cells: Cells = {"HASIL": "B", "KRN_04": "3", "TGL": "15-01-2026"}
    first = written(tmp_path / "first.csv", filled_in(orders, "csv", {number: cells}))
    earlier = Results(demo.register, demo.office, MARKS, lambda: DEMO_DAY - timedelta(minutes=1))
    assert earlier.take(first).taken == 1
    demo.office.state(number, Statement(1, "it shows 1", "the office", "counter"))
    reopened = facts(demo)
    # The very same file tells nothing new, whatever came since.
    taken(demo, first)
    assert facts(demo) == reopened
    assert isinstance(standing(demo, number), Due)
    again = filled_in(orders, "csv", {number: cells | {"CATATAN": "diulang"}})
    assert taken(demo, written(tmp_path / "again.csv", again)).taken == 1
    assert isinstance(standing(demo, number), NothingToDo)


def test_a_result_that_is_corrected_later_is_another_record(demo: Demo, tmp_path: Path, number: str) -> None:
    orders = made(demo, 3)
    bring(demo, tmp_path, orders, number, HASIL="S1")
    bring(demo, tmp_path, orders, number, HASIL="B", KRN_04="3")
    assert isinstance(standing(demo, number), NothingToDo)
    assert [entry.session.code for entry in demo.office.history(number) if isinstance(entry, Ended)] == ["", "UPG-01"]


def test_a_meter_without_codes_on_the_list_takes_what_was_found_there(demo: Demo, tmp_path: Path) -> None:
    number = demo.first(DemoCase.UNKNOWN_STATE).meter_number
    asked = SessionEnding("visit-asked", "UPG-15", None, Grade.CUSTOMER, proved=False, place="home")
    demo.office.end(number, asked)
    orders = made(demo)
    path = written(tmp_path / "back.csv", filled_in(orders, "csv", {number: {"HASIL": "B"}}))
    assert [(line.code, line.number) for line in taken(demo, path).refused] == [
        ("ORD-06", 1 + next(line.number for line in orders.lines if line.order.meter_number == number))
    ]
    bring(demo, tmp_path, orders, number, HASIL="LC", KRN_04="1")
    assert (ending(demo, number).code, ending(demo, number).krn) == ("UPG-14", 1)
    assert number not in open_now(demo)


def test_a_meter_that_was_blocked_since_still_takes_what_an_officer_did(
    demo: Demo, tmp_path: Path, number: str
) -> None:
    orders = made(demo, 3)
    with demo.register.write() as connection:
        connection.exec_driver_sql(f"UPDATE meters SET blocked = 'why' WHERE number = '{number}'")
    bring(demo, tmp_path, orders, number, HASIL="B")
    assert rows(demo, number)[4] == IN


def test_an_import_that_was_cut_off_goes_on_where_it_was(demo: Demo, tmp_path: Path) -> None:
    four, two = demo.first(DemoCase.FOUR_ROWS).meter_number, demo.first(DemoCase.TWO_ROWS).meter_number
    results: dict[str, Cells] = {four: {"HASIL": "B"}, two: {"HASIL": "B"}}
    path = written(tmp_path / "back.csv", filled_in(made(demo), "csv", results))
    told = []

    class Cut(Exception):
        pass

    real = demo.office._book

    def record(row: object) -> None:
        told.append(row)
        if len(told) == 3:
            raise Cut
        real.record(row)  # type: ignore[arg-type]

    acting = demo.office.acting_for("local")
    acting._book.record = record  # type: ignore[method-assign]
    demo.office.acting_for = lambda *_: acting  # type: ignore[method-assign]
    with pytest.raises(Cut):
        taken(demo, path)
    del demo.office.acting_for
    assert taken(demo, path).taken == 2
    assert {len(rows(demo, four)), len(rows(demo, two))} == {4, 2}
