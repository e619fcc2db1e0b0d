"""A card that is scanned is a number where one is asked for, a question elsewhere, and nothing where work goes on."""

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.person import NO, YES
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages
from kiosk.flow.staff import messages as says
from kiosk.flow.step import ROWS_SECONDS
from kiosk.limits.pin import Pin, write_pin
from kiosk.view.choices import Choice, Entered, Scanned, Where
from kiosk.view.parts import Sight
from kiosk.view.views import (
    AdviceView,
    ConfirmView,
    HelpView,
    HomeView,
    IdleView,
    IdPadView,
    MenuView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
)
from krn_engine.demo import DemoCase
from tests.support.journeys import to_rows
from tests.support.walker import At, Walker


@pytest.fixture
def person(here: DemoWorkplace) -> Walker:
    return Walker(here)


def card(here: DemoWorkplace, case: DemoCase) -> Scanned:
    return Scanned(here.province.first(case).meter_number)


def test_a_card_at_home_and_on_the_pad_leads_to_the_confirmation(here: DemoWorkplace, person: Walker) -> None:
    number = here.province.first(DemoCase.FOUR_ROWS).meter_number
    person.walk([At(HomeView, card(here, DemoCase.FOUR_ROWS)), At(ConfirmView)])
    assert person.see(ConfirmView).meter_number == number
    # Not mine: the next card replaces what was typed.
    person.walk([At(ConfirmView, Choice.NO), At(IdPadView, card(here, DemoCase.DONE)), At(ConfirmView)])
    assert person.see(ConfirmView).meter_number == here.province.first(DemoCase.DONE).meter_number


def test_what_is_no_number_is_told_on_the_pad(person: Walker) -> None:
    person.walk([At(HomeView, Scanned("5" * 20)), At(IdPadView)])
    assert person.see(IdPadView).problem is not None


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS])
def test_a_second_card_asks_and_takes_nothing_away(here: DemoWorkplace, person: Walker, case: DemoCase) -> None:
    person.walk([*to_rows(here, case), At(RowsView)])
    codes, other = person.see(RowsView), card(here, DemoCase.DONE)
    person.walk([At(RowsView, other), At(QuestionView)])
    assert person.see(QuestionView).question == messages.look_up_this(other.text)
    for answer in (Entered(NO), Choice.PREVIOUS):
        person.walk([At(QuestionView, answer)])
        assert person.see(RowsView) == codes
        person.flow.choose(other)
    person.walk([At(QuestionView, Entered(YES)), At(ConfirmView)])
    # Whose meter the codes were for no longer stands above a question about another one.
    assert person.flow.head.whose is None
    person.walk([At(ConfirmView, Choice.YES), At(ResultView)])
    whose = person.flow.head.whose
    assert whose is not None
    assert whose.meter_number == other.text


def test_the_newest_card_is_the_one_that_is_asked_about(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.DONE)])
    person.walk([At(TakeAwayView, Choice.HELP), At(HelpView, card(here, DemoCase.BLOCKED))])
    person.walk([At(QuestionView, card(here, DemoCase.DONE)), At(QuestionView, Entered(YES)), At(ConfirmView)])
    assert person.see(ConfirmView).meter_number == here.province.first(DemoCase.DONE).meter_number


def test_staff_who_ask_for_a_number_may_scan_it_and_nowhere_else(here: DemoWorkplace, tmp_path: Path) -> None:
    staff = Walker(replace(here, pin=None))
    other = card(here, DemoCase.FOUR_ROWS)
    staff.walk([At(HomeView, Choice.STAFF), At(MenuView, other), At(MenuView, Entered(says.METER.word))])
    staff.walk([At(IdPadView, other), At(MenuView, other), At(MenuView)])
    # Nor is a card a PIN.
    write_pin(tmp_path / "pin", "123456")
    locked = Walker(replace(here, pin=Pin(tmp_path / "pin", tmp_path / "misses.json")))
    locked.walk([At(HomeView, Choice.STAFF), At(IdPadView, Scanned("12345678")), At(IdPadView)])
    assert locked.see(IdPadView).secret


def test_a_card_at_the_idle_question_asks_and_shows_no_code_of_the_one_before(
    here: DemoWorkplace, person: Walker
) -> None:
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView)])
    assert isinstance(person.wait(ROWS_SECONDS + 1), IdleView)
    other = card(here, DemoCase.DONE)
    person.flow.choose(other)
    assert person.see(QuestionView).question == messages.look_up_this(other.text)
    person.walk([At(QuestionView, Entered(YES)), At(ConfirmView)])


def test_the_tools_work_at_the_idle_question(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView)])
    for tool in (Choice.LANGUAGE, Choice.LARGER, Choice.STRONGER, Choice.LISTEN):
        assert isinstance(person.wait(ROWS_SECONDS + 1), IdleView)
        person.flow.choose(tool)
    flow = person.flow
    assert (flow.language, flow.sight, flow.hearing.on) == ("en", Sight(large=True, strong=True), True)
    assert isinstance(person.wait(ROWS_SECONDS + 1), IdleView)
    flow.choose(Choice.HELP)
    person.see(HelpView)


@pytest.mark.parametrize("typed", ["idpel", "meter_number"])
def test_the_card_of_whoever_stands_here_changes_nothing(here: DemoWorkplace, person: Walker, typed: str) -> None:
    """A barcode may hold either number, whichever was typed; and a scanner reads it as long as the card lies there."""
    customer = here.province.first(DemoCase.FOUR_ROWS)
    own = (Scanned(customer.idpel), Scanned(customer.meter_number))
    person.walk([At(HomeView, Choice.START), At(IdPadView, Entered(getattr(customer, typed))), At(ConfirmView)])
    questions = [At(ConfirmView, Choice.YES), At(QuestionView, Entered(NO)), At(QuestionView, Entered(NO))]
    away = [At(RowsView, Choice.NEXT), At(RowsView, Choice.DONE), At(TakeAwayView, Choice.DONE), At(QuestionView)]
    for at in [*questions, *away]:
        seen, head = person.see(at.view), person.flow.head
        for again in (*own, *own):
            person.flow.choose(again)
            assert (person.view, person.flow.head) == (seen, head)
        person.walk([at])


def test_the_own_card_takes_the_question_about_another_one_away(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView)])
    codes = person.see(RowsView)
    person.walk([At(RowsView, card(here, DemoCase.DONE)), At(QuestionView, card(here, DemoCase.FOUR_ROWS))])
    assert person.see(RowsView) == codes
    # Help is no question about a card: it stays.
    person.walk([At(RowsView, Choice.HELP), At(HelpView, card(here, DemoCase.FOUR_ROWS)), At(HelpView)])


@pytest.mark.parametrize("digits", [8, 10, 13, 20, 72])
def test_a_burst_that_is_no_number_is_not_quoted_and_leads_nowhere(
    here: DemoWorkplace, person: Walker, digits: int
) -> None:
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView)])
    codes = person.see(RowsView)
    person.walk([At(RowsView, Scanned("7" * digits)), At(QuestionView)])
    view = person.see(QuestionView)
    assert (view.question, view.options) == (messages.NOT_A_NUMBER, ())
    assert view.hint in messages.ID_PROBLEMS.values()
    # There is nothing to say yes to.
    person.walk([At(QuestionView, Entered(YES)), At(QuestionView, Choice.PREVIOUS)])
    assert person.see(RowsView) == codes


def test_where_nothing_is_anybodys_yet_a_card_is_the_next_number(here: DemoWorkplace, person: Walker) -> None:
    """Who reads where the number stands finds the card, and scans it."""
    person.walk([At(HomeView, Choice.START), At(IdPadView, Where("")), At(AdviceView)])
    person.walk([At(AdviceView, card(here, DemoCase.DONE)), At(ConfirmView, card(here, DemoCase.FOUR_ROWS))])
    assert person.see(ConfirmView).meter_number == here.province.first(DemoCase.FOUR_ROWS).meter_number
