"""Kiosks as witnesses of the audit: they keep the newest checkpoint, and send it back."""

from typing import Any

from krn_engine.office.access.differing import Differing
from krn_engine.office.audit.checkpoints import Checkpoint, require_newest, require_on_chain
from krn_engine.office.audit.errors import CheckpointForeign
from krn_engine.office.net_errors import CallerUnknown
from krn_engine.office.server.operations.operation import EVERYBODY, Asked, Operation
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.wire.audit import CHECKPOINT


def _checkpoint(a: Asked) -> Any:
    with a.service.register.read() as connection:
        return require_newest(connection)


def _witness(a: Asked) -> None:
    if a.known is None:
        raise CallerUnknown("a token is needed, and none was sent")
    seen: Checkpoint = a.body
    try:
        with a.service.register.read() as connection:
            require_on_chain(connection, seen)
    except CheckpointForeign:
        if not a.service.callers.differs(
            Differing(a.known.name, seen.origin, seen.seq, seen.hash, seen.at, seen.signature)
        ):
            return
        a.service.log.note(ServiceEvent.WITNESS_DIFFERS, caller=a.known.name)
        raise
    a.service.callers.witness(a.known, seen.seq, seen.hash)


OF_AUDIT: tuple[Operation, ...] = (
    Operation(
        "checkpoint",
        "GET",
        "/v1/checkpoint",
        "The newest checkpoint of the office's audit: keep it, and send it back later.",
        EVERYBODY,
        _checkpoint,
        answer=CHECKPOINT,
        refusals=(404,),
    ),
    Operation(
        "witness",
        "PUT",
        "/v1/witness",
        "A checkpoint that this caller has kept. It is refused, and kept, if the audit is not what it was then.",
        EVERYBODY,
        _witness,
        CHECKPOINT,
        refusals=(409,),
    ),
)
