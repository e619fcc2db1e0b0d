"""Pages of a list that grows at its head: a cursor names the next entry by its time, so nothing moves meanwhile."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from krn_engine.office.contract import HistoryEntry
from krn_engine.office.wire.asked import HistoryPage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def page_of(entries: Sequence[HistoryEntry], after: str, limit: int) -> HistoryPage:
    """At most `limit` of the entries, which are the newest first, from a cursor on."""
    placed = list(_placed(entries))
    if after:
        sign, _, rest = after.rpartition("-")
        begins = (-int(sign), int(rest))
        placed = [(place, entry) for place, entry in placed if place >= begins]
    shown = placed[:limit]
    ends = ""
    if len(placed) > limit:
        (minus, rank), _ = placed[limit]
        ends = f"{-minus}-{rank}"
    return HistoryPage(tuple(entry for _, entry in shown), ends)


def _placed(entries: Sequence[HistoryEntry]) -> list[tuple[tuple[int, int], HistoryEntry]]:
    """Each entry with its place: minus its microseconds since 1970, and which of that same time it is."""
    placed: list[tuple[tuple[int, int], HistoryEntry]] = []
    for entry in entries:
        minus = -((entry.at - _EPOCH) // _MICROSECOND)
        rank = placed[-1][0][1] + 1 if placed and placed[-1][0][0] == minus else 0
        placed.append(((minus, rank), entry))
    return placed
