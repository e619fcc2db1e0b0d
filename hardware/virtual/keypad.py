"""The keypad in front of the virtual meter: a matrix that is scanned, debounced, and ghosts as real ones do.

It has no thread. Closing or opening a contact, and looking at the meter, first works through the scans that were due
since the last time, with the contacts as they were.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.keypad.forms import Layout
from hardware.virtual.faults import OFF_SECONDS, SLOWER, Dice, Fault
from hardware.virtual.meter import VirtualMeter

Places = frozenset[tuple[int, int]]
"""Rows and columns of contacts, from 0."""


@dataclass(frozen=True, slots=True)
class Scan:
    """How the meter's firmware reads its keys: a scan each `period` seconds, `samples` equal ones to believe it."""

    period: float = 0.02
    samples: int = 3

    @property
    def floor(self) -> float:
        """Seconds below which a press, or the gap between two, may be missed."""
        return self.period * self.samples


class ScannedKeypad:
    """Contacts in, debounced presses to the meter out."""

    def __init__(
        self,
        meter: VirtualMeter,
        layout: Layout,
        clock: Callable[[], float],
        scan: Scan = Scan(),
        dice: Dice | None = None,
    ) -> None:
        self._meter = meter
        self._layout = layout
        self._clock = clock
        self._dice = Dice() if dice is None else dice
        slower = SLOWER if Fault.SLOW_SCAN in self._dice.faults else 1
        self._period = scan.period * slower
        self._samples = scan.samples
        self._at = clock()
        self._next_scan = self._at + self._period * self._dice.phase
        self._closed: Places = frozenset()
        self._seen: Places = frozenset()
        self._equal = 0
        self._down: Places = frozenset()
        self._down_since = 0.0
        self._held = False
        self._power_back_at: float | None = None
        meter.beeper.mute = Fault.MUTE in self._dice.faults

    @property
    def meter(self) -> VirtualMeter:
        """The meter as it is now."""
        self.pass_time(self._clock())
        return self._meter

    def close(self, places: Places, at: float) -> None:
        """From the moment `at` these contacts are closed, and no others."""
        self.pass_time(at)
        self._closed = places

    def pass_time(self, now: float) -> None:
        """Work through the scans up to `now`."""
        while self._next_scan <= now:
            at = self._next_scan
            if self._power_back_at is not None and at >= self._power_back_at:
                self._meter.power_on()
                self._power_back_at = None
            seen = self._conducting()
            if seen == self._seen == self._down and self._equal >= self._samples and self._power_back_at is None:
                # Nothing changes any more until the contacts do: jump over the rest, but for a key that is held.
                self._hold(now)
                self._next_scan += self._period * (1 + int((now - at) / self._period))
                break
            self._sample(seen, at)
            self._next_scan += self._period
        self._at = now

    # --- the wires

    def _conducting(self) -> Places:
        """What the matrix shows: contacts on common wires join those wires, and so close a fourth corner."""
        closed = self._closed | ({self._dice.stuck_place} if self._dice.stuck else frozenset())
        if Fault.DEAD_ROW in self._dice.faults:
            closed = frozenset(place for place in closed if place[0] != self._dice.dead_row)
        return _with_ghosts(closed) if len(closed) > 2 else closed

    # --- the firmware

    def _sample(self, seen: Places, at: float) -> None:
        self._equal = self._equal + 1 if seen == self._seen else 1
        self._seen = seen
        if self._equal < self._samples or seen == self._down:
            return
        new = seen - self._down
        self._down, self._down_since, self._held = seen, at, False
        # Two keys at once are no press: the firmware cannot tell which was meant.
        if len(seen) == 1 and new:
            self._press(self._key(next(iter(seen))), at)

    def _hold(self, now: float) -> None:
        long = now - self._down_since >= self._meter.habits.hold_seconds
        if len(self._down) == 1 and long and not self._held:
            self._held = True
            self._meter.held(self._key(next(iter(self._down))))

    def _key(self, place: tuple[int, int]) -> str:
        row, column = place
        there = row < len(self._layout) and column < len(self._layout[row])
        return self._layout[row][column] if there else ""

    def _press(self, key: str, at: float) -> None:
        if not key or not self._meter.powered:
            return
        taken = self._dice.press(key)
        for _ in range(taken.times):
            self._meter.press(key, at)
        if taken.power_cut:
            self._meter.power_off()
            self._power_back_at = at + OFF_SECONDS


def _with_ghosts(closed: Places) -> Places:
    """All places whose row and column are joined through closed contacts."""
    ghosts = set(closed)
    for row, column in closed:
        for other_row, other_column in closed:
            if (row, other_column) in closed and (other_row, column) not in ghosts:
                ghosts.add((other_row, column))
    joined = frozenset(ghosts)
    return joined if joined == closed else _with_ghosts(joined)
