"""The technician's PIN: kept as a scrypt digest (RFC 7914) in a file of its own, and tried slowly."""

import hmac
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

from Crypto.Protocol.KDF import scrypt

from kiosk.errors import PinRefused
from kiosk.limits.throttle import Throttle
from krn_engine.durable import replace_file

SHORTEST, LONGEST = 6, 12
N, R, P = 2**14, 8, 1
"""16 MB and about a tenth of a second for each try on a desktop."""
FREE_TRIES = 3
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 1800.0


def pin_problem(pin: str) -> str:
    """Why this cannot be a PIN; empty if it can."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        return f"a PIN has {SHORTEST} to {LONGEST} digits"
    if len(set(pin)) < 3:
        return "a PIN of one or two different digits is guessed first: choose another"
    return ""


def write_pin(path: Path, pin: str) -> None:
    """Keep a new PIN. Raises PinRefused for anything that is not a PIN, OSError."""
    if problem := pin_problem(pin):
        raise PinRefused(problem)
    salt = os.urandom(16)
    replace_file(path, f"scrypt {N} {R} {P} {salt.hex()} {_digest(pin, salt, N, R, P).hex()}\n".encode())


class Pin:
    """The PIN in a file; raises PinRefused if the file holds no PIN, cannot be read, or is readable by others."""

    def __init__(self, path: Path, misses: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise PinRefused(f"others can read {path}: chmod 600 it")
            kind, n, r, p, salt, digest = path.read_text().split()
            if kind != "scrypt":
                raise ValueError(kind)
            self._costs = int(n), int(r), int(p)
            self._salt, self._kept = bytes.fromhex(salt), bytes.fromhex(digest)
        except PinRefused:
            raise
        except (FileNotFoundError, ValueError) as error:
            raise PinRefused(f"there is no PIN in {path}: make one with krn pin {path}") from error
        except OSError as error:
            raise PinRefused(
                f"the PIN in {path} cannot be read ({error.strerror}): give the file to the user that the kiosk runs "
                f"as (sudo chown krn-kiosk {path}), and let nobody else read it (chmod 600)"
            ) from error
        self._throttle = Throttle(misses, clock, free=FREE_TRIES, first=FIRST_PAUSE, longest=LONGEST_PAUSE)

    def pause(self) -> float:
        """Seconds to wait before the next try."""
        return self._throttle.pause()

    def check(self, pin: str) -> bool:
        """Is it this one? Slow on purpose; a miss counts, and before a pause is over nothing is right."""
        if self.pause() > 0:
            return False
        right = hmac.compare_digest(_digest(pin, self._salt, *self._costs), self._kept)
        if not right:
            self._throttle.missed()
        return right


def _digest(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    made = scrypt(pin, salt.decode("latin-1"), 32, N=n, r=r, p=p)
    assert isinstance(made, bytes)  # noqa: S101  one key was asked for
    return made
