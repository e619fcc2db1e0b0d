"""What stands on record of a meter, in words for staff: the kiosk's staff screens say the same sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from krn_engine.office.contract import (
    Attempt,
    Blocked,
    Due,
    Ended,
    FindWarning,
    Grade,
    HistoryEntry,
    NothingToDo,
    RowOutcome,
    Standing,
    Stated,
    Statement,
)
from krn_engine.office.guide import AT_HOME, VISIT_ASKED
from krn_engine.office.identify import IdProblem
from krn_engine.office.web.frame import shown_at
from krn_engine.office.words.texts import Sentence
from krn_engine.row import BENAR, SALAH


class Mood(Enum):
    """How something is meant, beside its words; the value is a class of the style sheet."""

    GOOD = "good"
    CAREFUL = "careful"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: what, and below it by whom, when and where."""

    what: Sentence
    mood: Mood
    more: Sentence


NOT_AN_ID: Mapping[IdProblem, Sentence] = {
    IdProblem.EMPTY: Sentence("Silakan masukkan nomor Anda."),
    IdProblem.NOT_DIGITS: Sentence("Nomor hanya terdiri dari angka."),
    IdProblem.TOO_SHORT: Sentence("Terlalu pendek. ID Pelanggan 12 digit, nomor meter 11 digit."),
    IdProblem.TOO_LONG: Sentence("Terlalu panjang. ID Pelanggan 12 digit, nomor meter 11 digit."),
    IdProblem.TOKEN: Sentence("Ini token 20 digit. Masukkan ID Pelanggan atau nomor meter."),
    IdProblem.ONE_DIGIT_SHORT: Sentence("Kurang satu digit: ID Pelanggan terdiri dari 12 digit."),
}
NOT_FOUND = Sentence("Tidak ditemukan di unit Anda. Minta nomornya dibacakan sekali lagi, digit demi digit.")
WARNINGS: Mapping[FindWarning, Sentence] = {
    FindWarning.CHECK_DIGIT: Sentence("Nomor meter ini tidak biasa. Cocokkan dengan meter Anda."),
    FindWarning.COULD_BE_IDPEL: Sentence("Mirip ID Pelanggan lain. Cocokkan dengan meter Anda."),
}


def standing(of: Standing) -> tuple[Sentence, Mood]:
    """How a meter stands in the campaign, in a few words."""
    match of:
        case Due(rows, claimed=True):
            return (
                Sentence("Perlu {rows} kode; menurut pelanggan sudah masuk.", {"rows": str(rows)}),
                Mood.CAREFUL,
            )
        case Due(rows, partly_claimed=True):
            return (
                Sentence("Perlu {rows} kode; menurut pelanggan sebagian masuk.", {"rows": str(rows)}),
                Mood.CAREFUL,
            )
        case Due(rows):
            return Sentence("Perlu {rows} kode.", {"rows": str(rows)}), Mood.CAREFUL
        case NothingToDo():
            return Sentence("Sudah versi terbaru."), Mood.GOOD
        case Blocked():
            return Sentence("Diblokir oleh kantor."), Mood.BAD
        case _:
            return Sentence("Data belum lengkap: {code}", {"code": of.code}), Mood.BAD


_OUTCOMES: Mapping[RowOutcome, tuple[str, Mood]] = {
    RowOutcome.ACCEPTED: (BENAR, Mood.GOOD),
    RowOutcome.PARTIAL: (BENAR, Mood.GOOD),
    RowOutcome.REJECTED: (SALAH, Mood.BAD),
    RowOutcome.LOCKED_OUT: ("TERKUNCI", Mood.BAD),
    RowOutcome.UNKNOWN: ("?", Mood.CAREFUL),
    RowOutcome.STARTED: ("?", Mood.CAREFUL),
    RowOutcome.FAULT: ("-", Mood.PLAIN),
}
"""What the meter said, as it says it."""
_ENDINGS: Mapping[str, Sentence] = {
    "": Sentence("Upgrade berhasil"),
    "UPG-01": Sentence("Meter menolak kode ini"),
    "UPG-02": Sentence("Meter sedang terkunci"),
    "UPG-03": Sentence("Jawaban meter tidak terbaca"),
    "UPG-04": Sentence("Pengetikan terhenti"),
    "UPG-05": Sentence("Pengetikan dibatalkan"),
    "UPG-06": Sentence("Meter menunjukkan PERIKSA"),
    "UPG-07": Sentence("Nomor meter tidak cocok"),
    "UPG-08": Sentence("Versi meter tidak cocok"),
    "UPG-09": Sentence("Versi meter belum berubah"),
    "UPG-10": Sentence("Batas waktu meter terlewati"),
}
"""How a session ended, by its code."""
_SESSION_ENDED = Sentence("Sesi berakhir")
_BY_CUSTOMER: Mapping[str, Sentence] = {
    AT_HOME: Sentence("Di rumah, menurut pelanggan"),
    VISIT_ASKED: Sentence("Pelanggan minta kunjungan"),
}
"""Endings that a customer told."""


def history(of: HistoryEntry) -> Line:
    """One entry of a meter's history."""
    match of:
        case Attempt():
            return _attempt(of)
        case Ended(at, session):
            krn = "?" if session.krn is None else str(session.krn)
            values = {"code": session.code or "OK", "krn": krn, "time": shown_at(at), "place": session.place}
            text = _BY_CUSTOMER.get(session.ending) or _ENDINGS.get(session.code, _SESSION_ENDED)
            mood = Mood.CAREFUL if session.code or session.grade is Grade.CUSTOMER else Mood.GOOD
            return Line(text, mood, Sentence("{code}, KRN {krn}  {time}  {place}", values))
        case Stated(at, said):
            more = Sentence("{by}  {time}  {place}", {"by": said.by, "time": shown_at(at), "place": said.place})
            return Line(stated(said), Mood.PLAIN, more)


def stated(said: Statement) -> Sentence:
    """What staff said of a meter."""
    if said.krn is None:
        return Sentence("Klaim dicabut: {reason}", {"reason": said.reason})
    return Sentence("Dinyatakan KRN {krn}: {reason}", {"krn": str(said.krn), "reason": said.reason})


def _attempt(of: Attempt) -> Line:
    krn = "" if of.old_krn is None else f"KRN {of.old_krn}-{of.new_krn}  "
    more = Sentence("{krn}{time}  {place}", {"krn": krn, "time": shown_at(of.at), "place": of.place})
    said, mood = _OUTCOMES[of.outcome]
    values = {"row": str(of.section), "said": said}
    if of.claim:
        return Line(Sentence("Kode {row}: {said}, menurut pelanggan", values), Mood.CAREFUL, more)
    return Line(Sentence("Kode {row}: {said}", values), mood, more)
