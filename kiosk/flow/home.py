"""The home screen: customers begin here, and staff open their screens from here."""

from kiosk.event_log import Event
from kiosk.flow.customer.confirm import after_found
from kiosk.flow.customer.find import FindStep, IdPadStep
from kiosk.flow.staff.menu import staff
from kiosk.flow.step import Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import HomeView, View
from kiosk.workplace import Workplace


class HomeStep(Step):
    """The home screen, with no session under way."""

    idle_after = None
    forgets = True

    @property
    def view(self) -> View:
        return HomeView(self.here.has_staff)

    @property
    def event(self) -> tuple[Event, str]:
        return Event.SESSION_ENDED, ""

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.STAFF and self.here.has_staff:
            return staff(self.here)
        if answer is not Choice.START:
            return self
        self.here.look_ups.begin_session()
        self.here.events.note(Event.SESSION_BEGAN)
        return look_up(self.here)


def look_up(here: Workplace, scanned: str = "") -> Next:
    """A customer's first question: which number? Or the answer to one that was scanned."""
    return FindStep(here, scanned, after_found) if scanned else IdPadStep(here, after_found)
