"""The real window on a virtual screen, pressed by a real pointer, from home to four times BENAR."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygame
import pytest

from hardware.adapter import AdapterKind
from hardware.voice import find_voice
from kiosk.flow import messages
from kiosk.flow.meter.person import YES_NO
from kiosk.screens import screen_for
from kiosk.screens.base import Screen, Ui
from kiosk.ui.texts import Texts
from kiosk.upgrade.endings import WORDS
from kiosk.upgrade.events import Ending
from kiosk.view.formats import thousands
from kiosk.view.parts import NO_HEAD, Head, MeterPicture, Mood, RowState, Stage, Whose
from kiosk.view.views import (
    AdaptersView,
    ConfirmView,
    HomeView,
    IdPadView,
    QuestionView,
    ResultView,
    RowsView,
    TypingView,
    View,
)
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.masking import mask_name
from tests.support.cli import krn as krn_in_process
from tests.support.window import PANEL, VirtualScreen

HOME = HomeView(has_staff=True)
CAN_LISTEN = find_voice("default") is not None
PATIENCE = 60.0
pygame.font.init()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs a virtual screen and a pointer: apt-get install xvfb xdotool",
    ),
]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[VirtualScreen]:
    virtual = VirtualScreen(tmp_path)
    yield virtual
    virtual.close()


def drawn(view: View, head: Head) -> tuple[Screen[Any], pygame.Surface]:
    surface = pygame.Surface((PANEL.width, PANEL.height))
    expected = screen_for(view, Ui(PANEL, Texts("id"), head=head, demo=True, can_listen=CAN_LISTEN))
    expected.draw(surface)
    return expected, surface


def share_that_differs(one: pygame.Surface, other: pygame.Surface) -> float:
    first, second = (pygame.image.tobytes(surface, "RGB") for surface in (one, other))
    assert len(first) == len(second)
    # All bytes in one operation: what is alike is 0. One by one they take longer than the window does.
    difference = int.from_bytes(first) ^ int.from_bytes(second)
    return 1 - difference.to_bytes(len(first)).count(0) / len(first)


def wait_for(screen: VirtualScreen, view: View, head: Head = NO_HEAD) -> Screen[Any]:
    """Until the window shows this view, but for the pointer; gives the screen, to know where its buttons are."""
    expected, surface = drawn(view, head)
    end = time.monotonic() + PATIENCE
    while share_that_differs(screen.picture(), surface) > 0.002:
        if time.monotonic() > end:
            pygame.image.save(screen.picture(), "window-seen.png")
            raise AssertionError(f"the window never showed {type(view).__name__}; see window-seen.png")
        time.sleep(0.05)
    time.sleep(0.6)  # a person's pause: a faster second press is taken for a bouncing finger
    return expected


def press(screen: VirtualScreen, on: Screen[Any], name: str) -> None:
    button = next(button for button in on.buttons if button.name == name)
    x, y = button.rect.center
    screen.point("mousemove", str(x), str(y), "click", "1")


def test_from_home_to_four_times_benar(screen: VirtualScreen, capsys: pytest.CaptureFixture[str]) -> None:
    customer = DemoProvince().first(DemoCase.FOUR_ROWS)
    _, out, _ = krn_in_process(capsys, "upgrade", "--demo", "--meter", "none", "--json")
    rows = tuple(json.loads(out)["rows"])
    kiosk = subprocess.Popen([sys.executable, "-m", "kiosk.cli", "kiosk", "--demo"], env=screen.environment)
    try:
        press(screen, wait_for(screen, HOME), "start")
        number = Head(Stage.NUMBER)
        pad = wait_for(screen, IdPadView(), number)
        for digit in customer.idpel:
            press(screen, pad, f"digit-{digit}")
        press(screen, wait_for(screen, IdPadView(customer.idpel), number), "next")
        power = thousands(customer.power_va)
        service = f"{customer.tariff} / {power} VA"
        confirm = ConfirmView(mask_name(customer.name), customer.meter_number, service, 4)
        press(screen, wait_for(screen, confirm, Head(Stage.CHECK)), "yes")
        whose = Whose(mask_name(customer.name), customer.meter_number, customer.idpel)
        check, codes = Head(Stage.CHECK, whose), Head(Stage.CODES, whose)
        picture = MeterPicture("", "PERIKSA", customer.meter_number)
        questions = (
            QuestionView(messages.SAYS_PERIKSA, YES_NO, messages.IF_UNSURE, picture, goes_back=True),
            QuestionView(messages.HOLDS_A_TOKEN, messages.TOKEN_OR_NOT, messages.IF_UNSURE, goes_back=True),
        )
        for asked in questions:
            press(screen, wait_for(screen, asked, check), "answer-no")
        press(screen, wait_for(screen, RowsView(rows, 0, ((1, 2), (3, 4)), 10, can_type=True), codes), "type")
        way = AdaptersView((AdapterKind.OPTICAL, AdapterKind.KEYPAD))
        press(screen, wait_for(screen, way, codes), f"adapter-{AdapterKind.KEYPAD.value}")
        shown = MeterPicture("virtual", "BENAR", customer.meter_number)
        done = TypingView((RowState.ACCEPTED,) * 4, rows[3], 20, shown, finished=True)
        press(screen, wait_for(screen, done, codes), "next")
        title, line = WORDS[Ending.UPGRADED].title, WORDS[Ending.UPGRADED].after
        result = ResultView(Mood.GOOD, title, (line,), (1, 3), shown)
        press(screen, wait_for(screen, result, codes), "done")
        wait_for(screen, HOME)
        assert kiosk.poll() is None
    finally:
        kiosk.terminate()
        kiosk.wait(10)
