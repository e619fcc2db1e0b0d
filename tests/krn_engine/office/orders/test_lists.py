"""A list as it goes out: nothing in it is a formula, nothing is lost, and a bar code is the meter's number."""

import csv
import re
import zlib
from base64 import a85decode
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from openpyxl import load_workbook
from PIL import Image, ImageDraw

from krn_engine.demo import UNIT, DemoCase
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import Grade, SessionEnding
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.columns import columns_of, name_of_row, number_of_row
from krn_engine.office.orders.errors import NothingToList
from krn_engine.office.orders.making import ListMaker, request_of
from krn_engine.office.orders.order import OrderList
from krn_engine.office.orders.paper import ON_A_PAGE, as_pdf
from krn_engine.office.orders.sheets import as_csv, as_xlsx
from krn_engine.office.words.texts import ENGLISH, Texts
from krn_engine.row import grouped
from tests.support.office import Demo
from tests.support.orders import MARKS, OFFICER, made, open_now, orders_of, sheet_of
from tests.support.places import Place, place_for

SAY = Texts()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """What is about files needs one engine."""
    return place_for("sqlite", tmp_path)


def drawn(pdf: bytes) -> Iterator[str]:
    """What is drawn on each page of a PDF of ours."""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        packed = a85decode(stream.strip().removesuffix(b"~>"))
        yield zlib.decompress(packed).decode("cp1252")


def text_of(pdf: bytes) -> str:
    """All that is written in it, in order."""
    said = re.findall(r"\(((?:\\.|[^\\)])*)\) Tj", "\n".join(drawn(pdf)))
    plain = (re.sub(r"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]).decode("cp1252"), line) for line in said)
    return "\n".join(re.sub(r"\\([()\\])", r"\1", line) for line in plain)


def bars_of(page: str) -> Iterator[Image.Image]:
    """Each bar code of a page, as a telephone's camera sees it."""
    for code in re.findall(r"(?:n [\d. ]+ re f\*\n)+", page):
        bars = [tuple(map(float, bar.split())) for bar in re.findall(r"n ([\d. ]+) re", code)]
        left, right = bars[0][0] - 10, bars[-1][0] + 12
        picture = Image.new("L", (round(8 * (right - left)), 200), 255)
        for x, _, width, _ in bars:
            ImageDraw.Draw(picture).rectangle((8 * (x - left), 0, 8 * (x - left + width) - 1, 200), 0)
        yield picture


def with_first(orders: OrderList, **changes: Any) -> OrderList:
    """The list with other values in its first order."""
    first, *others = orders.lines
    return replace(orders, lines=(replace(first, order=replace(first.order, **changes)), *others))


def test_rows_are_called_as_the_utility_does() -> None:
    names = [name_of_row(number) for number in range(1, 7)]
    assert names == [f"TOKEN_KCT{name}" for name in ("1A", "1B", "2A", "2B", "3A", "3B")]
    assert [number_of_row(name) for name in (*names, "TOKEN_KCT0A", "HASIL")] == [1, 2, 3, 4, 5, 6, None, None]


def test_a_list_has_the_rows_that_each_meter_needs_under_their_numbers(demo: Demo) -> None:
    orders = made(demo)
    assert [line.order.meter_number for line in orders.lines] == list(open_now(demo))
    lines = {line["NOMOR_METER"].replace(" ", ""): line for line in sheet_of(orders, "csv")}
    for case, columns in (
        (DemoCase.FOUR_ROWS, "1A 1B 2A 2B"),
        (DemoCase.TWO_ROWS, "1A 1B"),
        (DemoCase.EA11, "1A 1B 2A 2B"),
        (DemoCase.READY_MADE, "1A 1B 2A 2B"),
    ):
        number = demo.first(case).meter_number
        line = lines[number]
        filled = [name.removeprefix("TOKEN_KCT") for name, cell in line.items() if name.startswith("TOKEN") and cell]
        assert " ".join(filled) == columns
        rows = demo.office.issue(number, f"again {number}").rows
        assert [line[f"TOKEN_KCT{name}"] for name in columns.split()] == [grouped(row) for row in rows]
    assert demo.first(DemoCase.DONE).meter_number not in lines


def test_what_is_on_a_list_is_issued_under_its_name_and_in_the_audit(demo: Demo) -> None:
    orders = made(demo, 3)
    with demo.register.read() as connection:
        events = connection.exec_driver_sql("SELECT event, body FROM audit ORDER BY id").all()
    *issued, listed = events[-4:]
    assert [event for event, _ in issued] == ["issued"] * 3
    for line, (_, body) in zip(orders.lines, issued, strict=True):
        assert request_of(orders.id, line.order.meter_number) in body
    assert listed[0] == "orders-listed"
    assert f'"list":"{orders.id}"' in listed[1]
    assert '"officer":"sari"' in listed[1]


def test_where_nothing_is_open_there_is_no_list(demo: Demo) -> None:
    maker = ListMaker(demo.register, demo.office, orders_of(demo), MARKS)
    with pytest.raises(NothingToList):
        maker.make("nowhere", OFFICER)


def test_a_meter_whose_rows_are_refused_is_on_the_list_without_them(demo: Demo) -> None:
    without = LocalOffice(demo.register, demo.province.campaign, sources=Sources.of_vault(None))
    orders = ListMaker(demo.register, without, orders_of(demo), MARKS).make(UNIT, OFFICER)
    refused = {line.order.meter_number: line.refusal for line in orders.lines if line.refusal}
    assert refused[demo.first(DemoCase.FOUR_ROWS).meter_number] == "OFF-06"
    assert demo.first(DemoCase.READY_MADE).meter_number not in refused
    assert "kode belum bisa dibuat: OFF-06" in sheet_of(orders, "csv")[0]["SEBAB"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(0)", '="x"', "|calc", "%0A"])
def test_nothing_in_a_sheet_is_a_formula(demo: Demo, text: str) -> None:
    orders = with_first(made(demo, 2), masked_name=text, tariff=text[:8], version_label=text[:8])
    raw = as_csv(orders, SAY).decode("utf-8-sig")
    cells = [cell for line in csv.reader(StringIO(raw, newline=""), delimiter=";") for cell in line]
    assert f"'{text}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "|", "%"))]
    book = load_workbook(BytesIO(as_xlsx(orders, SAY)))
    assert book.active is not None
    kinds = {cell.data_type for line in book.active.iter_rows() for cell in line if cell.value is not None}
    # Each is a string: neither a number nor a formula, whatever it looks like.
    assert kinds == {"s"}
    assert len(book.worksheets) == 1


def test_no_digits_of_a_sheet_are_a_number_to_a_spreadsheet(demo: Demo) -> None:
    for line in sheet_of(made(demo), "csv"):
        numbers = [name for name, cell in line.items() if re.fullmatch(r"[0-9.,]*E?[0-9]+", cell)]
        assert numbers == ["NO"]


def test_a_csv_is_what_excel_in_indonesia_opens(demo: Demo) -> None:
    raw = as_csv(made(demo, 2), SAY)
    assert raw.startswith(b"\xef\xbb\xbfNO;IDPEL;NOMOR_METER;")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 3


def test_paper_has_every_order_its_rows_in_fours_and_counted_pages(demo: Demo) -> None:
    demo.office.end(
        demo.first(DemoCase.TWO_ROWS).meter_number,
        SessionEnding("visit-asked", "UPG-13", None, Grade.CUSTOMER, proved=False, place="home"),
    )
    orders = made(demo)
    text = text_of(as_pdf(orders, SAY))
    for line in orders.lines:
        assert grouped(line.order.meter_number) in text
        assert all(grouped(row) in text for row in line.rows)
    pages = -(-len(orders.lines) // ON_A_PAGE)
    assert all(f"Halaman {number} dari {pages}" in text for number in range(1, pages + 1))
    assert f"Halaman {pages + 1}" not in text
    assert text.count(orders.id) == pages
    assert "Kunjungan diminta (Keypad rusak, 15-01-2026)" in text
    assert "RK  Rumah kosong" in text
    for customer in demo.province:
        assert customer.name not in text
    assert "Nobody at home" in text_of(as_pdf(orders, Texts(ENGLISH)))


def test_the_same_list_is_the_same_paper(demo: Demo) -> None:
    orders = made(demo, 6)
    assert as_pdf(orders, SAY) == as_pdf(orders, SAY)


def test_paper_takes_names_that_its_letters_cannot_write_and_that_have_no_room(demo: Demo) -> None:
    orders = replace(with_first(made(demo, 1), masked_name="天***", tariff="(R1\\"), unit="ユニット" + "x" * 300)
    text = text_of(as_pdf(orders, SAY))
    assert "?***" in text
    assert "(R1\\" in text
    assert "…" in text


def test_each_bar_code_is_read_back_as_the_meters_number(demo: Demo) -> None:
    orders = made(demo, 7)
    read = [
        found.text
        for page in drawn(as_pdf(orders, SAY))
        for code in bars_of(page)
        for found in zxingcpp.read_barcodes(code)
    ]
    assert read == [line.order.meter_number for line in orders.lines]


def test_columns_grow_with_the_rows_that_a_campaign_needs(demo: Demo) -> None:
    orders = made(demo, 1)
    line = orders.lines[0]
    longer = replace(orders, lines=(replace(line, rows=line.rows + line.rows[:2]),))
    assert "TOKEN_KCT3B" in columns_of(longer)
    assert "TOKEN_KCT3A" not in columns_of(orders)
