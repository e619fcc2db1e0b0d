"""What a customer is asked before the rows, and how one who comes back goes on."""

from collections import Counter
from dataclasses import replace
from threading import Event

import pytest

from hardware.person import NO, YES
from hardware.virtual.printer import VirtualPrinter
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages
from kiosk.flow.customer.come_back import ALL, NOT_TRIED, SOME
from kiosk.flow.messages import ANOTHER_KRN
from kiosk.flow.staff import messages as says
from kiosk.upgrade.events import TAKEN
from kiosk.view.choices import Choice, Entered, Scanned, Where
from kiosk.view.parts import Mood, Printing
from kiosk.view.views import (
    AdviceView,
    ConfirmView,
    HomeView,
    IdPadView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
    View,
)
from krn_engine.demo import DemoCase
from krn_engine.office import guide
from krn_engine.office.contract import (
    Attempt,
    Due,
    Ended,
    Found,
    Grade,
    NothingToDo,
    RowOutcome,
    SessionEnding,
    Standing,
    Statement,
)
from krn_engine.office.guide import AT_HOME
from krn_engine.office.reasons import HandOff
from krn_engine.row import GAGAL, SALAH
from tests.support.journeys import TYPED
from tests.support.walker import At, Walker


def to_question(here: DemoWorkplace, case: DemoCase) -> list[At]:
    number = Entered(here.province.first(case).idpel)
    return [At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)]


def asked(person: Walker, *answers: str | None) -> View:
    return person.walk([At(QuestionView, Choice.DONT_KNOW if word is None else Entered(word)) for word in answers])


@pytest.fixture
def person(here: DemoWorkplace) -> Walker:
    return Walker(here)


def test_a_meter_that_says_periksa_is_cleared_first(here: DemoWorkplace, person: Walker) -> None:
    person.walk(to_question(here, DemoCase.FOUR_ROWS))
    view = asked(person, YES)
    assert isinstance(view, AdviceView)
    assert view.title == messages.CLEAR_FIRST
    # Back to the question, if that was a slip of the finger; there is nothing to go on to.
    person.walk([At(AdviceView, Choice.NEXT), At(AdviceView, Choice.PREVIOUS), At(QuestionView, Entered(YES))])
    person.walk([At(AdviceView, Choice.DONE)])
    person.see(HomeView)
    # No row was issued for a meter that would refuse it.
    found = here.office.find(to_question(here, DemoCase.FOUR_ROWS)[1].choose.text)  # type: ignore[union-attr]
    assert isinstance(found, Found)
    assert found.standing == Due(4, handed_out=False)


def test_a_token_that_is_not_entered_goes_in_first(here: DemoWorkplace, person: Walker) -> None:
    person.walk(to_question(here, DemoCase.FOUR_ROWS))
    view = asked(person, NO, YES)
    assert isinstance(view, AdviceView)
    assert view.title == messages.TOKEN_FIRST
    person.walk([At(AdviceView, Choice.NEXT)])
    person.see(RowsView)


@pytest.mark.parametrize("answers", [(NO, NO), (None, None), (NO, None)])
def test_whoever_cannot_tell_gets_the_rows(
    here: DemoWorkplace, person: Walker, answers: tuple[str | None, ...]
) -> None:
    person.walk(to_question(here, DemoCase.FOUR_ROWS))
    assert isinstance(asked(person, *answers), RowsView)


def come_back(here: DemoWorkplace, case: DemoCase) -> Walker:
    """The rows were taken home; now the same person stands here again."""
    first = Walker(here)
    first.walk(to_question(here, case))
    asked(first, NO, NO)
    first.walk([At(RowsView, Choice.DONE)])
    return come_again(here, case)


def come_again(here: DemoWorkplace, case: DemoCase) -> Walker:
    """Somebody whose rows were given out before."""
    again = Walker(here)
    again.walk(to_question(here, case))
    return again


def test_pair_1_is_in_so_it_goes_on_with_row_3(here: DemoWorkplace) -> None:
    person = come_back(here, DemoCase.FOUR_ROWS)
    view = person.see(QuestionView)
    assert view.question == messages.WHAT_HAPPENED
    assert [option.word for option in view.options] == [NOT_TRIED, SOME, SALAH, GAGAL, ALL]
    assert isinstance(asked(person, SOME, "2"), AdviceView)
    person.walk([At(AdviceView, Choice.NEXT), At(RowsView)])
    rows = person.see(RowsView)
    # The numbers are those of the slip: rows 3 and 4 of 4.
    assert (rows.index, len(rows.rows), rows.pairs) == (2, 4, ((1, 2), (3, 4)))
    assert rows.ticked == {1, 2}
    # What there is to do at home begins there too.
    person.walk([At(RowsView, Choice.DONE), At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(YES))])
    assert person.see(ThanksView).pairs == ((3, 4),)
    # The rows of pair 1 can be had still: it is the customer's word, and nothing proves it.
    issued = here.office.issue(here.province.first(DemoCase.FOUR_ROWS).meter_number, "after")
    assert [(change.new_krn, change.claimed, change.done) for change in issued.changes] == [
        (2, True, False),
        (3, False, False),
    ]


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.READY_MADE])
def test_pair_1_was_typed_at_home_and_pair_2_is_typed_here(here: DemoWorkplace, case: DemoCase) -> None:
    """Ready-made rows name no KRN: where to begin is known from the customer's word alone. Else the meter proves it."""
    assert here.connect is not None
    number = here.province.first(case).meter_number
    person = come_back(here, case)
    rows = here.office.issue(number, "asked").rows
    with here.connect(number, "") as adapter:
        assert all(adapter.submit(row, deadline=9, cancel=Event()).outcome in TAKEN for row in rows[:2])
    asked(person, SOME, "2")
    person.walk([At(AdviceView, Choice.NEXT), *TYPED[:2]])
    view = person.see(ResultView)
    assert view.mood is Mood.GOOD
    # Two by their word, and two that were typed: none of them again. Where the meter's KRN tells, two by its word too.
    grades = Counter(entry.grade for entry in here.office.history(number) if isinstance(entry, Attempt))
    proofs = {Grade.REGISTER: 2} if case is DemoCase.FOUR_ROWS else {}
    assert grades == {Grade.CUSTOMER: 2, Grade.SENSOR: 2, **proofs}
    found = here.office.find(number)
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)


def standing(here: DemoWorkplace, case: DemoCase) -> Standing:
    found = here.office.find(here.province.first(case).idpel)
    assert isinstance(found, Found)
    return found.standing


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.EA11, DemoCase.READY_MADE])
def test_whoever_says_that_all_rows_are_in_closes_nothing(here: DemoWorkplace, case: DemoCase) -> None:
    """Anybody may say it of somebody else's meter: what is on record of it stays, and so do the rows."""
    number = here.province.first(case).meter_number
    before = here.office.find(number)
    assert isinstance(before, Found)
    person = come_back(here, case)
    rows = here.office.issue(number, "before").rows
    view = asked(person, ALL, "3")
    assert isinstance(view, ResultView)
    assert view.mood is Mood.GOOD
    after = here.office.find(number)
    assert isinstance(after, Found)
    assert after.krn == before.krn
    assert after.standing == Due(4, handed_out=True, claimed=True)
    issued = here.office.issue(number, "after")
    assert issued.rows == rows
    assert all(change.claimed and not change.done for change in issued.changes)
    # What they read stands on record: a better claim, and a claim.
    claims = [entry for entry in here.office.history(number) if isinstance(entry, Attempt)]
    assert all(claim.claim for claim in claims)
    progress = here.office.progress()
    assert (progress.claimed, progress.rows_accepted_today) == (1, 0)
    # They may come again, and so may the person whose meter it is.
    again = Walker(here)
    again.walk(to_question(here, case))
    assert isinstance(asked(again, NOT_TRIED), RowsView)


def test_the_number_that_the_meter_should_show_is_said_only_afterwards(here: DemoWorkplace) -> None:
    person = come_back(here, DemoCase.FOUR_ROWS)
    question = asked(person, ALL)
    assert isinstance(question, QuestionView)
    # Which of them is right cannot be told: there are more than any campaign leads to.
    assert [option.word for option in question.options] == ["1", "2", "3", "4", ANOTHER_KRN]
    # A number beyond it belongs to another meter, or to a newer key: no code leads there.
    for word in (ANOTHER_KRN, "4"):
        advice = asked(person, word)
        assert isinstance(advice, AdviceView)
        assert advice.lines[0] == messages.COMPARE_THE_NUMBER
        assert advice.ends
        person.walk([At(AdviceView, Choice.PREVIOUS)])


@pytest.mark.parametrize(("shown", "index", "claims"), [("1", 0, (False, False)), ("2", 2, (True, False))])
def test_a_number_that_is_not_right_leads_back_to_the_rows(
    here: DemoWorkplace, shown: str, index: int, claims: tuple[bool, bool]
) -> None:
    """That of the key between the pairs leads to the second pair: the first is in, by their word."""
    person = come_back(here, DemoCase.FOUR_ROWS)
    asked(person, ALL, shown)
    rows = person.walk([At(AdviceView, Choice.NEXT), At(RowsView)])
    assert isinstance(rows, RowsView)
    assert rows.index == index
    issued = here.office.issue(here.province.first(DemoCase.FOUR_ROWS).meter_number, "after")
    assert tuple(change.claimed for change in issued.changes) == claims


@pytest.mark.parametrize(
    ("shown", "claims", "index"), [("1", (False, False), 0), ("2", (True, False), 2), ("3", (True, True), None)]
)
def test_where_no_code_names_its_krn_only_a_number_that_rose_is_a_claim(
    here: DemoWorkplace, shown: str, claims: tuple[bool, bool], index: int | None
) -> None:
    """Ready-made codes for a meter that showed 1 by its record: a person's word is no proof, and not even all of it."""
    number = here.province.first(DemoCase.READY_MADE).meter_number
    person = come_back(here, DemoCase.READY_MADE)
    view = asked(person, ALL, shown)
    if index is None:
        assert isinstance(view, ResultView)
        assert view.lines[0] == messages.rose(1, 3)
    else:
        assert isinstance(view, AdviceView)
        assert view.lines[0] == (messages.unchanged(1) if shown == "1" else messages.not_all(1, 2))
        rows = person.walk([At(AdviceView, Choice.NEXT), At(RowsView)])
        assert isinstance(rows, RowsView)
        assert rows.index == index
    issued = here.office.issue(number, "after")
    assert tuple(change.claimed for change in issued.changes) == claims
    assert not any(change.done for change in issued.changes)
    partly = any(claims) and not all(claims)
    stands = Due(4, handed_out=True, claimed=all(claims), partly_claimed=partly)
    assert standing(here, DemoCase.READY_MADE) == stands
    # Staff read which number it was, and by whose word.
    told = here.office.history(number)
    assert all(entry.claim for entry in told if isinstance(entry, Attempt))
    notes = [(entry.session.krn, entry.session.grade) for entry in told if isinstance(entry, Ended)]
    assert notes == ([(1, Grade.CUSTOMER)] if shown == "1" else [])


@pytest.mark.parametrize("krn", [None, 5])
def test_without_a_number_to_compare_with_it_is_said_that_nothing_proves_it(
    here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch, krn: int | None
) -> None:
    """5 is none of the numbers that can be answered with: it may be the one that is meant by another."""
    case, issue = DemoCase.READY_MADE, here.office.issue
    monkeypatch.setattr(here.office, "issue", lambda *asked: replace(issue(*asked), krn_before=krn))
    for shown in ("2", ANOTHER_KRN):
        view = asked(come_back(here, case) if shown == "2" else come_again(here, case), ALL, shown)
        assert isinstance(view, ResultView)
        assert (view.mood, view.lines[0]) == (Mood.CAREFUL, messages.NO_NUMBER_TO_COMPARE)
    assert standing(here, case) == Due(4, handed_out=True, claimed=True)


def test_a_number_below_that_on_record_is_another_meters(here: DemoWorkplace) -> None:
    case = DemoCase.READY_MADE
    number = here.province.first(case).meter_number
    here.office.state(number, Statement(2, "read at 04", "staff", "counter"))
    come_back(here, case)
    for shown in ("1", ANOTHER_KRN):
        person = come_again(here, case)
        advice = asked(person, ALL, shown)
        assert isinstance(advice, AdviceView)
        assert (advice.title, advice.ends) == (messages.OTHER_NUMBER, True)
        # Seen wrongly: they answer again.
        person.walk([At(AdviceView, Choice.PREVIOUS), At(QuestionView)])
    assert standing(here, case) == Due(2, handed_out=True)
    # One pair is left, and one step is all of it.
    assert isinstance(asked(come_again(here, case), ALL, "3"), ResultView)
    assert standing(here, case) == Due(2, handed_out=True, claimed=True)


def test_whoever_does_not_know_the_number_keeps_the_rows(here: DemoWorkplace) -> None:
    person = come_back(here, DemoCase.FOUR_ROWS)
    advice = asked(person, ALL, None)
    assert isinstance(advice, AdviceView)
    assert advice.title == messages.LOOK_FIRST
    assert advice.lines == messages.look_first([(1, 1), (2, 3)], 3)
    assert isinstance(person.walk([At(AdviceView, Choice.NEXT)]), RowsView)
    assert standing(here, DemoCase.FOUR_ROWS) == Due(4, handed_out=True, claimed=True)


@pytest.mark.parametrize("answer", [NOT_TRIED, None])
def test_none_is_in_or_nobody_knows(here: DemoWorkplace, answer: str | None) -> None:
    person = come_back(here, DemoCase.FOUR_ROWS)
    asked(person, answer)
    rows = person.see(RowsView)
    assert rows.index == 0
    issued = here.office.issue(here.province.first(DemoCase.FOUR_ROWS).meter_number, "after")
    assert all(outcome is not RowOutcome.ACCEPTED for change in issued.changes for outcome in change.outcomes)


@pytest.mark.parametrize(("case", "words"), [(DemoCase.TWO_ROWS, ["1"]), (DemoCase.EA11, ["1", "2", "3"])])
def test_some_codes_are_never_all_of_them(here: DemoWorkplace, case: DemoCase, words: list[str]) -> None:
    person = come_back(here, case)
    asked(person, SOME)
    assert [option.word for option in person.see(QuestionView).options] == words


def test_a_pair_that_was_left_in_the_middle_begins_anew(here: DemoWorkplace) -> None:
    """The meter has forgotten code 3 by now; that it was BENAR is kept all the same, as their word."""
    person = come_back(here, DemoCase.FOUR_ROWS)
    advice = asked(person, SOME, "3")
    assert isinstance(advice, AdviceView)
    assert advice.lines[0] == messages.change_again(3)
    rows = person.walk([At(AdviceView, Choice.NEXT), At(RowsView)])
    assert isinstance(rows, RowsView)
    assert rows.index == 2
    number = here.province.first(DemoCase.FOUR_ROWS).meter_number
    claims = [entry for entry in here.office.history(number) if isinstance(entry, Attempt) and entry.claim]
    assert sorted((claim.new_krn, claim.section) for claim in claims) == [(2, 1), (2, 2), (3, 1)]
    assert standing(here, DemoCase.FOUR_ROWS) == Due(4, handed_out=True, partly_claimed=True)


@pytest.mark.parametrize("said", [SALAH, GAGAL])
@pytest.mark.parametrize(("code", "index"), [("1", 0), ("2", 0), ("3", 2), ("4", 2)])
def test_a_refused_code_is_for_this_meter_or_it_is_not(here: DemoWorkplace, said: str, code: str, index: int) -> None:
    """Nothing that is told of a refusal moves anything; staff read it."""
    number = here.province.first(DemoCase.FOUR_ROWS).meter_number
    before = standing(here, DemoCase.FOUR_ROWS)
    person = come_back(here, DemoCase.FOUR_ROWS)
    compare = asked(person, said, code)
    assert isinstance(compare, QuestionView)
    assert compare.hint == messages.compare(number)
    advice = asked(person, YES)
    assert isinstance(advice, AdviceView)
    assert advice.lines[0] == (messages.PUT_OFF if said == GAGAL else messages.SLOWLY)
    rows = person.walk([At(AdviceView, Choice.NEXT), At(RowsView)])
    assert isinstance(rows, RowsView)
    assert rows.index == index
    assert isinstance(before, Due)
    assert standing(here, DemoCase.FOUR_ROWS) == replace(before, handed_out=True)
    [entry] = [entry for entry in here.office.history(number) if isinstance(entry, Ended)]
    told = entry.session
    # It was no session of the kiosk that ended.
    assert says.history(entry).text == says.TOLD_AT_HOME
    visit = replace(entry, session=guide.visit(HandOff.KEYPAD_BROKEN, "home"))
    assert says.history(visit).text == says.ASKS_FOR_A_VISIT
    ending = f"{said} {code} same"
    assert told == SessionEnding(AT_HOME, ending, None, Grade.CUSTOMER, proved=False, place=here.place)


def test_codes_for_another_meter_are_not_tried_again(here: DemoWorkplace) -> None:
    person = come_back(here, DemoCase.FOUR_ROWS)
    advice = asked(person, SALAH, "1", NO)
    assert isinstance(advice, AdviceView)
    assert (advice.title, advice.another) == (messages.OTHER_METER, True)
    # Who looked wrongly looks again, and it is still said whose codes they are.
    person.walk([At(AdviceView, Choice.PREVIOUS)])
    assert person.see(QuestionView).question == messages.SAME_NUMBER
    assert person.flow.head.whose is not None
    person.walk([At(QuestionView, Entered(NO)), At(AdviceView, Choice.NOT_MINE), At(IdPadView)])
    assert person.flow.head.whose is None


def test_from_codes_for_another_meter_the_right_card_leads_on_at_once(here: DemoWorkplace) -> None:
    """Nothing of the first meter stays: not its slip, nor that it was taken away."""
    here = replace(here, printer=VirtualPrinter())
    person = come_back(here, DemoCase.FOUR_ROWS)
    asked(person, NOT_TRIED)
    person.walk([At(RowsView, Choice.DONE), At(TakeAwayView, Choice.PRINT)])
    assert person.see(TakeAwayView).printing is Printing.DONE
    person.walk([At(TakeAwayView, Choice.PREVIOUS), At(RowsView, Choice.PREVIOUS)])
    asked(person, GAGAL, "2", NO)
    card = Scanned(here.province.first(DemoCase.TWO_ROWS).meter_number)
    person.walk([At(AdviceView, card), At(ConfirmView, Choice.YES), *[At(QuestionView, Entered(NO))] * 2])
    person.walk([At(RowsView, Choice.DONE)])
    assert person.see(TakeAwayView).printing is Printing.OFFERED
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView)])
    assert person.see(QuestionView).question == messages.HAVE_YOU_GOT_THEM


def test_each_question_of_coming_back_goes_back_by_one(here: DemoWorkplace) -> None:
    person = come_back(here, DemoCase.FOUR_ROWS)
    first = person.view
    for deeper in ((SOME,), (SALAH,), (SALAH, "2")):
        asked(person, *deeper)
        person.walk([At(QuestionView, Choice.PREVIOUS)] * len(deeper))
        assert person.view == first


def test_where_the_number_stands(person: Walker) -> None:
    person.walk([At(HomeView, Choice.START), At(IdPadView, Where("53102")), At(AdviceView)])
    view = person.see(AdviceView)
    assert view.title == messages.WHERE
    person.walk([At(AdviceView, Choice.PREVIOUS)])
    # What was typed is still there.
    assert person.see(IdPadView).typed == "53102"
