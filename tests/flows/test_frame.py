"""What is around every screen: whose meter it is, tools that lose nothing, a way back, and a way out that asks."""

from dataclasses import replace

import pytest

from hardware.person import NO, YES
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.flow import ALONE_SECONDS
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import NO_HEAD, PLAIN, Head, Sight, Stage, Whose
from kiosk.view.views import (
    AdviceView,
    ConfirmView,
    ErrorView,
    HelpView,
    HomeView,
    IdPadView,
    LeaveView,
    MenuView,
    OutOfServiceView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
)
from krn_engine.demo import DemoCase
from krn_engine.masking import mask_name
from krn_engine.office.net_errors import CallerRevoked
from tests.support.journeys import to_rows, unplugged
from tests.support.walker import At, Walker


@pytest.fixture
def person(here: DemoWorkplace) -> Walker:
    return Walker(here)


def whose(here: DemoWorkplace, case: DemoCase) -> Whose:
    customer = here.province.first(case)
    return Whose(mask_name(customer.name), customer.meter_number, customer.idpel)


def test_from_the_confirmation_on_every_screen_says_whose_meter_it_is(here: DemoWorkplace, person: Walker) -> None:
    owner = whose(here, DemoCase.FOUR_ROWS)
    assert person.flow.head == NO_HEAD
    person.walk(to_rows(here, DemoCase.FOUR_ROWS)[:2])
    person.see(ConfirmView)
    assert person.flow.head == Head(Stage.CHECK)
    person.walk([At(ConfirmView, Choice.YES)])
    assert person.flow.head == Head(Stage.CHECK, owner)
    person.walk([At(QuestionView, Entered(NO))] * 2)
    person.see(RowsView)
    assert person.flow.head == Head(Stage.CODES, owner)
    person.walk([At(RowsView, Choice.DONE)])
    assert person.flow.head == Head(Stage.SAVE, owner)
    person.walk([At(TakeAwayView, Choice.DONE), At(QuestionView, Entered(YES)), At(ThanksView)])
    assert person.flow.head == Head(Stage.SAVE, owner)
    person.walk([At(ThanksView, Choice.DONE), At(HomeView)])
    assert person.flow.head == NO_HEAD


def test_a_closed_kiosk_says_of_nobody_and_is_at_no_step(
    here: DemoWorkplace, person: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.flow.notices.RETRY_SECONDS", 0.0)
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS)[:2], At(ConfirmView, Choice.YES)])
    assert person.flow.head == Head(Stage.CHECK, whose(here, DemoCase.FOUR_ROWS))
    person.flow.failed(CallerRevoked("revoked"))
    assert isinstance(person.flow.view, OutOfServiceView)
    assert person.flow.head == NO_HEAD


@pytest.mark.parametrize(("case", "ending"), [(DemoCase.DONE, ResultView), (DemoCase.BLOCKED, ErrorView)])
def test_an_ending_of_somebody_elses_meter_leads_back_to_the_number(
    here: DemoWorkplace, person: Walker, case: DemoCase, ending: type[ResultView | ErrorView]
) -> None:
    person.walk([*to_rows(here, case)[:2], At(ConfirmView, Choice.YES), At(ending)])
    assert person.flow.head.whose == whose(here, case)
    person.walk([At(ending, Choice.NOT_MINE), At(IdPadView)])
    assert person.flow.head == Head(Stage.NUMBER)


def test_each_question_goes_back_by_one_step(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.PREVIOUS)])
    token = person.see(QuestionView)
    person.walk([At(QuestionView, Entered(YES)), At(AdviceView, Choice.PREVIOUS)])
    assert person.see(QuestionView) == token
    person.walk([At(QuestionView, Choice.PREVIOUS), At(QuestionView, Choice.PREVIOUS)])
    person.walk([At(ConfirmView, Choice.NO), At(IdPadView, Choice.PREVIOUS), At(HomeView)])


def test_the_tools_work_in_the_middle_and_lose_nothing(here: DemoWorkplace, person: Walker) -> None:
    person.walk(to_rows(here, DemoCase.FOUR_ROWS))
    codes = person.see(RowsView)
    for tool in (Choice.LANGUAGE, Choice.LARGER, Choice.STRONGER):
        person.flow.choose(tool)
    assert person.see(RowsView) == codes
    assert (person.flow.language, person.flow.sight) == ("en", Sight(large=True, strong=True))


def test_what_one_person_set_is_not_the_next_ones(person: Walker) -> None:
    person.flow.choose(Choice.LANGUAGE)
    person.flow.choose(Choice.LARGER)
    person.wait(ALONE_SECONDS - 1)
    assert person.flow.language == "en"
    person.wait(1)
    assert (person.flow.language, person.flow.sight) == ("id", PLAIN)


def test_help_and_the_question_before_leaving_keep_the_screen(here: DemoWorkplace, person: Walker) -> None:
    person.walk(to_rows(here, DemoCase.FOUR_ROWS))
    codes = person.see(RowsView)
    person.walk([At(RowsView, Choice.HELP), At(HelpView, Choice.PREVIOUS)])
    assert person.see(RowsView) == codes
    person.walk([At(RowsView, Choice.LEAVE), At(LeaveView, Choice.PREVIOUS)])
    assert person.see(RowsView) == codes
    # What is meant for the screen below does not reach it.
    person.walk([At(RowsView, Choice.HELP), At(HelpView, Choice.DONE), At(HelpView, Choice.LEAVE)])
    person.walk([At(LeaveView, Choice.HOME), At(HomeView, Choice.LEAVE), At(HomeView)])


def test_a_dead_device_leads_back_to_the_codes(here: DemoWorkplace) -> None:
    person = Walker(unplugged(here))
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView)])
    codes = person.see(RowsView)
    person.walk([At(RowsView, Choice.TYPE), At(ErrorView)])
    assert person.see(ErrorView).goes_back
    person.walk([At(ErrorView, Choice.PREVIOUS)])
    assert person.see(RowsView) == codes


def test_staff_screens_are_marked_and_forget_the_customer(here: DemoWorkplace) -> None:
    person = Walker(replace(here, pin=None))
    person.walk([At(HomeView, Choice.STAFF), At(MenuView)])
    assert person.flow.head == Head(staff=True)
    person.walk([At(MenuView, Choice.HOME), At(HomeView)])
    assert person.flow.head == NO_HEAD
