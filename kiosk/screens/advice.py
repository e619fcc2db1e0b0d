"""Something to know before going on, with a meter as it would show it, if it is about the meter."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.meter_drawing import LOWEST_WITH_KEYS, draw_card, draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Type
from kiosk.ui.widgets import Look
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture
from kiosk.view.views import AdviceView


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
                self._pictures(
                    painter,
                    Rect(box.x, y, box.width, min(px(62 if self.view.card is None else 92), box.bottom - y)),
                    self.view.meter,
                )
            return
        width = min(round(box.width * 0.4), box.height)
        self._pictures(painter, Rect(box.right - width, box.y, width, box.height), self.view.meter)
        paragraphs(painter, Rect(box.x, box.y, box.width - width - px(5), box.height), texts)

    def _pictures(self, painter: Painter, box: Rect, meter: MeterPicture) -> None:
        """The meter, and the card under it where one belongs there; the meter loses its keys before the card goes."""
        px = painter.panel.px
        card = self.view.card
        if card is None:
            draw_meter(painter, box, meter)
            return
        without_keys = px(20) + painter.line_height(Type.CAPTION)
        least = px(26)
        with_keys = px(LOWEST_WITH_KEYS * painter.scale)
        top = with_keys if box.height >= with_keys + px(3) + least else without_keys
        draw_meter(painter, Rect(box.x, box.y, box.width, top), meter)
        rest = Rect(box.x, box.y + top + px(3), box.width, box.height - top - px(3))
        draw_card(painter, rest, card)
