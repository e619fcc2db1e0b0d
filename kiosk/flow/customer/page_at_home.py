"""The page that goes through the rows at home: asked for while somebody copies them, so that it is there afterwards."""

from kiosk.event_log import Event
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError
from krn_engine.office.access.capabilities import digest_of, new_secret
from krn_engine.office.contract import Issued
from krn_engine.office.home.address import with_secret
from krn_engine.row import Hidden


def address_for(here: Workplace, issued: Issued) -> Hidden | None:
    """The address of a new page for these rows, with its secret; None where there is none. It raises nothing.

    The secret is made here, and the office hears its digest alone. Without a page the QR code has the rows as text:
    that is less, and no reason to stop anybody.
    """
    secret = new_secret()
    try:
        page = here.office.home_page(issued.meter_number, issued.request_id, digest_of(secret))
    except KrnError as refusal:
        here.events.note(Event.NO_HOME_PAGE, refusal.code)
        return None
    return None if page is None else with_secret(page, secret)
