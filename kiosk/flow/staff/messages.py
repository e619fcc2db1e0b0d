"""The sentences of the staff screens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from hardware.adapter import Model, Probe
from hardware.printer.port import PrinterState
from kiosk.event_log import Event, Noted
from kiosk.flow.refusals import HAPPENED
from kiosk.upgrade.endings import WORDS
from kiosk.view.formats import day_and_time, local
from kiosk.view.parts import Fact, Message, Mood, Option, ReportLine
from krn_engine.office.contract import (
    Attempt,
    Blocked,
    Due,
    Ended,
    HistoryEntry,
    NothingToDo,
    RowOutcome,
    Standing,
    Stated,
)
from krn_engine.office.guide import AT_HOME, VISIT_ASKED
from krn_engine.office.reasons import HandOff
from krn_engine.row import BENAR, SALAH

MENU = Message("Layanan petugas")
METER = Option("meter", Message("Meter"), more=Message("Periksa, kode, riwayat"))
PROGRESS = Option("progress", Message("Progres"), more=Message("Meter dan kode per hari"))
READINESS = Option("readiness", Message("Status kios"), more=Message("Apa yang siap"))
ERRORS = Option("errors", Message("Kesalahan"))
PRINTER_TEST = Option("printer", Message("Uji cetak"), more=Message("Cetak slip uji"))
RESTART = Option("restart", Message("Mulai ulang"), more=Message("Ditanya dulu"))
NO_PRINTER = Message("Tidak ada printer")
SURE_TO_RESTART = Message("Mulai ulang kios?")
RESTART_NOW = Option("restart-now", Message("Ya, mulai ulang"))

LAST_ERRORS = Message("Kesalahan terakhir")
NO_ERRORS = Message("Tidak ada kesalahan yang tercatat.")
NONE = Message("Tidak ada")
IS_READY = Message("Status kios")
EXAMINING = Message("Memeriksa kios…")
COUNTING = Message("Menghitung…")
PRINTING_TEST = Message("Mencetak slip uji…")
TEST_PRINTED = Message("Slip uji tercetak. Periksa tulisannya.")
TEST_STATES = {
    PrinterState.PAPER_OUT: Message("Kertas habis: isi kertas, lalu coba lagi."),
    PrinterState.COVER_OPEN: Message("Tutup terbuka: tutup, lalu coba lagi."),
    PrinterState.GONE: Message("Printer tidak menjawab: periksa kabel dan sakelarnya."),
    PrinterState.READY: Message("Slip uji terputus: periksa kertas dan pemotong."),
}

CHECK = Option("check", Message("Periksa"))
ADAPTER = Option("adapter", Message("Cara input"))
CALIBRATE = Option("calibrate", Message("Kalibrasi"))
RECORD = Option("record", Message("Catatan"))
HISTORY = Option("history", Message("Riwayat"))
TYPE = Option("type", Message("Masukkan kode"))
HOLDS = Option("holds", Message("Versi"))
RETRACT = Option("retract", Message("Batal klaim"))
OTHER_METER_NEXT = Option("other", Message("Meter lain"))

STANDING, LINK, BY, PACE = Message("Kode"), Message("Sambungan"), Message("Alat input"), Message("Kecepatan")
"""What the facts of a meter are about."""
CONNECTING = Message("Menghubungi meter…")
CALIBRATING = Message("Mencari kecepatan meter. Ini bisa beberapa menit.")
NOT_CHECKED = Message("Belum diperiksa.")
OTHER_METER = Message("Meter lain: periksa kabel dan nomor.")
NUMBER_ONLY = Message("Nomor meter cocok; KRN tidak terbaca.")
BY_HAND = Message("Anda menekan tombol meter sendiri.")
SILENT_METER = Message("Terhubung; layarnya tidak terbaca.")
WHICH_KRN = Message("KRN meter sekarang?")
WHY = Message("Mengapa?")
WHY_TAKEN_BACK = Message("Mengapa klaim pelanggan dicabut?")
WHY_HOLDS = (
    Option("read", Message("Hasil tombol 04")),
    Option("replaced", Message("Meter diganti")),
    Option("record", Message("Catatan salah")),
)
WHY_RETRACTED = (
    Option("behind", Message("Belum berubah")),
    Option("mistake", Message("Salah tekan")),
    Option("stranger", Message("Orang lain")),
)
SESSION_ENDED = Message("Sesi berakhir")
TOLD_AT_HOME = Message("Di rumah, menurut pelanggan")
ASKS_FOR_A_VISIT = Message("Pelanggan minta kunjungan")
NO_HISTORY = Message("Belum ada catatan untuk meter ini.")


def meter_title(number: str) -> Message:
    """Which meter the tools are for."""
    return Message("Meter {number}", {"number": number})


def latest(noted: Noted | None) -> Option:
    """The way to the last errors, with the newest."""
    if noted is None:
        return replace(ERRORS, more=NONE)
    time = day_and_time(local(noted.at))
    return replace(ERRORS, more=Message("Terakhir {time}", {"time": time}), mood=Mood.CAREFUL)


def standing(of: Standing) -> Message:
    """How a meter stands in the campaign, in a few words."""
    match of:
        case Due(rows, claimed=True):
            return Message("Perlu {rows} kode; menurut pelanggan sudah masuk.", {"rows": str(rows)})
        case Due(rows, partly_claimed=True):
            return Message("Perlu {rows} kode; menurut pelanggan sebagian masuk.", {"rows": str(rows)})
        case Due(rows):
            return Message("Perlu {rows} kode.", {"rows": str(rows)})
        case NothingToDo():
            return Message("Sudah versi terbaru.")
        case Blocked():
            return Message("Diblokir oleh kantor.")
        case _:
            return Message("Data belum lengkap: {code}", {"code": of.code})


def stands(of: Standing) -> Fact:
    """The same, with its sign."""
    mood = Mood.GOOD if isinstance(of, NothingToDo) else Mood.CAREFUL if isinstance(of, Due) else Mood.BAD
    return Fact("record", STANDING, standing(of), mood)


def type_in(of: Standing) -> Option:
    """To the meter with its codes, and how many they are; not now, if it needs none or may have none."""
    if not isinstance(of, Due):
        return replace(TYPE, enabled=False)
    return replace(TYPE, label=Message("Masukkan {rows} kode", {"rows": str(of.rows)}))


def link(says: Message, mood: Mood | None = None) -> Fact:
    """What the last look at the meter said."""
    return Fact("link", LINK, says, mood)


UNSEEN = link(NOT_CHECKED)
"""Nobody has looked at the meter yet."""


def by_contacts(model: Model) -> Fact:
    """Contacts press the keys of this model."""
    return Fact("adapter", BY, Message("{model}", {"model": _named(model)}))


def _named(model: Model) -> str:
    return f"{model.maker} {model.series}" if model.maker else model.title


def by_light(model: Model) -> Fact:
    """A head sends them by light."""
    return Fact("adapter", BY, Message("Cahaya: {model}", {"model": _named(model)}))


def probed(probe: Probe, number: str) -> Fact:
    """Which meter answered, in words."""
    if probe.meter_number is not None and probe.meter_number != number:
        return link(OTHER_METER, Mood.BAD)
    if probe.krn is None:
        return link(SILENT_METER if probe.meter_number is None else NUMBER_ONLY, Mood.CAREFUL)
    return link(Message("Terhubung. Meter menampilkan KRN {krn}.", {"krn": str(probe.krn)}), Mood.GOOD)


def failed(code: str) -> Fact:
    """Talking to the meter failed: what happened, where there are words for it, and the code to look up."""
    if code in HAPPENED:
        return link(Message("{what} {code}", {"what": HAPPENED[code], "code": code}), Mood.BAD)
    return link(Message("Tidak berhasil: {code}", {"code": code}), Mood.BAD)


def calibrated(press: float, gap: float) -> Fact:
    """The pace that was found, in seconds."""
    values = {"press": f"{press * 1000:.0f}", "gap": f"{gap * 1000:.0f}"}
    return Fact("pace", PACE, Message("Tekan {press} ms, jeda {gap} ms.", values), Mood.GOOD)


_OUTCOMES = {
    RowOutcome.ACCEPTED: BENAR,
    RowOutcome.PARTIAL: BENAR,
    RowOutcome.REJECTED: SALAH,
    RowOutcome.LOCKED_OUT: "TERKUNCI",
    RowOutcome.UNKNOWN: "?",
    RowOutcome.STARTED: "?",
    RowOutcome.FAULT: "-",
}
"""What the meter said, as it says it."""


def outcome_word(outcome: RowOutcome) -> str:
    """What the meter said to a row."""
    return _OUTCOMES[outcome]


def history(of: HistoryEntry) -> ReportLine:
    """One line of a meter's history: what happened in words, then by whom, when and where."""
    match of:
        case Attempt():
            return _attempt(of)
        case Ended(at, session):
            krn = "?" if session.krn is None else str(session.krn)
            values = {"code": session.code or "OK", "krn": krn, "time": _time(at), "place": session.place}
            by_customer = {AT_HOME: TOLD_AT_HOME, VISIT_ASKED: ASKS_FOR_A_VISIT}
            text = by_customer.get(session.ending) or _ENDINGS.get(session.code, SESSION_ENDED)
            mood = Mood.CAREFUL if session.code else Mood.GOOD
            return ReportLine(text, mood, Message("{code}, KRN {krn}  {time}  {place}", values))
        case Stated(at, said):
            more = Message("{by}  {time}  {place}", {"by": said.by, "time": _time(at), "place": said.place})
            if said.krn is None:
                return ReportLine(Message("Klaim dicabut: {reason}", {"reason": said.reason}), more=more)
            values = {"krn": str(said.krn), "reason": said.reason}
            return ReportLine(Message("Dinyatakan KRN {krn}: {reason}", values), more=more)


def _time(at: datetime) -> str:
    return day_and_time(at.astimezone())


_MOODS = {
    RowOutcome.ACCEPTED: Mood.GOOD,
    RowOutcome.PARTIAL: Mood.GOOD,
    RowOutcome.REJECTED: Mood.BAD,
    RowOutcome.LOCKED_OUT: Mood.BAD,
    RowOutcome.UNKNOWN: Mood.CAREFUL,
}


def _attempt(of: Attempt) -> ReportLine:
    krn = "" if of.old_krn is None else f"KRN {of.old_krn}-{of.new_krn}  "
    more = Message("{krn}{time}  {place}", {"krn": krn, "time": _time(of.at), "place": of.place})
    values = {"row": str(of.section), "said": _OUTCOMES[of.outcome]}
    if of.claim:
        return ReportLine(Message("Kode {row}: {said}, menurut pelanggan", values), Mood.CAREFUL, more, claim=True)
    return ReportLine(Message("Kode {row}: {said}", values), _MOODS.get(of.outcome), more)


_ENDINGS: Mapping[str, Message] = {
    **{ending.code: words.title for ending, words in WORDS.items()},
    HandOff.NOBODY_HOME.value: Message("Rumah kosong"),
    HandOff.DECLINED.value: Message("Pelanggan menolak"),
    HandOff.KEYPAD_BROKEN.value: Message("Keypad rusak"),
    HandOff.DISPLAY_BROKEN.value: Message("Layar (LCD) rusak"),
    HandOff.OTHER.value: Message("Diserahkan ke petugas"),
}
"""How a session or a visit ended, in words, by its code; that of a success is empty."""
_WORDS: Mapping[str, Message] = {
    **HAPPENED,
    **{code: title for code, title in _ENDINGS.items() if code},
}
"""What a code is in words, for staff."""
_EVENTS: Mapping[Event, Message] = {
    Event.OLDER_FILE: Message("Data kios lebih lama daripada sebelumnya"),
    Event.REGISTER_DAMAGED: Message("Data kios rusak"),
    Event.VAULT_UNGUARDED: Message("Kunci ada di mesin yang tidak dijaga"),
    Event.PRINTER_NOT_READY: Message("Slip tidak tercetak"),
    Event.SLIP_BROKEN: Message("Cetakan slip terputus"),
    Event.NO_HOME_PAGE: Message("Halaman panduan tidak tersedia"),
    Event.OUT_OF_SERVICE: Message("Kios tidak dapat mencatat"),
    Event.COPY_DAMAGED: Message("Salinan data rusak, diambil lagi"),
    Event.FACT_REFUSED: Message("Catatan ditolak kantor"),
}
"""What an event is in words, where it needs no code or its code has none."""
UNNAMED = Message("Kesalahan kios")


def noted(of: Noted) -> ReportLine:
    """One line of the last errors: words first, then when, and the code to look up."""
    words = _WORDS.get(of.code) or _EVENTS.get(of.event) or UNNAMED
    time = day_and_time(local(of.at))
    return ReportLine(words, more=Message("{time}  {code}", {"time": time, "code": of.code or of.event.label}))
