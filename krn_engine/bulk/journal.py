"""What is done of a job, on disk and closed: whoever runs the same job again after a kill goes on behind it.

The rows that a job has made so far lie in one file beside the one that they will be in, encrypted (AES-256 in
Galois/Counter Mode, NIST SP 800-38D) under a key that follows from the vending keys by HMAC-SHA-256. So it opens for
who has the vault, and could make all of its rows again, and for nobody else. Each record is bound to the job and to its
place; what a kill has left half written is cut off.
"""

import fcntl
import hashlib
import hmac
import json
import os
import stat
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from io import FileIO
from pathlib import Path
from typing import Self

from Crypto.Cipher import AES

from krn_engine.bulk.batch import Position
from krn_engine.bulk.errors import JobRuns, OutputExists
from krn_engine.issuing.vault import Vault

_KIND = b"krn-bulk-"
"""What the records of any job begin with, whichever version wrote them."""
_MARK = _KIND + b"2"
_NONCE_BYTES, _TAG_BYTES = 12, 16
_LENGTH = struct.Struct(">I")
_PARTS = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many meters have rows, and how many were refused, by code."""

    made: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def of_any(self) -> bool:
        """Whether there was any meter."""
        return bool(self.made or self.refused)

    def and_also(self, other: "Counts") -> "Counts":
        """The sums of both."""
        return Counts(self.made + other.made, dict(Counter(self.refused) + Counter(other.refused)))


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one batch."""

    end: Position
    counts: Counts
    lines: bytes
    report: bytes


def journal_key(vault: Vault | None) -> bytes | None:
    """The key of a job's records; None where there are no vending keys from which it could follow."""
    if vault is None or not vault.keys:
        return None
    return hmac.digest(b"".join(sorted(entry.key.value for entry in vault.keys)), _MARK, "sha256")


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _no_journal(path: Path) -> OutputExists:
    return OutputExists(
        f"what is done of the job is kept at {path}, and there is something else, which is left as it is: move it, or "
        "name another file for the rows"
    )


def _opened(path: Path) -> FileIO:
    """Raises OutputExists where there is no plain file, nor nothing, and OSError."""
    try:
        # No link is followed, and no pipe is waited for.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError:
        if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
            raise _no_journal(path) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_journal(path)
    return FileIO(descriptor, "r+b")


class Journal:
    """The records of one job, which is named by a digest of all that it is asked for. Close it."""

    def __init__(self, path: Path, job: bytes, key: bytes | None) -> None:
        """Open it, or begin it anew if it is another job's. Without a key nothing could be closed, or gone on with.

        Raises JobRuns if another process has it open, OutputExists for a file that is no job's, and OSError.
        """
        self.path = path
        self._key = os.urandom(32) if key is None else hmac.digest(key, job, "sha256")
        self._head = _MARK + hashlib.sha256(job).digest()
        self._file = _opened(path)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is_still(path, self._file.fileno()):
                # Who had it has finished in between, and took it away.
                raise BlockingIOError
        except BlockingIOError:
            self._file.close()
            raise JobRuns(f"another process works on {path}: wait for it, or name another file") from None
        self.end = Position()
        self.counts = Counts()
        self._number = 0
        size = len(self._head)
        head = self._file.read(size)
        if not (head.startswith(_KIND) or _KIND.startswith(head)):
            self._file.close()
            raise _no_journal(path)
        self.was_of_another = bool(head) and head != self._head
        """Whether parts of another job were here, which are gone now."""
        if head == self._head:
            for part in self._parts():
                self.end, self.counts = part.end, self.counts.and_also(part.counts)
                self._number += 1
                size = self._file.tell()
        else:
            self._file.seek(0)
            self._file.write(self._head)
        self._file.truncate(size)
        self._file.seek(size)

    def add(self, part: Part) -> None:
        """Put a part on disk. Raises OSError."""
        told = json.dumps({"end": asdict(part.end), "counts": asdict(part.counts)}).encode()
        content = b"".join((_PARTS.pack(len(told), len(part.lines)), told, part.lines, part.report))
        cipher = self._cipher(nonce := os.urandom(_NONCE_BYTES))
        encrypted, tag = cipher.encrypt_and_digest(content)
        record = b"".join((_LENGTH.pack(len(encrypted)), nonce, encrypted, tag))
        left = memoryview(record)
        while left:
            # What is not written at once is written, or refused with its reason, the next time.
            left = left[self._file.write(left) :]
        os.fsync(self._file.fileno())
        self.end, self.counts = part.end, self.counts.and_also(part.counts)
        self._number += 1

    def parts(self) -> Iterator[Part]:
        """All parts, the first first."""
        self._file.seek(len(self._head))
        number, self._number = self._number, 0
        for part in self._parts():
            yield part
            self._number += 1
        self._number = number

    def _parts(self) -> Iterator[Part]:
        """Those from here on, up to one that is not whole."""
        while len(length := self._file.read(_LENGTH.size)) == _LENGTH.size:
            size = _LENGTH.unpack(length)[0]
            record = self._file.read(_NONCE_BYTES + size + _TAG_BYTES)
            if len(record) < _NONCE_BYTES + size + _TAG_BYTES:
                return
            cipher = self._cipher(record[:_NONCE_BYTES])
            try:
                content = cipher.decrypt_and_verify(record[_NONCE_BYTES:-_TAG_BYTES], record[-_TAG_BYTES:])
            except ValueError:
                return
            told_size, lines_size = _PARTS.unpack_from(content)
            lines_at = _PARTS.size + told_size
            told = json.loads(content[_PARTS.size : lines_at])
            lines, report = content[lines_at : lines_at + lines_size], content[lines_at + lines_size :]
            yield Part(Position(**told["end"]), Counts(**told["counts"]), lines, report)

    def _cipher(self, nonce: bytes) -> "AES.GcmMode":  # type: ignore[name-defined]
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=nonce, mac_len=_TAG_BYTES)
        cipher.update(self._head + self._number.to_bytes(8, "big"))
        return cipher

    @property
    def is_bare(self) -> bool:
        """Whether nothing of a part is on disk, not even of one that is being written."""
        return os.fstat(self._file.fileno()).st_size <= len(self._head)

    def remove(self) -> None:
        """The job is done: nothing of it stays here."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let another process have it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
