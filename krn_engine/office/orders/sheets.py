"""A list as a spreadsheet: CSV, or XLSX whose cells are all text. Nothing in it is a formula, whoever wrote it."""

import csv
from io import BytesIO, StringIO

import xlsxwriter

from krn_engine.office.orders.columns import (
    DAY,
    FILLED_IN,
    IDPEL,
    MARK,
    METER,
    NOTE,
    NUMBER,
    RESULT,
    SHOWN,
    columns_of,
    lines_of,
    number_of_row,
)
from krn_engine.office.orders.order import OrderList
from krn_engine.office.words.texts import Texts

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_WIDTHS = {NUMBER: 5, IDPEL: 17, METER: 17, RESULT: 14, SHOWN: 8, DAY: 13, NOTE: 24, "SEBAB": 34, MARK: 28}
_ROW_WIDTH, _WIDTH = 27, 14
_HELP = {
    RESULT: "B = semua benar. B2 = benar sampai kode 2. S3 = kode 3 salah, G3 = gagal. P = PERIKSA. RK = rumah kosong. "
    "TL = menolak. MB = meter beda. KP = keypad rusak. LC = LCD rusak. LL = lain-lain",
    SHOWN: "Angka yang tampil setelah 04 dan Enter",
    DAY: "Tanggal kunjungan, misalnya 29-11-2026",
    NOTE: "Untuk unit; tidak disimpan di sistem. Jangan tulis data pribadi.",
}
"""What a cell says when it is chosen: 255 characters at most (XlsxWriter)."""


def as_csv(orders: OrderList, say: Texts) -> bytes:
    """CSV in UTF-8 with its mark, which Excel needs to know it; cells parted by semicolons, as it does in Indonesia."""
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns_of(orders))
    writer.writerows([_plain(cell) for cell in line] for line in lines_of(orders, say))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(text: str) -> str:
    """A text that begins as a formula does is begun with an apostrophe, which spreadsheets take for "text follows"."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def as_xlsx(orders: OrderList, say: Texts) -> bytes:
    """One sheet of text; what an officer types into it stays text, and becomes no date and no number."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": orders.made_at.replace(tzinfo=None), "title": orders.id})
    sheet = book.add_worksheet(orders.id)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "num_format": "@"})
    text = book.add_format({"num_format": "@", "valign": "top"})
    wanted = book.add_format({"num_format": "@", "valign": "top", "bg_color": "#FFF2CC", "border": 1})
    columns = columns_of(orders)
    for place, name in enumerate(columns):
        width = _ROW_WIDTH if number_of_row(name) else _WIDTHS.get(name, _WIDTH)
        sheet.set_column(place, place, width, wanted if name in FILLED_IN else text)
        sheet.write_string(0, place, name, head)
    last = 0
    for last, line in enumerate(lines_of(orders, say), 1):
        for place, (name, cell) in enumerate(zip(columns, line, strict=True)):
            if name in FILLED_IN:
                sheet.write_blank(last, place, None, wanted)
            else:
                sheet.write_string(last, place, cell, text)
    for name, told in _HELP.items():
        place = columns.index(name)
        sheet.data_validation(1, place, last, place, {"validate": "any", "input_title": name, "input_message": told})
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return file.getvalue()
