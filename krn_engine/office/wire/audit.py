"""Checkpoints of the audit as JSON: over the network, and in files that people keep."""

from krn_engine.office.audit.checkpoints import ORIGIN, Checkpoint
from krn_engine.office.wire.shapes import Moment, Object, Text, Whole

CHECKPOINT = Object(
    Checkpoint,
    {
        "origin": Text(1, 64, f"{ORIGIN}[0-9a-f]{{32}}"),
        "seq": Whole(1, 2**53 - 1),
        "hash": Text(64, 64, "[0-9a-f]{64}"),
        "at": Moment(),
        "signature": Text(128, 128, "[0-9a-f]{128}"),
    },
)
