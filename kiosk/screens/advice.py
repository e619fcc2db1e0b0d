"""Something to know before going on, with a meter as it would show it, if it is about the meter."""

from pygame import Rect

from kiosk.screens.base import Screen, columns, onward, paragraphs
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_card, draw_meter
from kiosk.ui.text import Painter
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import AdviceView

FEW = 3
"""Lines that have air between them on any panel."""


class AdviceScreen(Screen[AdviceView]):
    """Returns PREVIOUS, and NEXT, or DONE where it ends, or NOT_MINE to another number."""

    escape: Answer | None = Choice.PREVIOUS

    def paint(self, painter: Painter) -> None:
        where = self.view.card is not None
        on = self._onward()
        back = self.back(self.say("Kembali ke nomor") if where else "")
        box = self.frame(painter, self.say(self.view.title), back=back, onward=None if where else on)
        self.enter = Choice.PREVIOUS if where else None if isinstance(on.value, str) else on.value
        texts = [self.say(line) for line in self.view.lines]
        air = 2.0 if len(texts) <= FEW else 0.8
        meter, card = self.view.meter, self.view.card
        if meter is None or (self.ui.sight.large and not painter.panel.roomy):
            paragraphs(painter, box, texts, air=air)
            return
        words, picture = columns(
            painter, box, 0.36 if not painter.panel.portrait else 0.5 if card is not None else 0.38
        )
        paragraphs(painter, words, texts, air=air)
        if card is None:
            draw_meter(painter, picture, meter, glow=True)
            return
        gap = painter.panel.px(2.5)
        height = (picture.height - gap) // 2 - (2 * gap if painter.panel.portrait else 0)
        draw_card(painter, Rect(picture.x, picture.y, picture.width, height), card)
        draw_meter(painter, Rect(picture.x, picture.y + height + gap, picture.width, height), meter, ringed=True)

    def _onward(self) -> Foot:
        if self.view.another:
            label, short = self.say("Masukkan nomor lain"), self.say("Nomor lain")
            return onward("another", label, Choice.NOT_MINE, Icon.SEARCH, short=short)
        if self.view.ends:
            return onward("done", self.say("Selesai"), Choice.DONE, Icon.YES)
        return onward("next", self.say("Lanjut"), Choice.NEXT)
