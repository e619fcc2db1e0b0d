"""TOML tables, read strictly: every value is checked, an unknown name is a problem, all problems are told at once."""

import json
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Self, TypeVar

T = TypeVar("T", str, int, bool)
V = TypeVar("V")
Table = TypeVar("Table", bound="StrictTable")


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raises ValueError, which says what is wrong with it."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("its tables lie too deep in one another") from error


class StrictTable:
    """One table of a TOML file: ask for each of its values, then for `problems()`.

    No value is refused at once. One that cannot be used becomes a problem, and its default is returned in its place
    (without a default: an empty value), so that a reader can go on and tell everything that is wrong. For example::

        table = StrictTable(tomllib.loads('panel = "11"'))
        table.text("panel", "10", ("7", "10"))  # "10"
        table.problems()  # ['panel must be one of "7", "10"']
    """

    def __init__(self, data: Mapping[str, Any], name: str = "") -> None:
        """`name` stands before the names of this table's values in each problem, such as "contacts."."""
        self._data = data
        self._name = name
        self._asked: set[str] = set()
        self._problems: list[str] = []
        self._tables: list[StrictTable] = []

    def text(self, name: str, default: str | None = None, choices: Collection[str] = ()) -> str:
        """A text, one of `choices` if there are any. Without a default it must be there."""
        return self._plain(name, str, default, choices, "text")

    def whole(self, name: str, default: int | None = None, choices: Collection[int] = ()) -> int:
        """A whole number, one of `choices` if there are any. Without a default it must be there."""
        return self._plain(name, int, default, choices, "a whole number")

    def truth(self, name: str, default: bool | None = None) -> bool:
        """True or false. Without a default it must be there."""
        return self._plain(name, bool, default, (), "true or false")

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        what = f"a number from {low:g} to {high:g}"
        return self._checked(name, default, what, lambda value: _is_number(value) and low <= value <= high)

    def day(self, name: str) -> date | None:
        """A date such as 2026-12-31, written without quotes; None if it is not there."""
        if name not in self._data:
            return None
        found: date | None = self._checked(name, None, "a date such as 2026-12-31, without quotes", _is_day)
        return found

    def texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._checked(name, list(default), "a list of texts", lambda value: _all(value, _is_text)))

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of positive numbers, empty if it is not there."""
        found = self._checked(name, list[float](), "a list of numbers", lambda value: _all(value, _is_positive))
        return tuple(float(item) for item in found)

    def table(self, name: str) -> Self:
        """The table of this name within this one, empty if it is not there."""
        return self.table_of(type(self), name)

    def table_of(self, kind: type[Table], name: str) -> Table:
        """The same, read by a kind of table that knows more values."""
        return self._within(kind, name, self._checked(name, dict[str, Any](), "a table", _is_table))

    def tables(self, name: str) -> tuple[Self, ...]:
        """The tables of an array, [[name]], none if it is not there. Problems count them from 1."""
        found = self._checked(name, list[dict[str, Any]](), "one or more tables", lambda value: _all(value, _is_table))
        return tuple(self._within(type(self), f"{name}[{number}]", item) for number, item in enumerate(found, 1))

    def has(self, name: str) -> bool:
        """True if the name is given."""
        return name in self._data

    def refuse(self, name: str, problem: str) -> None:
        """Add a problem that the reader of this table has found."""
        self._problems.append(f"{self._name}{name} {problem}")

    def problems(self) -> list[str]:
        """Everything that is wrong in this table and in the tables within it."""
        unknown = [f"unknown setting {self._name}{name}" for name in sorted(set(self._data) - self._asked)]
        return [*self._problems, *unknown, *(problem for table in self._tables for problem in table.problems())]

    def _plain(self, name: str, kind: type[T], default: T | None, choices: Collection[T], what: str) -> T:
        if choices:
            what = said(choices, json.dumps)
        if default is None and name not in self._data:
            return self._wrong(name, f"is missing: it must be {what}", kind())
        return self._checked(
            name,
            kind() if default is None else default,
            what,
            lambda value: type(value) is kind and (not choices or value in choices),
        )

    def _checked(self, name: str, default: V, what: str, is_good: Callable[[Any], bool]) -> V:
        """The value of `name`, or its default; if `is_good` refuses it, `what` says what it must be."""
        self._asked.add(name)
        value: V = self._data.get(name, default)
        return value if is_good(value) else self._wrong(name, f"must be {what}", default)

    def _wrong(self, name: str, problem: str, instead: V) -> V:
        self.refuse(name, problem)
        return instead

    def _within(self, kind: type[Table], name: str, data: Mapping[str, Any]) -> Table:
        table = kind(data, f"{self._name}{name}.")
        self._tables.append(table)
        return table


def said(choices: Collection[Any], written: Callable[[Any], str] = str) -> str:
    """What somebody may choose, in words."""
    if isinstance(choices, range):
        return f"a whole number from {choices[0]} to {choices[-1]}"
    return f"one of {', '.join(written(choice) for choice in choices)}"


def _all(value: object, is_good: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(is_good(item) for item in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0
