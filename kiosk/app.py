"""The application: one loop, and one thread that draws. The flow decides; this shows it and passes choices on."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pygame
from pygame import Surface

from hardware.notify import Pulse
from hardware.voice import Voice
from kiosk.reader import ListenKey, Reader
from kiosk.screens import screen_for
from kiosk.screens.base import Screen, Ui
from kiosk.ui.bounce import Bounce
from kiosk.ui.curtain import Curtain
from kiosk.ui.input import InputAdapter, InputEvent, KeyPress, PointerMove, PointerUp
from kiosk.ui.scan import Scan
from kiosk.ui.texts import Texts
from kiosk.ui.theme import TARGET
from kiosk.ui.window import Window
from kiosk.view.any_flow import AnyFlow
from kiosk.view.choices import Answer, Choice, Scanned
from kiosk.view.panels import Panel
from kiosk.view.parts import HELP_LINE
from kiosk.view.views import HomeView, IdleView, IdPadView, RehearsalView, ThanksView, TypingView, View, WaitView

LIVELY_MS, QUIET_MS = 30, 250
"""How long the loop sleeps while something moves by itself, and while nothing does."""
LOOK_SECONDS = 0.02
"""Between two looks for an event: nobody notices so little."""
SETTLING_SECONDS = 3.0
"""A compositor may lose the first frames of a window, and tells nobody: until then they are drawn again."""

_REDRAWN = (pygame.WINDOWEXPOSED, pygame.WINDOWFOCUSGAINED, pygame.WINDOWSHOWN, pygame.WINDOWSIZECHANGED)
"""After these what was drawn may be gone."""

log = logging.getLogger(__name__)


class App:
    """Shows a flow until the window is closed."""

    def __init__(
        self,
        flow: AnyFlow,
        window: Window | tuple[Panel, Surface],
        clock: Callable[[], float] = time.monotonic,
        voice: Voice | None = None,
        pulse: Pulse | None = None,
        help_line: str = HELP_LINE,
        counter: str = "",
        *,
        demo: bool = False,
    ) -> None:
        self._flow = flow
        self.window = Window(*window)
        self._clock = clock
        self._input = InputAdapter(self.window.panel.width, self.window.panel.height, self.window.turn)
        self._texts = Texts(flow.language, help_line, counter)
        self._sight = flow.sight
        self._head = flow.head
        self._hearing = flow.hearing
        self._demo = demo
        self._view: View | None = None
        self._screen: Screen[Any] | None = None
        self._dirty = True
        self._bounce = Bounce(self.window.panel.px(TARGET))
        self._scan = Scan()
        self._by_keys = False
        self._curtain = Curtain(clock())
        self._dark = False
        self._reader = Reader(voice)
        self._listen_key = ListenKey()
        self._pulse = pulse or Pulse({})
        self.running = True

    def run(self) -> None:
        """Until the window is closed, or the flow says that it is over."""
        settled = time.monotonic() + SETTLING_SECONDS
        while self.running and not self._flow.over:
            self._dirty = self._dirty or time.monotonic() < settled
            self.step(self._wait())
            # Not from a thread of its own: a loop that hangs must be missed.
            self._pulse.beat()
        self._reader.silence()

    def _wait(self) -> pygame.event.Event:
        """The next event, or none when it is time to look round.

        SDL's own wait asks for events a thousand times a second on most drivers: 3 % of a core for nothing.
        """
        end = time.monotonic() + self._pause() / 1000
        if self._scan.until is not None:
            end = min(end, time.monotonic() + max(0.0, self._scan.until - self._clock()) + LOOK_SECONDS)
        while (event := pygame.event.poll()).type == pygame.NOEVENT and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
        return event

    def _pause(self) -> int:
        return LIVELY_MS if isinstance(self._view, TypingView | WaitView) else QUIET_MS

    def step(self, first: pygame.event.Event | None = None) -> None:
        """One round: what was done, what has changed, and a picture if there is something new."""
        for event in ([first] if first is not None else []) + pygame.event.get():
            self._take(event)
        for due in self._scan.due(self._clock()):
            self._happens(due)
        self._flow.tick(self._clock())
        self._show()

    def _take(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.running = False
        elif event.type in _REDRAWN:
            self._dirty = True
        ours = self._input.translate(event)
        if ours is None:
            return
        self._flow.touched(self._clock())
        if self._curtain.touched(ours, self._clock()):
            self._dirty = True
            if isinstance(ours, KeyPress):
                # It only wakes, unless it is the first of a scanner's burst.
                self._scan.woken(ours, self._clock())
            return
        if not isinstance(ours, PointerMove):
            # At once, though a digit may be held back until it is known to be no scan.
            self._reader.interrupt()
        if not isinstance(ours, KeyPress):
            self._handle(ours)
            return
        for one in self._scan.key(ours, self._clock(), typing=self._takes_digits):
            self._happens(one)

    @property
    def _takes_digits(self) -> bool:
        """Whether digits are typed here, and seen at once. A PIN's wait: a card that is scanned there is none."""
        return isinstance(self._view, HomeView) or (isinstance(self._view, IdPadView) and not self._view.secret)

    def _happens(self, what: InputEvent | Scanned) -> None:
        if isinstance(what, Scanned):
            self._flow.choose(what)
            self._dirty = True
        else:
            self._handle(what)

    def _handle(self, event: InputEvent) -> None:
        """Pass an event to the screen, and what was chosen on it to the flow."""
        if self._screen is None:
            return
        if not isinstance(event, PointerMove):
            self._bounce.happened(event, self._clock())
        if event == KeyPress("listen") and self._reader.can:
            self._listen()
            return
        if self._reader.takes(event, self._screen):
            self._dirty = self._dirty or isinstance(event, PointerUp)
            return
        if self._bounce.second_tap(event, self._clock()):
            # No button is down now, and where it goes up none is pressed: not even a key of a pad.
            return
        try:
            answer = self._screen.handle(event)
        except Exception as error:  # noqa: BLE001, RUF100  a broken screen must not end the kiosk
            self._failed(error)
            return
        self._dirty = True
        self._by_keys = isinstance(event, KeyPress) and not event.key.isdigit()
        self._turned(self._screen)
        if answer is None:
            self._reader.handled(event, self._screen)
        if answer is None or self._bounce.bounces(event, self._clock()):
            return
        at_home = isinstance(self._view, HomeView)
        self._choose(answer)
        if at_home and isinstance(event, KeyPress) and event.key.isdigit() and isinstance(self._view, IdPadView):
            self._handle(event)

    def _turned(self, screen: Screen[Any]) -> None:
        """A page is as new as a screen: the finger that turned it ends nothing on it."""
        if screen.turned:
            screen.turned = False
            self._bounce.changed(self._clock())

    def _choose(self, answer: Answer) -> None:
        """The flow is told, and who listens hears what came of it."""
        before = (self._flow.view, self._flow.language, self._flow.hearing.on)
        self._flow.choose(answer)
        self._show()
        if answer in (Choice.LOUDER, Choice.SLOWER, Choice.FASTER):
            self._reader.adjusted(answer, self.screen, self._flow.hearing)
        elif before == (self._flow.view, self._flow.language, self._flow.hearing.on):
            self._reader.stayed(answer, self.screen)

    def _listen(self) -> None:
        """The key for reading aloud was pressed."""
        choice = self._listen_key.pressed(self._clock(), self._flow.hearing)
        if choice is not None:
            self._flow.choose(choice)
        if choice is Choice.LOUDER:
            self._reader.shown(self._flow.view, self.screen, self._flow.hearing)
        if choice is not Choice.LISTEN:
            self._reader.again(self.screen)
        self._dirty = True

    def _show(self) -> None:
        """Draw, but only what has changed."""
        view, language = self._flow.view, self._flow.language
        if self._rests(view):
            return
        seen = (self._view, self._texts.language, self._sight, self._head, self._hearing)
        if not self._dirty and (view, language, self._flow.sight, self._flow.head, self._flow.hearing) == seen:
            return
        try:
            self._prepare(view, language)
            assert self._screen is not None  # noqa: S101  _prepare has made it
            self._screen.draw(self.window.surface)
        except Exception as error:  # noqa: BLE001, RUF100  as above
            self._failed(error)
            return
        self._dirty = False
        self._flip()
        self._reader.shown(view, self._screen, self._flow.hearing)

    def _rests(self, view: View) -> bool:
        """True while the screen is dark; what is seen after it is drawn anew."""
        was_dark, self._dark = self._dark, self._curtain.closed(self._clock(), at_home=isinstance(view, HomeView))
        if self._dark and not was_dark:
            # What was seen last is gone, from the panel and from here.
            self._prepare(view, self._flow.language)
            self.window.surface.fill((0, 0, 0))
            self._flip()
            self._reader.silence()
        self._dirty = self._dirty or (was_dark and not self._dark)
        return self._dark

    def _flip(self) -> None:
        self.window.show()
        self._pulse.ready()

    def _prepare(self, view: View, language: str) -> None:
        if (language, self._flow.sight) != (self._texts.language, self._sight):
            self._texts = Texts(language, self._texts.help_line, self._texts.counter)
            self._sight = self._flow.sight
        # A pad with another problem is another visit to it: what was typed then is the flow's to say.
        self._head, self._hearing = self._flow.head, self._flow.hearing
        stays = self._screen is not None and type(view) is type(self._view) and (view == self._view or _goes_on(view))
        if stays and self._screen is not None:
            self._screen.update(view)
            self._screen.shown_with(self._ui)
        else:
            if type(view) is not type(self._view) or not isinstance(view, RehearsalView | IdleView):
                # The answer to one question is none to the next, which lies at the same place.
                self._bounce.changed(self._clock())
            self._screen = screen_for(view, self._ui)
            if self._by_keys:
                # Its buttons are known when it was drawn: the ring comes with the picture after.
                self._screen.draw(self.window.surface)
                self._screen.focus_default()
        self._view = view

    @property
    def _ui(self) -> Ui:
        flow = self._flow
        return Ui(self.window.panel, self._texts, self._sight, flow.hearing, flow.head, self._demo, self._reader.can)

    def _failed(self, error: Exception) -> None:
        log.error("screen failed: %s", type(error).__name__)
        self._screen = self._view = None
        self._dirty = True
        self._flow.failed(error)

    @property
    def screen(self) -> Screen[Any]:
        """The screen that is shown; raises LookupError before the first round."""
        if self._screen is None:
            raise LookupError("nothing is shown yet")
        return self._screen


def _goes_on(view: View) -> bool:
    """Views that tell of something under way keep their screen."""
    pad = isinstance(view, IdPadView) and view.secret
    return pad or isinstance(view, TypingView | WaitView | ThanksView)
