"""How far somebody is who is guided on the telephone, between one page and the next, and what is said to them there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from krn_engine.office import guide
from krn_engine.office.contract import Issued, RowOutcome
from krn_engine.office.guide import Meaning, Read
from krn_engine.office.words.texts import Sentence
from krn_engine.row import GAGAL, PERIKSA, SALAH

ANEW = "anew"
"""In the place of an answer: the pair at hand is to be begun again."""
MOST_REFUSED = 2
"""A row that was refused is keyed in once more, and no more."""
OTHER, DONT_KNOW = "other", "?"
DISPLAY, STOPPED = "04", "stopped"
"""Steps that are no code: the number on the display is asked for; nothing more is keyed in."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody is, between one page and the next."""

    done: int
    """The last code that is in; before the first: none."""
    began: float = 0.0
    """When the first code of the pair at hand went in, in seconds since 1970."""
    wrong: int = 0
    """How often the meter refused since it took one, by what is on record."""
    heard: str = ""
    """What it showed last."""
    krn: str = ""
    """What it showed to 04."""

    @property
    def is_stopped(self) -> bool:
        """Nothing more is keyed in."""
        return self.heard == PERIKSA or self.wrong >= MOST_REFUSED

    def step(self, issued: Issued) -> str:
        """What is asked for here: a code by its number, or one of `DISPLAY` and `STOPPED`. An answer names it."""
        if self.done >= issued.pairs[-1][1]:
            return DISPLAY
        return STOPPED if self.is_stopped else str(self.done + 1)

    def with_refusals(self, of: guide.Refusals) -> "Place":
        """This place, with the refusals that are on record: no page that is opened anew forgets any."""
        heard = PERIKSA if of.is_periksa else "" if self.heard == PERIKSA else self.heard
        return replace(self, wrong=of.number, heard=heard)


def where(issued: Issued, told: Mapping[str, Any], now: float) -> tuple[Place, bool]:
    """How far somebody is; True: the time of their pair is over, and it begins anew.

    Who comes to the page without a place begins after what is known to be in, and so does one whose claim was taken
    back meanwhile.
    """
    fresh = Place(guide.known_in(issued))
    if "place" not in told:
        return fresh, False
    place = Place(**told["place"])
    proved = max(
        (last for change, (_, last) in zip(issued.changes, issued.pairs, strict=True) if change.done), default=0
    )
    if place.done > _known_rows(issued) or place.done < proved:
        return fresh, False
    begins = guide.begins_after(issued, place.done)
    if begins != place.done and now - place.began > 60 * issued.minutes_for_a_change:
        return replace(place, done=begins, wrong=0, heard=""), True
    return place, False


def _known_rows(issued: Issued) -> int:
    """The last row up to which all are in by what is known, one by one."""
    number = issued.first - 1
    for change in issued.changes:
        for outcome, claim in zip(change.outcomes, change.claims, strict=True):
            if not claim and outcome is not RowOutcome.ACCEPTED:
                return number
            number += 1
    return number


def advice(issued: Issued, place: Place, *, is_late: bool) -> list[Sentence]:
    """What to say before the next code."""
    begin = Sentence(
        "Meter melupakan kode yang belum lengkap: mulai lagi dari kode {row}.", {"row": str(place.done + 1)}
    )
    if place.heard == PERIKSA:
        return [Sentence("Selama meter menampilkan PERIKSA, meter menolak semua kode.")]
    if place.is_stopped:
        return [Sentence("Jangan coba lagi: meter dapat terkunci. Kirim petugas, atau minta pelanggan ke kantor.")]
    if is_late:
        return [begin]
    if place.heard == GAGAL:
        return [Sentence("Meter menunda kode itu, atau satu digit salah. Masukkan lagi, digit demi digit.")]
    if place.heard == SALAH:
        return [
            Sentence("Minta nomor di meter dibacakan: kode ini hanya untuk meter {number}.", _number(issued)),
            Sentence("Cocokkan digitnya, masukkan sekali lagi."),
        ]
    if place.heard == ANEW:
        return [begin]
    return []


def _number(issued: Issued) -> dict[str, str]:
    return {"number": issued.meter_number}


def result(place: Place, read: Read | None) -> list[Sentence]:
    """What the number makes of it, that the meter showed to 04."""
    if place.krn == DONT_KNOW:
        return [Sentence("Sudah dicatat"), Sentence("Minta pelanggan menekan 04 nanti, dan menghubungi lagi.")]
    if read is None:
        return []
    values = {"shown": place.krn, "before": str(read.before), "krn": str(read.wanted)}
    match read.meaning:
        case Meaning.RIGHT:
            return [
                Sentence("Angka itu benar"),
                Sentence("Menurut angka itu, upgrade meter Anda selesai. Terima kasih."),
            ]
        case Meaning.NOT_YET if place.krn == OTHER:
            return [Sentence("Meter yang sudah selesai menampilkan {krn}.", values)]
        case Meaning.NOT_YET:
            return [Sentence("Angka {shown}: belum selesai. Sesudah semua kode: {krn}.", values)]
        case Meaning.UNCHANGED:
            return [Sentence("Angka masih {shown}, seperti sebelumnya: meter belum menerima kode.", values)]
        case Meaning.NOT_ALL:
            return [Sentence("Dulu {before}, sekarang {shown}: belum semua kode masuk.", values)]
        case Meaning.ROSE:
            return [Sentence("Dulu {before}, sekarang {shown}: menurut angka itu, kode sudah masuk.", values)]
        case Meaning.OTHER:
            return [
                Sentence("Angka itu tidak cocok dengan kode ini"),
                Sentence("Cocokkan nomor meter di layar ini dengan nomor di meter Anda."),
            ]
        case _:
            return [
                Sentence("Sudah dicatat"),
                Sentence("Kios tidak tahu angka yang benar untuk meter ini: belum terbukti."),
            ]
