"""Journeys through the real flow, on the real engine and the virtual meter."""

import threading
from dataclasses import replace

import pytest

from hardware.person import NO
from kiosk.demo.workplace import DemoWorkplace
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import SILENT, Hearing, Mood, RowState
from kiosk.view.views import (
    ConfirmView,
    ErrorView,
    HomeView,
    IdleView,
    IdPadView,
    OutOfServiceView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
    TypingView,
    WaitView,
)
from kiosk.workplace import Workplace
from krn_engine.demo import DemoCase
from krn_engine.masking import mask_name
from krn_engine.office.contract import Issued
from krn_engine.register.errors import RegisterDamaged
from tests.support.journeys import AWAY
from tests.support.walker import At, Walker, WrongView


@pytest.fixture
def person(here: DemoWorkplace) -> Walker:
    return Walker(here)


def idpel(here: DemoWorkplace, case: DemoCase) -> Entered:
    return Entered(here.province.first(case).idpel)


def to_pad(number: Entered) -> list[At]:
    return [At(HomeView, Choice.START), At(IdPadView, number)]


def to_rows(number: Entered) -> list[At]:
    """Not PERIKSA, and no other token."""
    return [*to_pad(number), At(ConfirmView, Choice.YES), *[At(QuestionView, Entered(NO))] * 2]


def test_four_rows_into_the_meter(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(idpel(here, DemoCase.FOUR_ROWS)), At(RowsView, Choice.TYPE), At(TypingView)])
    typing = person.see(TypingView)
    assert typing.states == (RowState.ACCEPTED,) * 4
    assert typing.meter.display == "BENAR"
    person.walk([At(TypingView, Choice.NEXT), At(ResultView)])
    result = person.see(ResultView)
    assert (result.mood, result.version) == (Mood.GOOD, (1, 3))
    assert person.walk([At(ResultView, Choice.DONE), At(HomeView)]) == HomeView(has_staff=True)


def test_four_rows_to_take_away(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(idpel(here, DemoCase.FOUR_ROWS)), *[At(RowsView, Choice.NEXT)] * 3])
    view = person.see(RowsView)
    assert (len(view.rows), view.index) == (4, 3)
    person.walk([At(RowsView, Entered("2")), *AWAY])


@pytest.mark.parametrize(
    ("case", "rows"), [(DemoCase.TWO_ROWS, 2), (DemoCase.HALF_DONE, 2), (DemoCase.EA11, 4), (DemoCase.READY_MADE, 4)]
)
def test_other_shapes_of_rows(here: DemoWorkplace, person: Walker, case: DemoCase, rows: int) -> None:
    person.walk([*to_rows(idpel(here, case)), At(RowsView)])
    view = person.see(RowsView)
    assert len(view.rows) == rows


def test_already_upgraded_is_good_news(here: DemoWorkplace, person: Walker) -> None:
    view = person.walk([*to_pad(idpel(here, DemoCase.DONE)), At(ConfirmView, Choice.YES), At(ResultView)])
    assert isinstance(view, ResultView)
    assert view.mood is Mood.GOOD


@pytest.mark.parametrize(("case", "code"), [(DemoCase.BLOCKED, "OFF-03"), (DemoCase.UNKNOWN_STATE, "ISS-02")])
def test_what_the_counter_must_solve(here: DemoWorkplace, person: Walker, case: DemoCase, code: str) -> None:
    view = person.walk([*to_pad(idpel(here, case)), At(ConfirmView, Choice.YES), At(ErrorView)])
    assert isinstance(view, ErrorView)
    assert view.code == code
    person.walk([At(ErrorView, Choice.HOME)])
    person.see(HomeView)


@pytest.mark.parametrize("case", [DemoCase.DONE, DemoCase.BLOCKED, DemoCase.UNKNOWN_STATE])
def test_whose_meter_it_is_comes_before_what_is_said_of_it(here: DemoWorkplace, person: Walker, case: DemoCase) -> None:
    customer = here.province.first(case)
    view = person.walk([*to_pad(Entered(customer.idpel)), At(ConfirmView)])
    assert isinstance(view, ConfirmView)
    assert (view.masked_name, view.meter_number) == (mask_name(customer.name), customer.meter_number)
    assert view.rows is None
    # Who is somebody else learns nothing of it.
    assert isinstance(person.walk([At(ConfirmView, Choice.NO)]), IdPadView)


@pytest.mark.parametrize("text", ["123", "1" * 20, "123456789012", "12345678901"])
def test_a_wrong_number_can_be_corrected(person: Walker, text: str) -> None:
    person.walk([*to_pad(Entered(text)), At(IdPadView)])
    view = person.see(IdPadView)
    assert view.typed == text
    assert view.problem is not None


def test_who_is_not_the_customer_goes_back_to_the_pad(here: DemoWorkplace, person: Walker) -> None:
    journey = [*to_pad(idpel(here, DemoCase.FOUR_ROWS)), At(ConfirmView, Choice.NO), At(IdPadView, Choice.HOME)]
    person.walk(journey)
    person.see(HomeView)


def test_periksa_ends_with_advice_and_not_with_success(here: DemoWorkplace, person: Walker) -> None:
    journey = [
        *to_rows(idpel(here, DemoCase.PERIKSA)),
        At(RowsView, Choice.TYPE),
        At(TypingView, Choice.NEXT),
        At(ResultView),
    ]
    person.walk(journey)
    view = person.see(ResultView)
    assert view.mood is not Mood.GOOD
    assert view.version is None


def test_nothing_is_offered_to_type_where_no_meter_can_be_connected(here: DemoWorkplace) -> None:
    plain = Walker(Workplace(here.office, "counter"))
    plain.walk([*to_rows(idpel(here, DemoCase.FOUR_ROWS)), At(RowsView, Choice.TYPE), At(RowsView)])
    view = plain.see(RowsView)
    assert not view.can_type


def test_idle_asks_counts_down_and_wipes(here: DemoWorkplace, person: Walker) -> None:
    for choice in (Choice.LANGUAGE, Choice.LISTEN, Choice.LOUDER):
        person.flow.choose(choice)
    assert person.flow.hearing == Hearing(on=True, volume=3)
    person.walk([*to_rows(idpel(here, DemoCase.FOUR_ROWS)), At(RowsView)])
    person.wait(179)
    person.see(RowsView)
    asked = person.wait(1)
    assert asked == IdleView(30)
    assert person.wait(10) == IdleView(20)
    person.flow.choose(Choice.YES)
    person.see(RowsView)
    person.wait(180)
    person.see(IdleView)
    person.flow.touched(person.now)
    assert isinstance(person.view, IdleView), "only the screen's own buttons answer the question"
    person.wait(30)
    person.see(HomeView)
    assert person.flow.language == "id"
    assert person.flow.hearing == SILENT


def test_nobody_leaves_while_rows_are_issued(here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are on disk a moment later, and the person should know."""
    go, issue = threading.Event(), here.office.issue

    def slow(meter_number: str, request_id: str) -> Issued:
        go.wait(10)
        return issue(meter_number, request_id)

    monkeypatch.setattr(here.office, "issue", slow)
    person = Walker(replace(here, printer=None))
    person.walk(to_rows(idpel(here, DemoCase.FOUR_ROWS))[:-1])
    person.flow.choose(Entered(NO))
    person.flow.choose(Choice.HOME)
    assert isinstance(person.flow.view, WaitView)
    go.set()
    person.see(RowsView)


def test_touching_keeps_a_session_alive(person: Walker) -> None:
    person.walk([At(HomeView, Choice.START)])
    for _ in range(5):
        person.wait(59)
        person.see(IdPadView)
        person.flow.touched(person.now)
    person.wait(60)
    person.see(IdleView)
    person.flow.choose(Choice.HOME)
    person.see(HomeView)


def test_home_never_times_out(person: Walker) -> None:
    person.wait(100_000)
    person.see(HomeView)


def test_going_home_forgets_the_rows(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(idpel(here, DemoCase.FOUR_ROWS)), At(RowsView)])
    view = person.see(RowsView)
    person.walk(AWAY)
    assert view.rows[0] not in repr(vars(person.flow)) + repr(vars(person.flow._step))


def test_an_exception_becomes_an_error_screen(here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_text: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(here.office, "find", broken)
    view = Walker(here).walk([*to_pad(Entered("1")), At(ErrorView)])
    assert isinstance(view, ErrorView)
    assert view.code == "KIOSK-01"


def test_a_damaged_register_closes_the_kiosk(here: DemoWorkplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_text: str) -> None:
        raise RegisterDamaged("the register is damaged")

    monkeypatch.setattr(here.office, "find", damaged)
    monkeypatch.setattr("kiosk.flow.notices.RETRY_SECONDS", 0.0)
    person = Walker(here)
    person.flow.choose(Choice.START)
    person.flow.choose(Entered("1"))
    seen = {type(person.view) for _ in range(3)}
    assert seen <= {OutOfServiceView, HomeView}
    assert OutOfServiceView in seen


def test_the_walker_finds_a_wrong_view(person: Walker) -> None:
    with pytest.raises(WrongView, match="expected RowsView, the kiosk shows HomeView"):
        person.walk([At(RowsView)])


def test_codes_are_ticked_off_and_stay_so(here: DemoWorkplace, person: Walker) -> None:
    person.walk([*to_rows(idpel(here, DemoCase.FOUR_ROWS)), At(RowsView, Choice.NEXT), At(RowsView, Choice.NEXT)])
    view = person.see(RowsView)
    assert (view.index, view.ticked) == (2, frozenset({1, 2}))
    # To look at another one ticks nothing off; what comes in between forgets nothing.
    person.walk([At(RowsView, Entered("1")), At(RowsView, Choice.DONE), At(TakeAwayView, Choice.PREVIOUS)])
    view = person.see(RowsView)
    assert (view.index, view.ticked) == (0, frozenset({1, 2}))
    person.walk([At(RowsView, Entered("4")), At(RowsView, Choice.NEXT)])
    view = person.see(RowsView)
    assert (view.index, view.ticked) == (3, frozenset({1, 2, 4}))
