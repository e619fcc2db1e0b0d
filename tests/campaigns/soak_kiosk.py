"""A whole kiosk without glass: the real application on the real flow, driven through its event queue by nobody."""

import time
from collections.abc import Sequence

import pygame

from hardware.notify import Pulse
from hardware.voice import Phrase
from kiosk.app import App
from kiosk.demo.workplace import DemoWorkplace
from kiosk.driver import Driver
from kiosk.flow.flow import Flow
from kiosk.ui.window import Window
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Printing
from kiosk.view.views import HomeView, IdleView, IdPadView, TakeAwayView, TypingView, View, WaitView
from tests.campaigns.soak_measure import Frames
from tests.support.walker import At, StillWaiting, WrongView

ACT_SECONDS = 1.0
"""Between two touches: fingers that come sooner bounce."""
PATIENCE = 20.0
"""Real seconds that work beside the screen may take."""
LOOK_SECONDS = 0.0005
ALONE_SECONDS = 10.0
"""Between two looks at a kiosk that somebody has left."""
MOST_LOOKS = 30
"""It has asked whether they are still there, and is home again, long before."""
DARK_SECONDS = 700.0


class Mute:
    """Where a voice would be: all of reading aloud but the sound."""

    def say(self, phrases: Sequence[Phrase], language: str, volume: int, pace: int) -> None:
        """See `Voice.say`."""

    def stop(self) -> None:
        """See `Voice.stop`."""


class Shown(Pulse):
    """Counts pictures that were brought to the screen."""

    def __init__(self) -> None:
        super().__init__({})
        self.pictures = 0

    def ready(self) -> None:
        """A picture is on the screen."""
        self.pictures += 1


class Hours:
    """The time at the kiosk: a day passes in a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Kiosk:
    """One application, and everybody who comes to it."""

    def __init__(self, here: DemoWorkplace, window: Window, hours: Hours, frames: Frames) -> None:
        self._hours = hours
        self._frames = frames
        self._shown = Shown()
        self._flow = Flow(here, hours())
        self._app = App(self._flow, window, hours, here.voice, self._shown)
        self._hours.now += ACT_SECONDS
        self._round()

    def walk(self, steps: Sequence[At]) -> None:
        """A session by its table. Raises WrongView."""
        for number, at in enumerate(steps, 1):
            view = self._settled()
            if not isinstance(view, at.view):
                raise WrongView(f"step {number}: expected {at.view.__name__}, the kiosk shows {type(view).__name__}")
            if at.choose is not None:
                self.do(at.choose)

    def do(self, answer: Answer) -> None:
        """As a person does it: a finger on its button, a number key by key; what has neither is told to the flow."""
        self._hours.now += ACT_SECONDS
        if isinstance(self._flow.view, IdPadView) and isinstance(answer, Entered):
            for digit in answer.text:
                self.press(getattr(pygame, f"K_{digit}"))
            self.press(pygame.K_RETURN)
        elif name := next((button.name for button in self._app.screen.buttons if button.value == answer), None):
            if self._flow.hearing.on:
                # Whoever listens hears first what is under the finger.
                Driver(self._app).tap(name)
                self._round()
            Driver(self._app).tap(name)
        else:
            self._flow.choose(answer)
        self._round()

    def press(self, key: int) -> None:
        """A key of a keyboard."""
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0))

    def leave_alone(self) -> None:
        """The person goes away, and the kiosk wipes everything. Raises WrongView if it does not."""
        self._settled()
        asked = False
        for _ in range(MOST_LOOKS):
            self._hours.now += ALONE_SECONDS
            self._round()
            asked |= isinstance(self._flow.view, IdleView)
            if isinstance(self._flow.view, HomeView):
                break
        if not (asked and isinstance(self._flow.view, HomeView)):
            raise WrongView(f"left alone, the kiosk shows {type(self._flow.view).__name__}")

    def night(self) -> None:
        """Nobody comes, the screen is dark, and the first touch only wakes it."""
        self._hours.now += DARK_SECONDS
        self._round()
        self.do(Choice.START)
        if not isinstance(self._flow.view, HomeView):
            raise WrongView("the touch that wakes the screen did something else too")

    def _settled(self) -> View:
        end = time.monotonic() + PATIENCE
        while _busy(view := self._flow.view):
            if time.monotonic() > end:
                raise StillWaiting(type(view).__name__)
            if isinstance(view, WaitView) and view.may_leave:
                # Too many numbers were not found: whoever comes next waits, by the kiosk's own clock.
                self._hours.now += ACT_SECONDS
            else:
                time.sleep(LOOK_SECONDS)
            self._round()
        return view

    def _round(self) -> None:
        """One round of its loop; it is a frame if it brought a new picture."""
        before, start = self._shown.pictures, time.perf_counter()
        self._app.step()
        if self._shown.pictures > before:
            self._frames.add(time.perf_counter() - start)


def _busy(view: View) -> bool:
    match view:
        case WaitView():
            return True
        case TypingView():
            return not view.finished
        case TakeAwayView():
            return view.printing is Printing.BUSY
    return False
