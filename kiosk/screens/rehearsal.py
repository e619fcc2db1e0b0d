"""A meter to try on: its display above, its keys large enough to press, and the row to key in."""

from pygame import Rect

from kiosk.screens.base import Screen
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.meter_drawing import draw_display
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, MARGIN, TARGET, Role, Type, key_size
from kiosk.ui.widgets import Button, Look, digit_lines, digit_row, keypad
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import RehearsalView


class RehearsalScreen(Screen[RehearsalView]):
    """Returns Entered(key), PREVIOUS, or NEXT when it is over."""

    escape: Answer | None = Choice.PREVIOUS

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        area = painter.surface.get_rect().inflate(-2 * px(MARGIN), -2 * px(MARGIN))
        side, gap = px(key_size(painter.panel)), px(GAP)
        pad_height = 4 * side + 3 * gap
        if painter.panel.portrait:
            pad = Rect(area.x, area.bottom - px(TARGET) - gap - 2 - pad_height, area.width, pad_height)
            words = Rect(area.x, area.y, area.width, pad.top - area.y - px(2))
        else:
            width = max(3 * side + 2 * gap, round(area.width * 0.42))
            pad = Rect(area.right - width, area.y, width, area.height)
            words = Rect(area.x, area.y, pad.left - area.x - px(4), area.height - px(TARGET) - px(3))
        self.buttons = keypad(pad, painter, (self.say("Hapus"), "Enter"))
        foot = Rect(area.x, area.bottom - px(TARGET) - 1, words.width, px(TARGET) + 1)
        if self.view.over:
            self.buttons.append(Button("over", self.say("Lanjut"), foot, Choice.NEXT, Look.PRIMARY))
        else:
            self.buttons.append(Button("previous", self.say("Kembali"), foot, Choice.PREVIOUS))
        self._paint_words(painter, words)

    def _paint_words(self, painter: Painter, box: Rect) -> None:
        px = painter.panel.px
        if self.view.over:
            says = self.say("Benar! Sama di rumah.")
        elif self.view.wrong:
            says = self.say("Angka salah: hapus.")
        else:
            says = self.say("Ketik baris ini:")
        role = Role.BAD if self.view.wrong else Role.TEXT
        y = painter.text(says, box, role=role, bold=True) + px(1)
        kind = Type.BODY
        height = round(painter.line_height(kind) * 1.15) * digit_lines(painter, box.width, kind)
        digit_row(painter, Rect(box.x, y, box.width, height), self.view.row, kind, done=self.view.done)
        y += height + px(1)
        display = Rect(box.x, y, box.width, min(px(14), box.bottom - y))
        painter.cards.append(display)
        draw_display(painter, display, self.view.meter.display)

    def pressed(self, button: Button) -> Answer | None:
        return Entered(button.value) if isinstance(button.value, str) else button.value

    def handle(self, event: InputEvent) -> Answer | None:
        if isinstance(event, KeyPress) and self.focus is None:
            if event.key.isdigit():
                return Entered(event.key)
            if event.key == "backspace":
                return Entered("erase")
            if event.key == "enter":
                return Choice.NEXT if self.view.over else Entered("next")
        return super().handle(event)
