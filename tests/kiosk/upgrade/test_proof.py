"""What closes a meter and what does not: the KRN that it shows at the end, and whose word the rest is."""

from dataclasses import replace

import pytest

from hardware.adapter import Evidence, MeterRegister, Outcome, RowEntry, Source, Submission
from hardware.errors import MeterProcessGone
from hardware.person import YES, Question
from kiosk.demo.workplace import DemoWorkplace
from kiosk.upgrade.events import Ending, Report
from kiosk.upgrade.session import UpgradeSession
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Due, Ended, Found, Grade, NothingToDo, RowOutcome, RowRecord, Standing
from krn_engine.row import BENAR
from tests.support.scripted import LOST, OK, Says, Scripted, number

KRN, COUNT = MeterRegister.KRN, MeterRegister.TECHNICAL_COUNT


def run(
    here: DemoWorkplace,
    case: DemoCase,
    adapter: Scripted,
    says: dict[Question, str | list[str]] | None = None,
    word: Grade = Grade.CUSTOMER,
    told: int = 0,
) -> Report:
    issued = here.office.issue(number(here, case), "r1")
    session = UpgradeSession(here.office, issued, adapter, place="test", person=Says(says or {}), word=word, told=told)
    return session.run()


def standing(here: DemoWorkplace, case: DemoCase) -> Standing:
    found = here.office.find(number(here, case))
    assert isinstance(found, Found)
    return found.standing


def endings(here: DemoWorkplace, case: DemoCase) -> list[tuple[str, str, int | None, Grade | None, bool]]:
    history = here.office.history(number(here, case))
    told = [entry.session for entry in history if isinstance(entry, Ended)]
    return [(ended.ending, ended.code, ended.krn, ended.grade, ended.proved) for ended in told]


@pytest.mark.parametrize(
    ("case", "krns", "left", "typed"),
    [
        # Neither the new key nor the old one: not typed once more, and not taken for done.
        (DemoCase.TWO_ROWS, ["2", "1"], 2, 2),
        (DemoCase.FOUR_ROWS, ["1", "2", "1"], 2, 4),
        (DemoCase.FOUR_ROWS, ["1", "3"], 4, 2),
        # The old one: the key change goes in once more, and the KRN is looked at behind each row but the last too.
        (DemoCase.TWO_ROWS, ["2", "2", "2", "2"], 2, 4),
        (DemoCase.EA11, ["1"] * 6, 4, 8),
    ],
)
@pytest.mark.parametrize("by", ["sensor", "technician"])
def test_a_key_change_is_taken_for_done_only_if_the_krn_is_the_new_one(
    here: DemoWorkplace, case: DemoCase, krns: list[str], left: int, typed: int, by: str
) -> None:
    if by == "sensor":
        adapter = Scripted([OK] * typed, shows={KRN: list(krns)})
        report = run(here, case, adapter, word=Grade.TECHNICIAN)
    else:
        adapter = Scripted([OK] * typed)
        report = run(here, case, adapter, {Question.KRN_SHOWN: list(krns)}, Grade.TECHNICIAN)
    assert (report.ending, report.proved, len(adapter.typed)) == (Ending.NOT_PROVED, False, typed)
    assert report.krn == int(krns[-1])
    assert standing(here, case) == Due(left, handed_out=True)
    grade = Grade.REGISTER if by == "sensor" else Grade.TECHNICIAN
    assert endings(here, case) == [("not-proved", "UPG-09", int(krns[-1]), grade, False)]


def test_counts_that_say_otherwise_leave_the_meter_due(here: DemoWorkplace) -> None:
    adapter = Scripted([OK, OK], shows={KRN: ["2", "3"], COUNT: ["7", "8"]})
    report = run(here, DemoCase.TWO_ROWS, adapter)
    assert (report.ending, report.krn) == (Ending.NOT_PROVED, 3)
    assert standing(here, DemoCase.TWO_ROWS) == Due(2, handed_out=True)
    again = here.office.issue(number(here, DemoCase.TWO_ROWS), "r2")
    assert again.changes[0].outcomes == (RowOutcome.ACCEPTED, RowOutcome.UNKNOWN)


@pytest.mark.parametrize(
    ("handed_over", "counts", "ending", "typed"),
    [
        # Keys that the meter did not take for a row: once more.
        (False, ["7", "7", "9"], Ending.UPGRADED, 3),
        # The meter has the row, and may still work on it.
        (True, ["7", "7", "9"], Ending.UNKNOWN, 1),
        (True, ["7", "8", "9"], Ending.UPGRADED, 2),
    ],
)
def test_a_count_that_has_not_grown_refuses_no_row_that_was_handed_over(
    here: DemoWorkplace, handed_over: bool, counts: list[str], ending: Ending, typed: int
) -> None:
    adapter = Scripted([LOST, OK, OK], shows={KRN: ["2", "3"], COUNT: counts}, handed_over=handed_over)
    assert run(here, DemoCase.TWO_ROWS, adapter).ending is ending
    assert len(adapter.typed) == typed


def test_an_answer_that_comes_late_is_held_against_the_krn_too(here: DemoWorkplace) -> None:
    """The kiosk died after the last row; the meter process remembers BENAR, and the meter still shows the old key."""
    change = here.office.issue(number(here, DemoCase.TWO_ROWS), "r0").changes[0]
    first = RowRecord(change.id, 1, RowOutcome.ACCEPTED, "BENAR", "camera", "test", "a1", Grade.SENSOR)
    here.office.record(first)
    here.office.record(replace(first, section=2, outcome=RowOutcome.STARTED, attempt="a2", grade=None))
    remembers = {"a2": Submission(OK, Evidence(Source.PICTURE, "BENAR", "camera"))}
    adapter = Scripted([OK, OK], shows={KRN: ["2", "3"]}, remembers=remembers)
    report = run(here, DemoCase.TWO_ROWS, adapter)
    # So the pair goes in again, and is proved then.
    assert (report.ending, len(adapter.typed)) == (Ending.UPGRADED, 2)
    assert standing(here, DemoCase.TWO_ROWS) == NothingToDo(3)


@pytest.mark.parametrize(
    ("word", "shows", "closed"),
    [
        (Grade.CUSTOMER, {}, False),
        (Grade.TECHNICIAN, {}, True),
        # Nobody saw the answers but the customer; the meter itself shows the new key.
        (Grade.CUSTOMER, {KRN: ["2", "3"]}, True),
    ],
)
def test_whose_word_closes_a_meter(
    here: DemoWorkplace, word: Grade, shows: dict[MeterRegister, str | list[str]], closed: bool
) -> None:
    says: dict[Question, str | list[str]] = {Question.ANSWER_TO_ROW: [BENAR] * 2, Question.KRN_SHOWN: ["2", "3"]}
    report = run(here, DemoCase.TWO_ROWS, Scripted([LOST] * 2, shows=shows), says, word)
    assert (report.ending, report.krn) == (Ending.UPGRADED, 3)
    wanted = NothingToDo(3) if closed else Due(2, handed_out=True, claimed=True)
    assert standing(here, DemoCase.TWO_ROWS) == wanted


@pytest.mark.parametrize(("word", "closed"), [(Grade.CUSTOMER, False), (Grade.TECHNICIAN, True)])
def test_a_customer_who_says_that_the_meter_shows_the_target_closes_nothing(
    here: DemoWorkplace, word: Grade, closed: bool
) -> None:
    report = run(here, DemoCase.FOUR_ROWS, Scripted([]), {Question.KRN_SHOWN: "3"}, word)
    assert report.ending is Ending.UPGRADED
    assert standing(here, DemoCase.FOUR_ROWS) == (NothingToDo(3) if closed else Due(4, handed_out=True, claimed=True))


def test_what_was_claimed_is_typed_where_the_meter_shows_the_old_key(here: DemoWorkplace) -> None:
    """Somebody lied about this meter. Its own KRN counts, and nobody has to be asked."""
    claim(here, DemoCase.TWO_ROWS)
    adapter = Scripted([OK, OK], shows={KRN: ["2", "3"]})
    assert run(here, DemoCase.TWO_ROWS, adapter).ending is Ending.UPGRADED
    assert len(adapter.typed) == 2
    assert standing(here, DemoCase.TWO_ROWS) == NothingToDo(3)


@pytest.mark.parametrize(("answer", "ending"), [(None, Ending.UNKNOWN), (YES, Ending.UPGRADED)])
def test_what_was_claimed_of_a_meter_that_shows_nothing_is_typed_on_a_persons_word(
    here: DemoWorkplace, answer: str | None, ending: Ending
) -> None:
    claim(here, DemoCase.TWO_ROWS)
    says: dict[Question, str | list[str]] = {} if answer is None else {Question.TYPE_AGAIN: answer}
    assert run(here, DemoCase.TWO_ROWS, Scripted([OK, OK]), says).ending is ending


def claim(here: DemoWorkplace, case: DemoCase) -> None:
    for change in here.office.issue(number(here, case), "claimed").changes:
        for section in range(1, len(change.rows) + 1):
            row = RowRecord(change.id, section, RowOutcome.ACCEPTED, "BENAR", "customer", "test", f"c{section}")
            here.office.record(replace(row, grade=Grade.CUSTOMER))


@pytest.mark.parametrize(("krn", "typed"), [(None, [2, 3]), (["1", "2", "3"], [0, 1, 2, 3])])
def test_what_somebody_says_places_the_start_only_where_the_meter_shows_nothing(
    here: DemoWorkplace, krn: list[str] | None, typed: list[int]
) -> None:
    adapter = Scripted([OK] * 4, shows={} if krn is None else {KRN: krn})
    rows = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r0").rows
    run(here, DemoCase.FOUR_ROWS, adapter, told=1)
    assert adapter.typed == [rows[index] for index in typed]


@pytest.mark.parametrize(
    ("adapter", "told"),
    [
        (Scripted([OK, OK], shows={KRN: ["2", "3"]}), ("upgraded", "", 3, Grade.REGISTER, True)),
        (Scripted([OK, OK]), ("upgraded", "", None, None, False)),
        (Scripted([LOST]), ("unknown", "UPG-03", None, None, False)),
        (Scripted([], shows={KRN: "7"}), ("wrong-krn", "UPG-08", 7, Grade.REGISTER, False)),
        (Scripted([], shows={MeterRegister.TAMPER: "PERIKSA"}), ("periksa", "UPG-06", None, None, False)),
    ],
)
def test_the_ending_of_every_session_is_on_record(
    here: DemoWorkplace, adapter: Scripted, told: tuple[str, str, int | None, Grade | None, bool]
) -> None:
    run(here, DemoCase.TWO_ROWS, adapter)
    assert endings(here, DemoCase.TWO_ROWS) == [told]


def test_a_session_that_an_error_ended_is_on_record_too(here: DemoWorkplace) -> None:
    class Gone(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            raise MeterProcessGone("gone")

    with pytest.raises(MeterProcessGone):
        run(here, DemoCase.TWO_ROWS, Gone([Outcome.ACCEPTED]))
    assert endings(here, DemoCase.TWO_ROWS) == [("broken-off", MeterProcessGone.code, None, None, False)]
