"""A kiosk's copy and outbox as they lie on a card that takes nothing any more: staff read what must be rescued.

SQLite writes beside a file that it reads (its log has an index), so on such a card it opens nothing. What is there is
read into the machine's memory and opened there. The card stays as it is, and the key of the copy stays on it.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.file import NAME
from krn_engine.register.errors import RegisterReadOnly

MEMORY = Path("/dev/shm")  # noqa: S108  a folder of the machine's memory; a name in it is made that nobody else has
_LOG = f"{NAME}-wal"


@contextmanager
def readable_copy(folder: Path) -> Iterator[tuple[Copy, bool]]:
    """The copy of a folder, and whether that can be written; what is put into one that can not is lost.

    Raises what a disk refuses: RegisterReadOnly only where there is no file, or none that may be read.
    """
    try:
        copy = Copy(folder)
    except RegisterReadOnly:
        if not (folder / NAME).is_file():
            raise
    else:
        with copy:
            yield copy, True
        return
    with tempfile.TemporaryDirectory(prefix="krn-outbox-", dir=MEMORY if MEMORY.is_dir() else None) as beside:
        try:
            _bring(folder, Path(beside))
        except OSError as error:
            raise RegisterReadOnly(
                f"the outbox of {folder} cannot be read ({error.strerror}): do it as root"
            ) from error
        with Copy(Path(beside)) as copy:
            yield copy, False


def _bring(folder: Path, to: Path) -> None:
    """As one moment has it, where a kiosk writes meanwhile that another user runs. Raises OSError."""
    file = folder / NAME
    try:
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(to / NAME)) as target,
        ):
            source.backup(target)
    except sqlite3.Error:
        # Damaged, or nobody has it open: then its log lies beside, and both stand still.
        for name in (NAME, _LOG):
            if (folder / name).exists():
                shutil.copyfile(folder / name, to / name)
