"""The sentences of the staff screens."""

from datetime import datetime

from hardware.adapter import Probe
from hardware.printer.port import PrinterState
from kiosk.view.formats import day_and_time
from kiosk.view.parts import Message, Option
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
from krn_engine.row import BENAR, SALAH

MENU = Message("Layanan petugas")
PROGRESS = Option("progress", Message("Progres"))
METER = Option("meter", Message("Meter"))
ERRORS = Option("errors", Message("Kesalahan"))
READINESS = Option("readiness", Message("Status kios"))
PRINTER_TEST = Option("printer", Message("Uji cetak"))
RESTART = Option("restart", Message("Mulai ulang"))

LAST_ERRORS = Message("Kesalahan terakhir")
NO_ERRORS = Message("Tidak ada kesalahan yang tercatat.")
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
ADAPTER = Option("adapter", Message("Adaptor"))
CALIBRATE = Option("calibrate", Message("Kalibrasi"))
RECORD = Option("record", Message("Catatan"))
HISTORY = Option("history", Message("Riwayat"))
TYPE = Option("type", Message("Ketik kode"))
HOLDS = Option("holds", Message("Versi"))
RETRACT = Option("retract", Message("Cabut klaim"))
BACK = Option("back", Message("Kembali"))
OTHER_METER_NEXT = Option("other", Message("Meter lain"))

CONNECTING = Message("Menghubungi meter…")
CALIBRATING = Message("Mencari kecepatan meter. Ini bisa beberapa menit.")
NOT_CHECKED = Message("Belum diperiksa.")
OTHER_METER = Message("Meter lain: periksa kabel dan nomor.")
BY_HAND = Message("Anda menekan tombol meter sendiri.")
SILENT_METER = Message("Terhubung; layarnya tidak terbaca.")
WHICH_KRN = Message("Meter ini memegang KRN berapa?")
WHY = Message("Mengapa?")
WHY_TAKEN_BACK = Message("Mengapa klaim pelanggan dicabut?")
WHY_HOLDS = (
    Option("read", Message("04 terbaca")),
    Option("replaced", Message("Meter diganti")),
    Option("record", Message("Catatan salah")),
)
WHY_RETRACTED = (
    Option("behind", Message("Belum berubah")),
    Option("mistake", Message("Salah tekan")),
    Option("stranger", Message("Orang lain")),
)
NO_HISTORY = Message("Belum ada catatan untuk meter ini.")


def meter_title(number: str) -> Message:
    """Which meter the tools are for."""
    return Message("Meter {number}", {"number": number})


def standing(of: Standing) -> Message:
    """How a meter stands in the campaign, in a few words."""
    match of:
        case Due(rows, claimed=True):
            return Message("Perlu {rows} kode; kata pelanggan sudah masuk.", {"rows": str(rows)})
        case Due(rows):
            return Message("Perlu {rows} kode.", {"rows": str(rows)})
        case NothingToDo():
            return Message("Sudah versi terbaru.")
        case Blocked():
            return Message("Diblokir oleh kantor.")
        case _:
            return Message("Data belum lengkap: {code}", {"code": of.code})


def probed(probe: Probe, number: str) -> Message:
    """Which meter answered, in words."""
    if probe.meter_number is not None and probe.meter_number != number:
        return OTHER_METER
    if probe.krn is None:
        return SILENT_METER
    return Message("Terhubung. Meter menampilkan KRN {krn}.", {"krn": str(probe.krn)})


def failed(code: str) -> Message:
    """Talking to the meter failed."""
    return Message("Tidak berhasil: {code}", {"code": code})


def calibrated(press: float, gap: float) -> Message:
    """The pace that was found, in seconds."""
    values = {"press": f"{press * 1000:.0f}", "gap": f"{gap * 1000:.0f}"}
    return Message("Tekan {press} ms, jeda {gap} ms.", values)


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


def history(of: HistoryEntry) -> Message:
    """One line of a meter's history."""
    match of:
        case Attempt():
            return _attempt(of)
        case Ended(at, session):
            krn = "?" if session.krn is None else str(session.krn)
            values = {"time": _time(at), "code": session.code or "OK", "krn": krn, "place": session.place}
            return Message("{time} sesi berakhir: {code}, KRN {krn} ({place})", values)
        case Stated(at, said):
            values = {"time": _time(at), "by": said.by, "reason": said.reason, "place": said.place}
            if said.krn is None:
                return Message("{time} klaim dicabut: {reason} ({by}, {place})", values)
            return Message("{time} dinyatakan KRN {krn}: {reason} ({by}, {place})", values | {"krn": str(said.krn)})


def _time(at: datetime) -> str:
    return day_and_time(at.astimezone())


def _attempt(of: Attempt) -> Message:
    krn = "" if of.old_krn is None else f"KRN {of.old_krn}-{of.new_krn} "
    values = {
        "time": _time(of.at),
        "krn": krn,
        "row": str(of.section),
        "said": _OUTCOMES[of.outcome],
        "place": of.place,
    }
    if of.claim:
        return Message("{time} {krn}kode {row}: {said}, kata pelanggan ({place})", values)
    return Message("{time} {krn}kode {row}: {said} ({place})", values)


def noted(at: str, code: str) -> Message:
    """One line of the last errors."""
    return Message("{time}  {code}", {"time": at, "code": code})
