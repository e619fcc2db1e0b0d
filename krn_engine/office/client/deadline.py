"""A deadline for a whole request: time-outs of sockets count anew with each byte, and one can drip for hours.

When the time is over the connection is shut down under whoever waits for it.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Over(Exception):
    """The time is over: nothing is begun any more. It passes all that would try again."""


class Deadline:
    """The time of one request, in one thread."""

    def __init__(self) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []

    def watch(self, line: socket.socket) -> None:
        """Have a connection shut down when the time is over. Raises Over if it is over already."""
        with self._lock:
            if self.over:
                raise Over
            self._lines.append(line)

    def end(self) -> None:
        """The time is over: the connections that are watched are shut down, and no other is begun."""
        with self._lock:
            self.over = True
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


_of_thread = threading.local()


@contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """What this thread asks meanwhile ends by then."""
    deadline = Deadline()
    timer = threading.Timer(seconds, deadline.end)
    timer.daemon = True
    _of_thread.deadline = deadline
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
        _of_thread.deadline = None


class _Watched:
    """A connection that stands under the deadline of the thread that uses it."""

    _again: socket.socket | None = None
    """A second handle of its socket: TLS takes the first one away, and a number could be another's by then."""

    def _new_conn(self) -> socket.socket:
        line: socket.socket = super()._new_conn()  # type: ignore[misc]
        try:
            if self._again is not None:
                self._again.close()
            self._again = line.dup()
            self._stand_under_deadline()
        except BaseException:
            # Nobody else knows of it yet.
            line.close()
            raise
        return line

    def putrequest(self, *arguments: Any, **more: Any) -> None:
        """Also of a connection that was kept open from the request before."""
        self._stand_under_deadline()
        super().putrequest(*arguments, **more)  # type: ignore[misc]

    def close(self) -> None:
        """Both handles."""
        if self._again is not None:
            self._again.close()
            self._again = None
        super().close()  # type: ignore[misc]

    def _stand_under_deadline(self) -> None:
        deadline: Deadline | None = getattr(_of_thread, "deadline", None)
        if deadline is not None and self._again is not None:
            deadline.watch(self._again)


class _Plain(_Watched, HTTPConnection):
    pass


class _Tls(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class DeadlineAdapter(HTTPAdapter):
    """requests' adapter over such connections."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        """See HTTPAdapter."""
        super().init_poolmanager(*arguments, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
