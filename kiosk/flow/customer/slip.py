"""The rows on paper and in a phone: what a slip says, and the text of the QR code where there is no page."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from hardware.printer.slip import Modules, Slip, SlipLine
from kiosk.view.formats import date_and_time
from kiosk.view.languages import catalogue
from kiosk.view.parts import INDONESIAN, Message
from krn_engine.office.contract import Issued, IssuedChange
from krn_engine.row import BENAR, Hidden, grouped, in_fours

_FIRST_LINE = 2
"""Fours of a code on its first line; the other three stand on the second."""

TITLE = Message("Upgrade meter")
FREE = Message("GRATIS. Jangan bayar siapa pun.")
ONLY_FOR = Message("Hanya untuk nomor meter")
OLD_FIRST = Message("Token lama dulu")
OLD_FIRST_HOW = Message(
    "Masukkan dulu token listrik yang belum dipakai. Jika GAGAL: simpan token itu, coba lagi sesudah kode terakhir."
)
ONE_CODE = Message("Kode {first}")
TWO_CODES = Message("Kode {first} dan {last}: dalam {minutes} menit")
MORE_CODES = Message("Kode {first} sampai {last}: dalam {minutes} menit")
HOW = Message("Masukkan 20 digit, lalu tekan Enter. Jika tampil BENAR, beri tanda.")
MUST_BE = Message("harus {answer}")
MAKE_SURE = Message("Pastikan: tekan 04 lalu Enter")
MUST_SHOW = Message("Harus tampil {krn}")
WHAT_IT_SHOWS = Message("Yang tampil: ____")
KWH_STAYS = Message("Sisa kWh tidak berubah.")
TOO_LATE = Message("Lewat {minutes} menit?")
BEGIN_AGAIN = Message("Ulangi dari kode {first}.")
BUT_AFTER_ONE = Message("Jika kode {first} sudah BENAR: dari kode {next}.")
BUT_AFTER_TWO = Message("Jika kode {first} dan {last} sudah BENAR: dari kode {next}.")
BUT_AFTER_MORE = Message("Jika kode {first} sampai {last} sudah BENAR: dari kode {next}.")
QUESTIONS = (
    (Message("SALAH?"), Message("Cocokkan nomor meter dan digit, masukkan sekali lagi. Tetap SALAH: berhenti.")),
    (
        Message("Ada yang meminta uang, PIN atau OTP?"),
        Message("Itu bukan PLN: petugas tidak pernah memintanya. Laporkan ke {help_line}."),
    ),
    (Message("Bantuan 24 jam: PLN {help_line}"), Message("Atau bawa slip ini ke kantor.")),
)
"""What goes wrong at home, and what to do then."""
FOR_A_PHONE = Message("Semua kode, untuk ponsel")
PAGE_FOR_A_PHONE = Message("Halaman panduan, untuk ponsel")


def qr_text(issued: Issued) -> Hidden:
    """Plain text that any phone shows."""
    return Hidden("\n".join(f"{number}) {grouped(row)}" for number, row in enumerate(issued.rows, issued.first)))


def code_lines(digits: str) -> tuple[SlipLine, SlipLine]:
    """The digits of a code in fours on two lines of 8 and 12, so that they are large on narrow paper too."""
    fours = in_fours(digits)
    first, second = (Hidden(" ".join(part)) for part in (fours[:_FIRST_LINE], fours[_FIRST_LINE:]))
    return SlipLine(first, bold=True, large=True), SlipLine(second, bold=True, large=True)


def slip_of(
    issued: Issued,
    office_name: str,
    help_line: str,
    now: datetime,
    *,
    place: str = "",
    language: str = INDONESIAN,
    page: Hidden | None = None,
) -> Slip:
    """The slip, in the order in which it is worked through at home. It has no name and no address.

    It is in Indonesian, as the meter and the help line are, and a neighbour can read it; in another `language` each
    sentence stands below it a second time. `place` is the kiosk's name, for whoever is asked about the slip. `page` is
    the address of the page at home; without one the QR code has the rows.
    """
    write = _Writer(language, {"help_line": help_line, "minutes": str(issued.minutes_for_a_change)})
    printed_at = f"{date_and_time(now)}, {place}" if place else date_and_time(now)
    slip = [
        SlipLine(office_name, bold=True, centre=True),
        *write(TITLE, bold=True, centre=True, large=True),
        *write(FREE, bold=True, centre=True),
        SlipLine(rule=True),
        *write(ONLY_FOR),
        SlipLine(grouped(issued.meter_number), bold=True, large=True),
        SlipLine(printed_at),
        SlipLine(rule=True),
        *write(OLD_FIRST, step=0),
        *write(OLD_FIRST_HOW),
    ]
    for step, (change, (first, _)) in enumerate(zip(issued.changes, issued.pairs, strict=True), 1):
        slip += _change(write, change, first, step)
    slip += _proof(write, issued)
    slip.append(SlipLine(rule=True))
    refused, *others = QUESTIONS
    slip += write.together(*refused)
    slip += _too_late(write, issued.pairs)
    for lines in others:
        slip += write.together(*lines)
    for_a_phone = FOR_A_PHONE if page is None else PAGE_FOR_A_PHONE
    slip += [SlipLine(), SlipLine(code=_modules(page or qr_text(issued))), *write(for_a_phone, centre=True)]
    return tuple(slip)


def _change(write: "_Writer", change: IssuedChange, first: int, step: int) -> Iterator[SlipLine]:
    """The codes of one key change, below the time that there is for them."""
    last = first + len(change.rows) - 1
    name = ONE_CODE if first == last else TWO_CODES if first + 1 == last else MORE_CODES
    yield SlipLine()
    yield from write(name, step=step, first=str(first), last=str(last))
    if step == 1:
        yield from write(HOW)
    must_be = write.source(MUST_BE, answer=BENAR)
    for number, row in enumerate(change.rows, first):
        if number > first:
            yield SlipLine()
        yield SlipLine(write.source(ONE_CODE, first=str(number)), bold=True, tick=True, right=must_be)
        yield from code_lines(row)


def _proof(write: "_Writer", issued: Issued) -> Iterator[SlipLine]:
    """What the meter shows when all is done, by the last key change; a line to write it on if that is not known."""
    krn = issued.changes[-1].new_krn
    yield SlipLine()
    yield from write(MAKE_SURE, step=len(issued.changes) + 1)
    shown = WHAT_IT_SHOWS if krn is None else MUST_SHOW
    yield from write(shown, bold=True, large=True, tick=True, krn=str(krn))
    yield from write(KWH_STAYS)


def _too_late(write: "_Writer", pairs: Sequence[tuple[int, int]]) -> Iterator[SlipLine]:
    """With which code to begin again after the time limit, by its number: nothing else is known of where one was."""
    if all(first == last for first, last in pairs):
        return
    parts = [(BEGIN_AGAIN, {"first": str(pairs[0][0])})]
    for (first, last), (following, _) in pairwise(pairs):
        after = BUT_AFTER_ONE if first == last else BUT_AFTER_TWO if first + 1 == last else BUT_AFTER_MORE
        numbers = {"first": str(first), "last": str(last), "next": str(following)}
        parts.append((after, numbers))
    for words in (write.source, write.other):
        if said := words(TOO_LATE):
            yield SlipLine(said, bold=True)
            yield SlipLine(" ".join(words(message, **numbers) for message, numbers in parts))


class _Writer:
    """Sentences as lines: in Indonesian, and below it in the session's language if that is another one."""

    def __init__(self, language: str, values: dict[str, str]) -> None:
        self._other = None if language == INDONESIAN else catalogue(language)
        self._values = values

    def source(self, message: Message, **values: str) -> str:
        """In Indonesian."""
        return message.text.format(**self._values, **values)

    def other(self, message: Message, **values: str) -> str:
        """In the session's language; empty if that is Indonesian."""
        if self._other is None:
            return ""
        return self._other.get(message.text, message.text).format(**self._values, **values)

    def __call__(
        self,
        message: Message,
        *,
        bold: bool = False,
        centre: bool = False,
        large: bool = False,
        tick: bool = False,
        step: int | None = None,
        **values: str,
    ) -> Iterator[SlipLine]:
        """The lines of a sentence; `step` makes it the band above a numbered step."""
        text = self.source(message, **values)
        if step is not None:
            text = f"{step} {text}"
        yield SlipLine(text, bold=bold, centre=centre, large=large, tick=tick, band=step is not None)
        if other := self.other(message, **values):
            yield SlipLine(other, bold=step is not None, centre=centre)

    def together(self, question: Message, answer: Message) -> Iterator[SlipLine]:
        """A question with its answer, first in one language and then in the other."""
        for words in (self.source, self.other):
            if said := words(question):
                yield SlipLine(said, bold=True)
                yield SlipLine(words(answer))


def _modules(text: str) -> Modules:
    # Not before somebody wants such a code: a whole HTTP client comes with it.
    import segno  # noqa: PLC0415

    code = segno.make(text, error="l", micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
