"""A kiosk goes to another office: what it has for the one before stays in a folder of its own, for that one alone."""

from datetime import datetime
from pathlib import Path

from krn_engine.durable import sync_folder
from krn_engine.office.offline import mark
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.file import NAME
from krn_engine.office.offline.processes import Processes
from krn_engine.office.offline.tables import Kept
from krn_engine.register.errors import RegisterFull

_FOLDER = "outbox-left-"


def facts_in(folder: Path) -> int:
    """How many facts wait there, or were refused. Raises what a disk refuses."""
    if not (folder / NAME).exists():
        return 0
    with Copy(folder) as copy:
        return sum(copy.count())


def leave(folder: Path, at: datetime) -> Path | None:
    """Begin anew with an empty copy. Gives the folder in which the outbox of before is; None: there was nothing in it.

    The key and the records of the office before are destroyed, as for a kiosk that is revoked; the facts are readable
    without. Raises what a disk refuses, RegisterFull among it; no fact is lost then.
    """
    with Copy(folder) as copy:
        holds = sum(copy.count()) > 0 or copy.kept(Kept.LOST) is not None
        copy.revoke(at)
    aside = folder / f"{_FOLDER}{at:%Y%m%dT%H%M%S%f}" if holds else None
    processes = Processes(folder)
    try:
        with processes.alone():
            _move(folder, aside)
    except OSError as error:
        raise RegisterFull(f"the outbox cannot be left aside ({error.strerror}): look at the card") from error
    finally:
        processes.close()
    Copy(folder).close()
    return aside


def _move(folder: Path, aside: Path | None) -> None:
    """The mark first: without the outbox that it is of it would tell of a loss."""
    if aside is not None:
        aside.mkdir(mode=0o700)
    for name in (mark.NAME, NAME):
        if aside is None:
            (folder / name).unlink(missing_ok=True)
        elif (folder / name).exists():
            (folder / name).replace(aside / name)
        sync_folder(folder)
    if aside is not None:
        sync_folder(aside)
