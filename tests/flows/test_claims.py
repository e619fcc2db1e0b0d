"""Anybody may say that somebody else's meter is done: the meter stays open, and staff see who said so and undo it."""

import pytest

from hardware.person import NO
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages
from kiosk.flow.customer.come_back import ALL, SOME
from kiosk.flow.staff import messages as says
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import Mood
from kiosk.view.views import (
    AdviceView,
    ConfirmView,
    HomeView,
    IdPadView,
    MenuView,
    ProgressView,
    QuestionView,
    ReportView,
    ResultView,
    RowsView,
)
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Due, Found, NothingToDo, Standing, Stated, Statement
from tests.support.walker import At, Walker

CASE = DemoCase.FOUR_ROWS


def standing(here: DemoWorkplace) -> tuple[int | None, Standing]:
    found = here.office.find(here.province.first(CASE).idpel)
    assert isinstance(found, Found)
    return found.krn, found.standing


@pytest.fixture
def lied(here: DemoWorkplace) -> DemoWorkplace:
    """Somebody looked a number up, saw the rows, came again and said that all of them are in."""
    number = Entered(here.province.first(CASE).idpel)
    come = [At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)]
    Walker(here).walk([*come, *[At(QuestionView, Entered(NO))] * 2, At(RowsView, Choice.HOME), At(HomeView)])
    Walker(here).walk([*come, At(QuestionView, Entered(ALL)), At(QuestionView, Entered("3")), At(ResultView)])
    return here


def at_record(here: DemoWorkplace) -> Walker:
    person = Walker(here)
    number = Entered(here.province.first(CASE).idpel)
    person.walk([At(HomeView, Choice.STAFF), At(MenuView, Entered(says.METER.word)), At(IdPadView, number)])
    person.walk([At(MenuView, Entered(says.RECORD.word))])
    return person


def test_the_meter_stays_open_and_the_rows_can_be_had(lied: DemoWorkplace) -> None:
    assert standing(lied) == (1, Due(4, handed_out=True, claimed=True))
    number = Entered(lied.province.first(CASE).idpel)
    owner = Walker(lied)
    owner.walk([At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)])
    assert owner.see(QuestionView).question == messages.WHAT_HAPPENED


def test_staff_see_a_claim_as_a_claim(lied: DemoWorkplace) -> None:
    person = at_record(lied)
    view = person.see(MenuView)
    assert view.facts == (says.stands(Due(4, claimed=True)),)
    assert view.facts != (says.stands(Due(4)),)
    person.walk([At(MenuView, Entered(says.HISTORY.word)), At(ReportView)])
    claims = person.see(ReportView).lines
    told = [(line.mood, line.claim, "menurut pelanggan" in line.text.text) for line in claims]
    assert told == [(Mood.CAREFUL, True, True)] * 4
    person.walk([At(ReportView, Choice.HOME), At(HomeView, Choice.STAFF), At(MenuView, Entered(says.PROGRESS.word))])
    assert person.see(ProgressView).claimed == 1


def test_staff_take_it_back(lied: DemoWorkplace) -> None:
    person = at_record(lied)
    assert person.see(MenuView).offers(Entered(says.RETRACT.word))
    person.walk([At(MenuView, Entered(says.RETRACT.word))])
    # Who does not know why has taken nothing back.
    person.walk([At(QuestionView, Choice.DONT_KNOW), At(MenuView, Entered(says.RETRACT.word))])
    assert standing(lied) == (1, Due(4, handed_out=True, claimed=True))
    person.walk([At(QuestionView, Entered(says.WHY_RETRACTED[-1].word)), At(MenuView)])
    assert not person.see(MenuView).offers(Entered(says.RETRACT.word))
    assert [option.word for option in person.see(MenuView).options][-1] == says.RETRACT.word
    assert standing(lied) == (1, Due(4, handed_out=True))
    stated = lied.office.history(lied.province.first(CASE).meter_number)[0]
    assert isinstance(stated, Stated)
    assert stated.statement == Statement(None, says.WHY_RETRACTED[-1].label.text, "petugas", lied.place)


def test_staff_say_what_the_meter_holds_and_say_otherwise(lied: DemoWorkplace) -> None:
    person = at_record(lied)
    for krn, wanted in (("3", NothingToDo(3)), ("2", Due(2, handed_out=True)), ("1", Due(4, handed_out=True))):
        person.walk([At(MenuView, Entered(says.HOLDS.word)), At(IdPadView, Entered("0"))])
        assert person.see(IdPadView).problem == messages.ONE_DIGIT
        person.walk([At(IdPadView, Entered(krn)), At(QuestionView, Entered(says.WHY_HOLDS[0].word)), At(MenuView)])
        assert standing(lied) == (int(krn), wanted)
        assert person.see(MenuView).facts == (says.stands(wanted),)
    # Back at the tools the meter stands as it was said.
    person.walk([At(MenuView, Choice.PREVIOUS), At(MenuView)])
    assert person.see(MenuView).offers(Entered(says.TYPE.word))


def test_who_does_not_know_the_krn_says_nothing(lied: DemoWorkplace) -> None:
    person = at_record(lied)
    before = lied.office.history(lied.province.first(CASE).meter_number)
    person.walk([At(MenuView, Entered(says.HOLDS.word)), At(IdPadView, Choice.DONT_KNOW), At(MenuView)])
    person.walk([At(MenuView, Entered(says.HOLDS.word)), At(IdPadView, Entered("3"))])
    person.walk([At(QuestionView, Choice.DONT_KNOW), At(MenuView)])
    assert lied.office.history(lied.province.first(CASE).meter_number) == before


def test_staff_take_back_what_is_claimed_of_some_rows(here: DemoWorkplace) -> None:
    number = Entered(here.province.first(CASE).idpel)
    come = [At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)]
    Walker(here).walk([*come, *[At(QuestionView, Entered(NO))] * 2, At(RowsView, Choice.HOME), At(HomeView)])
    Walker(here).walk([*come, At(QuestionView, Entered(SOME)), At(QuestionView, Entered("2")), At(AdviceView)])
    assert standing(here) == (1, Due(4, handed_out=True, partly_claimed=True))
    person = at_record(here)
    assert person.see(MenuView).facts == (says.stands(Due(4, partly_claimed=True)),)
    person.walk([At(MenuView, Entered(says.RETRACT.word)), At(QuestionView, Entered(says.WHY_RETRACTED[0].word))])
    assert not person.see(MenuView).offers(Entered(says.RETRACT.word))
    assert standing(here) == (1, Due(4, handed_out=True))


def test_each_question_of_a_statement_goes_back_and_says_nothing(lied: DemoWorkplace) -> None:
    person = at_record(lied)
    menu, before = person.see(MenuView), lied.office.history(lied.province.first(CASE).meter_number)
    person.walk([At(MenuView, Entered(says.HOLDS.word)), At(IdPadView, Entered("2")), At(QuestionView)])
    assert person.see(QuestionView).goes_back
    person.walk([At(QuestionView, Choice.PREVIOUS), At(IdPadView, Choice.PREVIOUS)])
    assert person.see(MenuView) == menu
    person.walk([At(MenuView, Entered(says.RETRACT.word)), At(QuestionView, Choice.PREVIOUS)])
    assert person.see(MenuView) == menu
    assert lied.office.history(lied.province.first(CASE).meter_number) == before
