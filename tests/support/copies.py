"""A kiosk's copy as a test keeps it: the plainest one that does what pages tell."""

from dataclasses import dataclass, field
from typing import Protocol

from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.sync import PAGE_OF_COPY, CopiedChange, CopiedMeter, CopyKey, SignedLease, SyncPage
from krn_engine.office.wire.text import LONGEST, to_bytes
from krn_engine.register.audit.sealer import seal_now
from krn_engine.register.database import Register
from krn_engine.register.seal import Seal
from krn_engine.row import Hidden


class Syncs(Protocol):
    """Whatever gives pages."""

    def sync(self, after: str, limit: int) -> SyncPage:
        """See `RemoteOffice.sync`."""
        ...


@dataclass
class Copied:
    """Meters by number; `follow` brings them up to date."""

    office: Syncs
    key: CopyKey
    limit: int = 500
    meters: dict[str, CopiedMeter] = field(default_factory=dict)
    place: str = ""
    pages: list[SyncPage] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)

    def page(self) -> SyncPage:
        """One page, taken in."""
        page = self.office.sync(self.place, self.limit)
        assert page.copy == self.key.copy
        if page.anew:
            self._named = set()
        for meter in page.meters:
            self.meters[meter.meter_number] = meter
            self._named.add(meter.meter_number)
        if page.listed:
            self.meters = {number: meter for number, meter in self.meters.items() if number in self._named}
        self.place = page.next
        self.pages.append(page)
        return page

    def follow(self) -> list[SyncPage]:
        """Pages until there are no more; gives those."""
        before = len(self.pages)
        while self.page().more:
            assert len(self.pages) - before < 1000, "there is no end of it"
        return self.pages[before:]

    def rows(self, number: str) -> dict[str, str]:
        """The rows of each key change of a meter, opened, by its id."""
        return {change.id: self.open(number, change) for change in self.meters[number].changes}

    def open(self, number: str, change: CopiedChange) -> str:
        """The rows of one."""
        seal = Seal(bytes.fromhex(str(self.key.key)))
        return seal.open(change.rows, number, change.from_state, change.to_state, self.key.copy)


class Direct:
    """Pages of an office in this process, for a kiosk of these units; what is committed is sealed before each."""

    def __init__(self, office: LocalOffice, register: Register, *units: str, copy: str = "0" * 16) -> None:
        self._office = office
        self._register = register
        self._units = units
        self.key = CopyKey("kiosk", copy, Hidden("11" * 32), "00" * 32)

    def sync(self, after: str, limit: int) -> SyncPage:
        """See `RemoteOffice.sync`; its lease is none."""
        seal_now(self._register)
        seal = Seal(bytes.fromhex(str(self.key.key)))
        page = self._office.pages.page(self._units, self.key.copy, seal, after, limit)
        told = {name: getattr(page, name) for name in ("anew", "listed", "meters", "next", "more", "left_out", "as_of")}
        written = PAGE_OF_COPY.write(SyncPage(copy=self.key.copy, lease=SignedLease("{}", "0" * 128), **told))
        assert len(to_bytes(written)) < LONGEST
        return PAGE_OF_COPY.read(written)


def copied(office: LocalOffice, register: Register, *units: str, limit: int = 500, **other: str) -> Copied:
    """A copy of these units that has not begun."""
    asked = Direct(office, register, *units, **other)
    return Copied(asked, asked.key, limit)


def told(copy: Copied) -> dict[str, tuple[object, ...]]:
    """What a copy has, rows opened."""
    return {
        number: (meter.found, meter.code, meter.first, meter.krn_before, copy.rows(number))
        for number, meter in copy.meters.items()
    }
