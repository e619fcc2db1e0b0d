"""The token of this kiosk, on its own disk: read once, exchanged for the next one in time, never shown."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

from krn_engine.durable import replace_file
from krn_engine.office.net_errors import NotEnrolled, TokenNotKept, WireBroken
from krn_engine.office.wire.asked import ENROLLED, Enrolled
from krn_engine.office.wire.text import from_bytes, to_bytes

NAME = "office-token"
"""The file's name, in the folder of what a kiosk remembers."""
LONGEST = 65536
_ENROL = "enrol this kiosk with krn setup and a code of the office (krn office enrol)"


class Rotates(Protocol):
    """What gives the next token: `RemoteOffice`."""

    def rotate(self) -> Enrolled:
        """The next token; the one at hand is good until that was used, and for a day after."""
        ...


class KeptToken:
    """The token that requests are made with, and its file. Call it for the token of now; several threads may.

    A file that somebody else renewed (krn setup) counts from then on, without a restart.
    """

    def __init__(self, path: Path, known: Enrolled) -> None:
        self._path = path
        self._known = known
        self._seen = _version(path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What is kept. Raises NotEnrolled."""
        try:
            with path.open("rb") as file:
                content = file.read(LONGEST)
        except FileNotFoundError:
            raise NotEnrolled(f"this kiosk keeps no token of its office: {_ENROL}") from None
        except OSError as error:
            raise NotEnrolled(f"the token of this kiosk cannot be read ({error.strerror}): {_ENROL}") from error
        try:
            return cls(path, ENROLLED.read(from_bytes(content)))
        except WireBroken:
            raise NotEnrolled(f"the token of this kiosk is damaged: {_ENROL}") from None

    @classmethod
    def keep(cls, path: Path, enrolled: Enrolled) -> Self:
        """Put a token on the disk, readable by its owner alone: the one before, or this one, is there whole.

        Raises TokenNotKept; what was kept before is then as it was.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(path, to_bytes(ENROLLED.write(enrolled)))
        except OSError as error:
            raise TokenNotKept(
                f"the token of this kiosk cannot be kept ({error.strerror}): make room, and look at its folder's owner"
            ) from error
        return cls(path, enrolled)

    def __call__(self) -> str:
        """The token of now."""
        return str(self.known.token)

    @property
    def known(self) -> Enrolled:
        """Whose token it is, and until when it is good."""
        version = _version(self._path)
        if version is not None and version != self._seen:
            self._seen = version
            with suppress(NotEnrolled):
                # What cannot be read takes nothing away from a kiosk that runs: the next start tells of it.
                self._known = self.read(self._path)._known
        return self._known

    def is_due(self, now: datetime) -> bool:
        """Whether it is time for the next one."""
        return now >= self.known.rotate_at

    def left(self, now: datetime) -> timedelta:
        """How long it is good still, if nobody revokes it; negative: it has ended."""
        return self.known.expires_at - now

    def rotate_if_due(self, office: Rotates, now: datetime) -> bool:
        """Fetch the next one where it is time. True if that was done.

        The next one is on the disk before anything is asked with it. If it is lost on the way, by a crash or a cut
        line, the one at hand is good as before, and asks again. Raises what `rotate` raises, and TokenNotKept.
        """
        if not self.is_due(now):
            return False
        kept = self.keep(self._path, office.rotate())
        self._known, self._seen = kept._known, kept._seen
        return True


def _version(path: Path) -> tuple[int, int] | None:
    """Tells two files of one name apart; None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
