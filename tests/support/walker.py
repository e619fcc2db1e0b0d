"""Walks a journey through the real flow: a table of what should be seen and what is then chosen."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.flow.flow import Flow
from kiosk.view.choices import Answer
from kiosk.view.views import TypingView, View, WaitView
from kiosk.workplace import Workplace

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

    @property
    def view(self) -> View:
        """What is seen now, when nothing is under way."""
        end = time.monotonic() + PATIENCE
        while True:
            self.flow.tick(self.now)
            view = self.flow.view
            busy = isinstance(view, WaitView) or (isinstance(view, TypingView) and not view.finished)
            if not busy:
                return view
            if time.monotonic() > end:
                raise StillWaiting(type(view).__name__)
            time.sleep(0.002)

    def walk(self, journey: Sequence[At]) -> View:
        """Every step of the journey; gives the last view. Raises WrongView."""
        view = self.view
        for number, at in enumerate(journey, 1):
            view = self.view
            if not isinstance(view, at.view):
                raise WrongView(f"step {number}: expected {at.view.__name__}, the kiosk shows {type(view).__name__}")
            self.seen.append(view)
            if at.choose is not None:
                self.flow.choose(at.choose)
        return self.view

    def wait(self, seconds: float) -> View:
        """Nobody touches anything for a while."""
        self.now += seconds
        return self.view
