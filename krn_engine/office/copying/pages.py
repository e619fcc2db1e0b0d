"""Pages of a copy: first every meter of some units, then whatever something became of since."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.copying import feed
from krn_engine.office.copying.cursor import Place, basis_of
from krn_engine.office.copying.entries import Copy, entries_of, most_bytes
from krn_engine.office.copying.units import Units
from krn_engine.office.remaining import Given
from krn_engine.office.wire.sync import CopiedMeter
from krn_engine.office.wire.text import LONGEST
from krn_engine.register.database import Register
from krn_engine.register.seal import Seal

_SCAN = 2000
"""Meters of the register that are looked through at once for those of some units."""
_SCANNED = 20_000
"""And so many of them for one page: a page may have few meters, or none, and there are more."""
_ROOM = LONGEST - 100_000
"""Bytes that the meters of one page may have, beside what else is in it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a kiosk is told at once: `SyncPage` without what depends on who asks."""

    anew: bool
    listed: bool
    meters: tuple[CopiedMeter, ...]
    next: str
    more: bool
    left_out: int
    as_of: datetime


class Pages:
    """Makes pages of a register. `clock` gives aware times."""

    def __init__(self, register: Register, campaign: Campaign, sources: Sources, clock: Callable[[], datetime]) -> None:
        self._register = register
        self._campaign = campaign
        self._sources = sources
        self._clock = clock

    def page(self, names: tuple[str, ...], copy_name: str, seal: Seal, after: str, limit: int) -> Page:
        """The page behind `after`, for a copy of these units; without any, of all.

        A place that is not one of this copy begins the list anew. Raises SealedElsewhere, SourceDown, SourceLocked,
        AnswerLost, and what reading the register raises.
        """
        as_of = self._clock()
        basis = basis_of(copy_name, names, self._campaign)
        copy = Copy(copy_name, seal, Units(names))
        place = Place.read(after, basis)
        given = Given(self._sources, as_of, self._register.keeper)
        with self._register.read() as connection:
            self._register.require_key(connection)
            if place is not None and (place.is_too_old(as_of) or not feed.is_there(connection, place.seq, place.hash)):
                place = None
            work = _Work(connection, copy, self._campaign, given, limit)
            page = None
            if place is not None:
                page = work.listing(place) if place.is_in_list else work.news(place)
            if page is None:
                page = replace(work.listing(_beginning(connection, as_of)), anew=True)
        return Page(page.anew, page.listed, page.meters, page.place.written(basis), page.more, page.left_out, as_of)


def _beginning(connection: Connection, at: datetime) -> Place:
    """What becomes of a meter while the list is told, has an entry behind this place: it is told again."""
    seq, hash_ = feed.head(connection)
    return Place(seq, hash_, int(at.timestamp()), is_in_list=True, after_meter=0)


@dataclass(frozen=True, slots=True)
class _Told:
    meters: tuple[CopiedMeter, ...]
    place: Place
    more: bool
    left_out: int
    listed: bool = False
    anew: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """One page in the making, at one moment of the register."""

    connection: Connection
    copy: Copy
    campaign: Campaign
    given: Given
    limit: int

    def listing(self, place: Place) -> _Told:
        """The next meters of the list."""
        ids: list[int] = []
        last, is_all = place.after_meter, False
        for _ in range(_SCANNED // _SCAN):
            found, scanned = self.copy.units.next_meters(self.connection, last, _SCAN)
            ids += found
            is_all = scanned is None
            last = last if scanned is None else scanned
            if is_all or len(ids) >= self.limit:
                break
        if len(ids) > self.limit:
            is_all, ids = False, ids[: self.limit]
            last = ids[-1]
        meters, left_out, cut = self._entries(ids)
        if cut is not None:
            is_all, last = False, cut - 1
        place = replace(place, is_in_list=not is_all, after_meter=0 if is_all else last)
        return _Told(meters, place, True, left_out, listed=is_all)

    def news(self, place: Place) -> _Told | None:
        """Meters that something became of; None: the list is to be begun anew."""
        news = feed.news(self.connection, place.seq, place.hash, place.after_meter, self.copy.units)
        if news is None:
            return None
        ids = list(news.meters)
        next_one = ids[self.limit] if len(ids) > self.limit else None
        meters, left_out, cut = self._entries(ids[: self.limit])
        next_one = next_one if cut is None else cut
        if next_one is None:
            end = replace(place, seq=news.seq, hash=news.hash, after_meter=0)
            return _Told(meters, end, news.more, left_out)
        seq, hash_ = news.meters[next_one]
        return _Told(meters, replace(place, seq=seq, hash=hash_, after_meter=next_one - 1), True, left_out)

    def _entries(self, ids: Iterable[int]) -> tuple[tuple[CopiedMeter, ...], int, int | None]:
        """Entries of these meters, how many were left out, and the first that had no room; None: all had."""
        told: list[CopiedMeter] = []
        left_out = size = 0
        for meter_id, entry in entries_of(self.connection, list(ids), self.copy, self.campaign, self.given):
            if entry is None:
                left_out += 1
                continue
            size += most_bytes(entry)
            if size > _ROOM and told:
                return tuple(told), left_out, meter_id
            told.append(entry)
        return tuple(told), left_out, None
