"""Guiding somebody on the telephone: the code to be read out now, what the meter must show, and what it did show.

What a customer says goes on record as their word, by telephone, and by whom it was taken down: it leads on, and closes
nothing. Where they go on is the office's one rule (`krn_engine.office.guide`).
"""

import time
import uuid
from dataclasses import dataclass, replace

from krn_engine.office import guide
from krn_engine.office.contract import Due, Found, Issued, RowOutcome, Statement
from krn_engine.office.guide import Meaning
from krn_engine.office.web.errors import FormBroken
from krn_engine.office.web.forms import Field
from krn_engine.office.web.guiding import ANEW, DISPLAY, DONT_KNOW, OTHER, STOPPED, Place, advice, result, where
from krn_engine.office.web.page import OFFICER, Page
from krn_engine.office.web.pages.meter import codes_link, found_of
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit
from krn_engine.office.web.words import standing
from krn_engine.office.words.texts import Sentence
from krn_engine.row import BENAR, GAGAL, PERIKSA, SALAH, in_fours

PLACE = "telepon"
"""Where a claim was made that somebody took down on the telephone; the name of who did stands before it."""
SAID = (BENAR, SALAH, GAGAL, PERIKSA)
GOES_ON = "goes-on"
"""In the place of an answer: the meter was waited for, and takes codes again."""
_KRNS = {**{str(krn): krn for krn in guide.KRN_CHOICES}, OTHER: 0}
_READ = {
    Meaning.RIGHT: "",
    Meaning.ROSE: "",
    Meaning.NOTHING_TO_COMPARE: "04 read",
    Meaning.UNCHANGED: "04 as before",
    Meaning.OTHER: "04 other",
    Meaning.NOT_YET: "04 not yet",
    Meaning.NOT_ALL: "04 not yet",
}
"""What goes on record of the number on a display, beside it; of one that is right: nothing."""
_NOT_IN = (Meaning.UNCHANGED, Meaning.NOT_YET, Meaning.NOT_ALL)
"""By these numbers some rows are not in, whatever was said before."""
_NOT_READ = "04 not read"
_ATTEMPTS = uuid.UUID("9d1f2c1e-8a53-5b0f-8c41-0d4a7a2f6b30")
"""The name space of what is taken down: the same form twice is one word."""
_FIELDS = {"said": Field(16), "krn": Field(8), "step": Field(8), "turn": Field(32)}
"""What is answered; of which step of this request (`Place.step`); and the name of the page that it was answered on."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code as it is shown."""

    number: int
    groups: list[str]
    is_proved: bool
    is_claimed: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Codes that go in within some minutes."""

    title: Sentence
    codes: list[Code]


def _pairs(issued: Issued, now: int) -> list[Pair]:
    """All codes in their pairs; `now` is the number of the one to be read out."""
    pairs = []
    for change, (first, last) in zip(issued.changes, issued.pairs, strict=True):
        values = {"first": str(first), "last": str(last), "minutes": str(issued.minutes_for_a_change)}
        title = (
            Sentence("Kode {first} dan {last}: dalam {minutes} menit", values)
            if last == first + 1
            else Sentence("Kode {first} sampai {last}: dalam {minutes} menit", values)
        )
        codes = [
            Code(number, in_fours(str(row)), outcome is RowOutcome.ACCEPTED, claim, number == now)
            for number, (row, outcome, claim) in enumerate(
                zip(change.rows, change.outcomes, change.claims, strict=True), first
            )
        ]
        pairs.append(Pair(title, codes))
    return pairs


def _issued(visit: Visit, found: Found) -> Issued | None:
    """The codes of this guidance, if they are still those that the meter needs; None: something changed meanwhile."""
    if not isinstance(found.standing, Due):
        return None
    issued = visit.office().issue(found.meter_number, visit.told()["request"])
    done = [number for number, change in enumerate(issued.changes, 1) if change.done]
    left = tuple(change.id for change in issued.changes[max(done, default=0) :])
    return issued if left == visit.service.office.needed(found.meter_number) else None


def _where(visit: Visit, issued: Issued) -> tuple[Place, bool]:
    """See `where`; with what is on record of refusals."""
    place, is_late = where(issued, visit.told(), time.time())
    history = visit.office().history(issued.meter_number)
    return place.with_refusals(guide.refusals(history, visit.service.office.clock())), is_late


def _show(visit: Visit) -> Answer:
    told = visit.told()
    found = found_of(visit, told)
    back = visit.link("meter", meter=told["meter"], asked=told["asked"])
    issued = _issued(visit, found)
    if issued is None:
        words, mood = standing(found.standing)
        codes = codes_link(visit, found, told["asked"])
        return Shown("guide_over.html", {"found": found, "standing": words, "mood": mood, "codes": codes, "back": back})
    place, is_late = _where(visit, issued)
    step = place.step(issued)
    krn = _KRNS.get(place.krn)
    read = None if krn is None else guide.read_krn(issued, krn)
    now = int(step) if step not in (DISPLAY, STOPPED) else 0
    pairs = _pairs(issued, now)
    values = {
        "found": found,
        "pairs": pairs,
        "now": next((code for pair in pairs for code in pair.codes if code.is_now), None),
        "asks_display": step == DISPLAY,
        "is_stopped": step == STOPPED,
        "is_periksa": place.heard == PERIKSA,
        "step": step,
        "turn": uuid.uuid4().hex,
        "place": place,
        "has_moved": told.get("moved", False),
        "advice": advice(issued, place, is_late=is_late),
        "result": result(place, read),
        "result_is_good": read is not None and read.meaning in (Meaning.RIGHT, Meaning.ROSE),
        "mid_pair": guide.begins_after(issued, place.done) != place.done,
        "krns": [str(krn) for krn in guide.KRN_CHOICES],
        "other": OTHER,
        "dont_know": DONT_KNOW,
        "anew": ANEW,
        "goes_on": GOES_ON,
        "back": back,
        "to": f"/web/{visit.page}/{visit.handle}",
    }
    return Shown("guide.html", values)


def _hear(visit: Visit) -> Answer:
    """What the customer says that their meter shows. Of codes that are not those of the meter any more: nothing."""
    told = visit.told()
    issued = _issued(visit, found_of(visit, told))
    if issued is None:
        return _to(visit, told.get("place"))
    place, is_late = _where(visit, issued)
    said, krn, step = visit.fields["said"], visit.fields["krn"], place.step(issued)
    if visit.fields["step"] != step:
        # What was answered is not what is asked for now: nobody knows what it would say of that.
        return _to(visit, _kept(replace(place, heard=ANEW) if is_late else place), moved=True)
    if step == DISPLAY and krn in (*_KRNS, DONT_KNOW) and not said:
        place = _heard_krn(visit, issued, place, krn)
    elif step == STOPPED and said == GOES_ON and not krn:
        place = _goes_on(visit, issued, place)
    elif step not in (DISPLAY, STOPPED) and said in (*SAID, ANEW) and not krn:
        place = _heard(visit, issued, place, said)
    else:
        raise FormBroken("this answer does not belong to the code that is asked for: open the page anew")
    return _to(visit, _kept(place))


def _kept(place: Place) -> dict[str, object]:
    """What a link says of a place: not what is on record."""
    return {name: getattr(place, name) for name in ("done", "began", "heard", "krn")}


def _to(visit: Visit, place: dict[str, object] | None, **more: bool) -> Moved:
    told = {name: visit.told()[name] for name in ("meter", "asked", "request")}
    if place is not None:
        told["place"] = place
    return Moved(visit.link("guide", **told, **more))


def _heard(visit: Visit, issued: Issued, place: Place, said: str) -> Place:
    """An answer to the next code."""
    number = place.done + 1
    if said == ANEW:
        return Place(guide.begins_after(issued, place.done), heard=ANEW)
    if said != BENAR:
        _note(visit, issued, PERIKSA if said == PERIKSA else f"{said} {number}")
        return replace(place, heard=said)
    _claim(visit, issued, number, BENAR)
    is_first = any(number == first for first, _ in issued.pairs)
    return Place(number, time.time() if is_first else place.began)


def _goes_on(visit: Visit, issued: Issued, place: Place) -> Place:
    """The meter takes codes again: what was left in the middle it has forgotten meanwhile."""
    _note(visit, issued, guide.GOES_ON)
    done = guide.begins_after(issued, place.done)
    return Place(done, heard="" if done == place.done else ANEW)


def _heard_krn(visit: Visit, issued: Issued, place: Place, shown: str) -> Place:
    """The number on the display after 04, all codes being in by what was said: this is said last, and counts."""
    if shown == DONT_KNOW:
        _note(visit, issued, _NOT_READ)
        return replace(place, krn=shown)
    read = guide.read_krn(issued, _KRNS[shown])
    _note(visit, issued, _READ[read.meaning], _KRNS[shown])
    if read.meaning not in _NOT_IN:
        return Place(place.done, krn=shown)
    reason = f"04 menunjukkan {'angka lain' if shown == OTHER else shown}"
    statement = Statement.said(None, reason, visit.known.name, PLACE)
    visit.office().state(issued.meter_number, statement, _name(visit, "taken back"))
    # With the claims went those that the number does not contradict.
    left = visit.office().issue(issued.meter_number, issued.request_id)
    _claim(visit, left, read.done, f"04: {_KRNS[shown] or '?'}")
    return Place(guide.begins_after(issued, read.done), krn=shown)


def _claim(visit: Visit, issued: Issued, done: int, seen: str) -> None:
    """Their word that the rows up to `done` are in, of those that nobody has said so of."""
    claimed = {
        (change.id, section) for change in issued.changes for section, claim in enumerate(change.claims, 1) if claim
    }
    for row in guide.claims(issued, done, seen, PLACE, lambda number: uuid.UUID(_name(visit, str(number))).hex):
        if (row.key_change_id, row.section) not in claimed:
            visit.office().record(row)


def _note(visit: Visit, issued: Issued, what: str, krn: int | None = None) -> None:
    """What they tell of their meter."""
    visit.office().end(issued.meter_number, guide.told(what, PLACE, krn or None), _name(visit, what))


def _name(visit: Visit, what: str) -> str:
    """Of what goes on record: of one page once, however often its form is sent; of a page that is opened anew, anew."""
    return str(uuid.uuid5(_ATTEMPTS, f"{visit.told()['request']} {visit.fields['turn']} {visit.fields['step']} {what}"))


OF_GUIDE = (Page("guide", OFFICER, _show, _hear, _FIELDS, has_handle=True),)
