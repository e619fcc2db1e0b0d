"""One request for a page by somebody who is signed in, and what a page answers it with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from krn_engine.office.access.callers import Known
from krn_engine.office.contract import Office
from krn_engine.office.placed import PlacedOffice
from krn_engine.office.server.front import Trace
from krn_engine.office.server.service import Service
from krn_engine.office.units import OfficeOfUnits
from krn_engine.office.web.multipart import Sent
from krn_engine.office.web.sealing import LASTS, Seal
from krn_engine.office.web.uploads import Uploads
from krn_engine.office.words.texts import Texts

ROOT = "/web"
"""Where the pages are."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, made of a template and what it shows; the template finds `frame` beside these."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """The browser goes on to this address, by GET: to load it again does nothing twice."""

    path: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something that a page shows or offers, such as a picture."""

    content: bytes = field(repr=False)
    media_type: str
    file_name: str = ""
    """Where it is to be kept as a file: its name."""


Answer = Shown | Moved | Drawn


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is asked with."""

    service: Service
    known: Known
    """Who asks."""
    say: Texts
    trace: Trace
    seal: Seal
    uploads: Uploads
    page: str
    handle: str = ""
    """What stands behind the page's name in the address; sealed, but for what is no secret."""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of a form, by their names; all that the page knows are there."""
    upload: Sent | None = None
    """The file of a form that had one."""

    def office(self) -> Office:
        """The office as this person sees it, and writes to it."""
        acting = PlacedOffice(self.service.office.acting_for(self.known.name), self.known.name)
        if not self.known.units:
            return acting
        return OfficeOfUnits(acting, self.service.register, self.known.units, self.known.name)

    def link(self, page: str, **told: Any) -> str:
        """The address of a page about something that no address may tell: sealed, for this person."""
        return f"{ROOT}/{page}/{self.seal.close(page, self.known.name, told)}"

    def told(self, lasts: timedelta = LASTS) -> dict[str, Any]:
        """What `link` was given for this page. Raises PageOver."""
        return self.seal.open(self.page, self.known.name, self.handle, lasts)

    def about(self, meter_number: str) -> str:
        """Have the log tell, by a hash, that this request is about a meter; gives the number as it is."""
        self.trace.meter = self.service.log.hashed(meter_number)
        return meter_number


def path_of(page: str) -> str:
    """The address of a page that needs nothing to be told."""
    return f"{ROOT}/{page}"
