"""Sessions at full speed in one process, as long or as many as it is told: memory, files and threads must stay flat.

python -m tests.campaigns.soak [--minutes M | --sessions N] [--seed S] [--panel P]
"""

import argparse
import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, product

from hardware.virtual.adapter import Pace
from hardware.virtual.printer import VirtualPrinter
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.flow.background import WORK_THREAD
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.texts import Texts
from kiosk.ui.window import Window, open_window
from kiosk.view.choices import Choice, Entered
from kiosk.view.panels import PANELS
from kiosk.view.parts import ENGLISH, INDONESIAN, Sight
from kiosk.view.views import (
    ConfirmView,
    HomeView,
    IdPadView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
)
from krn_engine.demo import DemoCase, DemoCustomer
from tests.campaigns.soak_kiosk import Hours, Kiosk, Mute
from tests.campaigns.soak_measure import Frames, Sample, growth, sample
from tests.support.journeys import NEITHER, TYPED, Journey, another, journeys
from tests.support.sample_views import VIEWS, head_of
from tests.support.walker import At

MOST_MEGABYTES = 1.0
"""Memory may grow so much per 1,000 sessions. Measured: up to 0.35 in half a minute, while the last caches fill, and
less the longer it runs. A thousand bytes a session are found; they would be 100 MB in a year of 300 sessions a day."""
PANEL = "10"
"""The one with the most pixels."""
EVERY = 50
"""Sessions between two samples of a long day."""
FEWEST = 5
"""Samples that a slope needs, with those of the warm-up."""
LONG = 2000
"""Sessions of a long day: then the register is another, for it grows with what is recorded."""
TO_TYPE = (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.HALF_DONE, DemoCase.READY_MADE)
PRINTED = [
    At(RowsView, Choice.DONE),
    At(TakeAwayView, Choice.PRINT),
    At(TakeAwayView, Choice.DONE),
    At(ThanksView, Choice.DONE),
    At(HomeView),
]
SIGHTS = (Choice.LANGUAGE, Choice.LARGER, Choice.STRONGER, Choice.LISTEN)
AGAIN = (
    "already upgraded",
    "blocked",
    "an incomplete record",
    "not found, and where the number stands",
    "a meter that refuses",
    "nothing connected",
    "staff look at the progress",
    "staff look at the readiness",
    "staff look at the last errors",
    "staff test the printer",
)
"""Journeys that can be made as often as wanted on one register."""

ENDLESS = 10**9
"""A budget of customers that no campaign spends."""


@dataclass
class Result:
    """What a run came to."""

    days: list[Sample] = field(default_factory=list)
    """A sample after each short day: a register is made, used by everybody of a province, and closed."""
    long_days: list[list[Sample]] = field(default_factory=list)
    """Samples in the middle of long days, each on one register that stays open."""
    frames: Frames = field(default_factory=Frames)
    sessions: int = 0
    seconds: float = 0.0


class Day:
    """A province of its own, with its register, and everybody in it."""

    def __init__(
        self, here: DemoWorkplace, window: Window, hours: Hours, frames: Frames, source: random.Random
    ) -> None:
        self._here = replace(here, look_ups=LookUps(Budget(clock=hours, per_hour=ENDLESS, per_day=ENDLESS), hours))
        self._kiosk_of: Callable[[DemoWorkplace], Kiosk] = lambda here: Kiosk(here, window, hours, frames)
        self._kiosk = self._kiosk_of(self._here)
        self._source = source
        self._regular = [customer for customer in here.province if customer.case is DemoCase.FOUR_ROWS][-1]

    def everybody(self) -> Iterator[None]:
        """Every journey, and then every customer, once."""
        for journey in journeys(self._here).values():
            self._journey(journey)
            yield
        others = {self._here.province.first(case).idpel for case in DemoCase} | {self._regular.idpel}
        others.add(another(self._here, DemoCase.FOUR_ROWS))
        for customer in self._here.province:
            if customer.idpel not in others and customer.case in (*TO_TYPE, DemoCase.DONE):
                self._visit(customer)
                yield

    def again(self) -> Iterator[None]:
        """People who come again and again, for ever. After `everybody`."""
        table = journeys(self._here)
        rows = [At(HomeView, Choice.START), At(IdPadView, Entered(self._regular.idpel)), At(ConfirmView, Choice.YES)]
        self._kiosk.walk([*rows, *NEITHER, *PRINTED])
        yield
        while True:
            for name in AGAIN:
                self._journey(table[name])
                yield
                self._wishes()
                self._kiosk.walk([*rows, At(QuestionView, Choice.DONT_KNOW), *PRINTED])
                yield

    def _journey(self, journey: Journey) -> None:
        """At the kiosk that stands here, unless the journey needs another one."""
        changed = journey.kiosk(self._here)
        (self._kiosk if changed is self._here else self._kiosk_of(changed)).walk(journey.steps)

    def _visit(self, customer: DemoCustomer) -> None:
        """Somebody who sees and hears it in their own way, and does one of the things that people do."""
        self._wishes()
        found = [At(HomeView, Choice.START), At(IdPadView, Entered(customer.idpel))]
        if customer.case is DemoCase.DONE:
            self._kiosk.walk([*found, At(ConfirmView, Choice.YES), At(ResultView, Choice.DONE), At(HomeView)])
        else:
            to_rows = [*found, At(ConfirmView, Choice.YES), *NEITHER]
            self._with_rows(to_rows)
        if self._source.random() < 0.1:
            self._kiosk.night()

    def _wishes(self) -> None:
        for wish in SIGHTS:
            if self._source.random() < 0.25:
                self._kiosk.do(wish)

    def _with_rows(self, to_rows: list[At]) -> None:
        match self._source.randrange(4):
            case 0:
                self._kiosk.walk([*to_rows, *PRINTED])
            case 1:
                self._kiosk.walk(to_rows[: self._source.randrange(1, len(to_rows))])
                self._kiosk.leave_alone()
            case _:
                self._kiosk.walk([*to_rows, *TYPED])


@dataclass(frozen=True)
class Length:
    """How much is asked for: so many seconds, or so many sessions; with neither, what slopes need."""

    seconds: float | None = None
    sessions: int | None = None

    def share(self, sessions: int, seconds: float) -> float:
        """What of it is done, 1 for all."""
        if self.sessions is not None:
            return sessions / self.sessions
        return seconds / self.seconds if self.seconds else 1.0


def run(length: Length, seed: int, panel: str = PANEL, after_session: Callable[[], None] = lambda: None) -> Result:
    """Half of it short days, then long ones, and at least as much as slopes need.

    `after_session` is called after each session.
    """
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    window, hours, source, result = open_window(PANELS[panel], fullscreen=False), Hours(), random.Random(seed), Result()
    _draw_everything(window)
    start = time.monotonic()

    def share() -> float:
        return length.share(result.sessions, time.monotonic() - start)

    def a_day(most: int, samples: list[Sample] | None) -> None:
        # A slip that came out is gone: the virtual printer's own memory of it is none of the kiosk's.
        printer = VirtualPrinter(lambda _lines: printer.slips.clear())
        with demo_workplace(Wire(pace=Pace(0, 0)), printer=printer, voice=Mute()) as here:
            day = Day(here, window, hours, result.frames, source)
            for number, _ in enumerate(day.everybody() if samples is None else chain(day.everybody(), day.again()), 1):
                result.sessions += 1
                after_session()
                if samples is not None and number % EVERY == 0:
                    _let_work_end()
                    samples.append(sample(result.sessions))
                    if len(samples) >= FEWEST and (number >= most or share() >= 1):
                        break
            _let_work_end()

    while share() < 0.5 or len(result.days) < FEWEST:
        a_day(0, None)
        result.days.append(sample(result.sessions))
    while share() < 1 or not result.long_days:
        result.long_days.append([])
        a_day(LONG, result.long_days[-1])
    result.seconds = time.monotonic() - start
    return result


def _draw_everything(window: Window) -> None:
    """Each screen in each way that it can be seen: letters and shapes are kept, and that is no growth of a day."""
    sights = [Sight(large, strong) for large in (False, True) for strong in (False, True)]
    for language, sight, (name, view) in product((INDONESIAN, ENGLISH), sights, VIEWS.items()):
        ui = Ui(window.panel, Texts(language), sight, head=head_of(name), can_listen=True)
        screen_for(view, ui).draw(window.surface)


def _let_work_end() -> None:
    for thread in threading.enumerate():
        if thread.name == WORK_THREAD:
            thread.join(10)


def _report(title: str, groups: list[list[Sample]], *, every_sample: bool) -> list[str]:
    """Print the slopes of these groups; gives what grows."""
    for taken in (taken for group in groups if every_sample for taken in group):
        print(f"{taken.sessions:7} {taken.megabytes:9.2f} MB {taken.files:4} files {taken.threads:4} threads")
    grown, first, last = growth(groups), groups[0][0], groups[-1][-1]
    print(f"{title}, per 1,000 sessions")
    print(f"  memory  {grown.megabytes:+8.3f} MB (most {MOST_MEGABYTES}); ", end="")
    print(f"{first.megabytes:.1f} MB in the first sample, {last.megabytes:.1f} MB in the last")
    print(f"  files   {grown.files:+8.3f}; {last.files} open in the last")
    print(f"  threads {grown.threads:+8.3f}; {last.threads} running in the last")
    return [f"{title}: {sin}" for sin in grown.sins(MOST_MEGABYTES)]


def main() -> int:
    """Print the slopes; 0 if nothing grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=60.0)
    length.add_argument("--sessions", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--panel", choices=PANELS, default=PANEL)
    parser.add_argument("--samples", action="store_true", help="print every sample too")
    args = parser.parse_args()
    # A kiosk whose meter refuses says so in its log, day by day.
    logging.disable()
    result = run(Length(args.minutes * 60, args.sessions), args.seed, args.panel)
    days, long_days = len(result.days), len(result.long_days)
    print(f"{result.sessions} sessions in {days} short and {long_days} long days, {result.seconds:.0f} s, ", end="")
    print(f"seed {args.seed}")
    sins = _report("a register for each day", [result.days], every_sample=args.samples)
    sins += _report("one register for a long day", result.long_days, every_sample=args.samples)
    frames = result.frames
    print(f"{frames.count} frames: p99 {1000 * frames.share(0.99):.1f} ms, worst {1000 * frames.worst:.1f} ms")
    for sin in sins:
        print(f"grows: {sin}")
    return 1 if sins else 0


if __name__ == "__main__":
    sys.exit(main())
