"""Something to know before going on, with a meter as it would show it, if it is about the meter."""

from pygame import Rect

from kiosk.flow.choices import Answer, Choice
from kiosk.flow.views import AdviceView
from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.widgets import Look


class AdviceScreen(Screen[AdviceView]):
    """Returns NEXT or HOME."""

    enter: Answer | None = Choice.NEXT

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = (
            Foot("home", self.say("Batal"), Choice.HOME),
            Foot("next", self.say("Lanjut"), Choice.NEXT, Look.PRIMARY),
        )
        box = self.frame(painter, self.say(self.view.title), foot)
        texts = [self.say(line) for line in self.view.lines]
        if self.view.meter is None:
            paragraphs(painter, box, texts)
            return
        if painter.panel.portrait:
            y = paragraphs(painter, box, texts) + px(2)
            if box.bottom - y > px(26):
                draw_meter(painter, Rect(box.x, y, box.width, min(px(62), box.bottom - y)), self.view.meter)
            return
        width = min(round(box.width * 0.4), box.height)
        draw_meter(painter, Rect(box.right - width, box.y, width, box.height), self.view.meter)
        paragraphs(painter, Rect(box.x, box.y, box.width - width - px(5), box.height), texts)
