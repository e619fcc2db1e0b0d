"""The rows, one at a time and large, with what to do with them."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.text import Painter
from kiosk.ui.theme import Type
from kiosk.ui.widgets import Look, card, digit_lines, digit_row
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import RowsView


class RowsScreen(Screen[RowsView]):
    """Returns NEXT, PREVIOUS, TYPE or REHEARSE, or DONE."""

    escape: Answer | None = Choice.DONE

    @property
    def _last(self) -> bool:
        return self.view.index == len(self.view.rows) - 1

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        back = (
            Foot("previous", self.say("Kembali"), Choice.PREVIOUS)
            if self.view.index
            else Foot("done", self.say("Bawa pulang"), Choice.DONE)
        )
        onward_look = Look.PLAIN if self.view.can_type else Look.PRIMARY
        onward = (
            Foot("done", self.say("Bawa pulang"), Choice.DONE, onward_look)
            if self._last
            else Foot("next", self.say("Lanjut"), Choice.NEXT, onward_look)
        )
        foot = [back, onward]
        if self.view.can_type:
            foot.append(Foot("type", self.say("Ketik ke meter"), Choice.TYPE, Look.PRIMARY))
        else:
            foot.insert(1, Foot("rehearse", self.say("Coba"), Choice.REHEARSE))
        title = self.say("Baris {row} dari {rows}", row=self.view.index + 1, rows=len(self.view.rows))
        box = self.frame(painter, title, foot)
        kind = Type.ROWS if painter.panel.small or painter.panel.portrait else Type.HERO
        lines = digit_lines(painter, box.width - px(3), kind)
        height = round(painter.line_height(kind) * 1.15) * lines + px(4 if painter.panel.small else 12)
        rows = Rect(box.x, box.y, box.width, height)
        card(painter, rows)
        inner = rows.inflate(-px(3), -px(4 if painter.panel.small else 12))
        digit_row(painter, inner, self.view.rows[self.view.index], kind)
        first, last = self.view.together
        hints = (
            self.say("Ketik 20 angka ini di meter, lalu tekan Enter. Meter menampilkan BENAR."),
            self.say(
                "Masukkan baris {first} sampai {last} dalam {minutes} menit.",
                first=first,
                last=last,
                minutes=self.view.minutes,
            ),
        )
        y = rows.bottom + px(2 if painter.panel.small else 6)
        paragraphs(painter, Rect(box.x, y, box.width, box.bottom - y), hints)

    def handle(self, event: InputEvent) -> Answer | None:
        if isinstance(event, KeyPress) and event.key == "enter" and self.focus is None:
            return Choice.DONE if self._last else Choice.NEXT
        return super().handle(event)
