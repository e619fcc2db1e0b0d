"""Before the first key: what the meter and a person say decides whether and where the typing begins."""

import pytest

from hardware.adapter import Evidence, MeterRegister, Outcome, Source, Submission
from hardware.person import NO as NO_WORD
from hardware.person import YES, Question
from kiosk.demo.workplace import DemoWorkplace
from kiosk.upgrade.events import Ending
from kiosk.upgrade.session import UpgradeSession
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Found, Grade, Issued, NothingToDo, RowOutcome, RowRecord
from tests.support.scripted import NO, OK, Says, Scripted, number

KRN, TAMPER, NUMBER = MeterRegister.KRN, MeterRegister.TAMPER, MeterRegister.METER_NUMBER


def run(here: DemoWorkplace, adapter: Scripted, person: Says | None = None) -> tuple[Ending, Issued]:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    session = UpgradeSession(here.office, issued, adapter, place="test", person=person or Says())
    return session.run().ending, issued


@pytest.mark.parametrize(
    ("shows", "says", "ending"),
    [
        ({TAMPER: "PERIKSA"}, {}, Ending.PERIKSA),
        ({TAMPER: "NORMAL"}, {Question.SHOWS_PERIKSA: YES}, Ending.UPGRADED),
        ({}, {Question.SHOWS_PERIKSA: YES}, Ending.PERIKSA),
        ({}, {Question.SHOWS_PERIKSA: NO_WORD}, Ending.UPGRADED),
        ({NUMBER: "99100000002"}, {}, Ending.WRONG_METER),
        ({NUMBER: "----"}, {Question.NUMBER_IS_RIGHT: NO_WORD}, Ending.WRONG_METER),
        ({}, {Question.NUMBER_IS_RIGHT: YES}, Ending.UPGRADED),
        ({KRN: "7"}, {}, Ending.WRONG_KRN),
        ({}, {Question.KRN_SHOWN: "7"}, Ending.WRONG_KRN),
    ],
)
def test_what_keeps_a_meter_from_being_typed_into(
    here: DemoWorkplace,
    shows: dict[MeterRegister, str | list[str]],
    says: dict[Question, str | list[str]],
    ending: Ending,
) -> None:
    adapter = Scripted([OK] * 4, shows=shows)
    assert run(here, adapter, Says(says))[0] is ending
    assert bool(adapter.typed) is (ending is Ending.UPGRADED)


def test_the_meters_krn_places_the_start_and_goes_on_record(here: DemoWorkplace) -> None:
    """Somebody keyed in pair 1 at home: 04 shows 2, so pair 2 is what is left."""
    adapter = Scripted([OK, OK], shows={KRN: ["2", "3"]})
    ending, issued = run(here, adapter)
    assert (ending, adapter.typed) == (Ending.UPGRADED, list(issued.rows[2:]))
    again = here.office.find(number(here, DemoCase.FOUR_ROWS))
    assert isinstance(again, Found)
    assert isinstance(again.standing, NothingToDo)


def test_a_meter_that_is_there_already_gets_no_row(here: DemoWorkplace) -> None:
    adapter = Scripted([], shows={KRN: "3"})
    ending, _ = run(here, adapter)
    assert (ending, adapter.typed) == (Ending.UPGRADED, [])
    again = here.office.find(number(here, DemoCase.FOUR_ROWS))
    assert isinstance(again, Found)
    assert isinstance(again.standing, NothingToDo)


def test_a_pair_on_record_is_never_typed_again_whatever_04_shows(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    for section in (1, 2):
        word = RowRecord(issued.changes[0].id, section, RowOutcome.ACCEPTED, "x", "x", "x", f"a{section}", Grade.SENSOR)
        here.office.record(word)
    known = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted([OK] * 4, shows={KRN: "1"})
    assert UpgradeSession(here.office, known, adapter, place="test").run().ending is Ending.WRONG_KRN
    assert adapter.typed == []


@pytest.mark.parametrize(("outcome", "ending"), [(RowOutcome.STARTED, Ending.UNKNOWN), (NO, Ending.REFUSED)])
def test_a_row_in_doubt_needs_a_persons_word(
    here: DemoWorkplace, outcome: RowOutcome | Outcome, ending: Ending
) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    last = outcome if isinstance(outcome, RowOutcome) else RowOutcome.REJECTED
    here.office.record(RowRecord(issued.changes[0].id, 1, last, "", "", "test", "a1"))
    for person, expected in ((Says(), ending), (Says({Question.TYPE_AGAIN: YES}), Ending.UPGRADED)):
        adapter = Scripted([OK] * 4)
        assert run(here, adapter, person)[0] is expected
        assert Question.TYPE_AGAIN in person.asked
        assert len(adapter.typed) == (4 if expected is Ending.UPGRADED else 0)


def test_what_the_meter_process_remembers_settles_the_doubt(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    here.office.record(RowRecord(issued.changes[0].id, 1, RowOutcome.STARTED, "", "", "test", "a1"))
    memory = {"a1": Submission(OK, Evidence(Source.PICTURE, "BENAR", "camera"))}
    adapter = Scripted([OK] * 4, remembers=memory)
    assert run(here, adapter)[0] is Ending.UPGRADED
    # The pair still starts from its first row: the meter may have forgotten it by now.
    assert len(adapter.typed) == 4


def test_a_key_change_that_is_remembered_as_incomplete_is_not_taken_for_done(here: DemoWorkplace) -> None:
    """The meter took row 2 and still waits for row 1, which it has forgotten: the pair is typed again, whole."""
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    change = issued.changes[0]
    here.office.record(RowRecord(change.id, 1, RowOutcome.ACCEPTED, "BENAR", "camera", "test", "a1", Grade.SENSOR))
    here.office.record(RowRecord(change.id, 2, RowOutcome.STARTED, "", "", "test", "a2"))
    memory = {"a2": Submission(Outcome.PARTIAL, Evidence(Source.STATUS_CODE, "3", "camera"), "2ndKCT")}
    adapter = Scripted([OK] * 4, remembers=memory)
    run(here, adapter)
    assert adapter.typed == list(issued.rows)
