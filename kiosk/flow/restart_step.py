"""The application ends and is started anew: nobody's session is under way, for staff is at the screen."""

from kiosk.flow import staff_messages as says
from kiosk.flow.choices import Answer
from kiosk.flow.steps import Step
from kiosk.flow.views import View, WaitView


class RestartStep(Step):
    """The last picture of this run."""

    idle_after = None

    @property
    def view(self) -> View:
        return WaitView(says.RESTARTING)

    def choose(self, answer: Answer) -> Step:
        return self
