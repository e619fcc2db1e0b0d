"""What officers read: why they go somewhere, and what a meter was left to staff for."""

from collections.abc import Mapping

from krn_engine.office.orders.order import Why
from krn_engine.office.reasons import HandOff
from krn_engine.office.words.texts import Sentence

WHY: Mapping[Why, Sentence] = {
    Why.VISIT: Sentence("Kunjungan diminta"),
    Why.HANDED_OFF: Sentence("Diserahkan ke petugas"),
    Why.AGAINST_PROOF: Sentence("Tercatat selesai, tetapi dibantah"),
    Why.HALF_DONE: Sentence("Baru sebagian"),
    Why.CLAIMED: Sentence("Belum dibuktikan"),
    Why.OVERDUE: Sentence("Terlambat"),
    Why.DUE: Sentence("Perlu upgrade"),
}
REASONS: Mapping[HandOff, Sentence] = {
    HandOff.REFUSED: Sentence("Kode ditolak meter"),
    HandOff.LOCKED_OUT: Sentence("Meter sedang terkunci"),
    HandOff.PERIKSA: Sentence("Meter menunjukkan PERIKSA"),
    HandOff.OTHER_METER: Sentence("Nomor meter beda"),
    HandOff.OTHER_KRN: Sentence("Versi meter tidak cocok"),
    HandOff.NOT_PROVED: Sentence("Versi meter belum berubah"),
    HandOff.STOPPED: Sentence("Belum selesai"),
    HandOff.NOBODY_HOME: Sentence("Rumah kosong"),
    HandOff.DECLINED: Sentence("Pelanggan menolak"),
    HandOff.KEYPAD_BROKEN: Sentence("Keypad rusak"),
    HandOff.DISPLAY_BROKEN: Sentence("Layar (LCD) rusak"),
    HandOff.OTHER: Sentence("Lain-lain"),
}
BOXES: Mapping[HandOff, Sentence] = {
    HandOff.PERIKSA: Sentence("PERIKSA"),
}
"""Shorter words, where a list has a box for them."""
_BY_CODE: Mapping[str, Sentence] = {reason.value: sentence for reason, sentence in REASONS.items()}


def reason_of(code: str) -> Sentence | None:
    """What a code is in words; None: the code alone is told."""
    return _BY_CODE.get(code)
