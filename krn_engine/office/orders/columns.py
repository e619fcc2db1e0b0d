"""The columns of a list: what the office writes into a line, what an officer does, and by what a change is seen.

Digits stand in fours: so no spreadsheet takes a number for one, and rounds it or eats its zeros.
"""

import re
from collections.abc import Iterable, Mapping

from krn_engine.office.orders.order import Listed, OrderList
from krn_engine.office.orders.words import WHY, reason_of
from krn_engine.office.words.texts import Texts
from krn_engine.row import grouped

NUMBER, IDPEL, METER = "NO", "IDPEL", "NOMOR_METER"
RESULT, SHOWN, DAY, NOTE = "HASIL", "KRN_04", "TGL", "CATATAN"
OFFICER, LIST, OFFICE, MARK = "PETUGAS", "DAFTAR", "KANTOR", "TANDA"
_ROW = re.compile(r"TOKEN_KCT([1-9])([AB])")
FILLED_IN = (RESULT, SHOWN, DAY, NOTE)
"""What an officer fills in."""


def name_of_row(number: int) -> str:
    """The column of the row with this number: TOKEN_KCT1A for the first, as the utility's own lists call it."""
    return f"TOKEN_KCT{(number + 1) // 2}{'BA'[number % 2]}"


def number_of_row(name: str) -> int | None:
    """Which row a column has; None: it has none."""
    found = _ROW.fullmatch(name)
    return None if found is None else 2 * int(found[1]) - (found[2] == "A")


def columns_of(orders: OrderList) -> tuple[str, ...]:
    """The first line of a list."""
    last = max((line.first + len(line.rows) - 1 for line in orders.lines), default=0)
    rows = (name_of_row(number) for number in range(1, max(4, last) + 1))
    told = ("NAMA", "TARIF", "DAYA", "VKRN_LAMA", "SEBAB")
    return (NUMBER, IDPEL, METER, *told, *rows, *FILLED_IN, OFFICER, LIST, OFFICE, MARK)


def lines_of(orders: OrderList, say: Texts) -> Iterable[tuple[str, ...]]:
    """The other lines, each with a text for every column."""
    columns = columns_of(orders)
    for line in orders.lines:
        cells = _cells(orders, line, say)
        yield tuple(cells.get(name, "") for name in columns)


def _cells(orders: OrderList, line: Listed, say: Texts) -> Mapping[str, str]:
    order = line.order
    return {
        NUMBER: str(line.number),
        IDPEL: grouped(order.idpel),
        METER: grouped(order.meter_number),
        "NAMA": order.masked_name,
        "TARIF": order.tariff,
        "DAYA": "" if order.power_va is None else f"{order.power_va} VA",
        "VKRN_LAMA": order.version_label,
        "SEBAB": why_of(line, say),
        **{name_of_row(number): grouped(row) for number, row in enumerate(line.rows, line.first)},
        OFFICER: orders.officer,
        LIST: orders.id,
        OFFICE: orders.origin,
        MARK: line.mark,
    }


def why_of(line: Listed, say: Texts) -> str:
    """Why an officer goes there, in words, with the reason that was told, and when."""
    order = line.order
    first, *others = (say(WHY[why]) for why in order.whys)
    told = [] if not order.code else [_reason(order.code, say)]
    if order.told_at is not None:
        told.append(f"{order.told_at.astimezone():%d-%m-%Y}")
    refused = [say("kode belum bisa dibuat: {code}", code=line.refusal)] if line.refusal else []
    return "; ".join([f"{first} ({', '.join(told)})" if told else first, *others, *refused])


def _reason(code: str, say: Texts) -> str:
    sentence = reason_of(code)
    return code if sentence is None else say(sentence)
