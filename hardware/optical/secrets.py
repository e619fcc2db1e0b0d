"""What lets the client into a meter: read from files that only the meter process may read, and never printed."""

import stat
from dataclasses import dataclass, field
from pathlib import Path

from hardware.errors import SettingsInvalid

KEY_BYTES = 16
"""Of a key of security suite 0 (AES-128)."""
LONGEST_PASSWORD = 64


@dataclass(frozen=True, slots=True)
class Secrets:
    """A client's secrets. None of them is ever in a repr, a log or an error."""

    password: bytes | None = field(default=None, repr=False)
    """For LLS."""
    authentication_key: bytes | None = field(default=None, repr=False)
    encryption_key: bytes | None = field(default=None, repr=False)
    """The two keys of security suite 0, for HLS-GMAC and for ciphering."""


def read_password(file: Path) -> bytes:
    """A password for LLS: the file's one line, or its octets as `0x…`. Raises SettingsInvalid without a word of it."""
    text = _line_of(file)
    found = _hex(text[2:]) if text.startswith("0x") else text.encode("ascii", "replace")
    if found is None or not (text.isascii() and text.isprintable()) or not 0 < len(found) <= LONGEST_PASSWORD:
        raise SettingsInvalid(
            f"the password in {file.name} cannot be used: write one line of 1 to {LONGEST_PASSWORD} ASCII characters, "
            "or its octets as 0x and hex digits"
        )
    return found


def read_key(file: Path) -> bytes:
    """A key of 16 octets, as 32 hex digits. Raises SettingsInvalid without a word of it."""
    found = _hex(_line_of(file))
    if found is None or len(found) != KEY_BYTES:
        raise SettingsInvalid(f"the key in {file.name} cannot be used: write {2 * KEY_BYTES} hex digits")
    return found


def require_private(file: Path) -> None:
    """Raises SettingsInvalid if others can read this file."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise SettingsInvalid(f"the secret {file} cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsInvalid(f"the secret {file} can be read by others: chmod 600 it first")


def _line_of(file: Path) -> str:
    try:
        # Not read as text: the error of a wrong encoding would hold what it could not read.
        octets = file.read_bytes()
    except OSError as error:
        raise SettingsInvalid(f"the secret {file} cannot be read: {error.strerror}") from error
    return octets.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


def _hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None
