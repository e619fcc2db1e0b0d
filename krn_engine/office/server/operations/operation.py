"""What one operation of the service is, and what it is asked with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from krn_engine.office.access.callers import Known
from krn_engine.office.contract import Office
from krn_engine.office.placed import PlacedOffice
from krn_engine.office.server.service import Service
from krn_engine.office.units import OfficeOfUnits
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.shapes import Shape

AT_METERS = frozenset({Scope.KIOSK, Scope.OFFICER})
KIOSK = frozenset({Scope.KIOSK})
EVERYBODY = frozenset(Scope)
ADMIN = frozenset({Scope.ADMIN})
NOBODY: frozenset[Scope] = frozenset()
"""No token is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read."""

    service: Service
    known: Known | None
    """Who asks; None where no token is asked for."""
    body: Any = None
    """The value of the operation's `body`."""
    name: UUID | None = None
    """The UUID of the path."""
    caller: str = ""
    """The name of a caller in the path."""
    query: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    """Where from, hashed."""

    @property
    def office(self) -> Office:
        """The office as this caller sees it, and writes to it."""
        return self.office_of()

    def office_of(self, said_at: datetime | None = None) -> Office:
        """The same; `said_at`: when it was so by the caller's own clock, if that is not now."""
        office = self.service.office.acting_for(self.actor, said_at)
        if self.known is None:
            return office
        placed = PlacedOffice(office, self.known.name)
        return self.within(placed, self.known) if self.known.units else placed

    def within(self, office: Office, known: Known) -> OfficeOfUnits:
        """The same within the units of this caller."""
        return OfficeOfUnits(office, self.service.register, known.units, known.name)

    @property
    def actor(self) -> str:
        """Who asks, for the audit."""
        return "" if self.known is None else self.known.name


OF_STRANGERS = 4 * 1024
"""Bytes of the body of whoever has no token."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    scopes: frozenset[Scope]
    do: Callable[[Asked], Any]
    body: Shape[Any] | None = None
    answer: Shape[Any] | None = None
    """None: it is answered with nothing (204)."""
    query: Mapping[str, tuple[Shape[Any], Any]] = field(default_factory=dict)
    """Parameters with their defaults."""
    refusals: tuple[int, ...] = ()
    """Statuses of refusals beside those of every operation."""
    longest_body: int = 64 * 1024
    """Bytes. The longest request of most, a code for a caller of a thousand units, is below."""

    @property
    def most_bytes(self) -> int:
        """The same; where anybody may ask, whom nobody knows yet, it is a name and a secret."""
        return self.longest_body if self.scopes else min(self.longest_body, OF_STRANGERS)
