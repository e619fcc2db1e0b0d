"""Which event it is when a session comes to a view."""

from kiosk.event_log import Event
from kiosk.flow.parts import Mood
from kiosk.flow.views import ErrorView, HomeView, OutOfServiceView, ResultView, TypingView, View


def event_of(view: View) -> tuple[Event, str] | None:
    """The event and its code; None for a view that tells nothing."""
    match view:
        case HomeView():
            return Event.SESSION_ENDED, ""
        case TypingView():
            return Event.TYPING_BEGAN, ""
        case ResultView(mood=Mood.GOOD, meter=meter) if meter is not None:
            return Event.METER_UPGRADED, ""
        case ResultView(code=code) if code:
            return Event.HANDED_OVER, code
        case ErrorView(code=code):
            return Event.ERROR_SHOWN, code
        case OutOfServiceView(code=code):
            return Event.OUT_OF_SERVICE, code
        case _:
            return None
