"""COSEM data and its octets (A-XDR, IEC 61334-6; the types of IEC 62056-6-2, 4.1.5), in both directions.

Compact arrays and the types of delta values are not used here, and are refused as any unknown tag is.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from hardware.errors import MeterAnswersWrong

DEEPEST = 16
"""Arrays and structures inside of each other: what a meter sends has three or four."""


class Tag(IntEnum):
    """The type of a value, as its first octet says it."""

    NULL = 0
    ARRAY = 1
    STRUCTURE = 2
    BOOLEAN = 3
    BIT_STRING = 4
    DOUBLE_LONG = 5
    DOUBLE_LONG_UNSIGNED = 6
    OCTET_STRING = 9
    VISIBLE_STRING = 10
    UTF8_STRING = 12
    BCD = 13
    INTEGER = 15
    LONG = 16
    UNSIGNED = 17
    LONG_UNSIGNED = 18
    LONG64 = 20
    LONG64_UNSIGNED = 21
    ENUM = 22
    FLOAT32 = 23
    FLOAT64 = 24
    DATE_TIME = 25
    DATE = 26
    TIME = 27


_NUMBERS = {
    Tag.DOUBLE_LONG: ">i",
    Tag.DOUBLE_LONG_UNSIGNED: ">I",
    Tag.BCD: ">b",
    Tag.INTEGER: ">b",
    Tag.LONG: ">h",
    Tag.UNSIGNED: ">B",
    Tag.LONG_UNSIGNED: ">H",
    Tag.LONG64: ">q",
    Tag.LONG64_UNSIGNED: ">Q",
    Tag.ENUM: ">B",
    Tag.FLOAT32: ">f",
    Tag.FLOAT64: ">d",
}
_FIXED = {Tag.DATE_TIME: 12, Tag.DATE: 5, Tag.TIME: 4}
"""Octets of the types whose value is kept as octets, for nothing here reckons with a meter's clock."""

Value = None | bool | int | float | bytes | str | tuple["Data", ...]


@dataclass(frozen=True, slots=True)
class Data:
    """A value with its type. It prints no value, for that may be a row.

    The value is None, bool, int or float as the type says; bytes of an octet string, a date or a time; str of a
    visible or UTF-8 string, and of a bit string, with a 0 or 1 a bit, the first bit first; a tuple of Data of array and
    structure.
    """

    tag: Tag
    value: Value = field(default=None, repr=False)

    def __bytes__(self) -> bytes:
        """Tag and value. Raises ValueError for a value that is none of this type."""
        return bytes((self.tag,)) + _written(self)


def octet_string(value: bytes) -> Data:
    """An octet string."""
    return Data(Tag.OCTET_STRING, value)


def structure(*parts: Data) -> Data:
    """A structure of these parts."""
    return Data(Tag.STRUCTURE, parts)


class Octets:
    """Octets that are taken from the front, one part after the other."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` octets. Raises MeterAnswersWrong if there are fewer."""
        if not 0 <= count <= self.left:
            raise MeterAnswersWrong("a message of the meter ends too early")
        self._at += count
        return self._octets[self._at - count : self._at]

    def number(self, count: int = 1) -> int:
        """The next `count` octets as an unsigned number, the highest first. Raises as `take` does."""
        return int.from_bytes(self.take(count), "big")

    def length(self) -> int:
        """A length, as `length_of` writes it. Raises as `take` does."""
        first = self.number()
        return first if first < 0x80 else self.number(first & 0x7F)

    def string(self) -> bytes:
        """A length and so many octets. Raises as `take` does."""
        return self.take(self.length())

    @property
    def left(self) -> int:
        """How many octets have not been taken."""
        return len(self._octets) - self._at

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.left)

    def end(self) -> None:
        """Raises MeterAnswersWrong if something is left."""
        if self.left:
            raise MeterAnswersWrong("a message of the meter goes on behind its end")


def length_of(count: int) -> bytes:
    """The octets of a length: one up to 127, else 0x80 + the count of octets, and the number."""
    if count < 0x80:
        return bytes((count,))
    size = (count.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + count.to_bytes(size, "big")


def string_of(octets: bytes) -> bytes:
    """The octets with their length before them."""
    return length_of(len(octets)) + octets


def read_data(octets: bytes) -> Data:
    """The value that these octets are, to the last one. Raises MeterAnswersWrong."""
    source = Octets(octets)
    data = take_data(source)
    source.end()
    return data


def take_data(source: Octets, depth: int = 0) -> Data:
    """The value at the front of `source`. Raises MeterAnswersWrong."""
    number = source.number()
    if depth > DEEPEST:
        raise MeterAnswersWrong("a value of the meter has too many others inside of each other")
    try:
        tag = Tag(number)
    except ValueError:
        raise MeterAnswersWrong("a value of the meter has a type that is not known") from None
    if tag in (Tag.ARRAY, Tag.STRUCTURE):
        return Data(tag, tuple(take_data(source, depth + 1) for _ in range(source.length())))
    return Data(tag, _READERS[tag](source))


def _bits(source: Octets) -> str:
    count = source.length()
    octets = source.take((count + 7) // 8)
    return "".join(f"{octet:08b}" for octet in octets)[:count]


def _text(encoding: str) -> Callable[[Octets], str]:
    def read(source: Octets) -> str:
        try:
            return source.string().decode(encoding)
        except UnicodeDecodeError:
            raise MeterAnswersWrong("a text of the meter is none") from None

    return read


def _number(form: str) -> Callable[[Octets], int | float]:
    def read(source: Octets) -> int | float:
        value: int | float = struct.unpack(form, source.take(struct.calcsize(form)))[0]
        return value

    return read


def _fixed(count: int) -> Callable[[Octets], bytes]:
    return lambda source: source.take(count)


_READERS: dict[Tag, Callable[[Octets], Value]] = {
    Tag.NULL: lambda _source: None,
    Tag.BOOLEAN: lambda source: source.number() != 0,
    Tag.BIT_STRING: _bits,
    Tag.OCTET_STRING: Octets.string,
    Tag.VISIBLE_STRING: _text("ascii"),
    Tag.UTF8_STRING: _text("utf-8"),
    **{tag: _number(form) for tag, form in _NUMBERS.items()},
    **{tag: _fixed(count) for tag, count in _FIXED.items()},
}


def _written(data: Data) -> bytes:
    """The octets of a value behind its tag. Raises ValueError."""
    if data.tag in _NUMBERS:
        return _packed(data)
    match data.tag, data.value:
        case Tag.NULL, None:
            return b""
        case ((Tag.ARRAY | Tag.STRUCTURE), tuple() as parts):
            return length_of(len(parts)) + b"".join(bytes(part) for part in parts)
        case Tag.BOOLEAN, bool() as value:
            return b"\x01" if value else b"\x00"
        case Tag.BIT_STRING, str() as bits if set(bits) <= {"0", "1"}:
            octets = (len(bits) + 7) // 8
            return length_of(len(bits)) + int(bits.ljust(octets * 8, "0") or "0", 2).to_bytes(octets, "big")
        case Tag.OCTET_STRING, bytes() as string:
            return string_of(string)
        case ((Tag.VISIBLE_STRING | Tag.UTF8_STRING), str() as text):
            return string_of(text.encode("ascii" if data.tag is Tag.VISIBLE_STRING else "utf-8"))
        case tag, bytes() as string if len(string) == _FIXED.get(tag):
            return string
    raise ValueError(f"this is no value of the type {data.tag.name}")


def _packed(data: Data) -> bytes:
    try:
        # A bool is an int to Python, and no number of a meter.
        return struct.pack(_NUMBERS[data.tag], None if isinstance(data.value, bool) else data.value)
    except (struct.error, OverflowError):
        raise ValueError(f"this is no value of the type {data.tag.name}") from None
