"""Whose number is it? Asked by a form, so that no address and no log has the number."""

from krn_engine.office.contract import Found
from krn_engine.office.identify import NotAnId
from krn_engine.office.web.forms import Field
from krn_engine.office.web.page import OFFICER, Page
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit
from krn_engine.office.web.words import NOT_AN_ID, NOT_FOUND
from krn_engine.office.words.texts import Sentence

LONGEST = 64
"""Signs, as the API takes them."""


def _show(_visit: Visit) -> Answer:
    return Shown("look_up.html", {"number": "", "problem": None})


def _find(visit: Visit) -> Answer:
    number = visit.fields["number"].strip()
    found = visit.office().find(number)
    if isinstance(found, Found):
        visit.about(found.meter_number)
        warnings = [warning.value for warning in found.warnings]
        return Moved(visit.link("meter", meter=found.meter_number, asked=number, warnings=warnings))
    problem = NOT_AN_ID[found.problem] if isinstance(found, NotAnId) else NOT_FOUND
    visit.trace.code = found.code
    return Shown("look_up.html", {"number": number, "problem": problem}, 422)


OF_LOOK_UP = (
    Page("look-up", OFFICER, _show, _find, {"number": Field(LONGEST, kept=True)}, menu=Sentence("Cari meter")),
)
