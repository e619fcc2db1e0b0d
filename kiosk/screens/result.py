"""How it ended, as a sign, a sentence, and the meter's versions before and after."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Type
from kiosk.ui.widgets import Look, mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import ResultView


class ResultScreen(Screen[ResultView]):
    """Returns DONE."""

    enter: Answer | None = Choice.DONE
    escape: Answer | None = Choice.DONE

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = [Foot("done", self.say("Selesai"), Choice.DONE, Look.PRIMARY)]
        box = self.frame(painter, self.say(self.view.title), foot)
        radius = px(9 if painter.panel.small else 12)
        words = box.copy()
        if self.view.meter is not None and not painter.panel.portrait:
            width = min(round(box.width * 0.42), box.height)
            draw_meter(painter, Rect(box.right - width, box.y, width, box.height), self.view.meter)
            words.width -= width + px(5)
        mood_mark(painter, (words.x + radius, words.y + radius + px(1)), radius, self.view.mood)
        y = words.y + 2 * radius + px(4)
        about = self._beside_the_mark()
        if about:
            beside = Rect(words.x + 2 * radius + px(5), words.y + px(1), words.width - 2 * radius - px(5), 2 * radius)
            kind = painter.fitting(about, beside.width, Type.HEADING, Type.BODY, bold=True)
            painter.text(about, beside, kind, bold=True, middle=True)
        texts = [self.say(line) for line in self.view.lines]
        y = paragraphs(painter, Rect(words.x, y, words.width, words.bottom - y), texts)
        if self.view.meter is not None and painter.panel.portrait:
            draw_meter(painter, Rect(box.x, y + px(2), box.width, min(px(62), box.bottom - y - px(2))), self.view.meter)

    def _beside_the_mark(self) -> str:
        """The versions before and after where it went well, the code for staff where it did not."""
        if self.view.version is not None:
            old, new = self.view.version
            return self.say("KRN {old} menjadi KRN {new}", old=old, new=new) if old != new else f"KRN {new}"
        return self.say("Kode: {code}", code=self.view.code) if self.view.code else ""
