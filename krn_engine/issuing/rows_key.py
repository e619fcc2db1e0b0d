"""Where the key comes from that a register's rows are sealed under: a systemd credential, or the board itself.

A Raspberry Pi has eight words of one-time memory for a key of its owner. Its firmware gives them by property tag
0x00030081 over /dev/vcio, as `rpi-otp-private-key` of raspberrypi/usbboot and `vcmailbox 0x00030081 40 40 0 8 …` ask
for it (Raspberry Pi documentation, *Device-specific private key*). The key of the rows is derived from them by HKDF
(RFC 5869), so that another use of the same words is another key.
"""

import fcntl
import os
import struct
from pathlib import Path

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from krn_engine.credential import FOLDER, credential
from krn_engine.issuing.errors import RowsKeyMissing

CREDENTIAL = "krn-rows"
"""Name of the systemd credential."""
KEY_BYTES = 32
DEVICE = Path("/dev/vcio")
TAG = 0x00030081
WORDS = 8
_PROPERTY = 3 << 30 | struct.calcsize("P") << 16 | 100 << 8 | 0
"""_IOWR(100, 0, char *), the one request that the driver knows (drivers/char/broadcom/vcio.c)."""
_DONE = 0x80000000
_FORM = "<16I"
"""Size and code of the message; tag, room and size of its value; first word and number of words; they; an end."""
_VALUE_BYTES = 4 * (2 + WORDS)
_INFO = b"krn register rows, from the private key of the board"
_MAKE = f"head -c {KEY_BYTES} /dev/urandom | systemd-creds encrypt --name={CREDENTIAL} - "
_RUN = (
    f"sudo systemd-run --quiet --pipe --wait --collect --same-dir --property=LoadCredentialEncrypted={CREDENTIAL} "
    "--property=User=krn-kiosk krn …"
)


class Mailbox:
    """The way to the firmware of a Raspberry Pi."""

    def __init__(self, device: Path = DEVICE) -> None:
        self._device = device

    def ask(self, message: bytes) -> bytes:
        """The answer to a message of properties. Raises OSError where there is none."""
        answer = bytearray(message)
        descriptor = os.open(self._device, os.O_RDWR)
        try:
            fcntl.ioctl(descriptor, _PROPERTY, answer)
        finally:
            os.close(descriptor)
        return bytes(answer)


def from_credential() -> bytes:
    """The key from the systemd credential: 32 bytes, or as many in hexadecimal digits. Raises RowsKeyMissing.

    32 bytes that are text are no key: 32 hexadecimal digits are half of one, and words are guessed.
    """
    path = credential(CREDENTIAL)
    if path is None and not os.environ.get(FOLDER):
        raise RowsKeyMissing(
            f"systemd gives the key of the rows to the kiosk alone; on a console it is given by: {_RUN}"
        )
    if path is None:
        raise RowsKeyMissing(
            f"this service was given no key of the rows: is there a file /etc/credstore.encrypted/{CREDENTIAL}? "
            f"A new key: {_MAKE}/etc/credstore.encrypted/{CREDENTIAL}"
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RowsKeyMissing(f"the key of the rows in {path.name} cannot be read: {error.strerror}") from error
    key = raw if len(raw) == KEY_BYTES and not _is_text(raw) else _from_digits(raw)
    if key is None or not any(key):
        raise RowsKeyMissing(f"{path.name} must hold {KEY_BYTES} random bytes, or {2 * KEY_BYTES} hexadecimal digits")
    return key


def _is_text(raw: bytes) -> bool:
    """Of random bytes one key in 10^13 looks so."""
    return raw.isascii() and raw.decode("ascii").strip().isprintable()


def _from_digits(raw: bytes) -> bytes | None:
    try:
        key = bytes.fromhex(raw.decode("ascii").strip())
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def from_board(mailbox: Mailbox | None = None) -> bytes:
    """The key that follows from the private key of this Raspberry Pi. Raises RowsKeyMissing."""
    asked = struct.pack(_FORM, struct.calcsize(_FORM), 0, TAG, _VALUE_BYTES, _VALUE_BYTES, 0, WORDS, *[0] * WORDS, 0)
    try:
        answer = struct.unpack(_FORM, (mailbox or Mailbox()).ask(asked))
    except FileNotFoundError as error:
        raise RowsKeyMissing(f"there is no {DEVICE}: only a Raspberry Pi has a key of its own in the board") from error
    except OSError as error:
        raise RowsKeyMissing(
            f"the key in this board cannot be read ({error.strerror}): a user needs the group video for {DEVICE}"
        ) from error
    if answer[1] != _DONE or not answer[4] & _DONE:
        raise RowsKeyMissing("the firmware of this board gives no private key: bring it up to date (rpi-eeprom-update)")
    words = answer[7 : 7 + WORDS]
    if not any(words):
        raise RowsKeyMissing(
            "no key is programmed in this board: rpi-otp-private-key does it, once and for ever (docs/operations.md), "
            "or leave rows_key out"
        )
    derived = HKDF(struct.pack(f">{WORDS}I", *words), KEY_BYTES, b"", SHA256, context=_INFO)
    if not isinstance(derived, bytes):
        raise TypeError("one key was asked for")
    return derived
