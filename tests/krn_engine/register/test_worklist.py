"""Worklists as they come: the utility's columns, and everything that spreadsheets do to numbers."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from krn_engine.errors import KrnError
from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import LineProblem, RefusedLine
from krn_engine.register.worklist import Worklist, open_worklist, parse_line, read_header
from krn_engine.register.worklist_line import WorklistLine

UTILITY = (
    "IDPEL,NOMOR_METER,NAMA,ALAMAT,TARIF,DAYA,KRN_LAMA,VKRN_LAMA,"
    "TOKEN_KCT1A,TOKEN_KCT1B,TOKEN_KCT2A,TOKEN_KCT2B,PETUGASBACA,TGLBACA,KETERANGAN_STATUS_BACA"
)
ROW = "01234567890123456789"
ROWS = (ROW, f"1{ROW[1:]}", f"2{ROW[1:]}", f"3{ROW[1:]}")
TODAY = date(2026, 1, 15)


def lines(folder: Path, text: str | bytes) -> list[WorklistLine | RefusedLine]:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with open_worklist(path, TODAY) as worklist:
        return list(worklist)


def one(folder: Path, header: str, cells: str) -> WorklistLine | RefusedLine:
    (line,) = lines(folder, f"{header}\n{cells}\n")
    return line


def reason(folder: Path, header: str, cells: str) -> str:
    line = one(folder, header, cells)
    assert isinstance(line, RefusedLine), line
    return line.reason


def test_the_utilitys_own_columns(tmp_path: Path) -> None:
    line = one(
        tmp_path,
        UTILITY,
        f"990000000001,99100000001,CONTOH SATU,JL. REKAAN 1,R1,1300,1,41,{','.join(ROWS)},A,B,C",
    )
    assert isinstance(line, WorklistLine)
    assert (line.idpel, line.meter_number, line.name) == ("990000000001", "99100000001", "C*** S***")
    assert (line.tariff, line.power_va, line.key["krn"], line.version_label) == ("R1", 1300, 1, "41")
    assert line.rows == ROWS
    assert line.key["ea"] is None
    assert "REKAAN" not in repr(line)


def test_every_column_of_a_worklist_is_read(tmp_path: Path) -> None:
    header = "idpel;nomor meter;nama;daya;unit;ea;dkga;sgc;ti;krn;kt;base_date;ken;installed on;blocked"
    line = one(
        tmp_path, header, "#9900 0000 0001;99-100.000.001;X;1.300 VA;99001;EA07;2;012345;1;2;2;1993;255;17-08-2015;why"
    )
    assert isinstance(line, WorklistLine)
    assert (line.idpel, line.meter_number, line.power_va) == ("990000000001", "99100000001", 1300)
    assert line.key == {
        "ea": 7, "dkga": 2, "sgc": "012345", "ti": "01", "krn": 2, "kt": 2, "base_date": 1993, "ken": 255,
    }  # fmt: skip
    assert (line.installed_on, line.blocked) == (date(2015, 8, 17), "why")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("1.3E+11,99100000001", "IDPEL was turned into 1.3E+11"),
        ('"1,31E+11",99100000001', "lost its digits"),
        ("90000000001,99100000001", "11 digits instead of 12: the spreadsheet probably dropped a leading zero"),
        ("990000000001,9100000001", "NOMOR_METER has 10 digits instead of 11 or 13"),
        ("9900000000012,99100000001", "13 digits instead of 12"),
        (",99100000001", "IDPEL is missing"),
        ("99000000000A,99100000001", "other signs than digits"),
        ("990000000001", "has 1 columns, the first line has 2"),
        ("990000000001,99100000001,x", "has 3 columns"),
        ('"990000000001,99100000001', "columns"),
    ],
)
def test_a_worklist_line_with_a_wrong_id_is_refused(tmp_path: Path, cells: str, says: str) -> None:
    assert says in reason(tmp_path, "IDPEL,NOMOR_METER", cells)


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("DAYA", "many", "DAYA is not a number"),
        ("EA", "9", "EA09"),
        ("DKGA", "1", "DKGA01"),
        ("SGC", "12345", "6 digits"),
        ("TI", "123", "TI"),
        ("KRN", "0", "1 to 9"),
        ("KT", "4", "KT"),
        ("BASE_DATE", "2000", "1993, 2014 or 2035"),
        ("KEN", "256", "0 to 255"),
        ("INSTALLED_ON", "yesterday", "2019-08-17"),
        ("INSTALLED_ON", "31/02/2019", "not a date"),
        ("KCT1A", ROW, "1A and 1B"),
        ("KCT1A", ROW[1:], "dropped a leading zero"),
        ("KCT1A", "9" * 20, "begins with 0 to 7"),
        ("INSTALLED_ON", "31-12-9999", "INSTALLED_ON is 9999-12-31, and today is 2026-01-15"),
        ("INSTALLED_ON", "1992-12-31", "no meter is older than 1993-01-01"),
        ("INSTALLED_ON", "42233", "INSTALLED_ON is a number, not a date"),
        ("DAYA", "1300.5", "DAYA is not a number"),
        ("DAYA", "13.00.00", "DAYA is not a number"),
        ("DAYA", "0", "DAYA is 0"),
        ("DAYA", "1.3E+11", "DAYA was turned into 1.3E+11"),
        ("NAMA", "SA\x07TU", "NAMA has a control character (U+0007)"),
        ("NAMA", "SA\u202eTU", "NAMA has a control character (U+202E)"),
        ("NAMA", "#N/A", "an error of the spreadsheet"),
        ("UNIT", "U" * 17, "UNIT has 17 characters, at most 16"),
        ("BLOCKED", "tidak", "BLOCKED is no yes and no"),
        ("BLOCKED", "0", "BLOCKED is no yes and no"),
    ],
)
def test_a_worklist_line_with_a_wrong_value_is_refused(tmp_path: Path, column: str, cell: str, says: str) -> None:
    assert says in reason(tmp_path, f"IDPEL,NOMOR_METER,{column}", f"990000000001,99100000001,{cell}")


@pytest.mark.parametrize(
    ("cell", "power"),
    [
        ("1300.0", 1300),
        ("1300.00 VA", 1300),
        ("1.300", 1300),
        ("1,300 VA", 1300),
        ('"1.300,00"', 1300),
        ("1 300", 1300),
        ("2.200.000", 2_200_000),
        ("900,0", 900),
        ("900.0", 900),
        ("1.0", 1),
        ("", None),
    ],
)
def test_power_as_programs_and_people_write_it(tmp_path: Path, cell: str, power: int | None) -> None:
    cell = cell if cell.startswith('"') or "," not in cell else f'"{cell}"'
    line = one(tmp_path, "IDPEL,NOMOR_METER,DAYA", f"990000000001,99100000001,{cell}")
    assert isinstance(line, WorklistLine)
    assert line.power_va == power


def test_a_key_state_that_a_program_wrote_as_decimal_numbers(tmp_path: Path) -> None:
    header = "IDPEL,NOMOR_METER,EA,DKGA,SGC,TI,KRN,KT,BASE_DATE"
    line = one(tmp_path, header, "990000000001,99100000001,7.0,2.0,999007.0,1.0,1.0,2.0,1993.0")
    assert isinstance(line, WorklistLine)
    assert [line.key[name] for name in ("ea", "sgc", "ti", "krn", "base_date")] == [7, "999007", "01", 1, 1993]


@pytest.mark.parametrize(
    ("cells", "code", "says"),
    [
        (f"{ROW},{ROW},,", "LIN-07", "two rows of the set are equal"),
        (f"{','.join(ROWS[:3])},{ROW}", "LIN-07", "two rows of the set are equal"),
        (f"HAPUS,{ROW},,", "LIN-11", "takes all ready-made rows"),
    ],
)
def test_rows_that_are_no_set(tmp_path: Path, cells: str, code: str, says: str) -> None:
    line = one(tmp_path, "IDPEL,NOMOR_METER,KCT1A,KCT1B,KCT2A,KCT2B", f"990000000001,99100000001,{cells}")
    assert isinstance(line, RefusedLine)
    assert (line.number, line.code, says in line.reason) == (2, code, True)


@pytest.mark.parametrize("cells", ["HAPUS,99100000001", "990000000001,clear"])
def test_whom_a_line_is_about_cannot_be_taken_away(tmp_path: Path, cells: str) -> None:
    line = one(tmp_path, "IDPEL,NOMOR_METER", cells)
    assert isinstance(line, RefusedLine)
    assert line.code == "LIN-11"


def test_what_a_list_leaves_out_is_none_and_what_it_clears_is_named(tmp_path: Path) -> None:
    absent = one(tmp_path, "IDPEL,NOMOR_METER", "990000000001,99100000001")
    assert isinstance(absent, WorklistLine)
    assert (absent.name, absent.tariff, absent.unit, absent.blocked, absent.cleared) == (None,) * 4 + (frozenset(),)
    header = "IDPEL,NOMOR_METER,NAMA,BLOCKED,KCT1A,KCT1B,KRN"
    cleared = one(tmp_path, header, "990000000001,99100000001,SATU, hapus ,HAPUS,,")
    assert isinstance(cleared, WorklistLine)
    assert (cleared.name, cleared.blocked) == ("S***", None)
    assert cleared.cleared == {"blocked", "rows"}


def test_an_idpel_with_a_decimal_point_of_a_spreadsheet_is_whole(tmp_path: Path) -> None:
    line = one(tmp_path, "IDPEL,NOMOR_METER", "990000000001.0,99100000001.0")
    assert isinstance(line, WorklistLine)
    assert line.idpel == "990000000001"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"NAMA,DAYA\nx,1\n", "IDPEL is missing"),
        (b"IDPEL,NAMA\n", "NOMOR_METER is missing"),
        (b"\r\x01", "IDPEL is missing"),
        (b'"IDPEL,NOMOR_METER', "IDPEL is missing"),
        (b"IDPEL,NOMOR_METER,NO_METER\n", "mean the same"),
        ("IDPEL,NOMOR_METER\n".encode("utf-16"), "UTF-16"),
        (b"IDPEL,NOMOR_METER,NAMA\n990000000001,99100000001,Jos\xe9\n", "line 2 is not UTF-8"),
        (b"IDPEL,NOMOR_METER\n9900\x00\n", "line 2 is not text"),
    ],
)
def test_files_that_are_no_worklist(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        lines(tmp_path, content)


def test_marks_and_blank_lines(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbfIDPEL,NOMOR_METER\r\n\r\n990000000001,99100000001\r\n,\r\n"
    assert [line.number for line in lines(tmp_path, text)] == [3]


def test_an_address_over_several_lines(tmp_path: Path) -> None:
    text = (
        "IDPEL,NOMOR_METER,ALAMAT,NAMA\n"
        '990000000001,99100000001,"JL. REKAAN\n""BLOK"" A\nNO. 1",SATU\n'
        "990000000002,99100000002,JL. LAIN,DUA\n"
    )
    first, second = lines(tmp_path, text)
    assert isinstance(first, WorklistLine)
    assert (first.number, first.name) == (2, "S***")
    assert isinstance(second, WorklistLine)
    assert (second.number, second.name) == (5, "D***")


@pytest.mark.parametrize("after", [0, 1, 5, 50])
def test_an_open_quotation_mark_spoils_its_own_line_only(tmp_path: Path, after: int) -> None:
    good = [f"9900000001{n:02d},991000001{n:02d},CONTOH" for n in range(after)]
    text = "\n".join(["IDPEL,NOMOR_METER,NAMA", '990000000001,99100000001,"SATU', *good])
    broken, *rest = lines(tmp_path, text + "\n")
    assert isinstance(broken, RefusedLine)
    assert broken.number == 2
    assert [line.number for line in rest if isinstance(line, WorklistLine)] == list(range(3, 3 + after))


def test_two_open_quotation_marks_hide_no_line_between_them(tmp_path: Path) -> None:
    text = (
        "IDPEL,NOMOR_METER,NAMA\n"
        '990000000001,99100000001,"SATU\n'
        "990000000002,99100000002,DUA\n"
        '990000000003,99100000003,"TIGA\n'
    )
    kinds = [(line.number, type(line)) for line in lines(tmp_path, text)]
    assert kinds == [(2, RefusedLine), (3, WorklistLine), (4, RefusedLine)]


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("IDPEL,NOMOR_METER,ALAMAT,WARNA\n")
    with open_worklist(path) as worklist:
        assert worklist.header.ignored == ("WARNA",)


def xlsx(folder: Path, *rows: tuple[Any, ...]) -> list[WorklistLine | RefusedLine]:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    path = folder / "list.xlsx"
    book.save(path)
    with open_worklist(path) as worklist:
        assert isinstance(worklist, Worklist)
        return list(worklist)


def test_a_worklist_is_read_from_an_xlsx_file(tmp_path: Path) -> None:
    header = ("IDPEL", "NOMOR_METER", "DAYA", "INSTALLED_ON", "TOKEN_KCT1A", "TOKEN_KCT1B")
    good, number, short, eaten = xlsx(
        tmp_path,
        header,
        ("990000000001", "99100000001", 1300, date(2015, 8, 17), *ROWS[:2]),
        (990000000002, 99100000002, None, None, None, None),
        (90000000003, 99100000003, None, None, None, None),
        ("990000000004", "99100000004", None, None, 1234567890123456789, ROW),
    )
    assert isinstance(good, WorklistLine)
    assert (good.installed_on, good.rows) == (date(2015, 8, 17), ROWS[:2])
    assert isinstance(number, WorklistLine)
    assert number.idpel == "990000000002"
    assert isinstance(short, RefusedLine)
    assert "leading zero" in short.reason
    assert isinstance(eaten, RefusedLine)
    assert "rounded number" in eaten.reason


def test_a_file_that_is_no_xlsx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ImportRefused, match="cannot be read"), open_worklist(tmp_path / "list.xlsx"):
        pass
    with pytest.raises(ImportRefused, match="no file"), open_worklist(tmp_path / "none.csv"):
        pass


@settings(max_examples=500)
@given(st.one_of(st.binary(), st.text().map(lambda text: b"IDPEL,NOMOR_METER,DAYA\n" + text.encode("utf-8", "ignore"))))
def test_any_bytes_end_in_lines_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        for line in lines(tmp_path_factory.getbasetemp(), content):
            assert isinstance(line, WorklistLine | RefusedLine)
    except KrnError:
        pass


ALL = [*UTILITY.split(","), "UNIT", "EA", "DKGA", "SGC", "TI", "KT", "BASE_DATE", "KEN", "INSTALLED_ON", "BLOCKED"]
CELL = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"[0-9]{0,14}([.,][0-9]{0,3})?( ?VA)?", fullmatch=True),
    st.sampled_from(["HAPUS", ROW, *ROWS[1:], "7", "1", "2", "999007", "2019-08-17", "31-12-9999", "EA07", "1.3E+11"]),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
    st.datetimes(),
    st.timedeltas(),
)


@pytest.mark.slow
@settings(max_examples=1000)
@given(st.lists(CELL, min_size=len(ALL) - 2, max_size=len(ALL) - 2), st.booleans())
def test_any_cells_end_in_a_line_or_its_refusal(cells: list[object], known: bool) -> None:
    """What a line is taken for can be kept as it is."""
    whose = ["990000000001", "99100000001"] if known else cells[:2]
    line = parse_line(read_header(ALL), 7, [*whose, *cells], TODAY)
    if isinstance(line, RefusedLine):
        assert (line.number, line.reason != "", line.code in {problem.value for problem in LineProblem}) == (
            7,
            True,
            True,
        )
        return
    words = (line.name, line.tariff, line.unit, line.version_label, line.blocked)
    assert all(word is None or (word.isprintable() and word == word.strip() != "") for word in words)
    assert line.power_va is None or 0 < line.power_va < 10**9
    assert line.installed_on is None or date(1993, 1, 1) <= line.installed_on <= date(2026, 1, 16)
    assert len(set(line.rows)) == len(line.rows) in (0, 2, 4)


@pytest.mark.parametrize("first", ["990000000001,99100000001,CONTOH SATU,1300", "IDPEL,99100000001,CONTOH SATU"])
def test_no_cell_of_a_list_without_a_header_is_told(tmp_path: Path, first: str) -> None:
    """Its first line is a customer."""
    with pytest.raises(ImportRefused, match=r"must name the columns; .* is missing") as refused:
        lines(tmp_path, f"{first}\n")
    told = str(refused.value)
    assert not any(word in told for word in ("CONTOH", "SATU", "99000", "99100", "1300"))
    assert told.endswith("Found in 4 cells: none that is known" if first[0] == "9" else "Found in 3 cells: IDPEL")
