"""How entries are chained. Stands on nothing else here: whoever wants to check a chain by other means needs this file.

The hash of an entry is SHA-256 over `krn-audit-1`, the 32 bytes of the hash before it (zeros before the first), its
number as 8 bytes with the highest first, and the bytes of its body (UTF-8, of which it uses ASCII alone).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MARK = b"krn-audit-1"
HASH_BYTES = 32
NOTHING = bytes(HASH_BYTES)
"""The hash before the first entry."""


def hash_of(before: bytes, seq: int, body: str) -> bytes:
    """The hash of entry number `seq`, which follows on `before`."""
    return hashlib.sha256(
        MARK + before + seq.to_bytes(8, "big", signed=True) + body.encode("utf-8", "surrogatepass")
    ).digest()


def canonical(told: Mapping[str, Any]) -> str:
    """The text that is hashed: JSON (RFC 8259) with sorted names, no spaces, and nothing but ASCII."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def moment(at: datetime) -> str:
    """A time as bodies have it: in UTC, to the microsecond. Needs an aware time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
