"""The key that signs checkpoints: Ed25519 (RFC 8032), from a file of its owner alone or from a systemd credential.

Both files have one line of 64 hexadecimal digits: 32 bytes of the private key, or of the public one.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from krn_engine.credential import credential
from krn_engine.durable import sync_folder
from krn_engine.issuing.secret import Secret, only_line, own_line
from krn_engine.office.audit.errors import AuditKeyExists, AuditKeyUnusable

CREDENTIAL = "krn-audit"
"""Name of the systemd credential."""
KEY_BYTES = 32
_WHAT = "key of the audit"


class PublicKey:
    """Tells whether the office signed something."""

    def __init__(self, digits: str) -> None:
        """Raises AuditKeyUnusable."""
        try:
            self._key: Any = eddsa.import_public_key(_bytes_of(digits))
        except ValueError:
            raise AuditKeyUnusable("this is no public key of an audit: krn office audit key prints it") from None
        self.digits = digits.lower()

    @classmethod
    def read(cls, path: Path) -> "PublicKey":
        """From a file. Raises AuditKeyUnusable."""
        return cls(str(only_line(path, "public key of the audit", AuditKeyUnusable)))

    def signed(self, content: bytes, signature: bytes) -> bool:
        """Whether the owner of the private key signed this."""
        try:
            eddsa.new(self._key, "rfc8032").verify(content, signature)
        except ValueError:
            return False
        return True


class SigningKey:
    """Signs. It never prints itself."""

    def __init__(self, digits: str) -> None:
        """Raises AuditKeyUnusable."""
        self._digits = Secret(digits)
        try:
            self._key()
        except ValueError:
            raise AuditKeyUnusable(
                f"the {_WHAT} must be {2 * KEY_BYTES} hexadecimal digits: krn office audit key makes one"
            ) from None

    def _key(self) -> Any:
        """The library's, which prints itself: it is kept nowhere."""
        return ECC.construct(curve="Ed25519", seed=_bytes_of(str(self._digits)))

    @property
    def public(self) -> PublicKey:
        """The other half, for everybody."""
        return PublicKey(self._key().public_key().export_key(format="raw").hex())

    def sign(self, content: bytes) -> bytes:
        """64 bytes."""
        signature: bytes = eddsa.new(self._key(), "rfc8032").sign(content)
        return signature


def _bytes_of(digits: str) -> bytes:
    """Raises ValueError."""
    if len(digits) != 2 * KEY_BYTES:
        raise ValueError
    return bytes.fromhex(digits)


def key_from_system(file: Path | None) -> SigningKey | None:
    """The key in a file, else the systemd credential; None: there is neither. Raises AuditKeyUnusable."""
    if file is not None:
        return SigningKey(str(own_line(file, _WHAT, AuditKeyUnusable)))
    given = credential(CREDENTIAL)
    return None if given is None else SigningKey(str(only_line(given, _WHAT, AuditKeyUnusable)))


def make_key(path: Path) -> SigningKey:
    """Make a key in a new file that its owner alone can read. Raises AuditKeyExists, AuditKeyUnusable."""
    digits = secrets.token_hex(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(digits + "\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.absolute().parent)
    except FileExistsError as error:
        raise AuditKeyExists(
            f"there is a file at {path} already: name another, or leave --out away to see its public key"
        ) from error
    except OSError as error:
        raise AuditKeyUnusable(f"the {_WHAT} cannot be written to {path}: {error.strerror}") from error
    return SigningKey(digits)
