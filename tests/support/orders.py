"""Lists of work orders: made of a demo, filled in as an officer does, and brought back."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from krn_engine.demo import DEMO_DAY, UNIT
from krn_engine.office.orders.finding import Orders
from krn_engine.office.orders.making import ListMaker
from krn_engine.office.orders.marks import Marks
from krn_engine.office.orders.order import Order, OrderList, Why
from krn_engine.office.orders.results import Results, ResultsReport
from krn_engine.office.orders.sheets import as_csv, as_xlsx
from krn_engine.office.words.texts import Texts
from tests.support.office import Demo

Cells = dict[str, Any]
OFFICER = "sari"
MARKS = Marks(b"an office's own key")


def orders_of(demo: Demo) -> Orders:
    """What finds orders at a demo's office."""
    return Orders(demo.register, demo.province.campaign, lambda: DEMO_DAY)


def open_now(demo: Demo, *whys: Why) -> dict[str, Order]:
    """The orders that are open in the demo's unit, by meter number."""
    return {order.meter_number: order for order in orders_of(demo).of_unit(UNIT, whys=whys).orders}


def made(demo: Demo, limit: int = 1000) -> OrderList:
    """A list of them, for an officer."""
    return ListMaker(demo.register, demo.office, orders_of(demo), MARKS, lambda: DEMO_DAY).make(UNIT, OFFICER, limit)


def sheet_of(orders: OrderList, kind: str) -> list[Cells]:
    """The lines of a list as it goes out, by columns."""
    if kind == "csv":
        text = as_csv(orders, Texts()).decode("utf-8-sig")
        return list(csv.DictReader(StringIO(text, newline=""), delimiter=";"))
    book = load_workbook(BytesIO(as_xlsx(orders, Texts())))
    assert book.active is not None
    head, *lines = book.active.iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def written(path: Path, lines: list[Cells], columns: list[str] | None = None) -> Path:
    """A file with these lines, of the kind that its name says."""
    columns = list(lines[0]) if columns is None else columns
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, delimiter=";", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
        return path
    book = Workbook()
    assert book.active is not None
    book.active.append(columns)
    for line in lines:
        book.active.append([line.get(name) for name in columns])
    book.save(path)
    return path


def filled_in(orders: OrderList, kind: str, results: Mapping[str, Cells]) -> list[Cells]:
    """The lines of a list, with what an officer wrote of these meters."""
    lines = sheet_of(orders, kind)
    by_meter = {str(line["NOMOR_METER"]).replace(" ", ""): line for line in lines}
    for number, cells in results.items():
        by_meter[number].update(cells)
    return lines


def taken(demo: Demo, path: Path, *, skip_bad: bool = False) -> ResultsReport:
    """What comes of a file."""
    return Results(demo.register, demo.office, MARKS, lambda: DEMO_DAY).take(path, skip_bad=skip_bad)
