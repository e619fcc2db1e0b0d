"""What a service tells systemd (sd_notify(3)): that it is ready, and that its main loop goes round."""

import os
import socket
import time
from collections.abc import Callable, Mapping

READY, ALIVE = "READY=1", "WATCHDOG=1"


class Pulse:
    """Call `ready` when there is something to see or to talk to, and `beat` each time the main loop has gone round.

    Outside of systemd it does nothing. Beats are sent at a quarter of the watchdog's time, so that three may be lost.
    """

    def __init__(
        self, environment: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        try:
            self._every: float | None = int(environment.get("WATCHDOG_USEC", "")) / 4e6
        except ValueError:
            self._every = None
        self._clock = clock
        self._beaten = float("-inf")
        self._is_ready = False

    @property
    def heard(self) -> bool:
        """True where systemd listens."""
        return bool(self._address)

    def ready(self) -> None:
        """The service can be used; told once."""
        if not self._is_ready:
            self._is_ready = True
            self._tell(READY)

    def beat(self) -> None:
        """The loop has gone round."""
        now = self._clock()
        if self._every is not None and now - self._beaten >= self._every:
            self._beaten = now
            self._tell(ALIVE)

    @property
    def rest(self) -> float | None:
        """Seconds within which the loop should go round again; None: nobody looks."""
        return self._every

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        # A name that begins with @ is one of the abstract namespace.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            try:
                line.sendto(state.encode(), address)
            except OSError:
                # Whoever listens may be gone; the work goes on.
                return
