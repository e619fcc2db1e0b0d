"""What the parts of a report, and the reasons in it, are called."""

from collections.abc import Mapping

from krn_engine.office.guide import GOES_ON
from krn_engine.office.orders.words import REASONS as HANDED_OVER
from krn_engine.office.report.numbers import Numbers
from krn_engine.office.words.texts import Sentence, Texts
from krn_engine.row import GAGAL, PERIKSA, SALAH

PARTS: Mapping[str, Sentence] = {
    "upgraded": Sentence("terbukti"),
    "claimed": Sentence("klaim pelanggan"),
    "half_done": Sentence("setengah jalan"),
    "refused": Sentence("ditolak atau terhenti"),
    "visit_asked": Sentence("minta kunjungan"),
    "not_started": Sentence("belum mulai"),
    "blocked": Sentence("diblokir"),
    "unclear": Sentence("perlu dilihat"),
}
"""The parts of `Numbers`, in the order in which they are told: what each meter is one of."""
REASONS: Mapping[str, Sentence] = {
    **{reason.value: words for reason, words in HANDED_OVER.items()},
    "UPG-03": Sentence("Jawaban meter tidak terbaca"),
    "UPG-04": Sentence("Pengetikan terhenti"),
    "UPG-10": Sentence("Batas waktu meter terlewati"),
    SALAH: Sentence("Di rumah: {answer}", {"answer": SALAH}),
    GAGAL: Sentence("Di rumah: {answer}", {"answer": GAGAL}),
    PERIKSA: Sentence("Di rumah: {answer}", {"answer": PERIKSA}),
    "04 as before": Sentence("Di rumah: 04 menunjukkan versi lama"),
    "04 not yet": Sentence("Di rumah: 04 menunjukkan belum selesai"),
    "04 other": Sentence("Di rumah: 04 menunjukkan angka lain"),
    "04 read": Sentence("Di rumah: 04 dibaca, tanpa pembanding"),
    "04 not read": Sentence("Di rumah: 04 tidak dibaca"),
    GOES_ON: Sentence("Di rumah: meter menerima kode lagi"),
}
"""By what stands on record. Another reason is told as it stands there."""


def reason(code: str, say: Texts) -> str:
    """A reason in words, with its code where staff look that up."""
    words = REASONS.get(code)
    if words is None:
        return code
    return f"{say(words)} ({code})" if code.startswith("UPG-") else say(words)


def counts(numbers: Numbers) -> dict[str, int]:
    """The parts, in the order of `PARTS`."""
    return {part: getattr(numbers, part) for part in PARTS}
