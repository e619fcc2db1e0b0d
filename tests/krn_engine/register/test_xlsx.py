"""XLSX files as spreadsheets make them, and as they should never be: a line is refused alone, a broken file whole."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from krn_engine.errors import KrnError
from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import RefusedLine
from krn_engine.register.worklist import open_worklist
from krn_engine.register.worklist_line import WorklistLine

HEADER = ("IDPEL", "NOMOR_METER", "NAMA", "DAYA", "INSTALLED_ON")
GOOD = ("990000000001", "99100000001", "SATU", 1300, date(2015, 8, 17))
NEXT = ("990000000002", "99100000002", "DUA", 900, None)
SHEET = "xl/worksheets/sheet1.xml"
Line = WorklistLine | RefusedLine


def write(path: Path, *rows: Sequence[Any], also: Callable[[Workbook], None] = lambda book: None) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    also(book)
    book.save(path)
    return path


def edited(path: Path, edit: Callable[[str], str]) -> Path:
    """The file with its sheet's XML changed."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[SHEET].decode()
    parts[SHEET] = edit(before).encode()
    assert parts[SHEET].decode() != before
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def lines(path: Path) -> list[Line]:
    with open_worklist(path, date(2026, 1, 15)) as worklist:
        return list(worklist)


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda xml: re.sub(old, new, xml, count=1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r'(<c r="C2" )t="inlineStr">.*?</c>', r'\g<1>t="s"><v>999999</v></c>'),  # IndexError in the library
        (r'(<c r="D2" t="n"><v>)1300', r"\g<1>many"),  # ValueError
        (r'(<c r="D2" t="n"><v>)1300', r"\g<1>" + "9" * 5000),
        (r'<c r="D2"', '<c r="??"'),
        (r'<c r="D2"', '<c r="D7"'),
        (r'<c r="D2" t="n"', '<c r="D2" s="x" t="n"'),
        (r'(<c r="D2" )t="n"', r'\g<1>t="d"'),
        (r'<row r="2"', '<row r="two"'),
        (r'(<c r="E2"[^>]*><v>)\d+', r"\g<1>99999999999"),  # a date beyond all dates
    ],
)
def test_a_cell_that_breaks_the_reader_refuses_its_own_line(tmp_path: Path, old: str, new: str) -> None:
    path = edited(write(tmp_path / "list.xlsx", HEADER, GOOD, NEXT), replacing(old, new))
    broken, good = lines(path)
    assert isinstance(broken, RefusedLine)
    assert (broken.number, broken.code) == (2, "LIN-10")
    assert isinstance(good, WorklistLine)
    assert (good.number, good.name) == (3, "D***")


def test_lines_that_do_not_ascend_are_refused(tmp_path: Path) -> None:
    path = edited(write(tmp_path / "list.xlsx", HEADER, GOOD, NEXT), replacing('<row r="3"', '<row r="1"'))
    assert [(type(line), line.number) for line in lines(path)] == [(WorklistLine, 2), (RefusedLine, 3)]


@pytest.mark.parametrize(
    "edit",
    [
        lambda xml: xml[: xml.index('<row r="3"') + 20],  # ParseError
        lambda xml: xml.replace("</row></sheetData>", "</row><&</sheetData>"),
        replacing("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),  # EntitiesForbidden
    ],
)
def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path, edit: Callable[[str], str]) -> None:
    path = edited(write(tmp_path / "list.xlsx", HEADER, GOOD, NEXT), edit)
    with pytest.raises(ImportRefused, match=r"breaks off below line \d|cannot be read"):
        lines(path)


def test_one_cell_in_the_last_corner_costs_no_time(tmp_path: Path) -> None:
    def last(book: Workbook) -> None:
        assert book.active is not None
        book.active["XFD1048576"] = "x"

    start = time.monotonic()
    assert [line.number for line in lines(write(tmp_path / "list.xlsx", HEADER, GOOD, also=last))] == [2, 1048576]
    with pytest.raises(ImportRefused, match="must name the columns"):
        lines(write(tmp_path / "alone.xlsx", also=last))
    assert time.monotonic() - start < 5


def test_a_value_right_of_the_columns_is_refused_with_its_line(tmp_path: Path) -> None:
    _, far = lines(write(tmp_path / "list.xlsx", HEADER, GOOD, (*NEXT, None, "x")))
    assert isinstance(far, RefusedLine)
    assert (far.number, far.code, far.reason) == (3, "LIN-01", "has a value in column 7, the first line has 5 columns")


def test_lines_outside_of_the_stated_size_are_read(tmp_path: Path) -> None:
    small = replacing('<dimension ref="[A-Z0-9:]+"', '<dimension ref="A1:B2"')
    found = lines(edited(write(tmp_path / "list.xlsx", HEADER, GOOD, NEXT), small))
    assert [line.name for line in found if isinstance(line, WorklistLine)] == ["S***", "D***"]


def test_further_sheets(tmp_path: Path) -> None:
    def empty(book: Workbook) -> None:
        book.create_sheet()

    def filled(book: Workbook) -> None:
        book.create_sheet().append(NEXT)

    assert len(lines(write(tmp_path / "empty.xlsx", HEADER, GOOD, also=empty))) == 1
    with pytest.raises(ImportRefused, match="sheet 2 of the file has cells too"):
        lines(write(tmp_path / "filled.xlsx", HEADER, GOOD, also=filled))


def test_merged_cells(tmp_path: Path) -> None:
    def merged(book: Workbook) -> None:
        assert book.active is not None
        book.active.merge_cells("C2:C3")

    with pytest.raises(ImportRefused, match="line 2: cells are merged"):
        lines(write(tmp_path / "list.xlsx", HEADER, GOOD, NEXT, also=merged))


@pytest.mark.parametrize(
    ("column", "cell", "code", "says"),
    [
        (4, 42233, "LIN-05", "INSTALLED_ON is a number, not a date"),
        (4, datetime(9999, 12, 31), "LIN-05", "is 9999-12-31, and today is 2026-01-15"),  # noqa: DTZ001
        (4, date(1970, 1, 1), "LIN-05", "no meter is older"),
        (2, datetime(2015, 8, 17), "LIN-03", "NAMA was turned into a date"),  # noqa: DTZ001
        (2, "#REF!", "LIN-03", "an error of the spreadsheet"),
        (2, True, "LIN-04", "NAMA is true or false"),
        (3, -5, "LIN-04", "DAYA is below zero"),
        (3, 1.3, "LIN-03", "DAYA was turned into a rounded number"),
    ],
)
def test_cells_of_another_kind(tmp_path: Path, column: int, cell: object, code: str, says: str) -> None:
    (line,) = lines(write(tmp_path / "list.xlsx", HEADER, (*GOOD[:column], cell, *GOOD[column + 1 :])))
    assert isinstance(line, RefusedLine)
    assert (line.code, says in line.reason) == (code, True), line


def test_a_file_that_unpacks_beyond_measure(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", HEADER, GOOD)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/filler.bin", bytes(50_000_000))
    with pytest.raises(ImportRefused, match="unpacks to many times its size"):
        lines(path)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(["990000000001", "99100000001", "HAPUS", "1300.0", "31-12-9999", "#N/A", "=1/0"]),
)
ALL = ("IDPEL", "NOMOR_METER", "NAMA", "DAYA", "EA", "SGC", "TI", "KRN", "INSTALLED_ON", "BLOCKED", "KCT1A", "KCT1B")
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@MANY
@given(st.lists(st.lists(CELLS, min_size=1, max_size=len(ALL) + 1), max_size=3))
def test_any_cells_end_in_lines(tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]) -> None:
    path = tmp_path_factory.getbasetemp() / "cells.xlsx"
    try:
        write(path, ALL, *rows)
    except (ValueError, TypeError, OverflowError):
        return  # openpyxl itself cannot write it
    for line in lines(path):
        assert isinstance(line, Line)


@pytest.mark.slow
@MANY
@given(st.data())
def test_any_damage_ends_in_lines_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Bytes of the archive, or characters of the sheet inside of a sound archive."""
    path = write(tmp_path_factory.getbasetemp() / "damaged.xlsx", HEADER, GOOD, NEXT)
    places = st.lists(st.tuples(st.floats(0, 0.999), st.characters(codec="ascii")), min_size=1, max_size=4)

    def damage(content: str) -> str:
        for place, sign in data.draw(places):
            at = int(place * len(content))
            content = content[:at] + sign + content[at + data.draw(st.integers(0, 5)) :]
        return content + " "

    if data.draw(st.booleans()):
        edited(path, damage)
    else:
        path.write_bytes(damage(path.read_bytes().decode("latin-1")).encode("latin-1"))
    with suppress(KrnError):
        assert all(isinstance(line, Line) for line in lines(path))
