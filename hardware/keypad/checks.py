"""TOML tables, read strictly: every value is checked, an unknown name is a problem, and all are told at once."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Table:
    """One table; ask for its values, then for its problems."""

    def __init__(self, data: Mapping[str, Any], name: str) -> None:
        self._data = data
        self._name = name
        self._asked: set[str] = set()
        self._problems: list[str] = []
        self._tables: list[Table] = []

    def text(self, name: str, default: str, choices: Collection[str] = ()) -> str:
        """A text, one of `choices` if there are any."""
        value = self._get(name, default)
        if not isinstance(value, str):
            return self._wrong(name, "must be text", default)
        if choices and value not in choices:
            return self._wrong(name, f"must be one of {', '.join(choices)}", default)
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return self._wrong(name, f"must be a number from {low:g} to {high:g}", default)
        return value

    def texts(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(name, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return self._wrong(name, "must be a list of texts", default)
        return tuple(value)

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of positive numbers, empty if it is not there."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(_is_number(item) and item > 0 for item in value):
            return self._wrong(name, "must be a list of numbers", ())
        return tuple(float(item) for item in value)

    def pin(self, name: str) -> int:
        """A GPIO number, which must be there."""
        value = self._get(name, None)
        return int(value) if _is_pin(value) else self._wrong(name, "must be a GPIO number", -1)

    def pins(self, name: str) -> tuple[int, ...]:
        """A list of GPIO numbers, which must be there."""
        value = self._get(name, None)
        if not isinstance(value, list) or not value or not all(_is_pin(item) for item in value):
            return self._wrong(name, "must be a list of GPIO numbers", ())
        return tuple(int(item) for item in value)

    def pin_map(self, name: str) -> dict[str, int]:
        """A table of GPIO numbers, which must be there."""
        value = self._get(name, None)
        if not isinstance(value, dict) or not value or not all(_is_pin(item) for item in value.values()):
            return self._wrong(name, "must be a table of GPIO numbers", {})
        return dict(value)

    def layout(self, name: str, keys: Collection[str]) -> tuple[tuple[str, ...], ...]:
        """Rows of key names, each once, which must be there. An empty name is a place without a key."""
        value = self._get(name, None)
        rows = value if isinstance(value, list) and value and all(isinstance(row, list) for row in value) else []
        names = [key for row in rows for key in row if key != ""]
        if not names or not all(key in keys for key in names) or len(set(names)) != len(names):
            return self._wrong(name, f"must be rows of different keys out of {', '.join(sorted(keys))}", ())
        return tuple(tuple(row) for row in rows)

    def table(self, name: str) -> "Table":
        """A table within this one, empty if it is not there."""
        value = self._get(name, {})
        if not isinstance(value, dict):
            value = self._wrong(name, "must be a table", dict[str, Any]())
        table = Table(value, f"{self._name}{name}.")
        self._tables.append(table)
        return table

    def has(self, name: str) -> bool:
        """True if the name is given."""
        return name in self._data

    def problems(self) -> list[str]:
        """Everything that is wrong here and in the tables within."""
        unknown = [f"unknown setting {self._name}{name}" for name in sorted(set(self._data) - self._asked)]
        return [*self._problems, *unknown, *(problem for table in self._tables for problem in table.problems())]

    def _get(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        return self._data.get(name, default)

    def _wrong(self, name: str, what: str, default: T) -> T:
        self._problems.append(f"{self._name}{name} {what}")
        return default


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pin(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
