"""Nothing personal, and no digit of a row, in any log or in anything that the kiosk keeps for itself."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.person import NO, YES
from hardware.virtual.printer import VirtualPrinter
from kiosk.flow.choices import Choice, Entered
from kiosk.flow.views import (
    AdviceView,
    ErrorView,
    HomeView,
    IdPadView,
    QuestionView,
    RehearsalView,
    ResultView,
    RowsView,
    TakeAwayView,
    TypingView,
)
from kiosk.look_ups import LookUps
from kiosk.pin import Pin, write_pin
from kiosk.workplace import Workplace
from krn_engine.office.demo import DemoCase
from tests.flows.test_take_away import to_rows
from tests.flows.walker import At, Walker

PIN = "271828"
RESULT = [At(TypingView, Choice.NEXT), At(ResultView, Choice.DONE)]


def journeys(here: Workplace) -> list[list[At]]:
    """One of each kind, and one that goes wrong."""
    assert here.demo is not None
    blocked = Entered(here.demo.first(DemoCase.BLOCKED).idpel)
    away = [At(RowsView, Choice.DONE), At(TakeAwayView, Choice.DONE)]
    typed = [At(RowsView, Choice.TYPE), At(IdPadView, Entered("314159")), At(IdPadView, Entered(PIN)), *RESULT]
    four = to_rows(here, DemoCase.FOUR_ROWS)
    return [
        [*four, *away],
        [*four[:3], At(QuestionView, Entered("2")), At(AdviceView, Choice.NEXT), *away],
        [*to_rows(here, DemoCase.TWO_ROWS), *typed],
        [*to_rows(here, DemoCase.PERIKSA), *typed],
        [*to_rows(here, DemoCase.EA11)[:4], At(QuestionView, Entered(YES)), At(AdviceView, Choice.NEXT), *away],
        [At(HomeView, Choice.START), At(IdPadView, blocked), At(ErrorView, Choice.HOME)],
        [At(HomeView, Choice.START), At(IdPadView, Entered("123456789012")), At(IdPadView, Choice.HOME)],
    ]


def test_no_canary_in_logs_or_files(here: Workplace, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert here.demo is not None
    state = tmp_path / "state"
    write_pin(tmp_path / "pin", PIN)
    kiosk = replace(
        here,
        printer=VirtualPrinter(),
        look_ups=LookUps(state / "look-ups.json"),
        pin=Pin(tmp_path / "pin", state / "pin-misses.json"),
    )
    for journey in journeys(here):
        person = Walker(kiosk)
        person.walk(journey)
        assert isinstance(person.view, HomeView)
    # What goes wrong inside is logged too: by its name alone.
    person = Walker(replace(kiosk, office=Broken(here)))  # type: ignore[arg-type]
    person.walk([At(HomeView, Choice.START), At(IdPadView, Entered("990000000000")), At(ErrorView)])
    assert "step failed: ValueError" in caplog.text

    issued = here.office.issue(here.demo.first(DemoCase.EA11).meter_number, "canary")
    personal = {PIN}
    for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.PERIKSA, DemoCase.EA11, DemoCase.BLOCKED):
        customer = here.demo.first(case)
        personal |= {customer.idpel, customer.meter_number, *customer.name.split()}
    kept = "".join(path.read_text() for path in state.iterdir())
    for canary in personal | set(issued.rows):
        assert canary not in caplog.text
        assert canary not in kept


class Broken:
    """An office that quotes what it was asked."""

    def __init__(self, here: Workplace) -> None:
        self._here = here

    def find(self, text: str) -> None:
        raise ValueError(f"what is {text}?")


def test_a_rehearsal_leaves_no_trace(here: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    person = Walker(replace(here, connect=None))
    view = person.walk(
        [*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.REHEARSE), At(RehearsalView, Entered(NO))]
    )
    assert isinstance(view, RehearsalView)
    assert view.row not in caplog.text
