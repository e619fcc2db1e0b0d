"""TOML tables of a keypad: beside plain values they hold GPIO numbers and the places of keys."""

from collections.abc import Collection, Mapping
from typing import Any

from hardware.keypad.header import SAFE_PINS
from krn_engine.strict_toml import StrictTable

SAFE = "from 9 to 13 or 16 to 27 (docs/hardware.md)"


class KeypadTable(StrictTable):
    """A strict table that also reads GPIO numbers and a layout of keys."""

    def __init__(self, data: Mapping[str, Any], name: str = "") -> None:
        super().__init__(data, name)
        self._pins: list[tuple[str, int]] = []
        """What was read of them, by the names of their settings."""

    def pin(self, name: str) -> int:
        """A GPIO number, which must be there; -1 in place of one that cannot be used."""
        return self._used(name, self._checked(name, -1, f"a GPIO number {SAFE}", _is_pin))

    def pins(self, name: str) -> tuple[int, ...]:
        """A list of GPIO numbers, which must be there."""
        found = self._checked(name, list[int](), f"a list of GPIO numbers {SAFE}", _are_pins)
        return tuple(self._used(name, pin) for pin in found)

    def pin_map(self, name: str) -> dict[str, int]:
        """A table of GPIO numbers by name, which must be there."""
        found = self._checked(name, dict[str, int](), f"a table of GPIO numbers {SAFE}", _are_named_pins)
        return {key: self._used(f"{name}.{key}", pin) for key, pin in found.items()}

    def one_use_each(self) -> None:
        """A GPIO number that was read twice, here or in the tables within this one, is a problem."""
        first: dict[int, str] = {}
        for name, pin in self._all_pins():
            if pin in first:
                who = f"{name} has GPIO{pin} twice" if first[pin] == name else f"{first[pin]} and {name} have GPIO{pin}"
                self._problems.append(f"{who}: give each line a number of its own")
            first.setdefault(pin, name)

    def _used(self, name: str, pin: int) -> int:
        if pin >= 0:
            self._pins.append((f"{self._name}{name}", pin))
        return pin

    def _all_pins(self) -> list[tuple[str, int]]:
        within = [table for table in self._tables if isinstance(table, KeypadTable)]
        return [*self._pins, *(pin for table in within for pin in table._all_pins())]

    def layout(self, name: str, keys: Collection[str]) -> tuple[tuple[str, ...], ...]:
        """Rows of key names out of `keys`, each once, which must be there. An empty name is a place without a key."""
        what = f"rows of different keys out of {', '.join(sorted(keys))}"
        rows = self._checked(name, list[list[str]](), what, lambda value: _is_layout(value, keys))
        return tuple(tuple(row) for row in rows)


def _is_pin(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in SAFE_PINS


def _are_pins(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_pin(item) for item in value)


def _are_named_pins(value: object) -> bool:
    return isinstance(value, dict) and _are_pins(list(value.values()))


def _is_layout(value: Any, keys: Collection[str]) -> bool:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        return False
    names = [key for row in value for key in row if key != ""]
    return bool(names) and all(isinstance(key, str) and key in keys for key in names) and len(set(names)) == len(names)
