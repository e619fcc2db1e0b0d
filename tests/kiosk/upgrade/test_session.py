"""The upgrade session's rules, on the virtual meter and on an adapter that says what it is told to."""

import pytest

from hardware.adapter import Evidence, MeterRegister, Outcome, RowEntry, Source, Submission
from hardware.errors import AccessRefused, MeterProcessGone, WrongMeter
from hardware.person import NOTHING, Question
from hardware.virtual.adapter import VirtualAdapter
from hardware.virtual.clock import HandClock
from kiosk.demo.workplace import DemoWorkplace
from kiosk.upgrade.events import Ending, Report, RowStarted, SessionEvent, Waiting
from kiosk.upgrade.on_record import recorded
from kiosk.upgrade.session import LONGEST_WAIT, UpgradeSession
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Found, NothingToDo, RowOutcome
from krn_engine.row import BENAR, SALAH
from tests.support.scripted import BAD, LOCK, LOST, NO, OK, Says, Scripted, ScriptedTools, number


def on_virtual_meter(here: DemoWorkplace, case: DemoCase) -> Report:
    assert here.connect is not None
    meter = number(here, case)
    with here.connect(meter, "virtual") as adapter:
        return UpgradeSession(here.office, here.office.issue(meter, f"r-{case.name}"), adapter, place="test").run()


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        (DemoCase.FOUR_ROWS, 4),
        (DemoCase.TWO_ROWS, 2),
        (DemoCase.EA11, 4),
        (DemoCase.HALF_DONE, 2),
        (DemoCase.READY_MADE, 4),
    ],
)
def test_every_case_ends_upgraded(here: DemoWorkplace, case: DemoCase, rows: int) -> None:
    report = on_virtual_meter(here, case)
    # Ready-made rows do not tell which KRN they lead to, so nothing can be proved of them.
    assert (report.ending, report.krn, report.proved) == (Ending.UPGRADED, 3, case is not DemoCase.READY_MADE)
    assert [answer.submission.outcome for answer in report.answers] == [Outcome.ACCEPTED] * rows
    found = here.office.find(number(here, case))
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)


@pytest.mark.parametrize(
    ("outcomes", "ending", "rows"),
    [
        ([OK, OK, OK, OK], Ending.UPGRADED, [1, 2, 3, 4]),
        ([Outcome.PARTIAL, OK, Outcome.PARTIAL, OK], Ending.UPGRADED, [1, 2, 3, 4]),
        ([OK, NO, OK, OK, OK], Ending.UPGRADED, [1, 2, 2, 3, 4]),
        ([NO, NO], Ending.REFUSED, [1, 1]),
        ([NO, OK, OK, NO], Ending.REFUSED, [1, 1, 2, 3]),
        ([OK, LOST], Ending.UNKNOWN, [1, 2]),
        ([OK, OK, BAD, OK, OK], Ending.UPGRADED, [1, 2, 3, 3, 4]),
        ([OK, OK, BAD, BAD], Ending.FAULT, [1, 2, 3, 3]),
        ([BAD, NO], Ending.REFUSED, [1, 1]),
        ([LOCK, OK, OK, OK, OK], Ending.UPGRADED, [1, 1, 2, 3, 4]),
        ([LOCK, LOCK, LOCK], Ending.LOCKED_OUT, [1, 1, 1]),
    ],
)
def test_a_session_goes_on_or_ends_by_the_outcome_of_each_row(
    here: DemoWorkplace, outcomes: list[Outcome], ending: Ending, rows: list[int]
) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted(list(outcomes))
    started: list[int] = []

    def watch(event: SessionEvent) -> None:
        if isinstance(event, RowStarted):
            started.append(event.row)

    report = UpgradeSession(here.office, issued, adapter, place="test", watch=watch).run()
    assert report.ending is ending
    assert [answer.row for answer in report.answers] == rows == started
    assert adapter.typed == [issued.rows[row - 1] for row in rows]


def test_a_row_that_was_handed_over_and_refused_is_not_handed_over_again(here: DemoWorkplace) -> None:
    """No key was mistaken: the same row would be refused again, and cost a step of the meter's lock-out."""
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted([OK, NO, OK, OK, OK], handed_over=True)
    assert UpgradeSession(here.office, issued, adapter, place="test").run().ending is Ending.REFUSED
    assert adapter.typed == list(issued.rows[:2])


def test_a_lock_out_is_counted_down_or_ends_the_session(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    waits: list[int] = []
    clock = HandClock()

    def watch(event: SessionEvent) -> None:
        if isinstance(event, Waiting):
            waits.append(event.seconds)

    adapter = Scripted([LOCK, OK, OK, OK, OK], locked_for=2.5)
    session = UpgradeSession(here.office, issued, adapter, place="t", watch=watch, clock=clock, wait=clock.wait)
    assert session.run().ending is Ending.UPGRADED
    assert waits == [3, 2, 1]
    assert clock.now == 1002.5
    two_rows = here.office.issue(number(here, DemoCase.TWO_ROWS), "r2")
    long = Scripted([LOCK], locked_for=LONGEST_WAIT + 1)
    assert UpgradeSession(here.office, two_rows, long, place="t").run().ending is Ending.LOCKED_OUT


def test_a_row_is_on_record_before_its_first_key(here: DemoWorkplace) -> None:
    """If the process dies while a row is typed, the record says UNKNOWN, and nobody types it again by himself."""
    meter = number(here, DemoCase.FOUR_ROWS)
    issued = here.office.issue(meter, "r1")

    class Dies(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            raise SystemExit

    with pytest.raises(SystemExit):
        UpgradeSession(here.office, issued, Dies([]), place="test").run()
    again = here.office.issue(meter, "r2")
    assert again.changes[0].outcomes == (RowOutcome.UNKNOWN, None)
    untouched = Scripted([OK] * 4)
    assert UpgradeSession(here.office, again, untouched, place="test").run().ending is Ending.UNKNOWN
    assert untouched.typed == []


def test_a_half_typed_pair_starts_again_from_its_first_row(here: DemoWorkplace) -> None:
    meter = number(here, DemoCase.FOUR_ROWS)
    first = Scripted([OK, OK, OK, BAD, BAD])
    issued = here.office.issue(meter, "r1")
    assert UpgradeSession(here.office, issued, first, place="test").run().ending is Ending.FAULT
    rest = here.office.issue(meter, "r2")
    second = Scripted([OK, OK])
    assert UpgradeSession(here.office, rest, second, place="test").run().ending is Ending.UPGRADED
    assert second.typed == list(issued.rows[2:])


def test_cancel_before_it_begins(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted([OK] * 4)
    session = UpgradeSession(here.office, issued, adapter, place="test")
    session.cancel()
    assert session.run().ending is Ending.CANCELLED
    assert adapter.typed == []


@pytest.mark.parametrize(
    ("words", "ending", "outcomes"),
    [
        ([BENAR] * 4, Ending.UPGRADED, [OK] * 4),
        ([BENAR, SALAH, BENAR, BENAR, BENAR], Ending.UPGRADED, [OK, NO, OK, OK, OK]),
        ([BENAR, NOTHING], Ending.UNKNOWN, [OK, LOST]),
        ([], Ending.UNKNOWN, [LOST]),
    ],
)
def test_a_persons_word_counts_where_nothing_else_can_tell(
    here: DemoWorkplace, words: list[str], ending: Ending, outcomes: list[Outcome]
) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    person = Says({Question.ANSWER_TO_ROW: list(words)})
    report = UpgradeSession(here.office, issued, Scripted([LOST] * 5), place="test", person=person).run()
    assert report.ending is ending
    assert [answer.submission.outcome for answer in report.answers] == outcomes
    told = [answer.submission.evidence for answer in report.answers if answer.submission.outcome is not LOST]
    assert all(evidence is not None and evidence.source is Source.PERSON for evidence in told)
    if ending is Ending.UNKNOWN:
        again = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r2")
        assert RowOutcome.UNKNOWN in again.changes[0].outcomes


@pytest.mark.parametrize(("word", "settlings"), [(BENAR, 4), (NOTHING, 0)])
def test_a_keypad_is_told_that_somebody_saw_the_answer(here: DemoWorkplace, word: str, settlings: int) -> None:
    """Its next row need not wait then until the meter has forgotten the last; other meters have nothing to settle."""
    tools = ScriptedTools()
    for number_of, keypad in ((DemoCase.FOUR_ROWS, tools), (DemoCase.EA11, None)):
        issued = here.office.issue(number(here, number_of), f"r-{number_of.name}")
        person = Says({Question.ANSWER_TO_ROW: [word] * 4})
        UpgradeSession(here.office, issued, Scripted([LOST] * 4, keypad=keypad), place="t", person=person).run()
    assert tools.settlings == settlings


@pytest.mark.parametrize(
    ("count", "newest", "ending", "typed"),
    [
        # The count went up and the row stands there: it was taken, though nobody saw the answer.
        (["4", "5", "8"], 0, Ending.UPGRADED, 4),
        # The count stayed: it was not taken, and may be typed once more.
        (["4", "4", "8"], 0, Ending.UPGRADED, 5),
        # Something else was taken meanwhile: nobody can tell.
        (["4", "6"], 0, Ending.UNKNOWN, 1),
        # The count went up by another token.
        (["4", "5"], 1, Ending.UNKNOWN, 1),
    ],
)
def test_the_meters_registers_tell_what_nobody_saw(
    here: DemoWorkplace, count: list[str], newest: int, ending: Ending, typed: int
) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    shows: dict[MeterRegister, str | list[str]] = {
        MeterRegister.KRN: ["1", "2", "3"],
        MeterRegister.TECHNICAL_COUNT: list(count),
        MeterRegister.LAST_TOKEN: [issued.rows[newest], issued.rows[3]],
    }
    adapter = Scripted([LOST, OK, OK, OK, OK], shows=shows)
    report = UpgradeSession(here.office, issued, adapter, place="test").run()
    assert (report.ending, len(adapter.typed)) == (ending, typed)


@pytest.mark.parametrize(
    ("shows", "ending"),
    [
        ({MeterRegister.KRN: ["1", "2", "3"]}, Ending.UPGRADED),
        ({MeterRegister.KRN: ["1", "2", "3"], MeterRegister.TECHNICAL_COUNT: ["7", "11"]}, Ending.UPGRADED),
        ({MeterRegister.KRN: ["1", "2", "3"], MeterRegister.TECHNICAL_COUNT: ["7", "10"]}, Ending.NOT_PROVED),
        (
            {
                MeterRegister.KRN: ["1", "2", "3"],
                MeterRegister.TECHNICAL_COUNT: ["7", "11"],
                MeterRegister.LAST_BUT_ONE: "1" * 20,
            },
            Ending.NOT_PROVED,
        ),
    ],
)
def test_the_end_is_proved_by_the_meters_own_registers(
    here: DemoWorkplace, shows: dict[MeterRegister, str | list[str]], ending: Ending
) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    report = UpgradeSession(here.office, issued, Scripted([OK] * 4, shows=shows), place="test").run()
    assert (report.ending, report.proved) == (ending, ending is Ending.UPGRADED)


@pytest.mark.parametrize(
    ("krns", "ending", "typed"),
    [
        # The supply went between the rows of the second pair: that pair goes in once more, the first does not.
        (["1", "2", "2", "2", "3"], Ending.UPGRADED, [0, 1, 2, 3, 2, 3]),
        (["1", "2", "2", "2", "2"], Ending.NOT_PROVED, [0, 1, 2, 3, 2, 3]),
    ],
)
def test_a_pair_whose_rows_were_taken_and_left_the_key_as_it_was_is_typed_once_more(
    here: DemoWorkplace, krns: list[str], ending: Ending, typed: list[int]
) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted([OK] * 6, shows={MeterRegister.KRN: list(krns)})
    report = UpgradeSession(here.office, issued, adapter, place="test").run()
    assert (report.ending, report.proved) == (ending, ending is Ending.UPGRADED)
    assert adapter.typed == [issued.rows[index] for index in typed]
    if ending is Ending.NOT_PROVED:
        again = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r2")
        assert [change.done for change in again.changes] == [False]
        assert again.changes[0].outcomes == (RowOutcome.ACCEPTED, RowOutcome.PARTIAL)


def test_a_row_that_cannot_be_followed_in_time_is_not_begun(here: DemoWorkplace) -> None:
    """The meter forgets row 1 after ten minutes: then the pair starts again, once, and never from its middle."""
    clock = HandClock()

    class Late(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            answer = super()._submit(entry)
            clock.wait(511.0 if len(self.typed) in late else 1.0)
            return answer

    # The wait lies between the refusal of row 2 and its repetition.
    four = here.office.issue(number(here, DemoCase.EA11), "r1")
    late = {2}
    again = Late([OK, NO, OK, OK, OK, OK])
    session = UpgradeSession(here.office, four, again, place="test", clock=clock, wait=clock.wait)
    assert session.run().ending is Ending.UPGRADED
    assert again.typed == [four.rows[index] for index in (0, 1, 0, 1, 2, 3)]


def test_a_pair_that_is_too_slow_twice_is_given_up(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    clock = HandClock()
    adapter = Scripted([NO, LOCK] * 4, locked_for=0.0)
    adapter.section_timeout = 95.0
    adapter.outcomes = [OK, LOCK, OK, LOCK]
    adapter.after_row = lambda: clock.wait(20.0)
    session = UpgradeSession(here.office, issued, adapter, place="test", clock=clock, wait=clock.wait)
    assert session.run().ending is Ending.TOO_SLOW
    assert adapter.typed == [issued.rows[0], issued.rows[1]] * 2


def test_a_meter_process_that_goes_leaves_what_was_answered_on_record(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")

    class Goes(Scripted):
        def read(self, register: MeterRegister) -> None:
            if self.typed:
                raise MeterProcessGone("gone")

    report = UpgradeSession(here.office, issued, Goes([OK, OK]), place="test").run()
    assert (report.ending, report.proved) == (Ending.UPGRADED, False)


def test_a_meter_process_that_goes_in_the_middle_of_a_row_is_said_and_the_row_is_unknown(here: DemoWorkplace) -> None:
    meter = number(here, DemoCase.TWO_ROWS)

    class Goes(Scripted):
        def recall(self, attempt: str) -> Submission:
            raise MeterProcessGone("gone")

    person = Says({Question.ANSWER_TO_ROW: [BENAR]})
    with pytest.raises(MeterProcessGone):
        UpgradeSession(here.office, here.office.issue(meter, "r1"), Goes([LOST]), place="test", person=person).run()
    assert here.office.issue(meter, "r2").changes[0].outcomes == (RowOutcome.UNKNOWN, None)


@pytest.mark.parametrize("refusal", [AccessRefused, WrongMeter])
def test_a_row_of_which_nothing_was_sent_is_known_to_be_out(
    here: DemoWorkplace, refusal: type[AccessRefused] | type[WrongMeter]
) -> None:
    meter = number(here, DemoCase.TWO_ROWS)

    class Refuses(Scripted):
        def _submit(self, entry: RowEntry) -> Submission:
            raise refusal("the meter does not let this kiosk in")

    with pytest.raises(refusal):
        UpgradeSession(here.office, here.office.issue(meter, "r1"), Refuses([]), place="test").run()
    assert here.office.issue(meter, "r2").changes[0].outcomes == (RowOutcome.FAULT, None)
    # Another way is open at once, without a question.
    report = UpgradeSession(here.office, here.office.issue(meter, "r3"), Scripted([OK, OK]), place="test").run()
    assert report.ending is Ending.UPGRADED


def test_what_the_meter_process_remembers_counts_more_than_a_lost_answer(here: DemoWorkplace) -> None:
    meter = number(here, DemoCase.TWO_ROWS)

    class Remembers(Scripted):
        def recall(self, attempt: str) -> Submission:
            return Submission(OK, Evidence(Source.PICTURE, "BENAR", "camera"))

    report = UpgradeSession(here.office, here.office.issue(meter, "r1"), Remembers([LOST, LOST]), place="test").run()
    assert [answer.submission.outcome for answer in report.answers] == [OK, OK]


@pytest.mark.parametrize(("row_seconds", "ending"), [(85.0, Ending.UPGRADED), (96.0, Ending.TOO_SLOW)])
def test_a_row_has_the_time_that_its_adapter_needs(here: DemoWorkplace, row_seconds: float, ending: Ending) -> None:
    """What the meter remembers for 95 seconds leaves room for a row of 85, and none for one of 96."""
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    clock = HandClock()
    adapter = Scripted([OK] * 4)
    adapter.section_timeout, adapter.row_seconds = 95.0, row_seconds
    session = UpgradeSession(here.office, issued, adapter, place="test", clock=clock, wait=clock.wait)
    assert session.run().ending is ending
    assert set(adapter.deadlines) == {row_seconds}


def test_one_word_for_one_outcome_from_the_adapter_to_the_record() -> None:
    """The record knows every outcome by its own name, and one more: a row that was begun."""
    assert {outcome.name for outcome in RowOutcome} == {outcome.name for outcome in Outcome} | {"STARTED"}
    for outcome in Outcome:
        assert recorded(outcome, last=True).name == outcome.name
    assert recorded(Outcome.PARTIAL, last=False) is RowOutcome.ACCEPTED
    assert {recorded(outcome, last=False) for outcome in Outcome} == {*RowOutcome} - {
        RowOutcome.STARTED,
        RowOutcome.PARTIAL,
    }


def test_a_meter_that_forgot_row_1_and_has_row_2_is_done_with_row_1(here: DemoWorkplace) -> None:
    """Its supply went between the two: the change starts again, ends with its first row, and row 2 would be refused."""
    four = here.office.issue(number(here, DemoCase.FOUR_ROWS), "forgot")
    krn: list[str] = ["1", "1", "2", "3"]
    meter = Scripted([OK] * 5, shows={MeterRegister.KRN: list(krn)})
    report = UpgradeSession(here.office, four, meter, place="test").run()
    assert meter.typed == [four.rows[index] for index in (0, 1, 0, 2, 3)]
    assert (report.ending, report.krn, report.proved) == (Ending.UPGRADED, 3, True)
    found = here.office.find(number(here, DemoCase.FOUR_ROWS))
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)


def test_the_virtual_meter_loses_its_supply_between_two_rows_and_is_upgraded(here: DemoWorkplace) -> None:
    assert here.connect is not None
    meter = number(here, DemoCase.FOUR_ROWS)
    with here.connect(meter, "virtual") as adapter:
        assert isinstance(adapter, VirtualAdapter)

        def watch(event: SessionEvent) -> None:
            if event == RowStarted(2) and len(adapter.meter.entries) == 1:
                adapter.meter.power_cut()

        issued = here.office.issue(meter, "power")
        report = UpgradeSession(here.office, issued, adapter, place="test", watch=watch).run()
        assert [entry.digits for entry in adapter.meter.entries] == [issued.rows[n] for n in (0, 1, 0, 2, 3)]
    assert (report.ending, report.proved) == (Ending.UPGRADED, True)
