"""Shapes of JSON: one declaration reads, writes, and tells its JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it).

A shape is strict in both directions: what it would not read it does not write. Refusals name the place by the names
of declared fields, never by anything that came.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Generic, TypeVar

from krn_engine.office.net_errors import WireBroken

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Schema = dict[str, Any]
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_INSTANT = 2**53 - 1
"""In the year 2255."""
NO_CONTROL = r"[^\x00-\x1f\x7f]*"
"""What people wrote, and what a display showed, stands on one line."""


class Shape(ABC, Generic[T]):
    """How values of one type look in JSON. `at` is the place, for refusals."""

    @abstractmethod
    def read(self, given: Any, at: str = "") -> T:
        """The value that JSON holds; raises WireBroken."""

    @abstractmethod
    def write(self, value: T, at: str = "") -> Any:
        """The JSON of a value; raises WireBroken for a value that `read` would refuse."""

    @abstractmethod
    def schema(self) -> Schema:
        """What this shape reads and writes, as a JSON Schema."""

    def fits(self, given: Any) -> bool:
        """Whether `read` would take it."""
        try:
            self.read(given)
        except WireBroken:
            return False
        return True


def broken(at: str, what: str) -> WireBroken:
    """A refusal that names the place."""
    return WireBroken(f"{at or 'the document'}: {what}")


@dataclass(frozen=True, slots=True)
class Text(Shape[str]):
    """A string of so many characters; `pattern` holds for all of it."""

    shortest: int
    longest: int
    pattern: str = NO_CONTROL
    make: Callable[[str], str] = str

    def read(self, given: Any, at: str = "") -> str:
        """See `Shape.read`."""
        if not isinstance(given, str) or not self.shortest <= len(given) <= self.longest:
            raise broken(at, f"a text of {self.shortest} to {self.longest} characters is needed")
        if re.fullmatch(self.pattern, given) is None or any("\ud800" <= sign <= "\udfff" for sign in given):
            raise broken(at, "the text has characters that do not belong there")
        return self.make(given)

    def write(self, value: str, at: str = "") -> Any:
        """See `Shape.write`."""
        self.read(value, at)
        return str(value)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {
            "type": "string",
            "minLength": self.shortest,
            "maxLength": self.longest,
            "pattern": f"^({self.pattern})$",
        }


@dataclass(frozen=True, slots=True)
class Whole(Shape[int]):
    """A whole number within bounds."""

    lowest: int
    highest: int

    def read(self, given: Any, at: str = "") -> int:
        """See `Shape.read`."""
        # JSON has one kind of number, and its schemas count 2.0 as whole.
        number = int(given) if isinstance(given, float) and given.is_integer() else given
        if not isinstance(number, int) or isinstance(number, bool) or not self.lowest <= number <= self.highest:
            raise broken(at, f"a whole number from {self.lowest} to {self.highest} is needed")
        return number

    def write(self, value: int, at: str = "") -> Any:
        """See `Shape.write`."""
        return int(self.read(value, at))

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "integer", "minimum": self.lowest, "maximum": self.highest}


@dataclass(frozen=True, slots=True)
class Flag(Shape[bool]):
    """True or false."""

    def read(self, given: Any, at: str = "") -> bool:
        """See `Shape.read`."""
        if not isinstance(given, bool):
            raise broken(at, "true or false is needed")
        return given

    def write(self, value: bool, at: str = "") -> Any:
        """See `Shape.write`."""
        return self.read(value, at)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Anything(Shape[Any]):
    """An object of any fields, which is read later, by itself."""

    def read(self, given: Any, at: str = "") -> Any:
        """See `Shape.read`."""
        if not isinstance(given, dict):
            raise broken(at, "an object is needed")
        return given

    def write(self, value: Any, at: str = "") -> Any:
        """See `Shape.write`."""
        return self.read(value, at)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class Moment(Shape[datetime]):
    """An aware time, written in UTC (RFC 3339)."""

    def read(self, given: Any, at: str = "") -> datetime:
        """See `Shape.read`."""
        if not isinstance(given, str) or _MOMENT.fullmatch(given) is None:
            raise broken(at, "a time in UTC is needed, such as 2026-01-15T02:00:00Z")
        try:
            return datetime.fromisoformat(given)
        except ValueError:
            raise broken(at, "there is no such time") from None

    def write(self, value: datetime, at: str = "") -> Any:
        """See `Shape.write`."""
        if value.tzinfo is None:
            raise broken(at, "the time has no zone")
        try:
            return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
        except OverflowError:
            raise broken(at, "there is no such time in UTC") from None

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "string", "format": "date-time", "pattern": f"^{_MOMENT.pattern}$"}


@dataclass(frozen=True, slots=True)
class Instant(Shape[datetime]):
    """An aware time as microseconds since 1970 in UTC, for what a clock said that nobody looked at."""

    def read(self, given: Any, at: str = "") -> datetime:
        """See `Shape.read`."""
        return _EPOCH + Whole(0, _LAST_INSTANT).read(given, at) * _MICROSECOND

    def write(self, value: datetime, at: str = "") -> Any:
        """See `Shape.write`."""
        if value.tzinfo is None:
            raise broken(at, "the time has no zone")
        return Whole(0, _LAST_INSTANT).write((value - _EPOCH) // _MICROSECOND, at)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return Whole(0, _LAST_INSTANT).schema()


@dataclass(frozen=True, slots=True)
class Date(Shape[date]):
    """A day."""

    def read(self, given: Any, at: str = "") -> date:
        """See `Shape.read`."""
        if not isinstance(given, str) or _DAY.fullmatch(given) is None:
            raise broken(at, "a day is needed, such as 2026-01-15")
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise broken(at, "there is no such day") from None

    def write(self, value: date, at: str = "") -> Any:
        """See `Shape.write`."""
        return value.isoformat()

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Word(Shape[E]):
    """A member of an enumeration, by its name in small letters."""

    of: type[E]

    def read(self, given: Any, at: str = "") -> E:
        """See `Shape.read`."""
        for member in self.of:
            if given == word_of(member) and isinstance(given, str):
                return member
        raise broken(at, "a word of the list is needed")

    def write(self, value: E, at: str = "") -> Any:
        """See `Shape.write`."""
        return word_of(value)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "string", "enum": [word_of(member) for member in self.of]}


def word_of(member: Enum) -> str:
    """How a member of an enumeration is written."""
    return member.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Maybe(Shape[T | None], Generic[T]):
    """A value, or null."""

    of: Shape[T]

    def read(self, given: Any, at: str = "") -> T | None:
        """See `Shape.read`."""
        return None if given is None else self.of.read(given, at)

    def write(self, value: T | None, at: str = "") -> Any:
        """See `Shape.write`."""
        return None if value is None else self.of.write(value, at)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Several(Shape[tuple[T, ...]], Generic[T]):
    """A list of values of one shape."""

    of: Shape[T]
    most: int
    least: int = 0

    def read(self, given: Any, at: str = "") -> tuple[T, ...]:
        """See `Shape.read`."""
        if not isinstance(given, list) or not self.least <= len(given) <= self.most:
            raise broken(at, f"a list of {self.least} to {self.most} values is needed")
        return tuple(self.of.read(value, f"{at}[{place}]") for place, value in enumerate(given))

    def write(self, value: tuple[T, ...], at: str = "") -> Any:
        """See `Shape.write`."""
        if not self.least <= len(value) <= self.most:
            raise broken(at, f"a list of {self.least} to {self.most} values is needed")
        return [self.of.write(one, f"{at}[{place}]") for place, one in enumerate(value)]

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "array", "items": self.of.schema(), "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Object(Shape[T], Generic[T]):
    """A dataclass as an object that has each of these fields and no other.

    `kind` is the value of the field "kind", which an object that is one of several begins with. `check` says what is
    wrong with a value whose fields are right one by one, or nothing.
    """

    of: type[T]
    fields: Mapping[str, Shape[Any]]
    kind: str | None = None
    check: Callable[[T], str] = field(default=lambda _value: "")

    def read(self, given: Any, at: str = "") -> T:
        """See `Shape.read`."""
        names = {*self.fields, *(() if self.kind is None else ("kind",))}
        is_other_kind = self.kind is not None and isinstance(given, dict) and given.get("kind") != self.kind
        if not isinstance(given, dict) or given.keys() != names or is_other_kind:
            raise broken(at, f"an object with exactly these fields is needed: {', '.join(sorted(names)) or 'none'}")
        value = self.of(**{name: shape.read(given[name], _below(at, name)) for name, shape in self.fields.items()})
        self._checked(value, at)
        return value

    def write(self, value: T, at: str = "") -> Any:
        """See `Shape.write`."""
        self._checked(value, at)
        kind = {} if self.kind is None else {"kind": self.kind}
        return kind | {name: shape.write(getattr(value, name), _below(at, name)) for name, shape in self.fields.items()}

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        kind = {} if self.kind is None else {"kind": {"const": self.kind}}
        properties = kind | {name: shape.schema() for name, shape in self.fields.items()}
        return {
            "type": "object",
            "properties": properties,
            "required": sorted(properties),
            "additionalProperties": False,
        }

    def _checked(self, value: T, at: str) -> None:
        wrong = self.check(value)
        if wrong:
            raise broken(at, wrong)


@dataclass(frozen=True, slots=True)
class OneOf(Shape[Any]):
    """An object of one of several kinds."""

    kinds: tuple[Object[Any], ...]

    def read(self, given: Any, at: str = "") -> Any:
        """See `Shape.read`."""
        kind = given.get("kind") if isinstance(given, dict) else None
        for shape in self.kinds:
            if shape.kind == kind and isinstance(kind, str):
                return shape.read(given, at)
        raise broken(at, f"an object of one of these kinds is needed: {', '.join(str(s.kind) for s in self.kinds)}")

    def write(self, value: Any, at: str = "") -> Any:
        """See `Shape.write`."""
        for shape in self.kinds:
            if type(value) is shape.of:
                return shape.write(value, at)
        raise broken(at, "a value of another kind")

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"oneOf": [shape.schema() for shape in self.kinds]}


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
