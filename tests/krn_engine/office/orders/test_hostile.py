"""Lists that come back changed, broken, or from elsewhere: a line is refused with its reason, and nothing stored."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.errors import ListRefused
from krn_engine.office.orders.marks import Marks, Written
from krn_engine.office.orders.order import Listed, OrderList
from krn_engine.office.orders.results import Results
from krn_engine.office.orders.returned import open_returned
from krn_engine.register.database import Register
from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import RefusedLine
from tests.support.office import Demo
from tests.support.orders import MARKS, Cells, filled_in, made, sheet_of, taken, written
from tests.support.places import Place, place_for

TODAY = DEMO_DAY.date()
GOOD = {"HASIL": "B", "KRN_04": "3", "TGL": "15-01-2026"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """What is about files needs one engine."""
    return place_for("sqlite", tmp_path)


@pytest.fixture
def number(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).meter_number


@pytest.fixture
def orders(demo: Demo) -> OrderList:
    return made(demo, 3)


def changed(name: str, make: Callable[[str], object]) -> Callable[[Cells], None]:
    def change(line: Cells) -> None:
        line[name] = make(str(line[name]))

    return change


def swapped(text: str) -> str:
    """The same with its last digit one up."""
    return text[:-1] + str((int(text[-1]) + 1) % 10)


LINES: dict[str, tuple[Callable[[Cells], None], str]] = {
    "another meter number": (changed("NOMOR_METER", swapped), "ORD-04"),
    "another IDPEL": (changed("IDPEL", swapped), "ORD-04"),
    "a changed code": (changed("TOKEN_KCT1A", swapped), "ORD-04"),
    "a code taken away": (changed("TOKEN_KCT2B", lambda _: ""), "ORD-04"),
    "codes changed about": (lambda line: line.update(TOKEN_KCT1A=line["TOKEN_KCT1B"]), "ORD-04"),
    "another officer": (changed("PETUGAS", lambda _: "budi"), "ORD-04"),
    "another list": (changed("DAFTAR", lambda text: text[:-1] + ("B" if text.endswith("A") else "A")), "ORD-04"),
    "another place on it": (changed("NO", lambda _: "2"), "ORD-04"),
    "no mark": (changed("TANDA", lambda _: ""), "ORD-04"),
    "an unknown result": (changed("HASIL", lambda _: "sudah"), "ORD-06"),
    "a code that is not there": (changed("HASIL", lambda _: "B5"), "ORD-06"),
    "code 0": (changed("HASIL", lambda _: "B0"), "ORD-06"),
    "a KRN that no meter has": (changed("KRN_04", lambda _: "12"), "ORD-06"),
    "a day to come": (changed("TGL", lambda _: "16-01-2026"), "LIN-05"),
    "a day before the list": (changed("TGL", lambda _: "14-01-2026"), "LIN-05"),
    "a day of long ago": (changed("TGL", lambda _: "01-01-2001"), "LIN-05"),
    "a day far to come": (changed("TGL", lambda _: "14-01-2062"), "LIN-05"),
    "a day as a number": (changed("TGL", lambda _: "46036"), "LIN-05"),
    "no day": (changed("TGL", lambda _: "kemarin"), "LIN-05"),
    "a meter number of a spreadsheet": (changed("NOMOR_METER", lambda _: "9,91E+10"), "LIN-03"),
    "a code of a spreadsheet": (changed("TOKEN_KCT1A", lambda _: "6,1E+19"), "LIN-03"),
    "a meter number without its zero": (changed("NOMOR_METER", lambda text: text[1:]), "LIN-03"),
    "a code that is none": (changed("TOKEN_KCT1A", lambda _: "9" * 20), "LIN-07"),
    "a result beyond measure": (changed("HASIL", lambda _: "B" * 500), "LIN-08"),
    "a hidden sign": (changed("HASIL", lambda _: "B\u200b"), "LIN-08"),
    "a note of nothing": (changed("CATATAN", lambda _: "\x01"), "LIN-08"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_cannot_be_taken_is_refused_with_its_reason(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str, name: str
) -> None:
    change, code = LINES[name]
    lines = filled_in(orders, "csv", {number: GOOD})
    change(lines[0])
    path = written(tmp_path / "back.csv", lines)
    before = [demo.count(table) for table in ("key_changes", "requests", "outcomes", "endings", "audit")]
    report = taken(demo, path)
    assert [(line.number, line.code) for line in report.refused] == [(2, code)], report.refused
    assert not report.stored
    assert [demo.count(table) for table in ("key_changes", "requests", "outcomes", "endings", "audit")] == before
    # What is refused says neither whose meter it is nor its codes.
    told = report.refused[0].reason.replace(" ", "")
    assert number not in told
    assert not re.search(r"\d{5}", told.replace("2026-01-16", "").replace("2062-01-14", "").replace("2026-01-15", ""))


def test_what_is_good_goes_in_beside_what_is_not_where_somebody_says_so(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str
) -> None:
    lines = filled_in(orders, "csv", {number: GOOD})
    lines[1]["HASIL"] = "sudah"
    report = taken(demo, written(tmp_path / "back.csv", lines), skip_bad=True)
    assert (report.stored, report.taken, len(report.refused)) == (True, 1, 1)


def test_a_line_twice_is_one_and_with_another_result_refused(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str
) -> None:
    line = filled_in(orders, "csv", {number: GOOD})[0]
    report = taken(demo, written(tmp_path / "other.csv", [line, {**line, "HASIL": "S1"}]))
    assert [(one.number, one.code) for one in report.refused] == [(3, "LIN-09")]
    report = taken(demo, written(tmp_path / "same.csv", [line, line]))
    assert (report.taken, report.stored) == (1, True)


def test_a_list_that_was_never_made_gives_no_rows_out_and_takes_nothing(
    demo: Demo, tmp_path: Path, number: str
) -> None:
    """Not even with marks under this office's key."""
    orders = made(demo, 3)
    name = "L" + "A" * 16
    lines = tuple(
        replace(line, mark=MARKS.of_line(written_of(replace(orders, id=name), line), TODAY)) for line in orders.lines
    )
    forged = replace(orders, id=name, lines=lines)
    report = taken(demo, written(tmp_path / "back.csv", filled_in(forged, "csv", {number: GOOD})))
    assert [line.code for line in report.refused] == ["ORD-05"]
    assert demo.count("requests") == sum(len(line.pairs) for line in orders.lines)


def written_of(orders: OrderList, line: Listed) -> Written:
    """What is marked of a line."""
    order = line.order
    told = (orders.origin, orders.id, orders.officer, line.number, order.idpel, order.meter_number)
    return Written(*told, line.first, line.rows)


def test_who_holds_a_list_can_make_up_no_line_and_take_no_other_officers_name(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str
) -> None:
    """All that a line says can be written anew, but its mark cannot: the key is the office's alone."""
    others = Marks(b"somebody else's key")
    empty = replace(orders.lines[1], rows=(), first=1)
    made_up = replace(orders, id="L" + "A" * 16, officer="direktur", lines=(empty,))
    renamed = replace(orders, officer="budi")
    before = [demo.count(table) for table in ("outcomes", "endings", "audit")]
    for forged, result in ((made_up, {"HASIL": "TL", "KRN_04": "3"}), (renamed, GOOD)):
        lines = tuple(replace(line, mark=others.of_line(written_of(forged, line), TODAY)) for line in forged.lines)
        report = taken(
            demo,
            written(
                tmp_path / f"{forged.officer}.csv",
                filled_in(replace(forged, lines=lines), "csv", {lines[0].order.meter_number: result}),
            ),
        )
        assert {line.code for line in report.refused} == {"ORD-04"}
    assert [demo.count(table) for table in ("outcomes", "endings", "audit")] == before


def test_a_list_of_an_earlier_release_is_told_apart(demo: Demo, tmp_path: Path, orders: OrderList, number: str) -> None:
    lines = filled_in(orders, "csv", {number: GOOD})
    lines[0]["TANDA"] = "T" + "A" * 15
    (refused,) = taken(demo, written(tmp_path / "back.csv", lines)).refused
    assert refused.code == "ORD-04"
    assert "earlier release" in refused.reason


@pytest.mark.parametrize("text", ["15/01/26", "15-1-2026", "15.01.2026", "2026-01-15"])
def test_a_day_is_read_as_officers_write_it(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str, text: str
) -> None:
    path = written(tmp_path / "back.csv", filled_in(orders, "csv", {number: GOOD | {"TGL": text}}))
    assert taken(demo, path).taken == 1


def test_what_is_no_day_is_told_with_a_day_as_officers_write_it(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str
) -> None:
    path = written(tmp_path / "back.csv", filled_in(orders, "csv", {number: GOOD | {"TGL": "kemarin"}}))
    (refused,) = taken(demo, path).refused
    assert refused.reason.endswith("write it as 15-01-2026")


def test_a_list_of_another_office_is_told(demo: Demo, tmp_path: Path, number: str) -> None:
    with Register.create(f"sqlite:///{tmp_path / 'other.db'}") as register:
        DemoProvince(3).load(register)
        other = Demo(demo.province, register, demo.office, "")
        path = written(tmp_path / "back.csv", filled_in(made(demo, 3), "csv", {number: GOOD}))
        report = Results(other.register, demo.office, MARKS, lambda: DEMO_DAY).take(path)
    assert [line.code for line in report.refused] == ["ORD-05"] * 3


@pytest.mark.parametrize("name", ["HASIL", "TANDA", "NOMOR_METER", "TGL", "CATATAN", "DAFTAR"])
def test_a_list_without_one_of_its_columns_is_refused_whole(
    demo: Demo, tmp_path: Path, orders: OrderList, name: str
) -> None:
    lines = sheet_of(orders, "csv")
    columns = [column for column in lines[0] if column != name]
    with pytest.raises(ListRefused, match=name):
        taken(demo, written(tmp_path / "back.csv", lines, columns))


def test_a_list_without_its_codes_or_with_a_column_twice_is_refused_whole(
    demo: Demo, tmp_path: Path, orders: OrderList
) -> None:
    lines = sheet_of(orders, "csv")
    columns = [column for column in lines[0] if not column.startswith("TOKEN")]
    with pytest.raises(ListRefused, match="the codes"):
        taken(demo, written(tmp_path / "back.csv", lines, columns))
    with pytest.raises(ListRefused, match="twice"):
        taken(demo, written(tmp_path / "back.csv", lines, [*lines[0], "HASIL"]))


def test_a_list_with_columns_in_another_order_and_with_one_more_is_taken(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str
) -> None:
    lines = filled_in(orders, "csv", {number: GOOD})
    columns = [*reversed(lines[0]), "catatan unit"]
    assert taken(demo, written(tmp_path / "back.csv", lines, columns)).taken == 1


def test_a_day_that_a_spreadsheet_took_for_one_is_a_day(
    demo: Demo, tmp_path: Path, orders: OrderList, number: str
) -> None:
    lines = filled_in(orders, "xlsx", {number: {"HASIL": "B", "KRN_04": 3, "TGL": datetime(2026, 1, 15, 9, 30)}})  # noqa: DTZ001
    assert taken(demo, written(tmp_path / "back.xlsx", lines)).taken == 1


RAW: dict[str, tuple[Callable[[bytes], bytes], object]] = {
    "a mark of UTF-8": (lambda raw: b"\xef\xbb\xbf" + raw, 1),
    "commas": (lambda raw: raw.replace(b";", b","), 1),
    "old Macs": (lambda raw: raw.replace(b"\r\n", b"\r"), (ListRefused, ImportRefused)),
    "lines of Unix": (lambda raw: raw.replace(b"\r\n", b"\n"), 1),
    "empty lines": (lambda raw: raw.replace(b"\r\n", b"\r\n;;;\r\n\r\n") + b"\r\n\r\n", 1),
    "NUL": (lambda raw: raw[:-20] + b"\0" + raw[-20:], ImportRefused),
    "UTF-16": (lambda raw: raw.decode().encode("utf-16"), ImportRefused),
    "Latin-1": (lambda raw: raw + "é".encode("latin-1"), ImportRefused),
    "nothing": (lambda raw: b"", ImportRefused),
    "its first line alone": (lambda raw: raw.split(b"\r\n")[0], ListRefused),
    "a photograph": (lambda raw: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, ImportRefused),
    "a line without end": (lambda raw: raw + b"x" * 200_000, ImportRefused),
    "an open quotation mark": (lambda raw: raw.replace(b"sari", b'"sari', 1), None),
}


@pytest.mark.parametrize("name", RAW)
def test_files_as_programs_write_them(tmp_path: Path, name: str, orders: OrderList, demo: Demo, number: str) -> None:
    edit, comes = RAW[name]
    path = written(tmp_path / "back.csv", filled_in(orders, "csv", {number: GOOD}))
    path.write_bytes(edit(path.read_bytes()))
    if isinstance(comes, int):
        assert taken(demo, path).taken == comes
    elif comes is None:
        report = taken(demo, path)
        assert (report.stored, bool(report.refused)) == (False, True)
    else:
        with pytest.raises(comes):  # type: ignore[call-overload]
            taken(demo, path)


def book_of(path: Path, edit: Callable[[Workbook], None]) -> Path:
    book = load_workbook(path)
    edit(book)
    book.save(path)
    return path


def merged(book: Workbook) -> None:
    assert book.active is not None
    book.active.merge_cells("M2:N2")


def second_sheet(book: Workbook) -> None:
    book.create_sheet()["A1"] = "mine"


@pytest.mark.parametrize("edit", [merged, second_sheet])
def test_a_book_that_is_unclear_is_refused_whole(
    tmp_path: Path, demo: Demo, orders: OrderList, number: str, edit: Callable[[Workbook], None]
) -> None:
    path = written(tmp_path / "back.xlsx", filled_in(orders, "xlsx", {number: GOOD}))
    with pytest.raises(ImportRefused):
        taken(demo, book_of(path, edit))


def test_a_formula_is_no_result(tmp_path: Path, demo: Demo, orders: OrderList, number: str) -> None:
    path = written(tmp_path / "back.xlsx", filled_in(orders, "xlsx", {number: {**GOOD, "HASIL": '="B"'}}))
    # No program has worked it out: the cell is empty. What 04 showed stands by itself.
    assert taken(demo, path).taken == 1


def test_a_number_that_a_spreadsheet_rounded_is_told(
    tmp_path: Path, demo: Demo, orders: OrderList, number: str
) -> None:
    for name, cell in (("NOMOR_METER", 99100000001.5), ("TOKEN_KCT1A", 61044734851150704401)):
        lines = filled_in(orders, "xlsx", {number: {**GOOD, name: cell}})
        report = taken(demo, written(tmp_path / "back.xlsx", lines))
        assert [line.number for line in report.refused] == [2]


def test_a_book_that_unpacks_to_many_times_its_size_is_not_unpacked(tmp_path: Path, demo: Demo) -> None:
    path = tmp_path / "bomb.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(ImportRefused, match="unpacks"):
        taken(demo, path)


def test_a_file_of_more_lines_than_any_list_has_is_not_read_on(tmp_path: Path, orders: OrderList) -> None:
    line = sheet_of(orders, "csv")[0]
    path = written(tmp_path / "long.csv", [line])
    path.write_bytes(path.read_bytes() + b";;;x\r\n" * 100_000)
    with open_returned(path, TODAY, MARKS) as found, pytest.raises(ListRefused, match="more than"):
        list(found)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, demo: Demo) -> None:
    with pytest.raises(ListRefused):
        taken(demo, tmp_path / "nowhere.csv")


def mutants(raw: bytes, seed: int) -> Sequence[bytes]:
    """Copies of a file with bytes changed, cut out, doubled and moved."""
    chance = random.Random(seed)
    made = []
    for _ in range(60):
        content = bytearray(raw)
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(content))
            what = chance.randrange(4)
            if what == 0:
                content[place] = chance.choice(b'0123456789;,"\r\n =+BSPX\x00\xff')
            elif what == 1:
                del content[place : place + chance.randrange(1, 40)]
            elif what == 2:
                content[place:place] = content[place : place + chance.randrange(1, 40)]
            else:
                content[place:place] = chance.choice((b"\xf0\x9f\x98\x80", b"9" * 40, b'"', b";", b"\r\n", b"'=1"))
        made.append(bytes(content))
    return made


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_lets_anything_in_that_was_not_written(tmp_path: Path, seed: int) -> None:
    """Each line of a damaged file is the same as it was but for what an officer fills in, or it is refused."""
    province = DemoProvince(8)
    with Register.create(f"sqlite:///{tmp_path / 'register.db'}") as register:
        province.load(register)
        demo = Demo(province, register, LocalOffice(register, province.campaign, province.vault), "")
        orders = made(demo, 4)
    known = {(line.number, line.order.idpel, line.order.meter_number, line.rows) for line in orders.lines}
    path = written(
        tmp_path / "back.csv", filled_in(orders, "csv", {province.first(DemoCase.FOUR_ROWS).meter_number: GOOD})
    )
    raw = path.read_bytes()
    for content in mutants(raw, seed):
        path.write_bytes(content)
        try:
            with open_returned(path, date(2026, 1, 15), MARKS) as found:
                lines = list(found)
        except KrnError:
            continue
        for line in lines:
            if not isinstance(line, RefusedLine):
                rows = tuple(line.rows[place] for place in sorted(line.rows))
                assert (line.number, line.idpel, line.meter_number, rows) in known
                assert (line.list_id, line.officer, line.office) == (orders.id, orders.officer, orders.origin)
