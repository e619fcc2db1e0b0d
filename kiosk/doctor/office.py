"""The office behind the kiosk: can rows be found and put on record?"""

from collections.abc import Iterator

from kiosk.doctor.check import Check
from kiosk.flow.views import Message, Mood
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError


def check_office(here: Workplace) -> Iterator[Check]:
    """The register answers, and knows meters."""
    try:
        meters = here.office.progress().meters
    except KrnError as error:
        yield Check("office", Mood.BAD, Message("Data pelanggan: {code}", {"code": error.code}))
        return
    if not meters:
        yield Check("office", Mood.BAD, Message("Data pelanggan: kosong"))
        return
    yield Check(
        "office", Mood.GOOD, Message("Data pelanggan: {meters} meter", {"meters": f"{meters:,}".replace(",", ".")})
    )


def check_campaign(here: Workplace) -> Iterator[Check]:
    """How many meters nobody can issue rows for."""
    try:
        unclear = here.office.progress().unclear
    except KrnError:
        return
    if unclear:
        yield Check("records", Mood.CAREFUL, Message("Data belum lengkap: {meters} meter", {"meters": str(unclear)}))
