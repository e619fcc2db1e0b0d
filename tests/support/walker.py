"""Walks a journey through the real flow: a table of what should be seen and what is then chosen."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from kiosk.flow.flow import Flow
from kiosk.view.choices import Answer
from kiosk.view.parts import Head, Printing
from kiosk.view.views import TakeAwayView, TypingView, View, WaitView
from kiosk.workplace import Workplace

V = TypeVar("V", bound=View)
PATIENCE = 20.0
"""Real seconds that background work may take."""


@dataclass(frozen=True)
class At:
    """On this view, choose this (None: only look)."""

    view: type[View]
    choose: Answer | None = None


class WrongView(AssertionError):
    """The flow shows something else than the journey says."""


class StillWaiting(AssertionError):
    """Background work did not end."""


class Walker:
    """One person in front of one kiosk."""

    def __init__(self, here: Workplace) -> None:
        self.now = 0.0
        self.flow = Flow(here, self.now)
        self.seen: list[View] = []
        """Every view of a journey, in order."""
        self.heads: list[Head] = []
        """What stood above each."""

    @property
    def view(self) -> View:
        """What is seen now, when nothing is under way."""
        end = time.monotonic() + PATIENCE
        while True:
            self.flow.tick(self.now)
            view = self.flow.view
            busy = isinstance(view, WaitView) or (isinstance(view, TypingView) and not view.finished)
            busy = busy or (isinstance(view, TakeAwayView) and view.printing is Printing.BUSY)
            if not busy:
                return view
            if time.monotonic() > end:
                raise StillWaiting(type(view).__name__)
            time.sleep(0.002)

    def see(self, wanted: type[V]) -> V:
        """What is seen now, which must be a view of this type. Raises WrongView, which says what is shown."""
        view = self.view
        if not isinstance(view, wanted):
            raise WrongView(f"expected {wanted.__name__}, the kiosk shows {type(view).__name__}")
        return view

    def walk(self, journey: Sequence[At]) -> View:
        """Every step of the journey; gives the last view. Raises WrongView."""
        for number, at in enumerate(journey, 1):
            try:
                self.seen.append(self.see(at.view))
                self.heads.append(self.flow.head)
            except WrongView as wrong:
                raise WrongView(f"step {number}: {wrong}") from None
            if at.choose is not None:
                self.flow.choose(at.choose)
        return self.view

    def wait(self, seconds: float) -> View:
        """Nobody touches anything for a while."""
        self.now += seconds
        return self.view
