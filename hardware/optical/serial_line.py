"""The serial adapter that an optical head hangs on, by pyserial; found by the name that udev gives it."""

import contextlib
import os
import select
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import serial

from hardware.errors import LineLost, SettingsInvalid
from hardware.optical.line import SIGN_ON_FORMAT, Line, LineFormat

BY_ID = Path("/dev/serial/by-id")
"""Where udev names each serial adapter by what it says of itself, never by the order in which it was found."""
AT_ONCE = 4096
"""Bytes that are read at once."""
PSEUDO = range(136, 144)
"""Major numbers of pseudo terminals (Linux, Documentation/admin-guide/devices.txt)."""
WRITE_SECONDS = 10.0
"""A line that takes nothing for so long is lost: 250 bytes at 300 baud are out by then."""


def found_ports(folder: Path = BY_ID) -> tuple[Path, ...]:
    """The serial adapters that are plugged in, by name."""
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def chosen_port(port: Path | None, folder: Path = BY_ID) -> Path:
    """The port of the settings, or the only one there is. Raises LineLost if there is none, SettingsInvalid if many."""
    if port is not None:
        if not port.exists():
            raise LineLost(f"the optical head {port.name} is not plugged in: see its cable, and port in [optical]")
        return port
    found = found_ports(folder)
    if not found:
        raise LineLost(f"no optical head is plugged in: {folder} has no serial adapter")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise SettingsInvalid(f"there is more than one serial adapter: set port in [optical] to one of {names}")
    return found[0]


class SerialLine(Line):
    """An open serial port, which nobody else opens meanwhile. Raises LineLost if it cannot be opened."""

    def __init__(self, port: Path, fmt: LineFormat = SIGN_ON_FORMAT) -> None:
        self._name = port.name
        with self._lost("cannot be opened: is it plugged in, does another program hold it, may this user open it?"):
            self._bits = not _is_pseudo(port)
            # Without a timeout of its own: `read` waits, and then takes what is there.
            self._port = serial.Serial(
                str(port), timeout=0, write_timeout=WRITE_SECONDS, exclusive=True, **self._settings(fmt)
            )

    def write(self, data: bytes) -> None:
        with self._lost("was lost while bytes were sent"):
            self._port.write(data)
            # Until the last bit is out: whoever changes the speed next would cut it off.
            self._port.flush()

    def read(self, seconds: float) -> bytes:
        with self._lost("was lost while bytes were awaited"):
            ready, _, _ = select.select([self._port.fileno()], [], [], max(0.0, seconds))
            return bytes(self._port.read(AT_ONCE)) if ready else b""

    def drop_input(self) -> None:
        with self._lost("was lost"):
            self._port.reset_input_buffer()

    def set_format(self, fmt: LineFormat) -> None:
        with self._lost(f"does not go on at {fmt}"):
            # pyserial only takes note of it for a port that is closed.
            self._port.fileno()
            self._port.apply_settings(self._settings(fmt))

    def close(self) -> None:
        # A port that is gone cannot be given back, and need not be.
        with contextlib.suppress(OSError, termios.error):
            self._port.close()

    def _settings(self, fmt: LineFormat) -> dict[str, Any]:
        """As pyserial names them. A pseudo terminal has a speed and whole bytes; asked for more it refuses all."""
        bits = {"bytesize": fmt.data_bits, "parity": fmt.parity} if self._bits else {}
        return {"baudrate": fmt.baud, **bits}

    @contextlib.contextmanager
    def _lost(self, what: str) -> Iterator[None]:
        """What pyserial, termios and select say of a port that is gone, as the project's own. No byte is quoted."""
        try:
            yield
        except (OSError, termios.error, ValueError, TypeError) as error:
            # A closed port answers ValueError or TypeError: pyserial has no number of a file any more.
            raise LineLost(f"the optical head's serial adapter {self._name} {what} ({type(error).__name__})") from None


def _is_pseudo(port: Path) -> bool:
    """True for a pseudo terminal, behind which a virtual meter is. Raises OSError."""
    return os.major(port.stat().st_rdev) in PSEUDO
