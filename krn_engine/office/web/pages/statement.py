"""What staff say of a meter, and why: which KRN it holds, or that a customer's claim is taken back.

It is told first what that takes away, and done by a second form.
"""

import uuid
from typing import Any

from krn_engine.office.contract import Attempt, Found, NothingToDo, Stated, Statement
from krn_engine.office.errors import StatementRefused
from krn_engine.office.statements import HIGHEST_KRN, LOWEST_KRN
from krn_engine.office.web.forms import Field
from krn_engine.office.web.page import OFFICER, Page
from krn_engine.office.web.pages.meter import RETRACTED, STATED, found_of
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit
from krn_engine.office.words.texts import Sentence

PLACE = "web"
"""Where a statement was made that came from these pages."""
LONGEST_REASON = 200
"""Signs, as the register keeps them."""
_KRNS = [str(krn) for krn in range(LOWEST_KRN, HIGHEST_KRN + 1)]
_WHY_HOLDS = (Sentence("Hasil tombol 04"), Sentence("Meter diganti"), Sentence("Catatan salah"))
_WHY_RETRACTED = (Sentence("Belum berubah"), Sentence("Salah tekan"), Sentence("Orang lain"))
_NO_REASON = Sentence("Tulis alasannya, paling banyak 200 karakter, dalam satu baris.")
_NO_KRN = Sentence("Pilih KRN, 1 sampai 9.")


def _holds(visit: Visit) -> Answer:
    return _asked(visit, krn="", reason="")


def _retract(visit: Visit) -> Answer:
    return _asked(visit, reason="")


def _asked(visit: Visit, problem: Sentence | None = None, **typed: str) -> Answer:
    """The form, with what was typed; with a KRN, or without."""
    told = visit.told()
    found = found_of(visit, told)
    values: dict[str, Any] = {
        "found": found,
        "krns": _KRNS if "krn" in typed else [],
        "reasons": _WHY_HOLDS if "krn" in typed else _WHY_RETRACTED,
        "typed": typed,
        "problem": problem,
        "back": visit.link("meter", meter=told["meter"], asked=told["asked"]),
        "to": f"/web/{visit.page}/{visit.handle}",
    }
    return Shown("statement.html", values, 200 if problem is None else 422)


def _say_holds(visit: Visit) -> Answer:
    krn, reason = visit.fields["krn"], visit.fields["reason"].strip()
    if krn not in _KRNS:
        return _asked(visit, _NO_KRN, krn="", reason=reason)
    if not _fits(reason):
        return _asked(visit, _NO_REASON, krn=krn, reason=reason)
    return _to_confirm(visit, int(krn), reason)


def _say_retract(visit: Visit) -> Answer:
    reason = visit.fields["reason"].strip()
    return _to_confirm(visit, None, reason) if _fits(reason) else _asked(visit, _NO_REASON, reason=reason)


def _fits(reason: str) -> bool:
    try:
        Statement.said(None, reason, "-", PLACE)
    except StatementRefused:
        return False
    return bool(reason)


def _to_confirm(visit: Visit, krn: int | None, reason: str) -> Answer:
    told = visit.told()
    meter, asked = told["meter"], told["asked"]
    # Its name, under which it goes on record once, however often the form is sent.
    delivery = str(uuid.uuid4())
    return Moved(visit.link("confirm", meter=meter, asked=asked, krn=krn, reason=reason, delivery=delivery))


def _confirm(visit: Visit) -> Answer:
    told = visit.told()
    found = found_of(visit, told)
    claims = _claimed_rows(visit, found)
    back = {"meter": told["meter"], "asked": told["asked"]}
    values = {
        "found": found,
        "krn": told["krn"],
        "reason": told["reason"],
        "takes": _takes(found, told["krn"], claims),
        "back": visit.link("meter", **back),
        "to": f"/web/{visit.page}/{visit.handle}",
    }
    return Shown("confirm.html", values)


def _claimed_rows(visit: Visit, found: Found) -> int:
    """How many rows a customer said are in, since staff last said something."""
    claimed = set()
    for entry in visit.office().history(found.meter_number):
        if isinstance(entry, Stated):
            break
        if isinstance(entry, Attempt) and entry.claim:
            claimed.add((entry.old_krn, entry.new_krn, entry.section))
    return len(claimed)


def _takes(found: Found, krn: int | None, claims: int) -> list[Sentence]:
    """What a statement takes away or moves, told before it is made."""
    told = []
    if krn is not None:
        values = {"before": "?" if found.krn is None else str(found.krn), "after": str(krn)}
        told.append(Sentence("Meter ini tercatat KRN {before}; sesudah ini KRN {after}.", values))
        if isinstance(found.standing, NothingToDo) and found.krn is not None and krn < found.krn:
            told.append(Sentence("Meter ini sudah selesai; sesudah ini dihitung belum selesai, dan perlu kode lagi."))
        told.append(Sentence("Jawaban meter yang dicatat sebelum ini tidak dihitung lagi."))
    if claims:
        told.append(
            Sentence("{rows} kode yang menurut pelanggan sudah masuk dihitung belum masuk.", {"rows": str(claims)})
        )
    elif krn is None:
        told.append(Sentence("Tidak ada klaim pelanggan yang berlaku: tidak ada yang berubah."))
    return told


def _do(visit: Visit) -> Answer:
    told = visit.told()
    krn, meter = told["krn"], visit.about(told["meter"])
    statement = Statement.said(krn, told["reason"], visit.known.name, PLACE)
    visit.office().state(meter, statement, told["delivery"])
    done = RETRACTED if krn is None else STATED
    return Moved(visit.link("meter", meter=meter, asked=told["asked"], done=done))


_REASON = Field(LONGEST_REASON, kept=True)
OF_STATEMENT = (
    Page("holds", OFFICER, _holds, _say_holds, {"krn": Field(8, kept=True), "reason": _REASON}, has_handle=True),
    Page("retract", OFFICER, _retract, _say_retract, {"reason": _REASON}, has_handle=True),
    Page("confirm", OFFICER, _confirm, _do, has_handle=True),
)
