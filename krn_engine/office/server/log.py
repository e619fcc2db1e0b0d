"""The log of the service: one JSON object a line, made of events, codes and hashed numbers."""

import hashlib
import hmac
import sys
from typing import Any, TextIO

import structlog

from krn_engine.office.service_events import ServiceEvent

_SIGNS = 12
_ERRORS = frozenset(
    {
        ServiceEvent.FAILED,
        ServiceEvent.REGISTER_DAMAGED,
        ServiceEvent.CHAT_STOPPED,
        ServiceEvent.CHAT_FAILED,
    }
)


class ServiceLog:
    """Notes events. `key` is the office's own: whoever reads the log can follow a meter, and not look it up."""

    def __init__(self, key: bytes, out: TextIO | None = None) -> None:
        self._key = key
        self._log: Any = structlog.wrap_logger(
            structlog.WriteLogger(sys.stderr if out is None else out),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
                structlog.processors.JSONRenderer(),
            ],
        )

    def note(
        self,
        event: ServiceEvent,
        *,
        operation: str | None = None,
        status: int | str | None = None,
        code: str | None = None,
        caller: str | None = None,
        meter: str | None = None,
        ms: float | None = None,
        kind: str | None = None,
    ) -> None:
        """Log an event. A meter comes hashed; there is no field for anything else that was asked or answered."""
        fields = {
            "operation": operation,
            "status": status,
            "code": code,
            "caller": caller,
            "meter": meter,
            "ms": None if ms is None else round(ms, 1),
            "kind": kind,
        }
        said = {name: value for name, value in fields.items() if value is not None}
        level = self._log.error if event in _ERRORS else self._log.info
        level(event.label, **said)

    def person(self, name: str) -> str:
        """A person as a caller: their name is nobody's business."""
        return f"person-{self.hashed(name)}"

    def hashed(self, number: str) -> str:
        """The same number gives the same signs in this office's log, and tells nothing elsewhere."""
        return hmac.new(self._key, number.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:_SIGNS]
