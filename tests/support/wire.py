"""Documents for the wire: good ones made from the shapes themselves, and others that are almost good."""

import json
import re
from collections.abc import Callable
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from krn_engine.office.net_errors import WireBroken
from krn_engine.office.wire import asked, audit, delivered, heartbeat, people, sync, units, values
from krn_engine.office.wire.shapes import (
    NO_CONTROL,
    Anything,
    Date,
    Flag,
    Instant,
    Maybe,
    Moment,
    Object,
    OneOf,
    Several,
    Shape,
    Text,
    Whole,
    Word,
)
from krn_engine.office.wire.text import from_bytes, to_bytes

SHAPES: dict[str, Shape[Any]] = {
    name: shape
    for module in (values, asked, audit, sync, delivered, heartbeat, units, people)
    for name, shape in vars(module).items()
    if isinstance(shape, Shape) and not name.startswith("_")
}
"""Every shape that client and server use, by its name."""


def _instant(at: Any) -> str:
    return str(at.isoformat()).removesuffix("+00:00") + "Z"


_OF_SIGNS = {"[0-9]*": "0123456789", "[0-9a-f]*": "0123456789abcdef"}
"""Patterns of which a search by regular expressions finds no text of one length."""


def _text(shape: Text) -> st.SearchStrategy[str]:
    if shape.pattern == NO_CONTROL:
        signs = st.characters(exclude_categories=("Cc", "Cs"))
        return st.text(signs, min_size=shape.shortest, max_size=min(shape.longest, shape.shortest + 30))
    drawn = st.from_regex(re.compile(shape.pattern), fullmatch=True)
    if shape.pattern in _OF_SIGNS:
        drawn = st.text(_OF_SIGNS[shape.pattern], min_size=shape.shortest, max_size=shape.longest)
    return drawn.filter(lambda text: shape.shortest <= len(text) <= shape.longest)


def _object(shape: Object[Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: document_of(of) for name, of in shape.fields.items()}
    kind = {} if shape.kind is None else {"kind": st.just(shape.kind)}
    made = st.fixed_dictionaries({**kind, **fields})
    return made.map(_as_long_as_its_rows) if "claims" in fields else made


def _as_long_as_its_rows(change: dict[str, Any]) -> dict[str, Any]:
    """One value for each row, as the shape's own check asks."""
    size = len(change["rows"] if isinstance(change["rows"], list) else change["outcomes"])
    return change | {name: (change[name] * 4)[:size] for name in ("outcomes", "attempts", "claims")}


_DOCUMENTS: dict[int, st.SearchStrategy[Any]] = {}
_MADE: dict[type[Shape[Any]], Callable[[Any], st.SearchStrategy[Any]]] = {
    Text: _text,
    Whole: lambda shape: st.integers(shape.lowest, shape.highest),
    Flag: lambda _shape: st.booleans(),
    Anything: lambda _shape: st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(), max_size=4),
    Moment: lambda _shape: st.datetimes(timezones=st.just(UTC)).map(_instant),
    Instant: lambda _shape: st.integers(0, 2**53 - 1),
    Date: lambda _shape: st.dates().map(lambda day: day.isoformat()),
    Word: lambda shape: st.sampled_from(shape.schema()["enum"]),
    Maybe: lambda shape: st.none() | document_of(shape.of),
    Several: lambda shape: st.lists(document_of(shape.of), min_size=shape.least, max_size=min(shape.most, 4)),
    OneOf: lambda shape: st.one_of(*map(document_of, shape.kinds)),
    Object: _object,
}


def document_of(shape: Shape[Any]) -> st.SearchStrategy[Any]:
    """JSON that the shape must read. Made once a shape: hypothesis takes long to look a strategy through."""
    if id(shape) not in _DOCUMENTS:
        _DOCUMENTS[id(shape)] = _MADE[type(shape)](shape)
    return _DOCUMENTS[id(shape)]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=8,
)


@st.composite
def almost(draw: st.DrawFn, shape: Shape[Any]) -> Any:
    """A good document with one place in it changed: another value there, a name more, or one less."""
    document = draw(document_of(shape))
    holder: list[Any] = [document]
    place: tuple[Any, Any] = (holder, 0)
    for _ in range(draw(st.integers(0, 4))):
        inner = place[0][place[1]]
        if isinstance(inner, dict) and inner:
            place = (inner, draw(st.sampled_from(sorted(inner))))
        elif isinstance(inner, list) and inner:
            place = (inner, draw(st.integers(0, len(inner) - 1)))
        else:
            break
    match draw(st.integers(0, 3)):
        case 0:
            place[0][place[1]] = draw(ANY_JSON)
        case 1 if isinstance(place[0], dict):
            del place[0][place[1]]
        case 2 if isinstance(place[0], dict):
            place[0][draw(st.text(max_size=8))] = draw(ANY_JSON)
        case _:
            place[0][place[1]] = draw(st.sampled_from(("", 0, -1, 2**70, [], {}, "\x00", "0" * 20, "x" * 2000)))
    return holder[0]


@st.composite
def bytes_near(draw: st.DrawFn, shape: Shape[Any]) -> bytes:
    """The bytes of a document, good or almost so, cut off or with some of them changed."""
    content = bytearray(json.dumps(draw(document_of(shape) | almost(shape))).encode())
    for _ in range(draw(st.integers(0, 3))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)))]) if draw(st.booleans()) else bytes(content)


def held(shape: Shape[Any], content: bytes) -> bool:
    """True if these bytes are read as a value that is written and read again as itself; False if they are refused.

    Whatever else is raised is an error of the wire.
    """
    try:
        value = shape.read(from_bytes(content))
    except WireBroken:
        return False
    assert shape.read(from_bytes(to_bytes(shape.write(value)))) == value
    return True
