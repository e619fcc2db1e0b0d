"""What the kiosks of the crash campaign hold where their office is across a network."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Patience, Way
from krn_engine.office.contract import Office
from krn_engine.office.offline.keeper import Rhythm
from krn_engine.office.offline.office import OfflineOffice
from krn_engine.office.offline.opening import offline_office

LINK, COPY = "link.json", "copy"
"""Names in the folder of a kiosk: where its office is, with its token; the folder of its copy."""
PATIENCE = Patience(connect=0.5, read=1.0, whole=2.0)
"""On one machine all is near, and a campaign has no time for more."""
RHYTHM = Rhythm(sync=1.0, first=0.1, longest=1.0, impatient=0.1)


@contextmanager
def remote(folder: Path) -> Iterator[Office]:
    """The office alone."""
    with _reached(folder) as office:
        yield office


@contextmanager
def offline(folder: Path) -> Iterator[Office]:
    """The office, and the kiosk's copy of it."""
    with copied(folder) as office:
        yield office


@contextmanager
def copied(folder: Path, *, keeps: bool = True) -> Iterator[OfflineOffice]:
    """The same; without a keeper nothing is delivered by itself."""
    (folder / COPY).mkdir(exist_ok=True)
    with _reached(folder) as office, offline_office(office, folder / COPY, rhythm=RHYTHM, keeps=keeps) as held:
        yield held


@contextmanager
def _reached(folder: Path) -> Iterator[RemoteOffice]:
    link = json.loads((folder / LINK).read_text())
    with closing(Way(link["url"], patience=PATIENCE)) as way:
        yield RemoteOffice(way, lambda: str(link["token"]))
