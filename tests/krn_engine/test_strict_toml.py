"""The strict reader of TOML tables: what it takes, what it refuses, and that it tells everything at once."""

import tomllib

import pytest

from krn_engine.strict_toml import StrictTable, parse_toml


def table(text: str) -> StrictTable:
    return StrictTable(tomllib.loads(text))


def test_what_is_written_is_read() -> None:
    top = table('a = "x"\nb = 3\nc = false\nd = 1.5\ne = ["y"]\nf = [1, 2.5]\n[g]\nh = 1\n[[i]]\nj = 1\n[[i]]\nj = 2')
    assert (top.text("a"), top.whole("b"), top.truth("c"), top.number("d", 0.0, 0.0, 2.0)) == ("x", 3, False, 1.5)
    assert (top.texts("e", ()), top.numbers("f")) == (("y",), (1.0, 2.5))
    assert top.table("g").whole("h") == 1
    assert [item.whole("j") for item in top.tables("i")] == [1, 2]
    assert top.has("a")
    assert top.problems() == []


def test_what_is_not_written_has_its_default() -> None:
    top = table("")
    assert (top.text("a", "x"), top.whole("b", 3), top.truth("c", True)) == ("x", 3, True)
    assert (top.number("d", 1.5, 0.0, 2.0), top.texts("e", ("y",)), top.numbers("f")) == (1.5, ("y",), ())
    assert (top.table("g").has("h"), top.tables("i")) == (False, ())
    assert not top.has("a")
    assert top.problems() == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a is missing: it must be text"),
        ("a = 1", "a must be text"),
        ("a = true", "a must be text"),
    ],
)
def test_a_value_without_a_default_must_be_there(text: str, problem: str) -> None:
    top = table(text)
    assert top.text("a") == ""
    assert top.problems() == [problem]


@pytest.mark.parametrize("value", ["true", "1.0", '"1"', "30"])
def test_a_whole_number_is_nothing_else_and_one_of_the_choices(value: str) -> None:
    top = table(f"paper = {value}")
    assert top.whole("paper", 80, (80, 58)) == 80
    assert top.problems() == ["paper must be one of 80, 58"]


@pytest.mark.parametrize("value", ["10", '"11"'])
def test_choices_are_told_as_they_are_written(value: str) -> None:
    top = table(f"panel = {value}")
    assert top.text("panel", "7", ("7", "10")) == "7"
    assert top.problems() == ['panel must be one of "7", "10"']


@pytest.mark.parametrize("value", ["1", '"true"'])
def test_truth_is_no_number_and_no_text(value: str) -> None:
    top = table(f"on = {value}")
    assert top.truth("on", True) is True
    assert top.problems() == ["on must be true or false"]


def test_everything_wrong_is_told_at_once_with_the_place_where_it_is() -> None:
    top = table('colour = 1\nd = true\ne = [1]\nf = [0]\ng = 1\n[[i]]\nj = "x"\n[[i]]\nk = 1\n[l.m]\nn = 1')
    top.number("d", 0.0, 0.0, 1.0)
    top.texts("e", ())
    top.numbers("f")
    assert not top.table("g").has("h")
    for item in top.tables("i"):
        item.whole("j", 0)
    top.table("l").table("m")
    assert top.problems() == [
        "d must be a number from 0 to 1",
        "e must be a list of texts",
        "f must be a list of numbers",
        "g must be a table",
        "unknown setting colour",
        "i[1].j must be a whole number",
        "unknown setting i[2].k",
        "unknown setting l.m.n",
    ]


def test_an_array_of_tables_is_no_single_table() -> None:
    top = table("[i]\nj = 1")
    assert top.tables("i") == ()
    assert top.problems() == ["i must be one or more tables"]


@pytest.mark.parametrize("text", ["x = ", "a = " + "[" * 5000, "a = " + "1" * 5000, "a.b = 1\na = 2"])
def test_no_text_ends_in_anything_but_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_toml(text)
