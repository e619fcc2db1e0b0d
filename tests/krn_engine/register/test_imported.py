"""An import puts on record, to the bit, what it did when it took lines one by one: `imported.json` has that."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krn_engine.register import applying
from krn_engine.register.database import Register
from krn_engine.register.line_problem import RefusedLine
from krn_engine.register.tally import count_all, kept
from krn_engine.register.worklist import Worklist, parse_line, read_header
from krn_engine.register.worklist_line import WorklistLine
from tests.support.odd_lists import COLUMNS, TODAY, first_list, imported, second_list
from tests.support.places import Place

BEFORE = json.loads(Path(__file__).with_name("imported.json").read_text())


@pytest.fixture
def told(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is on record after both lists; the tallies are what counting gives, and every digest is right."""
    monkeypatch.setattr(applying, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(applying, "CHUNK", applying.CHUNK)
    with Register.open(place.register()) as register:
        found = imported(register, tmp_path)
        with register.unhurried() as connection:
            assert kept(connection) == count_all(connection)
    return found


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_it_is_what_it_was_before_to_the_bit(told: dict[str, Any]) -> None:
    for name, before in BEFORE.items():
        assert told[name] == before, name


def test_it_is_the_same_on_every_database(told: dict[str, Any]) -> None:
    here, there = by_number(told), by_number(BEFORE)
    for name, before in there.items():
        assert here[name] == before, name


def by_number(told: dict[str, Any]) -> dict[str, Any]:
    """All that is told, without what a database gives by itself: ids become the numbers of meters, digests go."""
    numbers = {meter["id"]: meter["number"] for meter in told["meters"]}

    def named(record: dict[str, Any]) -> dict[str, Any]:
        left = {name: value for name, value in record.items() if name not in ("id", "digest")}
        if left.get("meter_id") is not None:
            left["meter_id"] = numbers[left["meter_id"]]
        if "meters" in left.get("body", {}):
            # Where a list begins, SQLite counts from the line before its first.
            listed = {"after": None, "meters": sorted(numbers[meter] for meter in left["body"]["meters"])}
            left["body"] = left["body"] | listed
        return left

    plain = {name: [named(record) for record in records] for name, records in told.items()}
    plain["ready_rows"].sort(key=lambda record: str(record["meter_id"]))
    return plain


# --- lines that are read in one go


Read = WorklistLine | RefusedLine


def read_both_ways(header: str, cells: list[Any]) -> tuple[Read, list[Read]]:
    """Cell by cell, and as a list reads it: twice, for what it remembers by then."""
    columns = read_header(header.split(","))
    lines = iter([(7, cells), (7, cells)])
    return parse_line(columns, 7, cells, TODAY), list(Worklist(columns, lines, None, 2, TODAY))


CELLS = st.one_of(
    st.sampled_from(
        ["", "SITI", "a b", " a", "#1", "R1", "1300", "1.300 VA", "7", "EA07", "2", "999007", "01", "2014", "255", "41"]
    ),
    st.sampled_from(
        ["2019-08-17", "17-08-2019", "HAPUS", "clear", "\u00a0", "\t", "ß", "\u0661", "0" * 20, "1" * 20, "YA"]
    ),
    st.text(max_size=8),
    st.integers(0, 3000),
    st.none(),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(CELLS, min_size=len(COLUMNS.split(",")) - 2, max_size=len(COLUMNS.split(",")) - 2),
    st.sampled_from(["990000000001", "99000000000\uff11", "99 0000 0000 01", "", "99000000001"]),
    st.sampled_from(["99100000001", "9910000000001", "991000000", " 99100000001"]),
)
def test_a_line_says_the_same_whichever_way_it_is_read(cells: list[Any], idpel: str, meter: str) -> None:
    one, both = read_both_ways(COLUMNS, [idpel, meter, *cells])
    assert both == [one, one]


@pytest.mark.parametrize("content", [first_list(), second_list()], ids=["first", "second"])
def test_most_lines_are_read_in_one_go_and_say_the_same(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    columns, *lines = [line.split(",") for line in content.splitlines() if '"' not in line]
    header = read_header(columns)
    cell_by_cell = [parse_line(header, 7, line, TODAY) for line in lines if any(line)]
    seen: list[object] = []

    def parsed(*told: Any) -> Read:
        seen.append(told)
        return parse_line(*told)

    monkeypatch.setattr("krn_engine.register.worklist.parse_line", parsed)
    assert list(Worklist(header, iter([(7, line) for line in lines]), None, 2, TODAY)) == cell_by_cell
    assert len(seen) < len(lines) / 2


def test_few_columns_are_read_in_one_go_too() -> None:
    for header in ("IDPEL,NOMOR_METER", "NOMOR_METER,IDPEL,TARIF", "IDPEL,NOMOR_METER,KRN,KCT1B,KCT1A"):
        cells = {"IDPEL": "990000000001", "NOMOR_METER": "99100000001", "TARIF": "R1", "KRN": "2"}
        cells |= {"KCT1A": "0" * 19 + "1", "KCT1B": "0" * 19 + "2"}
        one, both = read_both_ways(header, [cells[name] for name in header.split(",")])
        assert isinstance(one, WorklistLine)
        assert both == [one, one]
