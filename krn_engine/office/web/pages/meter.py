"""One meter: whose it is, masked; how it stands; what became of it; and what staff may do about it."""

import uuid
from typing import Any

from krn_engine.office.access.capabilities import EndedBy
from krn_engine.office.contract import Due, FindWarning, Found
from krn_engine.office.errors import MeterUnknown
from krn_engine.office.web.page import OFFICER, Page
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit
from krn_engine.office.web.words import WARNINGS, history, standing
from krn_engine.office.words.texts import Sentence
from krn_engine.row import grouped

STATED, RETRACTED, PAGES_ENDED = "stated", "retracted", "pages-ended"
_DONE = {
    STATED: Sentence("Pernyataan sudah dicatat. Beginilah keadaan meter sekarang."),
    PAGES_ENDED: Sentence("Halaman di ponsel pelanggan sudah ditutup."),
    RETRACTED: Sentence("Klaim pelanggan sudah dicabut. Beginilah keadaan meter sekarang."),
}
"""What was just done, told on the page that it leads to."""


def found_of(visit: Visit, told: dict[str, Any]) -> Found:
    """The customer and the meter that a page is about, as they are now. Raises MeterUnknown."""
    found = visit.office().find(told["asked"])
    if not isinstance(found, Found) or found.meter_number != told["meter"]:
        raise MeterUnknown("this number is not that of the same meter any more: look it up again")
    visit.about(found.meter_number)
    return found


def is_claimed(found: Found) -> bool:
    """Whether a customer said something of its rows that nothing has proved."""
    return isinstance(found.standing, Due) and (found.standing.claimed or found.standing.partly_claimed)


def codes_link(visit: Visit, found: Found, asked: str) -> str | None:
    """Where a guidance begins by a form, with a request of its own; None for a meter that needs no codes."""
    if not isinstance(found.standing, Due):
        return None
    return visit.link("codes", meter=found.meter_number, asked=asked, request=uuid.uuid4().hex)


def _show(visit: Visit) -> Answer:
    told = visit.told()
    found = found_of(visit, told)
    meter, asked = found.meter_number, told["asked"]
    words, mood = standing(found.standing)
    values = {
        "found": found,
        # It breaks into lines where letters are large.
        "grouped_number": grouped(meter),
        "standing": words,
        "mood": mood.value,
        "done": _DONE.get(told.get("done", "")),
        "warnings": [WARNINGS[FindWarning(code)] for code in told.get("warnings", ())],
        "history": [history(entry) for entry in visit.office().history(meter)],
        "codes": codes_link(visit, found, asked),
        "holds": visit.link("holds", meter=meter, asked=asked),
        "end_pages": visit.link("end-pages", meter=meter, asked=asked) if _pages(visit, meter) else None,
        "retract": visit.link("retract", meter=meter, asked=asked) if is_claimed(found) else None,
    }
    return Shown("meter.html", values)


def _codes(visit: Visit) -> Answer:
    """To issue is to put on record, so it is a form; twice the same request has the same answer."""
    told = visit.told()
    issued = visit.office().issue(visit.about(told["meter"]), told["request"])
    return Moved(visit.link("guide", meter=issued.meter_number, asked=told["asked"], request=told["request"]))


def _pages(visit: Visit, meter: str) -> int:
    """How many pages on customers' telephones are good for this meter, or would be again."""
    pages = visit.service.office.capabilities
    return 0 if pages is None else pages.live(meter, EndedBy.STAFF)


def _ask_to_end(visit: Visit) -> Answer:
    """What that takes away, told before it is done."""
    told = visit.told()
    values = {
        "found": found_of(visit, told),
        "pages": _pages(visit, told["meter"]),
        "back": visit.link("meter", meter=told["meter"], asked=told["asked"]),
        "to": f"/web/{visit.page}/{visit.handle}",
    }
    return Shown("end_pages.html", values)


def _end_pages(visit: Visit) -> Answer:
    """The second time there is none: it changes nothing."""
    told = visit.told()
    meter = found_of(visit, told).meter_number
    visit.service.office.acting_for(visit.known.name).end_home_pages(meter, EndedBy.STAFF)
    return Moved(visit.link("meter", meter=meter, asked=told["asked"], done=PAGES_ENDED))


OF_METER = (
    Page("meter", OFFICER, _show, has_handle=True),
    Page("end-pages", OFFICER, _ask_to_end, _end_pages, has_handle=True),
    Page("codes", OFFICER, act=_codes, has_handle=True),
)
