"""A virtual meter in a process of its own, at the far end of wires that are a Unix socket.

The process that drives the pins can be stopped or killed, and the meter still stands there: as on a bench. Edges carry
the moment at which they happened (the system's monotonic clock, which all processes share).
"""

import contextlib
import socket
import threading
import time
from pathlib import Path

from hardware.errors import MeterProcessGone, SettingsInvalid
from hardware.virtual.bench import Bench


class RemoteWires:
    """The pins' end (see `hardware.virtual.pins.Wires`). Raises MeterProcessGone if no bench is there."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._lock = threading.Lock()
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise MeterProcessGone(f"no virtual bench answers at {path}: start one with krn meter bench") from error
        self._lines = self._socket.makefile("r", encoding="utf-8")

    def drive(self, pin: int, high: bool) -> None:
        """See `Wires.drive`."""
        with self._lock:
            self._socket.sendall(f"drive {pin} {int(high)} {time.monotonic():.6f}\n".encode())

    def level(self, pin: int) -> bool:
        """See `Wires.level`."""
        return self._ask(f"level {pin}") == "1"

    def display(self) -> str:
        """What the meter shows."""
        return self._ask("display")

    def close(self) -> None:
        """Pull the plug."""
        self._lines.close()
        self._socket.close()

    def _ask(self, question: str) -> str:
        with self._lock:
            self._socket.sendall(f"{question}\n".encode())
            return self._lines.readline().rstrip("\n")


class BenchServer:
    """The meter's end. When the other end goes, its lines stay as they were: only the monostable lets go."""

    def __init__(self, bench: Bench, path: Path) -> None:
        self.bench = bench
        self.lock = threading.Lock()
        """Held while the meter is worked on; hold it to look at the meter from another thread."""
        if path.exists() and not path.is_socket():
            raise SettingsInvalid(f"{path} is a file and no socket: name another place for the wires")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)
            self._listener.bind(str(path))
        except OSError as error:
            self._listener.close()
            raise SettingsInvalid(f"the wires cannot be at {path} ({error}): name a folder that is there") from error
        self._listener.listen(1)

    def serve(self) -> None:
        """One connection after the other, until `close`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("r", encoding="utf-8") as lines:
                # A program that opens the lines sets them low.
                with self.lock:
                    self.bench.wiring.all_low()
                # Whoever is killed before it has read an answer resets the connection.
                with contextlib.suppress(OSError):
                    for line in lines:
                        self._obey(connection, line.split())

    def close(self) -> None:
        """Let nobody in any more."""
        # A blocked accept is woken by a shutdown, not by a close.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _obey(self, connection: socket.socket, words: list[str]) -> None:
        with self.lock:
            match words:
                case ["drive", pin, high, at]:
                    self.bench.wiring.drive(int(pin), high == "1", float(at))
                case ["level", pin]:
                    connection.sendall(f"{int(self.bench.wiring.level(int(pin)))}\n".encode())
                case ["display"]:
                    connection.sendall(f"{self.bench.display()}\n".encode())
                case _:
                    return  # a torn line of a process that was killed
