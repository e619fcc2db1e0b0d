"""The rows go into the meter: how far each is, the digits of the one in work, and a picture of the meter."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen
from kiosk.ui.input import InputEvent
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Type
from kiosk.ui.widgets import Look, digit_row, state_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import RowState
from kiosk.view.views import TypingView
from krn_engine.row import BENAR, SALAH


class TypingScreen(Screen[TypingView]):
    """Returns nothing until it is finished, then NEXT."""

    enter: Answer | None = Choice.NEXT
    escape: Answer | None = None

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        if self.view.finished:
            title = self.say("Pengetikan selesai")
            foot = [Foot("next", self.say("Lanjut"), Choice.NEXT, Look.PRIMARY)]
        else:
            title, foot = self.say("Jangan sentuh meter"), []
        box = self.frame(painter, title, foot)
        if painter.panel.portrait:
            meter = Rect(box.x, box.y, box.width, round(box.height * 0.45))
            words = Rect(box.x, meter.bottom + px(3), box.width, box.bottom - meter.bottom - px(3))
        else:
            width = min(round(box.width * 0.42), box.height)
            meter = Rect(box.right - width, box.y, width, box.height)
            words = Rect(box.x, box.y, box.width - width - px(5), box.height)
        draw_meter(painter, meter, self.view.meter)
        self._paint_rows(painter, words)

    def _paint_rows(self, painter: Painter, box: Rect) -> None:
        px = painter.panel.px
        words = {
            RowState.WAITING: self.say("menunggu"),
            RowState.TYPING: self.say("diketik"),
            RowState.ACCEPTED: BENAR,
            RowState.REFUSED: SALAH,
            RowState.UNKNOWN: self.say("tidak terbaca"),
        }
        step = painter.line_height(Type.BODY) + px(0.5 if painter.panel.small else 2.5)
        radius = px(2.6)
        y = box.y
        for number, state in enumerate(self.view.states, 1):
            state_mark(painter, (box.x + radius, y + step // 2), radius, state)
            label = self.say("Baris {row}: {state}", row=number, state=words[state])
            left = box.x + 2 * radius + px(3)
            bold = state is RowState.TYPING
            painter.text(label, Rect(left, y, box.right - left, step), bold=bold, middle=True)
            y += step
        y += px(1 if painter.panel.small else 4)
        if self.view.countdown is not None:
            rest = Rect(box.x, y, box.width, box.bottom - y)
            painter.text(self.say("Meter terkunci: {seconds} detik", seconds=self.view.countdown), rest, bold=True)
        elif self.view.checking:
            rest = Rect(box.x, y, box.width, box.bottom - y)
            painter.text(self.say("Memeriksa meter…"), rest, bold=True)
        elif not self.view.finished:
            digit_row(
                painter, Rect(box.x, y, box.width, box.bottom - y), self.view.row, Type.BODY, done=self.view.pressed
            )

    def handle(self, event: InputEvent) -> Answer | None:
        answer = super().handle(event)
        return answer if self.view.finished else None
