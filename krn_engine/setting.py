"""One declaration a setting: name, type, default, the sentence that explains it and the values that it may have.

A class of settings is a frozen dataclass whose annotations hold an `Explained`. The reader of a file, the table of the
documentation, the explained file and the questions of a set-up are all made from `declared(that class)`. For example::

    @dataclass(frozen=True, slots=True)
    class Printer:
        device: Annotated[Path | None, Explained("its device file", unset="none: no slips")] = None
        paper: Annotated[int, Explained("width of its paper in millimetres", choices=(80, 58))] = 80
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from krn_engine.strict_toml import StrictTable, said

Value = str | int | bool | Path | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What the annotation of a setting says beside its type."""

    meaning: str
    """A clause without a full stop, in Markdown."""
    unset: str = ""
    """What is done without the setting, if its default is None."""
    choices: tuple[str, ...] | tuple[int, ...] | range = ()
    """All values that it may have; empty: any of its type."""
    longest: int = 0
    """Characters that a text may have at most; 0: any number."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting."""

    name: str
    kind: type[Value]
    default: Value | None
    required: bool
    explained: Explained

    @property
    def sentence(self) -> str:
        """What it means and which values it may have, in Markdown."""
        if isinstance(self.explained.choices, range):
            return f"{self.explained.meaning}: {self.allowed}"
        choices = ["true", "false"] if self.kind is bool else [to_toml(choice) for choice in self.explained.choices]
        meaning = self.explained.meaning
        return f"{meaning}: {_either([f'`{choice}`' for choice in choices])}" if choices else meaning

    @property
    def default_told(self) -> str:
        """Its default, or what is done without it, in Markdown."""
        if self.required:
            return "must be given"
        return self.explained.unset if self.default is None else f"`{to_toml(self.default)}`"

    @property
    def allowed(self) -> str:
        """What a person may type for it."""
        return said(self.explained.choices) if self.explained.choices else _ALLOWED[self.kind]

    def read(self, table: StrictTable) -> Value:
        """Its value in a table that has it; a wrong one becomes a problem of the table."""
        choices: Any = self.explained.choices
        if self.kind is bool:
            return table.truth(self.name)
        if self.kind is int:
            return table.whole(self.name, choices=choices)
        if self.kind is tuple:
            return table.texts(self.name, ())
        text = table.text(self.name, choices=choices)
        if not text.isprintable():
            table.refuse(self.name, "must be text that can be printed, without line ends and control characters")
        if self.explained.longest and len(text) > self.explained.longest:
            table.refuse(self.name, f"must have at most {self.explained.longest} characters: screens have no more room")
        return Path(text) if self.kind is Path else text

    def parse(self, answer: str) -> Value:
        """The value that a person typed; raises ValueError with what is allowed."""
        value = _PARSERS[self.kind](answer)
        if self.explained.longest and len(answer) > self.explained.longest:
            raise ValueError(f"at most {self.explained.longest} characters")
        if value is None or (self.explained.choices and value not in self.explained.choices):
            raise ValueError(self.allowed)
        return value


def declared(settings: type) -> tuple[Setting, ...]:
    """The settings of a dataclass, in their order. Raises KeyError if a field is not declared as one."""
    hints = get_type_hints(settings, include_extras=True)
    return tuple(_setting(field.name, hints[field.name], field.default) for field in fields(settings))


def values_of(settings: type, table: StrictTable) -> dict[str, Any]:
    """What a table says, by the names of the settings of a dataclass; what is wrong becomes a problem of the table."""
    values: dict[str, Any] = {}
    for setting in declared(settings):
        if table.has(setting.name):
            values[setting.name] = setting.read(table)
        elif setting.required:
            table.refuse(setting.name, f"is missing: {setting.sentence}")
    return values


def settings_table(settings: Sequence[Setting]) -> str:
    """The table of the documentation, in Markdown."""
    lines = [f"| `{setting.name}` | {setting.sentence} | {setting.default_told} |" for setting in settings]
    return "\n".join(["| setting | meaning | default |", "|---|---|---|", *lines]) + "\n"


def to_toml(value: Value) -> str:
    """A value as it is written in a file: JSON writes printable texts, numbers and truth values as TOML does."""
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _setting(name: str, hint: Any, default: Any) -> Setting:
    explained = next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Explained)), None)
    if explained is None:
        raise KeyError(f"{name} is not explained")
    plain = hint.__origin__
    parts = get_args(plain) if get_origin(plain) in (Union, UnionType) else (plain,)
    kind = next(part for part in parts if part is not NoneType)
    kind = get_origin(kind) or kind
    return Setting(name, kind, None if default is MISSING else default, default is MISSING, explained)


def _either(choices: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))


def _truth(answer: str) -> bool | None:
    return {"true": True, "false": False}.get(answer)


def _whole(answer: str) -> int | None:
    return int(answer) if answer.isascii() and answer.isdecimal() else None


def _text(answer: str) -> str | None:
    return answer if answer.isprintable() and answer else None


def _path(answer: str) -> Path | None:
    return Path(answer) if answer.isprintable() and answer.startswith("/") else None


def _texts(answer: str) -> tuple[str, ...] | None:
    parts = tuple(answer.replace(",", " ").split())
    return parts if parts and answer.isprintable() else None


_PARSERS: dict[type[Value], Callable[[str], Value | None]] = {
    bool: _truth,
    int: _whole,
    str: _text,
    Path: _path,
    tuple: _texts,
}
_ALLOWED: dict[type[Value], str] = {
    bool: "true or false",
    int: "a whole number",
    str: "text that can be printed",
    Path: "a path from the root, which begins with /",
    tuple: "one or more texts, with spaces between them",
}
