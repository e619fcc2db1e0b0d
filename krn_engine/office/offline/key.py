"""The key of a kiosk's copy, in a file of its own: without it nobody reads a name, a number or a row there.

The office makes it, one for each kiosk. It lies beside the copy (`copy.key`, 0600), sealed under a secret of the
machine where there is one: a systemd credential, or the board's own key. So a card that was copied, without the board
or the credential store, opens nothing. Parts of it are taken by HKDF (RFC 5869), each for one use.
"""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from krn_engine.durable import replace_file, sync_folder
from krn_engine.office.net_errors import WireBroken
from krn_engine.office.offline.errors import CopyLocked
from krn_engine.office.wire.sync import COPY_KEY, CopiedChange, CopyKey
from krn_engine.office.wire.text import from_bytes, to_bytes
from krn_engine.register.errors import RecordDamaged
from krn_engine.register.seal import KEY_BYTES, Seal, is_sealed
from krn_engine.row import Row

NAME = "copy.key"
_NAME_BYTES = 16
"""Of a keyed name: two of a whole country's customers do not meet."""
_BOUND = "the key of a copy"
_LOCKED = (
    "the key of this kiosk's copy cannot be opened with the secret of this machine: the copy is fetched anew from the "
    "office"
)


class Opener:
    """What the key of a copy does. It never shows itself, and is not written anywhere."""

    __slots__ = ("_names", "_records", "_rows", "copy", "office_key")

    copy: str
    """The name of the key."""
    office_key: str
    """The public key by which leases are believed."""

    def __init__(self, given: CopyKey) -> None:
        key = bytes.fromhex(str(given.key))
        self.copy = given.copy
        self.office_key = given.office_key
        self._rows = Seal(key)
        self._records = Seal(_part(key, b"records"))
        self._names = _part(key, b"names")

    def name(self, digits: str) -> str:
        """A number as it is looked up by: from it nobody tells the number."""
        return hmac.digest(self._names, digits.encode("ascii"), "sha256")[:_NAME_BYTES].hex()

    def close(self, text: str, name: str) -> str:
        """What is kept under a name, sealed."""
        return self._records.close(text, name, self.copy)

    def open(self, kept: str, name: str) -> str:
        """What `close` sealed under a name. Raises RecordDamaged."""
        return self._records.open(kept, name, self.copy)

    def rows(self, change: CopiedChange, meter_number: str) -> tuple[Row, ...]:
        """The rows that the office sealed. Raises RecordDamaged."""
        text = self._rows.open(change.rows, meter_number, change.from_state, change.to_state, self.copy)
        return tuple(Row(digits) for digits in text.split())

    def __repr__(self) -> str:
        return "<Opener>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("it holds a key: it is neither copied nor written anywhere")


class KeyFile:
    """Where the key lies. `secret` is the machine's, 32 bytes; None: the file alone keeps it."""

    def __init__(self, folder: Path, secret: bytes | None = None) -> None:
        self._path = folder / NAME
        self._seal = None if secret is None else Seal(_part(secret, b"machine"))

    def read(self) -> Opener | None:
        """None where there is none. Raises CopyLocked for one that this machine cannot open, or that is damaged."""
        try:
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise CopyLocked(_LOCKED) from None
        try:
            if is_sealed(text):
                if self._seal is None:
                    raise CopyLocked(_LOCKED)
                text = self._seal.open(text, _BOUND)
            return Opener(COPY_KEY.read(from_bytes(text.encode("ascii"))))
        except (ValueError, WireBroken, RecordDamaged):
            raise CopyLocked(_LOCKED) from None

    def keep(self, given: CopyKey) -> Opener:
        """Put a key into the file. Raises OSError; the key before is then as it was."""
        text = to_bytes(COPY_KEY.write(given)).decode("ascii")
        kept = text if self._seal is None else self._seal.close(text, _BOUND)
        replace_file(self._path, kept.encode("ascii"))
        return Opener(given)

    def destroy(self) -> None:
        """Write over it, on the disk, and take it away. A card may keep what was written over, out of reach of files.

        Raises OSError.
        """
        with suppress(FileNotFoundError):
            descriptor = os.open(self._path, os.O_WRONLY)
            try:
                os.write(descriptor, secrets.token_bytes(max(os.fstat(descriptor).st_size, 1)))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            self._path.unlink()
            sync_folder(self._path.parent)


def _part(key: bytes, purpose: bytes) -> bytes:
    part = HKDF(key, KEY_BYTES, b"", SHA256, context=b"krn copy: " + purpose)
    if not isinstance(part, bytes):
        raise TypeError("one key was asked for")
    return part
