"""A list on paper: A4 on its side, for an officer with a pen. Each meter number is a bar code (Code 128) too."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from krn_engine.office.orders.columns import why_of
from krn_engine.office.orders.order import Listed, OrderList
from krn_engine.office.orders.result import CODES
from krn_engine.office.orders.words import BOXES, REASONS
from krn_engine.office.reasons import HandOff
from krn_engine.office.words.texts import Texts
from krn_engine.row import grouped

WIDTH, HEIGHT = landscape(A4)
MARGIN = 10 * mm
HEAD, FOOT = 17 * mm, 9 * mm
ON_A_PAGE = 5
ORDER = (HEIGHT - 2 * MARGIN - HEAD - FOOT) / ON_A_PAGE
"""Height of one order."""
WHO, ROWS, RESULTS = MARGIN, MARGIN + 76 * mm, MARGIN + 178 * mm
"""Where the three parts of an order begin: whose meter, its codes, what came of it."""
PLAIN, BOLD, DIGITS = "Helvetica", "Helvetica-Bold", "Courier-Bold"
"""Every reader of PDF has these, and the file needs none of its own."""
SMALL, NORMAL, LARGE, HUGE = 7.5, 9.0, 12.0, 15.0
TICK = 3.6 * mm
LINE = 5.1 * mm
_BAR = 0.33 * mm
"""Width of the narrowest bar: what a telephone's camera reads from a hand's distance."""
_BESIDE = (
    HandOff.PERIKSA,
    HandOff.NOBODY_HOME,
    HandOff.DECLINED,
    HandOff.OTHER_METER,
    HandOff.KEYPAD_BROKEN,
    HandOff.DISPLAY_BROKEN,
    HandOff.OTHER,
)
"""Reasons that have a box to be ticked."""


def as_pdf(orders: OrderList, say: Texts) -> bytes:
    """The list as a PDF file. The same list gives the same bytes."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1)
    canvas.setTitle(orders.id)
    paper = _Paper(canvas, orders, say)
    pages = [orders.lines[first : first + ON_A_PAGE] for first in range(0, len(orders.lines), ON_A_PAGE)]
    for number, lines in enumerate(pages, 1):
        paper.page(lines, number, len(pages))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


class _Paper:
    def __init__(self, canvas: Canvas, orders: OrderList, say: Texts) -> None:
        self._canvas = canvas
        self._orders = orders
        self._say = say

    def page(self, lines: Sequence[Listed], number: int, of: int) -> None:
        """One page."""
        self._head(number, of)
        top = HEIGHT - MARGIN - HEAD
        for line in lines:
            self._order(line, top)
            top -= ORDER
        self._foot()

    # --- what stands on every page

    def _head(self, number: int, of: int) -> None:
        say, orders = self._say, self._orders
        top = HEIGHT - MARGIN - 5 * mm
        title = say("Daftar kerja upgrade KRN, unit {unit}", unit=orders.unit)
        self._text(MARGIN, top, title, BOLD, LARGE, most=150 * mm)
        whose = say("Petugas: {officer}", officer=orders.officer)
        self._text(MARGIN, top - LINE, whose, PLAIN, NORMAL, most=100 * mm)
        page = say("Halaman {number} dari {of}", number=number, of=of)
        right = WIDTH - MARGIN
        self._right(right, top, page, BOLD, NORMAL)
        self._right(right, top - LINE, f"{orders.id}   {orders.made_at:%d-%m-%Y %H:%M}", PLAIN, NORMAL)
        rule = say(
            "Token lama dimasukkan lebih dulu. Tiap pasangan kode dalam {minutes} menit. Kode yang ditolak diulang "
            "satu kali saja. Layanan ini gratis.",
            minutes=orders.minutes_for_a_change,
        )
        self._text(MARGIN, top - 2 * LINE + 0.6 * mm, rule, PLAIN, SMALL)

    def _foot(self) -> None:
        say = self._say
        how = say(
            "Kembalikan hasil di berkas daftar ini: B semua benar, B2 benar sampai kode 2, S3 kode 3 salah, G3 kode 3 "
            "gagal, atau singkatan di kotak. KRN_04: angka setelah 04 dan Enter."
        )
        self._text(MARGIN, MARGIN + 2 * mm, how, PLAIN, SMALL)

    # --- one order

    def _order(self, line: Listed, top: float) -> None:
        canvas = self._canvas
        canvas.setLineWidth(0.5)
        canvas.rect(MARGIN, top - ORDER + 1.5 * mm, WIDTH - 2 * MARGIN, ORDER - 1.5 * mm)
        self._who(line, top)
        self._rows(line, top)
        self._results(top)

    def _who(self, line: Listed, top: float) -> None:
        order, say = line.order, self._say
        left = WHO + 2 * mm
        self._text(left, top - 6 * mm, f"{line.number}.", BOLD, NORMAL)
        self._text(left + 8 * mm, top - 6 * mm, grouped(order.meter_number), DIGITS, LARGE)
        bars = Code128(order.meter_number, barHeight=9 * mm, barWidth=_BAR, quiet=1, lquiet=10 * _BAR, rquiet=10 * _BAR)
        bars.drawOn(self._canvas, left + 8 * mm - 10 * _BAR, top - 17 * mm)
        power = "" if order.power_va is None else f"{order.power_va} VA"
        told = (order.tariff, power, f"VKRN {order.version_label}" if order.version_label else "")
        self._text(
            left, top - 21 * mm, f"IDPEL {grouped(order.idpel)}  {order.masked_name}", PLAIN, SMALL, most=70 * mm
        )
        self._text(left, top - 24.5 * mm, "  ".join(filter(None, told)), PLAIN, SMALL, most=70 * mm)
        self._text(left, top - 28 * mm, why_of(line, say), BOLD, SMALL, most=66 * mm)

    def _rows(self, line: Listed, top: float) -> None:
        left = ROWS
        if not line.rows:
            say = self._say
            self._text(left, top - 6 * mm, say("Tanpa kode: periksa meter."), PLAIN, NORMAL)
            return
        step = min(6.4 * mm, (ORDER - 3 * mm) / len(line.rows))
        for place, (number, row) in enumerate(
            zip(range(line.first, line.first + len(line.rows)), line.rows, strict=True)
        ):
            y = top - 6.2 * mm - place * step
            self._tick(left, y)
            self._text(left + TICK + 1.5 * mm, y, str(number), BOLD, LARGE)
            self._text(left + TICK + 7 * mm, y, grouped(row), DIGITS, HUGE if step > 5.8 * mm else LARGE)
        for _, last in line.pairs[:-1]:
            y = top - 6.2 * mm - (last - line.first) * step - 1.7 * mm
            self._canvas.setDash(2, 2)
            self._canvas.line(left, y, left + 96 * mm, y)
            self._canvas.setDash()

    def _results(self, top: float) -> None:
        say, left = self._say, RESULTS
        all_right, refused, day = say("Semua benar"), say("Salah di kode"), say("Tgl")
        y = top - 6.2 * mm
        self._tick(left, y)
        self._text(left + TICK + 1 * mm, y, f"B  {all_right}", BOLD, NORMAL)
        self._tick(left + 42 * mm, y)
        self._text(left + 42 * mm + TICK + 1 * mm, y, f"S __  {refused} __", BOLD, NORMAL)
        for place, reason in enumerate(_BESIDE):
            x, below = left + (place % 2) * 42 * mm, y - (place // 2 + 1) * LINE
            self._tick(x, below)
            words = f"{CODES[reason]}  {say(BOXES.get(reason, REASONS[reason]))}"
            self._text(x + TICK + 1 * mm, below, words, PLAIN, SMALL, most=36 * mm)
        x, below = left + 42 * mm, y - 4 * LINE
        self._text(x, below, f"04: ____   {day}: ___________", PLAIN, NORMAL)

    # --- drawing

    def _tick(self, x: float, y: float) -> None:
        self._canvas.rect(x, y - 0.5 * mm, TICK, TICK)

    def _text(self, x: float, y: float, text: str, font: str, size: float, most: float | None = None) -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, _cut(_known(text), font, size, most))

    def _right(self, x: float, y: float, text: str, font: str, size: float) -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawRightString(x, y, _known(text))


def _known(text: str) -> str:
    """What these fonts have no letter for is a question mark: a name of a unit, or of an officer."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _cut(text: str, font: str, size: float, most: float | None) -> str:
    """As much of a text as has room."""
    if most is None or stringWidth(text, font, size) <= most:
        return text
    return next(cut for cut in _shorter(text) if stringWidth(cut, font, size) <= most)


def _shorter(text: str) -> Iterator[str]:
    for length in range(len(text) - 1, -1, -1):
        yield text[:length].rstrip() + "…"
