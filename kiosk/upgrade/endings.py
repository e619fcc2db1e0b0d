"""What is said of each ending of a session: on the screen, and in a terminal."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.upgrade.events import Ending
from kiosk.view.parts import Message


@dataclass(frozen=True, slots=True)
class EndingWords:
    """`title` and `after` (what to do now) for the person at the screen; `reason` for an operator, in English."""

    title: Message
    after: Message
    reason: str = ""


WORDS: Mapping[Ending, EndingWords] = {
    Ending.UPGRADED: EndingWords(Message("Upgrade berhasil"), Message("Sisa kWh tidak berubah. Layanan ini gratis.")),
    Ending.REFUSED: EndingWords(
        Message("Meter menolak kode ini"),
        Message("Jangan coba lagi. Silakan ke {counter} atau hubungi {help_line}."),
        "the meter refused: do not try again before the counter has looked at it",
    ),
    Ending.LOCKED_OUT: EndingWords(
        Message("Meter sedang terkunci"),
        Message("Tunggu sampai tombol meter dapat digunakan lagi, lalu ke {counter} atau hubungi {help_line}."),
        "the meter's keypad is locked: wait until it takes keys again",
    ),
    Ending.UNKNOWN: EndingWords(
        Message("Jawaban meter tidak terbaca"),
        Message("Jangan masukkan lagi. Silakan ke {counter} atau hubungi {help_line}."),
        "nobody knows what became of a row: look at the meter, then say --type-again if it may be repeated",
    ),
    Ending.FAULT: EndingWords(
        Message("Pengetikan terhenti"),
        Message("Kode itu tidak dimasukkan. Silakan ke {counter} atau hubungi {help_line}."),
        "the typing went wrong twice; the row is not in the meter: check the contacts and the meter's model",
    ),
    Ending.CANCELLED: EndingWords(
        Message("Pengetikan dibatalkan"),
        Message("Kode itu tidak dimasukkan. Anda dapat mengulang kapan saja."),
        "stopped; the row was not entered",
    ),
    Ending.PERIKSA: EndingWords(
        Message("Meter menunjukkan PERIKSA"),
        Message("Meter harus diperiksa petugas lebih dulu. Silakan ke {counter} atau hubungi {help_line}."),
        "the meter says PERIKSA: it must be cleared before it takes rows",
    ),
    Ending.WRONG_METER: EndingWords(
        Message("Nomor meter tidak cocok"),
        Message("Nomor meter tidak sama dengan data. Silakan ke {counter} atau hubungi {help_line}."),
        "the number on the meter is not the one on record: connect the right meter",
    ),
    Ending.WRONG_KRN: EndingWords(
        Message("Versi meter tidak cocok"),
        Message("Data dan meter tidak sama. Silakan ke {counter} atau hubungi {help_line}."),
        "the meter's KRN does not fit the rows on record: hand it to the counter",
    ),
    Ending.NOT_PROVED: EndingWords(
        Message("Versi meter belum berubah"),
        Message("Jangan masukkan lagi. Silakan ke {counter} atau hubungi {help_line}."),
        "every row was taken, but the meter's registers say otherwise: hand it to the counter",
    ),
    Ending.TOO_SLOW: EndingWords(
        Message("Batas waktu meter terlewati"),
        Message("Meter tidak lagi menyimpan kode pertama. Anda dapat mengulang kapan saja."),
        "the meter forgot the first row of a pair: start again",
    ),
}
