"""The office issues the rows of one meter, for a customer or for a technician."""

import uuid
from collections.abc import Callable

from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.step import Next, WorkStep
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued


def issue(here: Workplace, meter_number: str, then: Callable[[Workplace, Issued], Next]) -> Next:
    """The office issues the rows; they are on its disk before they are shown."""
    request_id = uuid.uuid4().hex

    def issued(rows: Issued) -> Next:
        here.events.note(Event.ROWS_ISSUED)
        return then(here, rows)

    job = Background(lambda: here.office.issue(meter_number, request_id))
    return WorkStep(here, messages.ISSUING, job, issued)
