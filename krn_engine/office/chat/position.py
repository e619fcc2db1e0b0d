"""Where somebody is in the rows of one meter: what is in by their word and by that of others, and the row in hand."""

from dataclasses import dataclass

from krn_engine.office.chat.message import Known
from krn_engine.office.chat.states import DISPLAY, DONE
from krn_engine.office.chat.understood import Verdict
from krn_engine.office.contract import Issued


@dataclass(frozen=True, slots=True)
class Named:
    """Rows that somebody names; `missing` is the first that this meter has not."""

    first: int
    last: int
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """By the rows that were issued and what is known of the chat. Rows have the numbers of the slip."""

    issued: Issued
    known: Known

    @property
    def last(self) -> int:
        """The last of all rows."""
        return self.issued.pairs[-1][1]

    def reached(self, done: int) -> int:
        """Up to which row all is in if those up to `done` are: what others said behind them counts."""
        known = self.known
        reached = done
        for change, (first, last) in zip(self.issued.changes, self.issued.pairs, strict=True):
            if first == reached + 1 and (change.done or (change.claimed and (not known.alone or last <= known.own))):
                reached = last
        return reached

    def proved(self, done: int) -> int:
        """Up to which row all is in if those up to `done` are, and of those behind them only what is proved counts."""
        reached = max(done, self.issued.first - 1)
        for change, (first, last) in zip(self.issued.changes, self.issued.pairs, strict=True):
            if change.done and first <= reached + 1:
                reached = max(reached, last)
        return reached

    @property
    def row(self) -> int:
        """The row in hand: what the last answer was about, or the first that is not in."""
        said = self.known.said
        row = said if said is not None and self.issued.first <= said <= self.last else None
        if row is None:
            row = min(max(self.known.done + 1, self.issued.first), self.last)
        while self.issued.changes[self.change_of(row)].done and self.pair_of(row)[1] < self.last:
            # It was proved elsewhere.
            row = self.pair_of(row)[1] + 1
        return row

    @property
    def in_hand(self) -> tuple[int, int]:
        """The row in hand, and the last row of its pair; the whole pair where they look at the display by now."""
        row = self.row
        if self.known.state in (DISPLAY, DONE):
            return self.pair_of(row)
        return row, self.pair_of(row)[1]

    def change_of(self, row: int) -> int:
        """The place of a row's key change in `Issued.changes`; -1: no row has this number."""
        return next((place for place, (_, last) in enumerate(self.issued.pairs) if row <= last), -1)

    def pair_of(self, row: int) -> tuple[int, int]:
        """The first and the last row of a row's key change."""
        return self.issued.pairs[self.change_of(row)]

    def named(self, verdict: Verdict) -> Named:
        """Which rows are meant."""
        issued = self.issued
        if verdict.whole:
            return Named(issued.first, self.last)
        if verdict.pairs:
            before = (issued.first - 1) // len(issued.changes[0].rows)
            places = [number - 1 - before for number in verdict.pairs]
            if places[-1] >= len(issued.pairs):
                return Named(0, 0, self.last + 1)
            spans = [issued.pairs[max(place, 0)] for place in places]
            return Named(spans[0][0], spans[-1][1])
        if verdict.rows:
            missing = next((row for row in verdict.rows if not 0 < row <= self.last), None)
            return Named(verdict.rows[0], verdict.rows[-1], missing)
        row, last = self.in_hand
        return Named(row, last)
