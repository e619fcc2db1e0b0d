"""What stands before every request: it is counted and logged, and nothing that breaks behind it gets out."""

import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from krn_engine.office.net_errors import OfficeFailed
from krn_engine.office.server.refusing import STRANGE, problem
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
)
GONE = "gone"
"""Takes the place of a status where whoever asked broke off: no failure of the office."""
QUIET = frozenset({"healthz", "readyz", "metrics"})
"""Operations that machines ask every few seconds: they are counted, and not logged."""


@dataclass(slots=True)
class Trace:
    """What is known of a request while it is answered, for the log and the metrics."""

    operation: str = "none"
    caller: str | None = None
    meter: str | None = None
    """Hashed."""
    code: str | None = None
    status: int | str = 500
    """Of the answer, or `GONE`."""


class Front:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is no request of HTTP passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = Trace()
        scope["krn"] = trace
        began = time.perf_counter()
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                trace.status = message["status"]
                own = {name.lower() for name, _ in message.get("headers", ())}
                ours = [(name, value) for name, value in _HEADERS if name not in own]
                message["headers"] = [*message.get("headers", ()), *ours]
            await send(message)

        self._service.metrics.begin()
        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            trace.status = GONE
        except Exception as error:
            self.failed(trace, error)
            if not started:
                await problem(OfficeFailed(STRANGE))(scope, receive, answer)
        finally:
            self._end(trace, time.perf_counter() - began)

    def failed(self, trace: Trace, error: BaseException) -> None:
        """An error that nobody foresaw: only its kind is told, for its words may quote what was asked."""
        trace.code = OfficeFailed.code
        kind = type(error).__name__
        self._service.log.note(ServiceEvent.FAILED, operation=trace.operation, caller=trace.caller, kind=kind)

    def _end(self, trace: Trace, seconds: float) -> None:
        self._service.metrics.end(trace.operation, trace.status, trace.code, seconds)
        if trace.operation in QUIET:
            return
        said: dict[str, Any] = {"caller": trace.caller, "meter": trace.meter, "code": trace.code}
        self._service.log.note(
            ServiceEvent.ASKED, operation=trace.operation, status=trace.status, ms=1000 * seconds, **said
        )
