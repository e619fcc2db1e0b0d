"""What happened, what was not lost, what to do now, and a code for staff."""

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.text import Painter
from kiosk.ui.widgets import Look, card
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import ErrorView


class ErrorScreen(Screen[ErrorView]):
    """Returns HOME."""

    enter: Answer | None = Choice.HOME

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = [Foot("home", self.say("Ke awal"), Choice.HOME, Look.PRIMARY)]
        box = self.frame(painter, self.say(self.view.happened), foot)
        card(painter, box)
        lines = [self.say(self.view.kept), self.say(self.view.todo), self.say("Kode: {code}", code=self.view.code)]
        paragraphs(painter, box.inflate(-px(6), -px(3)), lines)
