"""Typing where only a person can see the meter: every question has a screen, and every answer its consequence."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.adapter import MeterAdapter
from hardware.errors import MeterProcessGone
from hardware.keypad.models import DEFAULT_MODEL
from hardware.person import NO, NOTHING, YES
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.background import WORK_THREAD
from kiosk.flow.customer.come_back import NOT_TRIED
from kiosk.flow.messages import ANOTHER_KRN, WHAT_HAPPENED
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Mood, RowState
from kiosk.view.views import (
    ConfirmView,
    ErrorView,
    HomeView,
    IdPadView,
    ModelsView,
    QuestionView,
    ResultView,
    RowsView,
    TypingView,
)
from kiosk.workplace import all_models
from krn_engine.demo import DemoCase
from krn_engine.office.contract import RowOutcome
from krn_engine.row import BENAR, SALAH
from tests.support.scripted import BAD, LOST, OK, Scripted
from tests.support.walker import At, Walker


def at_meter(
    here: DemoWorkplace, connect: Callable[[str, str], MeterAdapter], case: DemoCase, **other: object
) -> Walker:
    """A person who has their rows and lets them be typed."""
    walker = Walker(replace(here, connect=connect, **other))  # type: ignore[arg-type]
    number = Entered(here.province.first(case).idpel)
    walker.walk([At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)])
    view = walker.view
    if isinstance(view, QuestionView) and view.question == WHAT_HAPPENED:
        walker.walk([At(QuestionView, Entered(NOT_TRIED))])
    else:
        walker.walk([At(QuestionView, Entered(NO)), At(QuestionView, Entered(NO))])
    walker.walk([At(RowsView, Choice.TYPE)])
    return walker


def asked(*answers: str | None) -> list[At]:
    return [At(QuestionView, Choice.DONT_KNOW if answer is None else Entered(answer)) for answer in answers]


BEFORE = (NO, YES, "2")
"""It does not say PERIKSA, its number is right, and 04 shows 2."""


@pytest.mark.parametrize(
    ("answers", "mood", "code"),
    [
        ((*BEFORE, BENAR, BENAR, "3"), Mood.GOOD, ""),
        ((*BEFORE, BENAR, SALAH, BENAR, "3"), Mood.GOOD, ""),
        ((None, None, None, BENAR, BENAR, None), Mood.GOOD, ""),
        # The key is the old one: the pair goes in once more.
        ((*BEFORE, BENAR, BENAR, "2", BENAR, BENAR, "2"), Mood.CAREFUL, "UPG-09"),
        ((*BEFORE, BENAR, BENAR, "1"), Mood.CAREFUL, "UPG-09"),
        ((*BEFORE, SALAH, SALAH), Mood.CAREFUL, "UPG-01"),
        ((*BEFORE, BENAR, None), Mood.CAREFUL, "UPG-03"),
        ((*BEFORE, NOTHING), Mood.CAREFUL, "UPG-03"),
        ((YES,), Mood.CAREFUL, "UPG-06"),
        ((NO, NO), Mood.CAREFUL, "UPG-07"),
        ((NO, YES, ANOTHER_KRN), Mood.CAREFUL, "UPG-08"),
    ],
)
def test_a_person_is_the_eyes(here: DemoWorkplace, answers: tuple[str | None, ...], mood: Mood, code: str) -> None:
    """Two rows, from KRN 2 to 3: what the person says decides how it ends."""
    walker = at_meter(here, lambda _number, _model: Scripted([LOST] * 4), DemoCase.TWO_ROWS)
    result = walker.walk([*asked(*answers), At(TypingView, Choice.NEXT), At(ResultView)])
    assert isinstance(result, ResultView)
    assert (result.mood, result.code) == (mood, code)


def test_a_row_in_doubt_is_typed_again_on_a_persons_word_only(here: DemoWorkplace) -> None:
    first = at_meter(here, lambda _number, _model: Scripted([LOST]), DemoCase.TWO_ROWS)
    first.walk([*asked(None, None, None, None), At(TypingView, Choice.NEXT), At(ResultView, Choice.DONE)])
    for answer, ending in ((None, RowState.WAITING), (NO, RowState.WAITING), (YES, RowState.ACCEPTED)):
        walker = at_meter(here, lambda _number, _model: Scripted([OK, OK]), DemoCase.TWO_ROWS)
        again = [None] if ending is RowState.ACCEPTED else []
        walker.walk([*asked(None, None, None, answer, *again), At(TypingView)])
        view = walker.see(TypingView)
        assert view.states[0] is ending


def test_whoever_goes_away_from_a_question_leaves_it_unknown(here: DemoWorkplace) -> None:
    adapter = Scripted([LOST, OK])
    walker = at_meter(here, lambda _number, _model: adapter, DemoCase.TWO_ROWS)
    walker.walk([*asked(None, None, None), At(QuestionView)])
    walker.flow._step.leave()
    for thread in threading.enumerate():
        if thread.name == WORK_THREAD:
            thread.join(10)
    assert len(adapter.typed) == 1
    issued = here.office.issue(here.province.first(DemoCase.TWO_ROWS).meter_number, "after")
    assert issued.changes[0].outcomes == (RowOutcome.UNKNOWN, None)


def test_the_model_is_chosen_where_there_are_several(here: DemoWorkplace) -> None:
    chosen = []

    def connect(_number: str, model: str) -> MeterAdapter:
        chosen.append(model)
        return Scripted([BAD, BAD])

    walker = at_meter(here, connect, DemoCase.TWO_ROWS, models=all_models())
    view = walker.see(ModelsView)
    assert view.models[0].name == DEFAULT_MODEL
    walker.walk([At(ModelsView, Choice.DONT_KNOW)])
    walker.see(RowsView)
    back: list[Answer] = [Choice.TYPE, Entered("auto-accept")]
    for answer in back:
        walker.flow.choose(answer)
    walker.walk([*asked(None, None, None), At(TypingView)])
    assert chosen == ["auto-accept"]


def test_a_choice_that_is_no_option_is_no_answer(here: DemoWorkplace) -> None:
    """What was meant for another question changes nothing, and is no error of the kiosk."""
    here = replace(here, connect=lambda _number, _model: Scripted([LOST] * 3), models=all_models())
    number = Entered(here.province.first(DemoCase.TWO_ROWS).idpel)
    come = [At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)]
    new = [*asked(NO, NO), At(RowsView, Choice.TYPE), At(ModelsView, Entered("auto-accept")), *asked(*BEFORE, BENAR)]
    come_back = asked(SALAH, "3", YES)
    for questions in (new, come_back):
        walker = Walker(here)
        walker.walk(come)
        for question in questions:
            before = walker.view
            for none_of_them in ("not", "-1", "9", ""):
                walker.flow.choose(Entered(none_of_them))
                assert walker.view == before
            walker.walk([question])
        walker.flow._step.leave()


@pytest.mark.parametrize("answer", [YES, NO, BENAR])
def test_a_word_where_a_number_of_rows_is_asked(here: DemoWorkplace, answer: str) -> None:
    number = Entered(here.province.first(DemoCase.FOUR_ROWS).idpel)
    come = [At(HomeView, Choice.START), At(IdPadView, number), At(ConfirmView, Choice.YES)]
    Walker(here).walk([*come, *asked(NO, NO), At(RowsView, Choice.HOME)])
    view = Walker(here).walk([*come, *asked(answer), At(QuestionView)])
    assert isinstance(view, QuestionView)
    assert view.question == WHAT_HAPPENED


def test_a_meter_process_that_is_gone_is_said_and_found_again(here: DemoWorkplace) -> None:
    there = False

    def connect(_number: str, _model: str) -> MeterAdapter:
        if not there:
            raise MeterProcessGone("is krn-meter running?")
        return Scripted([OK, OK])

    walker = at_meter(here, connect, DemoCase.TWO_ROWS)
    walker.walk([At(ErrorView)])
    view = walker.see(ErrorView)
    assert view.code == "HW-11"
    walker.walk([At(ErrorView, Choice.HOME), At(HomeView)])
    there = True
    walker = at_meter(here, connect, DemoCase.TWO_ROWS)
    walker.walk([*asked(None, None, None), *asked(None), At(TypingView, Choice.NEXT), At(ResultView)])
    done = walker.see(ResultView)
    assert done.mood is Mood.GOOD
