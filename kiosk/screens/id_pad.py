"""Which number? A pad in telephone order, and what was typed in fours."""

from pygame import Rect

from kiosk.screens.base import Screen, Ui
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, MARGIN, TARGET, Role, Type, key_size
from kiosk.ui.widgets import Button, card, keypad
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import IdPadView
from krn_engine.row import ROW_DIGITS, grouped

SHOWN = 12
"""Digits that the field has room for; of more, the last are seen."""
LONGEST = ROW_DIGITS
"""A token that is typed here by mistake is recognised as one."""


class IdPadScreen(Screen[IdPadView]):
    """Returns Entered, HOME, and WHERE or DONT_KNOW."""

    def __init__(self, view: IdPadView, ui: Ui) -> None:
        super().__init__(view, ui)
        self.typed = "".join(char for char in view.typed if char.isascii() and char.isdigit())[:LONGEST]
        self._corrected = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        area = painter.surface.get_rect().inflate(-2 * px(MARGIN), -2 * px(MARGIN))
        side = px(key_size(painter.panel))
        pad_height = 4 * side + 3 * px(GAP)
        if painter.panel.portrait:
            pad = Rect(area.x, area.bottom - px(TARGET) - px(GAP) - 2 - pad_height, area.width, pad_height)
            words = Rect(area.x, area.y, area.width, pad.top - area.y - px(3))
        else:
            pad_width = max(3 * side + 2 * px(GAP), round(area.width * 0.42))
            pad = Rect(area.right - pad_width, area.y, pad_width, area.height)
            words = Rect(area.x, area.y, pad.left - area.x - px(5), area.height - px(TARGET) - px(3))
        self.buttons = keypad(pad, painter, (self.say("Hapus"), self.say("Lanjut")))
        width = (words.width - px(GAP)) // 2
        cancel = Rect(area.x, area.bottom - px(TARGET) - 1, width, px(TARGET) + 1)
        self.buttons.append(Button("home", self.say("Batal"), cancel, Choice.HOME))
        beside = cancel.move(width + px(GAP), 0)
        if self.view.asks is not None:
            self.buttons.append(Button("dont-know", self.say("Tak tahu"), beside, Choice.DONT_KNOW))
        elif not self.view.secret:
            self.buttons.append(Button("where", self.say("Di mana?"), beside, Choice.WHERE))
        self._paint_words(painter, words)

    def _paint_words(self, painter: Painter, box: Rect) -> None:
        px = painter.panel.px
        if self.view.problem is not None and not self._corrected:
            y = painter.text(self.say(self.view.problem), box, role=Role.BAD, bold=True)
        elif self.view.asks is not None:
            y = painter.text(self.say(self.view.asks), box, bold=True)
        elif self.view.secret:
            y = painter.text(self.say("PIN petugas"), box, bold=True)
        else:
            y = painter.text(self.say("ID Pelanggan (12 digit) atau nomor meter (11 digit)"), box, bold=True)
        y += px(2)
        line = painter.line_height(Type.HEADING)
        field = Rect(box.x, y, box.width, line + px(4))
        card(painter, field)
        shown = "*" * len(self.typed) if self.view.secret else grouped(self.typed)
        if not self.view.secret and len(self.typed) > SHOWN:
            shown = "…" + grouped(self.typed[-SHOWN:])
        kind = painter.fitting(shown, field.width - px(4), Type.HEADING, Type.BODY, bold=True)
        painter.text(shown, field.inflate(-px(4), 0), kind, bold=True, middle=True)
        y = field.bottom + px(1)
        count = self.say("{count} digit", count=len(self.typed))
        # Counting helps, but is the first to go where room is short.
        if y + line <= box.bottom:
            painter.text(count, Rect(box.x, y, box.width, line), Type.BODY)

    def handle(self, event: InputEvent) -> Answer | None:
        if isinstance(event, KeyPress):
            if event.key == "backspace" or event.key.isdigit():
                return self._key("erase" if event.key == "backspace" else event.key)
            if event.key == "enter" and self.focus is None:
                return Entered(self.typed)
        return super().handle(event)

    def pressed(self, button: Button) -> Answer | None:
        return self._key(button.value) if isinstance(button.value, str) else button.value

    def _key(self, key: str) -> Answer | None:
        if key == "next":
            return Entered(self.typed)
        self._corrected, self.focus = True, None
        if key == "erase":
            self.typed = self.typed[:-1]
        elif len(self.typed) < LONGEST:
            self.typed += key
        return None
