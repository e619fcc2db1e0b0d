"""A setting is declared once: its reader, its line of the documentation and its answers are made from that."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest

from krn_engine.setting import Explained, Setting, Value, declared, settings_table, to_toml
from krn_engine.strict_toml import StrictTable


@dataclass(frozen=True, slots=True)
class Printer:
    name: Annotated[str, Explained("how it is called")]
    device: Annotated[Path | None, Explained("its device file", unset="none: no slips")] = None
    paper: Annotated[int, Explained("width of its paper", choices=(80, 58))] = 80
    cut: Annotated[bool, Explained("whether it cuts")] = True
    face: Annotated[str, Explained("its letters", choices=("a", "b"))] = "a"
    feeds: Annotated[tuple[str, ...] | None, Explained("its rolls", unset="any")] = None


SETTINGS = {setting.name: setting for setting in declared(Printer)}


def test_a_declaration_is_read_from_the_class() -> None:
    assert SETTINGS["name"] == Setting("name", str, None, True, Explained("how it is called"))
    assert (SETTINGS["device"].kind, SETTINGS["device"].required) == (Path, False)
    assert (SETTINGS["paper"].default, SETTINGS["cut"].kind) == (80, bool)


def test_a_field_that_is_not_explained_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Forgotten:
        paper: int = 80

    with pytest.raises(KeyError, match="paper is not explained"):
        declared(Forgotten)


def test_the_table_of_the_documentation() -> None:
    assert settings_table(declared(Printer)).splitlines()[2:] == [
        "| `name` | how it is called | must be given |",
        "| `device` | its device file | none: no slips |",
        "| `paper` | width of its paper: `80` or `58` | `80` |",
        "| `cut` | whether it cuts: `true` or `false` | `true` |",
        '| `face` | its letters: `"a"` or `"b"` | `"a"` |',
        "| `feeds` | its rolls | any |",
    ]


@pytest.mark.parametrize(
    ("name", "answer", "value"),
    [
        ("name", "Loket 1", "Loket 1"),
        ("device", "/dev/usb/lp0", Path("/dev/usb/lp0")),
        ("paper", "58", 58),
        ("cut", "false", False),
        ("face", "b", "b"),
        ("feeds", "left, right", ("left", "right")),
    ],
)
def test_what_a_person_types_and_what_a_file_holds_is_the_same_value(name: str, answer: str, value: Value) -> None:
    assert SETTINGS[name].parse(answer) == value
    table = StrictTable(tomllib.loads(f"{name} = {to_toml(value)}"))
    assert SETTINGS[name].read(table) == value
    assert table.problems() == []


@pytest.mark.parametrize(
    ("name", "answer", "allowed"),
    [
        ("name", "", "text that can be printed"),
        ("name", "a\x7fb", "text that can be printed"),
        ("device", "lp0", "begins with /"),
        ("paper", "70", "one of 80, 58"),
        ("paper", "\u0665\u0668", "one of 80, 58"),
        ("cut", "yes", "true or false"),
        ("face", "c", "one of a, b"),
        ("feeds", " ", "one or more texts"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_with_what_is_allowed(name: str, answer: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        SETTINGS[name].parse(answer)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("device = 1", "device must be text"),
        ("paper = 70", "paper must be one of 80, 58"),
        ("paper = true", "paper must be one of 80, 58"),
        ("cut = 1", "cut must be true or false"),
        ('face = "c"', 'face must be one of "a", "b"'),
        ('feeds = "left"', "feeds must be a list of texts"),
    ],
)
def test_a_value_in_a_file_that_cannot_be_used_is_a_problem(text: str, problem: str) -> None:
    table = StrictTable(tomllib.loads(text))
    SETTINGS[text.split(maxsplit=1)[0]].read(table)
    assert table.problems() == [problem]
