"""Lists that people sent and have not accepted yet: in files that nobody reads, not even who owns the machine's disk.

Each is sealed under a key of its own, which stands in the address of the page that asks for acceptance and nowhere
else. In the clear a list is in memory alone, while it is read. What waits for too long is thrown away.
"""

import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from krn_engine.office.web.errors import ListGone, ListTooLarge

LONGEST = 32 * 1024 * 1024
"""Bytes of a list: some 300,000 lines. A longer one goes in on the office's own machine (`krn office import`)."""
LASTS = 60 * 60
"""Seconds."""
_KEY_BYTES, _NONCE_BYTES = 32, 12
_LENGTH_BYTES = 4
_PART = 64 * 1024
_NOTE, _NOTED = b"note", ".note"
_GONE = "this list is no longer kept: it went in, was thrown away, or waited for more than an hour. Send it again"


@dataclass(frozen=True, slots=True)
class Kept:
    """How a list that was sent is found again: whoever has both may read it."""

    name: str
    key: str = field(repr=False)


class Writing:
    """A list that comes in, part by part."""

    def __init__(self, folder: Path) -> None:
        self.kept = Kept(secrets.token_hex(16), secrets.token_hex(_KEY_BYTES))
        self._path = folder / self.kept.name
        self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._cipher = AESGCM(bytes.fromhex(self.kept.key))
        self._parts = 0
        self._waiting = bytearray()
        self.size = 0
        """Bytes so far."""

    def add(self, part: bytes) -> None:
        """The next bytes. Raises ListTooLarge."""
        self.size += len(part)
        if self.size > LONGEST:
            raise ListTooLarge(
                f"a list has {LONGEST // 2**20} MiB at most here: load a longer one on the office's own machine "
                "(krn office import)"
            )
        # Some come line by line.
        self._waiting += part
        if len(self._waiting) >= _PART:
            self._write()

    def end(self) -> Kept:
        """All of the list is there: close its file. Raises OSError."""
        if self._waiting:
            self._write()
        os.write(self._file, bytes(_LENGTH_BYTES) + self._cipher.encrypt(_nonce(self._parts), b"", b"end"))
        os.close(self._file)
        return self.kept

    def _write(self) -> None:
        # Its place is part of the nonce: no part can be left out, or put where another one was.
        closed = self._cipher.encrypt(_nonce(self._parts), bytes(self._waiting), None)
        self._parts += 1
        self._waiting.clear()
        os.write(self._file, len(closed).to_bytes(_LENGTH_BYTES, "big") + closed)

    def give_up(self) -> None:
        """The list did not come to an end, or is not wanted: take its file away."""
        with suppress(OSError):
            os.close(self._file)
        self._path.unlink(missing_ok=True)


class Uploads:
    """The folder of such lists, which all processes of one office have."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = Path(tempfile.gettempdir()) / f"krn-office-lists-{os.geteuid()}" if folder is None else folder

    def begin(self) -> Writing:
        """A new list. Raises ListGone where the folder is somebody else's."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise ListGone("the folder in which lists wait is not this service's alone: have the machine looked at")
        self._throw_away_old()
        return Writing(self._folder)

    @contextmanager
    def opened(self, kept: Kept, suffix: str) -> Iterator[Path]:
        """A path at which the list can be read, in memory alone; `suffix` is that of its name. Raises ListGone."""
        memory = os.memfd_create("list", os.MFD_CLOEXEC)
        # A path of ours, which says by its name what the list is, and holds nothing.
        link = self._folder / f"{kept.name}-{secrets.token_hex(4)}{suffix}"
        try:
            self._open(kept, memory)
            link.symlink_to(f"/proc/{os.getpid()}/fd/{memory}")
            yield link
        finally:
            link.unlink(missing_ok=True)
            os.close(memory)

    def _open(self, kept: Kept, into: int) -> None:
        cipher = AESGCM(bytes.fromhex(kept.key))
        number = 0
        try:
            with (self._folder / kept.name).open("rb") as file:
                while length := int.from_bytes(_all(file.read(_LENGTH_BYTES), _LENGTH_BYTES), "big"):
                    part = cipher.decrypt(_nonce(number), file.read(length), None)
                    number += 1
                    while part:
                        part = part[os.write(into, part) :]
                cipher.decrypt(_nonce(number), file.read(), b"end")
        except (OSError, InvalidTag):
            raise ListGone(_GONE) from None

    def note(self, kept: Kept, told: bytes) -> None:
        """Keep what was found out about a list, sealed beside it."""
        nonce = os.urandom(_NONCE_BYTES)
        # The first bit is never set in the nonces of parts.
        nonce = bytes((nonce[0] | 0x80,)) + nonce[1:]
        closed = nonce + AESGCM(bytes.fromhex(kept.key)).encrypt(nonce, told, _NOTE)
        file = self._folder / f"{kept.name}{_NOTED}"
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
            opened.write(closed)

    def noted(self, kept: Kept) -> bytes:
        """What `note` kept of a list. Raises ListGone."""
        try:
            closed = (self._folder / f"{kept.name}{_NOTED}").read_bytes()
            return AESGCM(bytes.fromhex(kept.key)).decrypt(closed[:_NONCE_BYTES], closed[_NONCE_BYTES:], _NOTE)
        except (OSError, InvalidTag):
            raise ListGone(_GONE) from None

    def throw_away(self, kept: Kept) -> None:
        """A list went in, or is not wanted: nothing of it is kept."""
        for end in ("", _NOTED):
            (self._folder / f"{kept.name}{end}").unlink(missing_ok=True)

    def _throw_away_old(self) -> None:
        long_ago = time.time() - LASTS
        for file in self._folder.iterdir():
            with suppress(OSError):
                if file.lstat().st_mtime < long_ago:
                    file.unlink()


def _all(content: bytes, length: int) -> bytes:
    if len(content) != length:
        raise InvalidTag
    return content


def _nonce(number: int) -> bytes:
    """The key is used for one list alone, so a count is never used twice."""
    return number.to_bytes(_NONCE_BYTES, "big")
