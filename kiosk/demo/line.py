"""The line between a kiosk and its office on loopback: it can be slow, cut, or silent, and it can lose answers."""

import asyncio
import threading
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Self
from urllib.parse import urlsplit

BACKLOG = 128


class Way(Enum):
    """What the line does with what is sent over it."""

    OPEN = auto()
    """It arrives, after the line's delay."""
    CUT = auto()
    """Every connection ends at once, and each new one too."""
    SILENT = auto()
    """Nothing arrives, and nobody is told so."""
    ANSWERS_LOST = auto()
    """What is asked arrives; the connection ends instead of the answer."""


class Line:
    """Listens on a free port of loopback, and passes on to the service at `to`. Close it."""

    def __init__(self, to: str, delay: float = 0.0) -> None:
        """`to`: the URL of a service on this machine. `delay`: seconds that each way takes."""
        parts = urlsplit(to)
        self._scheme, self._to = parts.scheme, (parts.hostname or "", parts.port or 0)
        self._delay = delay
        self._way = Way.OPEN
        self._ends: set[_End] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(lambda: _End(self), "127.0.0.1", 0, backlog=BACKLOG)
        )
        self._port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The service as it is reached over this line."""
        return f"{self._scheme}://127.0.0.1:{self._port}"

    def be(self, way: Way) -> None:
        """From the moment on at which this returns."""
        self._do(lambda: self._become(way))

    def close(self) -> None:
        """Hang everybody up."""
        self._do(self._hang_up)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._turn_back())
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _do(self, work: Callable[[], None]) -> None:
        done = threading.Event()

        def do() -> None:
            try:
                work()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(do)
        done.wait()

    def _become(self, way: Way) -> None:
        # Who was sent into a silence is not heard later: half of a request would be the beginning of another.
        if way is Way.CUT or self._way is Way.SILENT:
            self._end_all()
        self._way = way

    def _end_all(self) -> None:
        for end in list(self._ends):
            end.cut()

    def _hang_up(self) -> None:
        self._server.close()
        self._end_all()

    async def _turn_back(self) -> None:
        """Whoever was on the way to the office."""
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._server.wait_closed()

    # --- for the ends of its connections

    def met(self, end: "_End") -> None:
        """A kiosk has connected."""
        self._ends.add(end)
        if self._way is Way.CUT:
            end.cut()
        else:
            end.task = self._loop.create_task(self._connect(end))

    def met_office(self, end: "_End") -> None:
        """The office was reached for a kiosk."""
        self._ends.add(end)
        if self._way is Way.CUT or end.other not in self._ends:
            end.cut()

    async def _connect(self, end: "_End") -> None:
        try:
            await self._loop.create_connection(lambda: _End(self, end), *self._to)
        except OSError:
            end.cut()

    def passed(self, end: "_End", data: bytes) -> None:
        """Bytes came from one end."""
        other = end.other
        if self._way is Way.ANSWERS_LOST and end.is_office:
            end.cut()
        elif other is not None and self._way is not Way.SILENT:
            self._later(lambda: other.write(data))

    def ended(self, end: "_End") -> None:
        """One end has hung up: so does the other, once it has heard what was under way."""
        self._ends.discard(end)
        if end.other is not None:
            self._later(end.other.close)

    def _later(self, work: Callable[[], None]) -> None:
        if self._delay:
            self._loop.call_later(self._delay, work)
        else:
            work()


class _End(asyncio.Protocol):
    """One end of a connection: that of a kiosk, or, if there is another already, that of the office."""

    def __init__(self, line: Line, other: "_End | None" = None) -> None:
        self._line = line
        self._transport: Any = None
        self._early = b""
        self.is_office = other is not None
        self.other = other
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = transport
        if self.other is None:
            self._line.met(self)
        else:
            self.other.other = self
            self._line.met_office(self)
            early, self.other._early = self.other._early, b""
            if early:
                self._line.passed(self.other, early)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if self.other is None:
            # The office has not been reached yet.
            self._early += data
        else:
            self._line.passed(self, data)

    def connection_lost(self, _error: Exception | None) -> None:
        """See asyncio."""
        self._line.ended(self)

    def write(self, data: bytes) -> None:
        """Send; nobody is there any more: nothing."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Hang up, after what was written."""
        self._transport.close()

    def cut(self) -> None:
        """Hang up at once, at the other end too."""
        self._transport.abort()
        if self.other is not None and self.other._transport is not None:
            self.other._transport.abort()
