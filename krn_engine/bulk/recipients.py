"""Who can read a file of rows: public keys in the age format, whose specification is at age-encryption.org/v1."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyrage

from krn_engine.bulk.errors import RecipientInvalid

_KEY = "age1"
_PRIVATE = "AGE-SECRET-KEY-"


class Readable(Protocol):
    """What is read bit by bit."""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, fewer at its end; none behind it."""
        ...


def recipients_of(given: Sequence[str]) -> tuple[str, ...]:
    """Public keys; what is none is a file with one in each line, where `#` begins a remark.

    Raises RecipientInvalid, which says nothing again that may be a secret key.
    """
    found: list[str] = []
    for number, word in enumerate(map(_as_key, given), 1):
        for where, key in [("", word)] if word.startswith(_KEY) else _in_file(word, number):
            _parsed(key, where)
            if key not in found:
                found.append(key)
    if not found:
        raise RecipientInvalid("nobody was named who may read the rows: --to AGE_KEY, or a file of such keys")
    return tuple(found)


def _as_key(word: str) -> str:
    """As a public key is written: some programs show it in capitals."""
    key = word.strip()
    if key.startswith(_KEY.upper()) and key.isupper():
        return key.lower()
    return key if key.startswith(_KEY) else word


def _in_file(word: str, number: int) -> list[tuple[str, str]]:
    """Each key, and where it stands."""
    if word.strip().upper().startswith(_PRIVATE):
        raise RecipientInvalid(
            "what was given to --to is a secret key, with which rows are read: give the public key that belongs to it "
            "(age-keygen -y). A secret key that stood in a command is one no longer: make another pair"
        )
    path = Path(word)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        which = "what was given to --to" if number == 1 else f"what was given to the --to that is number {number}"
        raise RecipientInvalid(
            f"{which} is no public key (age1…), and no file of such keys can be read there: {why}"
        ) from None
    keys = [
        (f" in line {line} of {path}", _as_key(text.partition("#")[0].strip())) for line, text in enumerate(lines, 1)
    ]
    return [(where, key) for where, key in keys if key]


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
