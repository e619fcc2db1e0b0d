"""Rows sealed at rest: a register that somebody carries away tells them no row without the key.

AES-256 in Galois/Counter Mode (NIST SP 800-38D), bound to the meter and to the key states that the rows lead from and
to: a text that is moved to another place does not open. The nonce is derived from what is sealed and bound: equal rows
of one place seal equal, so that lists are compared without opening anything, and a copy that was put back never uses a
nonce with another text (docs/decisions/0017). The key is parted by HKDF (RFC 5869).
"""

import base64
import hmac
from typing import Final, NoReturn, Protocol

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from krn_engine.register.errors import RecordDamaged
from krn_engine.register.transactions import DAMAGED_ADVICE

KEY_BYTES = 32
MARK = "sealed:"
"""Begins every sealed text; rows are digits and spaces."""
_NONCE_BYTES, _TAG_BYTES = 12, 16
_BROKEN = f"the sealed rows of this meter were altered or damaged: {DAMAGED_ADVICE}"


class Keeper(Protocol):
    """How a register keeps rows."""

    @property
    def check(self) -> int | None:
        """A number by which a register knows the key again; None: there is no key."""
        ...

    def close(self, rows: str, *bound: str) -> str:
        """Rows as they are kept at one place, which `bound` names."""
        ...

    def open(self, kept: str, *bound: str) -> str:
        """The rows that are kept there. Raises RecordDamaged for what this keeper did not make for that place."""
        ...


class InTheClear:
    """Keeps rows as they are."""

    check: Final = None

    def close(self, rows: str, *_bound: str) -> str:
        """See `Keeper`."""
        return rows

    def open(self, kept: str, *_bound: str) -> str:
        """See `Keeper`."""
        if is_sealed(kept):
            raise RecordDamaged(_BROKEN)
        return kept


class Seal:
    """Keeps rows sealed under a key of 32 bytes, which it never shows: it has no text, and cannot be pickled."""

    __slots__ = ("_encryption", "_nonce", "check")

    check: int

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key of another length."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key of rows has {KEY_BYTES} bytes")
        self._encryption = _part(key, b"encryption")
        self._nonce = _part(key, b"nonce")
        # Half a digest tells nothing of the key; 63 bits fit into a column.
        self.check = int.from_bytes(_part(key, b"check")[:8], "big") >> 1

    def close(self, rows: str, *bound: str) -> str:
        """See `Keeper`."""
        nonce = hmac.digest(self._nonce, _joined((*bound, rows)), "sha256")[:_NONCE_BYTES]
        cipher = AES.new(self._encryption, AES.MODE_GCM, nonce=nonce, mac_len=_TAG_BYTES)
        cipher.update(_joined(bound))
        text, tag = cipher.encrypt_and_digest(rows.encode("ascii"))
        return MARK + base64.b64encode(nonce + text + tag).decode("ascii")

    def open(self, kept: str, *bound: str) -> str:
        """See `Keeper`."""
        try:
            if not is_sealed(kept):
                raise ValueError
            text = kept.removeprefix(MARK).encode("ascii")
            raw = base64.b64decode(text, validate=True)
            if base64.b64encode(raw) != text:
                # Its last sign may have bits that say nothing: there is one way to write a sealed text.
                raise ValueError
            cipher = AES.new(self._encryption, AES.MODE_GCM, nonce=raw[:_NONCE_BYTES], mac_len=_TAG_BYTES)
            cipher.update(_joined(bound))
            rows = cipher.decrypt_and_verify(raw[_NONCE_BYTES:-_TAG_BYTES], raw[-_TAG_BYTES:]).decode("ascii")
        except ValueError:
            raise RecordDamaged(_BROKEN) from None
        return rows

    def __repr__(self) -> str:
        return "<Seal>"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a seal holds a key: it is neither copied nor written anywhere")


def is_sealed(kept: str) -> bool:
    """Whether a text is sealed, by whatever key."""
    return kept.startswith(MARK)


def _part(key: bytes, purpose: bytes) -> bytes:
    part = HKDF(key, KEY_BYTES, b"", SHA256, context=b"krn register rows: " + purpose)
    if not isinstance(part, bytes):
        raise TypeError("one key was asked for")
    return part


def _joined(parts: tuple[str, ...]) -> bytes:
    """Each part behind its length, so that no two lists of parts are the same bytes."""
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode() for part in parts))
