"""What kiosks tell of themselves."""

from krn_engine.office.server.operations.operation import Asked, Operation
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.heartbeat import HEARTBEAT


def _beat(a: Asked) -> None:
    if a.known is not None:
        a.service.callers.heartbeats.keep(a.known.id, a.body)


OF_KIOSKS: tuple[Operation, ...] = (
    Operation(
        "heartbeat",
        "PUT",
        "/v1/heartbeat",
        "How this kiosk is, in states and codes; it takes the place of what the kiosk said before.",
        frozenset({Scope.KIOSK}),
        _beat,
        HEARTBEAT,
    ),
)
