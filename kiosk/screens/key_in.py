"""One row, large, for a person to key into the meter in front of them."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import Look, card, digit_lines, digit_row
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import KeyInView


class KeyInScreen(Screen[KeyInView]):
    """Returns NEXT or HOME."""

    enter: Answer | None = Choice.NEXT

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = [
            Foot("home", self.say("Berhenti"), Choice.HOME),
            Foot("keyed", self.say("Sudah Enter"), Choice.NEXT, Look.PRIMARY),
        ]
        title = self.say("Ketik baris {row} dari {rows} di meter", row=self.view.number, rows=self.view.rows)
        box = self.frame(painter, title, foot)
        if self.view.again:
            refused = Rect(box.x, box.y, box.width, box.height)
            says = self.say("SALAH: cocokkan, lalu ketik sekali lagi.")
            y = painter.text(says, refused, role=Role.BAD, bold=True) + px(2)
            box = Rect(box.x, y, box.width, box.bottom - y)
        kind = Type.ROWS if painter.panel.small or painter.panel.portrait else Type.HERO
        air = px(4 if painter.panel.small else 12)
        lines = digit_lines(painter, box.width - px(3), kind)
        rows = Rect(box.x, box.y, box.width, round(painter.line_height(kind) * 1.15) * lines + air)
        card(painter, rows)
        digit_row(painter, rows.inflate(-px(3), -air), self.view.row, kind)
        y = rows.bottom + px(2 if painter.panel.small else 6)
        hint = self.say("Tekan Enter di meter, dan ingat jawabannya.")
        paragraphs(painter, Rect(box.x, y, box.width, box.bottom - y), [hint])
