"""One code, large, for a person to key into the meter in front of them."""

from collections.abc import Sequence

from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import card, digit_row, fewest_lines, note, note_height
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Mood
from kiosk.view.views import KeyInView


class KeyInScreen(Screen[KeyInView]):
    """Returns NEXT or HOME."""

    enter: Answer | None = Choice.NEXT

    group_keys = True

    def numbers(self) -> Sequence[tuple[str, str]]:
        return ((self.say("Kode {row}", row=self.view.number), self.view.row),)

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        title = self.say("Masukkan kode {row} dari {rows} di meter", row=self.view.number, rows=self.view.rows)
        keyed = onward("keyed", self.say("Sudah tekan Enter"), Choice.NEXT, Icon.ENTER, short=self.say("Sudah Enter"))
        if self.ui.sight.large and painter.panel.small:
            # The digits come first: which code it is takes a short line.
            self.foot(painter, back=self.stop(), onward=keyed)
            main = self.main(painter)
            title = self.say("Kode {row} dari {rows}", row=self.view.number, rows=self.view.rows)
            y = painter.text(title, main, Type.SUPPORT, bold=True)
            box = Rect(main.x, y, main.width, main.bottom - y)
        else:
            box = self.frame(painter, title, back=self.stop(), onward=keyed)
        if self.view.again:
            says = self.say("SALAH: cocokkan, lalu masukkan sekali lagi.")
            height = note_height(painter, box.width, says)
            note(painter, Rect(box.x, box.y, box.width, height), says, Mood.BAD)
            box = Rect(box.x, box.y + height + px(2), box.width, box.height - height - px(2))
        hint = self.say("Tekan Enter di meter, dan ingat jawabannya.")
        lines = len(painter.wrap(hint, box.width, Type.SUPPORT)) * painter.line_height(Type.SUPPORT)
        if self.ui.sight.large and painter.panel.small:
            # The digits come first; what to do stands on the button.
            lines, hint = 0, ""
        rows = Rect(box.x, box.y, box.width, box.height - (lines + px(2) if lines else 0))
        kinds = (Type.LARGER_ROWS, Type.ROWS) if self.ui.sight.large else (Type.ROWS,)
        beside = px(2.8 if painter.panel.portrait and self.ui.sight.large else 4)
        for kind in (*kinds, Type.OTHER_ROWS):
            height = fewest_lines(painter, rows.width - 2 * beside, kind) * painter.digit_step(kind)
            if height <= rows.height - px(1):
                break
        rows.height = min(rows.height, height + px(10))
        card(painter, rows, line=Role.TEXT, width=0.9)
        inner = Rect(rows.x + beside, rows.centery - height // 2, rows.width - 2 * beside, height + 2)
        digit_row(painter, inner, self.view.row, kind)
        y = rows.bottom + px(2)
        if hint:
            painter.text(hint, Rect(box.x, y, box.width, box.bottom - y), Type.SUPPORT)
