"""Nothing personal, and no digit of a row, in any log or in anything that the kiosk keeps for itself."""

import logging
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from hardware.person import NO
from hardware.virtual.printer import VirtualPrinter
from kiosk.app import App
from kiosk.demo.workplace import DemoWorkplace
from kiosk.driver import Driver
from kiosk.event_log import EventLog
from kiosk.flow.flow import Flow
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.limits.pin import Pin, write_pin
from kiosk.view.choices import Choice, Entered
from kiosk.view.panels import PANELS
from kiosk.view.views import (
    ErrorView,
    HomeView,
    IdPadView,
    KeyInView,
    MenuView,
    RehearsalView,
    RowsView,
    TakeAwayView,
    WaitView,
)
from krn_engine.demo import DemoCase
from tests.support.journeys import journeys, to_rows, walked
from tests.support.walker import At, Walker

PIN = "271828"


def test_no_canary_in_logs_or_files(here: DemoWorkplace, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    state = tmp_path / "state"
    write_pin(tmp_path / "pin", PIN)
    kiosk = replace(
        here,
        printer=VirtualPrinter(),
        events=EventLog(state / "last-errors.json"),
    )
    rows: set[str] = set()
    for journey in journeys(here).values():
        seen = walked(journey, kiosk, LookUps(Budget(state / "customers.json"))).seen
        rows |= {row for view in seen if isinstance(view, RowsView) for row in view.rows}
        rows |= {view.row for view in seen if isinstance(view, KeyInView)}
    # The PIN, wrong and right.
    with_pin = replace(kiosk, pin=Pin(tmp_path / "pin", state / "pin-misses.json"))
    pins = [At(IdPadView, Entered("314159")), At(IdPadView, Entered(PIN)), At(MenuView, Choice.HOME)]
    Walker(with_pin).walk([At(HomeView, Choice.STAFF), *pins])
    # What goes wrong inside is logged too: by its name alone.
    person = Walker(replace(kiosk, office=Broken(here)))  # type: ignore[arg-type]
    person.walk([At(HomeView, Choice.START), At(IdPadView, Entered("990000000000")), At(ErrorView)])
    assert "step failed: ValueError" in caplog.text

    assert len(rows) > 12
    personal = {PIN}
    for case in DemoCase:
        customer = here.province.first(case)
        personal |= {customer.idpel, customer.meter_number, *customer.name.split()}
    kept = "".join(path.read_text() for path in state.iterdir())
    for canary in personal | rows:
        assert canary not in caplog.text
        assert canary not in kept


class Broken:
    """An office that quotes what it was asked."""

    def __init__(self, here: DemoWorkplace) -> None:
        self._here = here

    def find(self, text: str) -> None:
        raise ValueError(f"what is {text}?")


def test_a_rehearsal_leaves_no_trace(here: DemoWorkplace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    person = Walker(replace(here, connect=None))
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.REHEARSE), At(RehearsalView, Entered(NO))])
    view = person.see(RehearsalView)
    assert view.row not in caplog.text


@pytest.mark.parametrize("leave", ["done", "home"])
def test_the_rows_are_gone_within_one_frame(here: DemoWorkplace, leave: str) -> None:
    """One round of the loop after the last touch, the panel shows what a kiosk shows that never had a customer."""
    pygame.display.init()
    pygame.font.init()
    pygame.event.clear()
    now = [100.0]
    flow = Flow(here, now[0])
    panel = PANELS["10"]
    surface = pygame.Surface((panel.width, panel.height))
    app = App(flow, (panel, surface), lambda: now[0])
    app.step()
    at_home = pygame.image.tobytes(surface, "RGB")
    for step in to_rows(here, DemoCase.FOUR_ROWS):
        if step.choose is not None:
            flow.choose(step.choose)
        while isinstance(flow.view, WaitView):
            app.step()
    flow.choose(Choice.DONE)
    now[0] += 1.0
    app.step()
    assert isinstance(flow.view, TakeAwayView)
    assert pygame.image.tobytes(surface, "RGB") != at_home
    now[0] += 1.0
    if leave == "done":
        for button in ("done", "answer-yes", "done"):
            Driver(app).tap(button)
            now[0] += 1.0
            app.step()
    else:
        flow.choose(Choice.HOME)
    app.step()
    assert pygame.image.tobytes(surface, "RGB") == at_home
