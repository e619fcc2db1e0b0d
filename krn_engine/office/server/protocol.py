"""uvicorn's HTTP/1.1, which answers what is no HTTP with a problem too."""

from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from krn_engine.office.net_errors import WireBroken
from krn_engine.office.server.refusing import problem

_REFUSAL = WireBroken("this is not a request of HTTP/1.1, or its head is too long")
_STATUS = 400
HALF_SECONDS = 1.0
"""How long a request may still come that had begun when the service was told to go."""


class ProblemProtocol(H11Protocol):
    """Such a request never comes to the application, so the application's own refusals cannot answer it."""

    def shutdown(self) -> None:
        """At the end of the service. TLS would wait for half a minute until a kiosk that sleeps says good-bye."""
        is_idle = self.cycle is None or self.cycle.response_complete
        super().shutdown()
        if is_idle:
            self.transport.abort()
        else:
            self.loop.call_later(HALF_SECONDS, self._break_off_half)

    def _break_off_half(self) -> None:
        """Whoever sends half of a request, and no more, does not hold the end up."""
        if self.cycle is not None and self.cycle.more_body and not self.cycle.response_started:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """The method that uvicorn answers in; `msg` is its own sentence."""
        answer = problem(_REFUSAL, status=_STATUS)
        headers: list[Any] = [*answer.raw_headers, (b"connection", b"close")]
        events: tuple[Any, ...] = (
            h11.Response(status_code=_STATUS, headers=headers, reason=b"Bad Request"),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        )
        for event in events:
            sent = self.conn.send(event)
            if sent is not None:
                self.transport.write(sent)
        self.transport.close()
