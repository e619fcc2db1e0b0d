"""JSON as bytes (RFC 8259), strictly: UTF-8, each name once in an object, no number that is not finite."""

import json
import math
from typing import Any

from krn_engine.office.net_errors import WireBroken

LONGEST = 1_048_576
"""Bytes of one document. The longest answer, a page of a history, is far below."""


def to_bytes(document: object) -> bytes:
    """A JSON document as UTF-8. Raises WireBroken for text that has no UTF-8."""
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise WireBroken("a text has half a character in it") from None


def from_bytes(content: bytes) -> Any:
    """The JSON document in these bytes. Raises WireBroken, which says nothing of what stood there."""
    if len(content) > LONGEST:
        raise WireBroken(f"a document has {LONGEST} bytes at most")
    try:
        return json.loads(content.decode(), object_pairs_hook=_each_once, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise WireBroken("this is not JSON in UTF-8, or a name stands twice in an object of it") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number
