"""Who can read a file of rows: public keys in the age format, whose specification is at age-encryption.org/v1."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyrage

from krn_engine.bulk.errors import RecipientInvalid

_KEY = "age1"


class Readable(Protocol):
    """What is read bit by bit."""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, fewer at its end; none behind it."""
        ...


def recipients_of(given: Sequence[str]) -> tuple[str, ...]:
    """Public keys; what is none is a file with one in each line, where `#` begins a remark.

    Raises RecipientInvalid.
    """
    found: list[str] = []
    for word in given:
        for where, key in [("", word)] if word.startswith(_KEY) else _in_file(Path(word)):
            _parsed(key, where)
            if key not in found:
                found.append(key)
    if not found:
        raise RecipientInvalid("nobody was named who may read the rows: --to AGE_KEY, or a file of such keys")
    return tuple(found)


def _in_file(path: Path) -> list[tuple[str, str]]:
    """Each key, and where it stands."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RecipientInvalid(
            f"{path} is no public key (age1…), and no file of such keys can be read there: {why}"
        ) from None
    keys = [(f" in line {number} of {path}", line.strip()) for number, line in enumerate(lines, 1)]
    return [(where, key) for where, key in keys if key and not key.startswith("#")]


def _parsed(key: str, where: str = "") -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        # A file that is named by mistake may hold a secret: it is not said again.
        raise RecipientInvalid(
            f"what should be a public key in the age format{where} is none: it begins with age1, and has 62 signs"
        ) from None


def encrypt(source: Readable, target: BinaryIO, recipients: Sequence[str]) -> None:
    """Write all of a source to a file that only these recipients can read.

    Raises RecipientInvalid for what is no public key, and what reading and writing raise.
    """
    pyrage.encrypt_io(source, target, [_parsed(key) for key in recipients])
