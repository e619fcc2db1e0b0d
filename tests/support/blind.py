"""Somebody who sees nothing of a kiosk: presses keys or touches glass, and knows what was spoken, and nothing else."""

import re
import time
from collections.abc import Sequence

import pygame
from pygame import Surface

from hardware.virtual.clock import HandClock
from kiosk.app import App
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.flow import Flow
from kiosk.ui.texts import Texts
from kiosk.view.panels import Panel
from kiosk.view.spoken import sentence
from kiosk.view.views import WaitView
from tests.support.heard import Heard
from tests.support.walker import PATIENCE, StillWaiting

KEYS = {
    **{str(digit): getattr(pygame, f"K_KP{digit}") for digit in range(10)},
    "+": pygame.K_KP_PLUS,
    "-": pygame.K_KP_MINUS,
    "*": pygame.K_KP_MULTIPLY,
    "/": pygame.K_KP_DIVIDE,
    ".": pygame.K_KP_PERIOD,
    "enter": pygame.K_KP_ENTER,
}
"""A keypad of digits, which can be felt."""
FINGER_MM = 7.0
"""From one place that a finger tries to the next: nothing that can be pressed is smaller than two of them."""
MOST = 25
"""Choices that a person tries before they give up."""
_GROUP = re.compile(r"(?:\d )*\d[,.]")
_CODE = re.compile(r"(?:\d \d \d \d[,.] ?){5}")


class Lost(AssertionError):
    """What the person looks for was never spoken."""


class Blind:
    """One person at one kiosk."""

    def __init__(self, here: DemoWorkplace, panel: Panel) -> None:
        self.heard = Heard()
        self.clock = HandClock()
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_mode((panel.width, panel.height))
        flow = Flow(here, self.clock())
        self.app = App(
            flow, (panel, Surface((panel.width, panel.height))), self.clock, self.heard, help_line=here.help_line
        )
        self._flow = flow
        self._panel = panel
        pygame.event.clear()
        self._settle()

    def say(self, word: str) -> str:
        """A word of the screens as it is in the language that is spoken now."""
        return Texts(self._flow.language)(word)

    # --- hands

    def press(self, *keys: str) -> str:
        """Keys of the keypad, each after a while; gives what was said since the last of them was pressed."""
        before = 0
        for key in keys:
            before = len(self.heard.said)
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=KEYS[key], mod=0))
            self._settle()
        return " ".join(said.text for said in self.heard.said[before:])

    def choose(self, word: str) -> str:
        """Go from choice to choice until this one is heard, and press Enter; gives what was said then."""
        for _ in range(MOST):
            if self.press("+") == sentence(self.say(word)):
                return self.press("enter")
        raise Lost(word)

    def touch(self, at: tuple[int, int]) -> str:
        """A finger down and up again; gives what was said."""
        before = len(self.heard.said)
        self._finger(pygame.FINGERDOWN, at)
        self._finger(pygame.FINGERUP, at)
        self._settle()
        return " ".join(said.text for said in self.heard.said[before:])

    def _finger(self, kind: int, at: tuple[int, int]) -> None:
        x, y = at[0] / self._panel.width, at[1] / self._panel.height
        pygame.event.post(pygame.event.Event(kind, touch_id=1, finger_id=1, x=x, y=y, dx=0, dy=0))

    def find(self, word: str) -> tuple[int, int]:
        """Slide over the glass, line by line, until this is heard, and lift; gives where that was."""
        step = self._panel.px(FINGER_MM)
        kind = pygame.FINGERDOWN
        for y in range(step // 2, self._panel.height, step):
            for x in range(step // 2, self._panel.width, step):
                self._finger(kind, (x, y))
                kind, before = pygame.FINGERMOTION, len(self.heard.said)
                self.app.step()
                if [said.text for said in self.heard.said[before:]] == [sentence(self.say(word))]:
                    self._finger(pygame.FINGERUP, (x, y))
                    self._settle()
                    return x, y
        raise Lost(word)

    def find_and_press(self, word: str) -> str:
        """Find it, and touch it once more; gives what was said then."""
        return self.touch(self.find(word))

    def _settle(self) -> None:
        """Time passes, and work beside the screen ends."""
        end = time.monotonic() + PATIENCE
        self.clock.wait(2.0)
        self.app.step()
        # A digit waits until it is known to be no scan.
        self.clock.wait(0.1)
        self.app.step()
        while isinstance(self._flow.view, WaitView):
            if time.monotonic() > end:
                raise StillWaiting(type(self._flow.view).__name__)
            time.sleep(0.002)
            self.app.step()


def number_in(said: str) -> str:
    """The digits of all groups that were spoken digit by digit."""
    return "".join(re.sub(r"\D", "", group) for group in _GROUP.findall(said))


def codes_in(said: str) -> Sequence[str]:
    """The numbers of twenty digits, in fours, in the order in which they were spoken."""
    return [number_in(code) for code in _CODE.findall(said)]
