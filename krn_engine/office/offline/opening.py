"""All of a kiosk's offline work in one: its copy, its outbox, and what keeps both up to date."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.keeper import Keeper, Rhythm
from krn_engine.office.offline.line import Remote
from krn_engine.office.offline.office import OfflineOffice


@contextmanager
def offline_office(
    remote: Remote,
    folder: Path,
    *,
    secret: bytes | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    rhythm: Rhythm | None = None,
    damaged: Callable[[], None] = lambda: None,
    refused: Callable[[str], None] = lambda _code: None,
    keeps: bool = True,
) -> Iterator[OfflineOffice]:
    """The office that a kiosk holds, with its files in `folder`; ended cleanly, with what waits on disk.

    `secret` is the machine's, 32 bytes, under which the key of the copy lies. `damaged` is called when a damaged copy
    was given up, `refused` with the code of each fact that the office does not take. `keeps`: a thread delivers and
    synchronises meanwhile; a command that is over in a moment needs none.
    Raises RegisterFull, RegisterReadOnly, RegisterBusy, RegisterFailed.
    """
    with Copy(folder, secret, damaged) as copy:
        office = OfflineOffice(remote, copy, clock)
        office.on_refused(refused)
        if not keeps:
            yield office
            return
        keeper = Keeper(office, rhythm)
        office.on_something(keeper.wake)
        keeper.begin()
        try:
            yield office
        finally:
            keeper.end()
