"""The wires of the crash campaign: a meter that outlives whoever is killed, and time that passes as fast as it can.

The pins' end carries its own clock: it is moved by whoever waits on it, and each message says what it shows. So the
typing has its real rhythm for the meter, and takes only the milliseconds that its computing takes.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.errors import MeterProcessGone
from hardware.keypad.models import read_profile
from hardware.virtual.bench import Bench
from hardware.virtual.clock import HandClock
from hardware.virtual.meter import ENTER, VirtualMeter
from krn_engine.sts.meter_state import MeterState

MODEL = "generic-4x3"
RESTART_SECONDS = 2.0
"""What passes for the meter until a killed process is there again."""
HAND_SECONDS = 30.0
"""After so long a meter has forgotten whatever stood in its entry."""


class FarWires:
    """The pins' end (see `hardware.virtual.pins.Wires`), with the clock of the process that types."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self._lock = threading.Lock()
        self._now = 0.0
        self.meet()

    def meet(self) -> None:
        """Time has passed at the meter while nobody typed."""
        self._now = max(self._now, float(self._ask("now")))

    def clock(self) -> float:
        """The time at the meter."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Waiting takes no time."""
        self._now += seconds

    def drive(self, pin: int, high: bool) -> None:
        """See `Wires.drive`."""
        with self._lock:
            self._socket.sendall(f"drive {self._now:.6f} {pin} {int(high)}\n".encode())

    def level(self, pin: int) -> bool:
        """See `Wires.level`."""
        return self._ask(f"level {self._now:.6f} {pin}") == "1"

    def display(self) -> str:
        """What the meter shows."""
        return self._ask(f"display {self._now:.6f}")

    def _ask(self, question: str) -> str:
        with self._lock:
            self._socket.sendall(f"{question}\n".encode())
            answer = self._lines.readline()
        if not answer:
            raise MeterProcessGone("the bench has gone")
        return answer.rstrip("\n")


class Line:
    """The meter's end: one meter after the other stands there, one process after the other drives it."""

    def __init__(self, path: Path, state: MeterState) -> None:
        self.clock = HandClock()
        self._lock = threading.Lock()
        self.put(state)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(2)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def put(self, state: MeterState) -> None:
        """Another meter is connected."""
        with self._lock:
            meter = VirtualMeter(state, self.clock)
            self._bench = Bench(meter, read_profile(MODEL), self.clock, self.clock.wait)

    @contextmanager
    def meter(self) -> Iterator[VirtualMeter]:
        """The meter as it is now; nobody presses its keys meanwhile."""
        with self._lock:
            yield self._bench.wiring.keypad.meter

    def key_in(self, row: str) -> None:
        """Somebody types a row by hand."""
        with self.meter() as meter:
            self.clock.wait(HAND_SECONDS)
            for key in (*row, ENTER):
                self.clock.wait(0.3)
                meter.press(key)

    def close(self) -> None:
        """Whoever drives it must be gone."""
        # A blocked accept is woken by a shutdown, not by a close.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("r", encoding="utf-8") as lines:
                with self._lock:
                    # Until now the lines stood as the last process left them; the new one opens them low.
                    self.clock.wait(RESTART_SECONDS)
                    self._bench.wiring.all_low()
                try:
                    for line in lines:
                        self._obey(connection, line)
                except OSError:
                    continue  # it was killed while it was answered

    def _obey(self, connection: socket.socket, line: str) -> None:
        if not line.endswith("\n"):
            return  # the last line of a process that was killed
        words = line.split()
        with self._lock:
            if len(words) > 1:
                self.clock.now = max(self.clock.now, float(words[1]))
            match words:
                case ["drive", at, pin, high]:
                    self._bench.wiring.drive(int(pin), high == "1", float(at))
                case ["level", _, pin]:
                    connection.sendall(f"{int(self._bench.wiring.level(int(pin)))}\n".encode())
                case ["display", _]:
                    connection.sendall(f"{self._bench.display()}\n".encode())
                case ["now"]:
                    connection.sendall(f"{self.clock.now:.6f}\n".encode())
