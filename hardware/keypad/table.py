"""TOML tables of a keypad: beside plain values they hold GPIO numbers and the places of keys."""

from collections.abc import Collection
from typing import Any

from krn_engine.strict_toml import StrictTable


class KeypadTable(StrictTable):
    """A strict table that also reads GPIO numbers and a layout of keys."""

    def pin(self, name: str) -> int:
        """A GPIO number, which must be there; -1 in place of one that cannot be used."""
        return int(self._checked(name, -1, "a GPIO number", _is_pin))

    def pins(self, name: str) -> tuple[int, ...]:
        """A list of GPIO numbers, which must be there."""
        return tuple(self._checked(name, list[int](), "a list of GPIO numbers", _are_pins))

    def pin_map(self, name: str) -> dict[str, int]:
        """A table of GPIO numbers by name, which must be there."""
        return dict(self._checked(name, dict[str, int](), "a table of GPIO numbers", _are_named_pins))

    def layout(self, name: str, keys: Collection[str]) -> tuple[tuple[str, ...], ...]:
        """Rows of key names out of `keys`, each once, which must be there. An empty name is a place without a key."""
        what = f"rows of different keys out of {', '.join(sorted(keys))}"
        rows = self._checked(name, list[list[str]](), what, lambda value: _is_layout(value, keys))
        return tuple(tuple(row) for row in rows)


def _is_pin(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_pins(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_pin(item) for item in value)


def _are_named_pins(value: object) -> bool:
    return isinstance(value, dict) and _are_pins(list(value.values()))


def _is_layout(value: Any, keys: Collection[str]) -> bool:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        return False
    names = [key for row in value for key in row if key != ""]
    return bool(names) and all(isinstance(key, str) and key in keys for key in names) and len(set(names)) == len(names)
