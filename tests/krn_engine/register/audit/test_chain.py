"""The form of the chain, worked out here once more by hand: it stays for as long as there are registers."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from krn_engine.register.audit.chain import NOTHING, canonical, hash_of, moment

BODY = '{"event":"began"}'


def test_a_hash_covers_the_one_before_the_number_and_the_text() -> None:
    first = hashlib.sha256(b"krn-audit-1" + 32 * b"\0" + b"\0\0\0\0\0\0\0\1" + BODY.encode()).digest()
    assert hash_of(NOTHING, 1, BODY) == first
    second = hashlib.sha256(b"krn-audit-1" + first + b"\0\0\0\0\0\0\1\2" + BODY.encode()).digest()
    assert hash_of(first, 258, BODY) == second
    assert len({hash_of(NOTHING, 1, text) for text in ("?", "é", "\ud800", "")}) == 4


def test_a_text_is_the_same_whatever_the_order() -> None:
    assert canonical({"b": [1, None, True], "a": "é\0"}) == canonical({"a": "é\0", "b": [1, None, True]})
    assert canonical({"b": [1, None, True], "a": "é\0"}) == '{"a":"\\u00e9\\u0000","b":[1,null,true]}'


def test_a_time_is_in_utc_to_the_microsecond() -> None:
    at = datetime(2026, 1, 15, 9, 0, tzinfo=timezone(timedelta(hours=7)))
    assert moment(at) == moment(at.astimezone(UTC)) == "2026-01-15T02:00:00.000000Z"
