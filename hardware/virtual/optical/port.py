"""A serial port of the system (a pty) whose other end is the virtual meter's optical port, played by a thread.

A program opens `path` as it opens an optical head. A pty hands on every byte at once, and carries the speed that the
program has set, but neither parity nor number of bits. So a wrong speed is heard here as a meter and a head would hear
it; a wrong parity is heard only with `hardware.virtual.optical.line`.
"""

import contextlib
import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

from hardware.errors import SettingsInvalid
from hardware.optical.line import LineFormat
from hardware.virtual.optical.light import Light
from hardware.virtual.optical.style import Burst
from hardware.virtual.optical.uart import heard

AT_ONCE = 4096
END_OF_BURST = 0.004
"""Seconds without a byte after which what came is one transmission: a program writes a frame at once."""
LOOKS, LOOK_SECONDS = 40, 0.01
"""How often and how long a program that still has another speed is given the time to change it, as it was about to."""
SPEEDS = {
    getattr(termios, f"B{baud}"): baud for baud in (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
}


class PtyPort:
    """One port, open until `close`. `path` names it to a program; a symbolic link `link` does too.

    `wait` lets reaction times pass, if not as time does. With `pace`, each byte also takes the time of its bits, and
    without it a transmission comes at once. Hold `lock` to look at the meter from another thread.
    """

    def __init__(
        self,
        light: Light,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
        pace: bool = False,
        link: Path | None = None,
    ) -> None:
        self.light = light
        self.lock = threading.Lock()
        self.bytes_heard = 0
        self.bytes_sent = 0
        self.wire_seconds = 0.0
        """What bits, speeds and the meter's reaction times alone make of the exchanges until now, paced or not."""
        self._clock = clock
        self._closing = threading.Event()
        # Whoever closes the port need not wait for what a meter still had to say.
        self._wait = wait or self._closing.wait
        self._pace = pace
        self._link = link
        # The other end stays open here too, so that a program may come and go.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = Path(os.ttyname(self._slave))
        self._last_speed = self._speed()
        self._wake_reader, self._wake_writer = os.pipe()
        try:
            if link is not None:
                link.unlink(missing_ok=True)
                link.symlink_to(self.path)
        except OSError as error:
            self._close_files()
            raise SettingsInvalid(f"the port cannot be at {link} ({error}): name a folder that is there") from error
        self._thread = threading.Thread(target=self._play, name="virtual-optical-port", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the port away, as when a head's cable is pulled. May be called twice."""
        if not self._thread.is_alive() and self._wake_writer < 0:
            return
        self._closing.set()
        os.write(self._wake_writer, b"x")
        self._thread.join()
        self._close_files()
        if self._link is not None:
            self._link.unlink(missing_ok=True)

    def __enter__(self) -> "PtyPort":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _close_files(self) -> None:
        for file in (self._master, self._slave, self._wake_reader, self._wake_writer):
            os.close(file)
        self._wake_writer = -1

    # --- the thread

    def _play(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._wake_reader], [], [])
            if self._wake_reader in ready:
                return
            self._exchange(self._burst())

    def _burst(self) -> bytes:
        data = b""
        while select.select([self._master], [], [], END_OF_BURST if data else 0)[0]:
            data += os.read(self._master, AT_ONCE)
        return data

    def _exchange(self, data: bytes) -> None:
        with self.lock:
            fmt = self._head_format()
        self._last_speed = self._speed()
        if not fmt.baud:
            return
        if self.light.echo:
            self._give(data)
        if self._pace:
            self._wait(fmt.seconds(len(data)))
        with self.lock:
            self.bytes_heard += len(data)
            self.wire_seconds += fmt.seconds(len(data))
            bursts = self.light.send(data, fmt, self._clock())
        for burst in bursts:
            if self._closing.is_set():
                return
            self._answer(burst)

    def _answer(self, burst: Burst) -> None:
        self.wire_seconds += burst.after + burst.seconds
        self._wait(burst.after + (burst.seconds if self._pace else 0.0))
        # Before it is given: whoever has read it may change the speed before this thread goes on.
        speed = self._last_speed = self._speed_for(burst)
        if speed:
            listening = LineFormat(speed, burst.fmt.data_bits, burst.fmt.parity)
            self._give(heard(burst.data, burst.fmt, listening, checks=False))

    def _speed_for(self, burst: Burst) -> int:
        """The program's speed, once it has had the time to set the burst's own."""
        for _ in range(LOOKS):
            if self._speed() == burst.fmt.baud or self._closing.is_set():
                break
            self._closing.wait(LOOK_SECONDS)
        return self._speed()

    def _give(self, data: bytes) -> None:
        # Whoever does not read loses what comes, as with light.
        with contextlib.suppress(BlockingIOError):
            self.bytes_sent += os.write(self._master, data)

    def _head_format(self) -> LineFormat:
        """The program's speed; bits and parity, which a pty does not carry, are taken to be the meter's.

        A program waits until its bytes are out and then changes the speed; but a pty says at once that they are out. So
        it is enough if the program had the meter's speed when it was last given something, or has it now.
        """
        meter, now = self.light.face.listens(self._clock()), self._speed()
        return LineFormat(meter.baud if meter.baud in (self._last_speed, now) else now, meter.data_bits, meter.parity)

    def _speed(self) -> int:
        """What the program has set; 0 if that is no speed of a meter."""
        return SPEEDS.get(termios.tcgetattr(self._master)[5], 0)
