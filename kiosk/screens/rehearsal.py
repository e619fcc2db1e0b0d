"""A meter to try on: its display above, its keys large enough to press, and the row to key in."""

from collections.abc import Sequence

from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.ui.icons import Icon
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.meter_drawing import draw_display
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import Button, Look, card, digit_row, fewest_lines, keypad, note, note_height
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Mood
from kiosk.view.views import RehearsalView, View


class RehearsalScreen(Screen[RehearsalView]):
    """Returns Entered(key), PREVIOUS, or NEXT when it is over."""

    escape: Answer | None = Choice.PREVIOUS
    keys_beside = True

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        on = onward(
            "over",
            self.say("Selesai latihan"),
            Choice.NEXT,
            Icon.YES,
            enabled=self.view.over,
            short=self.say("Selesai"),
        )
        self.foot(painter, back=self.back(), onward=on)
        main = self.main(painter)
        side, gap = px(TARGET) + 1, px(GAP)
        display = px(9.5)
        if painter.panel.portrait:
            height = 4 * side + 3 * gap
            pad = Rect(main.x, main.bottom - height, main.width, height)
            words = Rect(main.x, main.y, main.width, pad.y - main.y - display - px(2.5))
            shown = Rect(main.x, words.bottom + px(1), main.width, display)
        else:
            words, pad = self.beside(painter)
            shown = Rect(words.x, words.bottom - px(11), words.width, px(11))
            if painter.panel.small:
                words.height -= px(13)
            else:
                shown = Rect(pad.x, pad.y, pad.width, px(15))
                pad = Rect(pad.x, shown.bottom + px(2), pad.width, pad.height - px(17))
        painter.cards.append(shown)
        draw_display(painter, shown, self.view.meter.display)
        nowhere = Rect(0, 0, 0, 0)
        ready = self.view.done == len(self.view.row) and not self.view.over
        look = Look.PRIMARY if ready else Look.METER_KEY
        erase = Button("erase", self.say("Hapus"), nowhere, "erase", Look.METER_KEY, icon=Icon.BACK, word=False)
        enter = Button("next", "Enter", nowhere, "next", look, icon=Icon.ENTER, word=False)
        erase.on = self.view.wrong
        self.buttons += keypad(pad, painter, (erase, enter), Look.METER_KEY)
        self._words(painter, words)

    def _words(self, painter: Painter, box: Rect) -> None:
        px = painter.panel.px
        tight = not painter.panel.roomy
        y = box.y
        if not tight:
            y = self.title(painter, box, self.say("Latihan memasukkan kode"))
        if not tight and not self.ui.sight.large:
            rest = Rect(box.x, y, box.width, box.bottom - y)
            y = painter.text(self.say("Meter ini hanya gambar."), rest, Type.SUPPORT, role=Role.SUPPORT) + px(2)
        says, mood = self._next()
        height = note_height(painter, box.width, says, Type.BODY)
        sentence = Rect(box.x, box.bottom - height, box.width, height)
        kind = Type.TITLE
        if tight and self.view.over:
            if height > box.height:
                painter.text(says, box, Type.BODY, role=Role.GOOD, bold=True)
            else:
                note(painter, Rect(box.x, box.y, box.width, height), says, mood)
            return
        if tight and not self.ui.sight.large:
            # That nothing of it goes anywhere is what must not be missed, on whatever panel.
            rest = Rect(box.x, y, box.width, box.bottom - y)
            only = self.say("Latihan: meter ini hanya gambar.")
            if painter.width(only, Type.SUPPORT, bold=True) <= box.width:
                y = painter.text(only, rest, Type.SUPPORT, bold=True) + px(0.5)
        if painter.panel.portrait:
            row, plain = self.view.row, Type.BODY
            digits = Rect(box.x, y, box.width, box.bottom - y)
            y = digit_row(painter, digits, row, plain, done=self.view.done, wrong=self.view.wrong)
            role = Role.BAD if self.view.wrong else Role.TEXT
            painter.text(says, Rect(box.x, y, box.width, box.bottom - y), plain, role=role, bold=True)
            return
        rows = Rect(box.x, y, box.width, sentence.y - y - px(1.5))
        lines = fewest_lines(painter, rows.width - px(6), kind) * painter.digit_step(kind)
        if lines + px(3) > rows.height:
            kind = Type.BODY
            lines = fewest_lines(painter, rows.width - px(6), kind) * painter.digit_step(kind)
        rows.height = min(rows.height, lines + px(3))
        card(painter, rows)
        inner = Rect(rows.x + px(3), rows.y + px(1.5), rows.width - px(6), lines + 2)
        row = self.view.row
        digit_row(painter, inner, row, kind, done=self.view.done, wrong=self.view.wrong)
        note(painter, sentence, says, mood)

    def _next(self) -> tuple[str, Mood | None]:
        """The one thing to do now."""
        view = self.view
        if view.over:
            return self.say("Benar! Lakukan hal yang sama di rumah."), Mood.GOOD
        if view.wrong:
            if self.ui.sight.large and self.ui.panel.portrait:
                return self.say("Salah. Tekan Hapus."), Mood.BAD
            return self.say("Digit terakhir salah. Tekan Hapus."), Mood.BAD
        if view.done == len(view.row):
            return self.say("Sekarang tekan Enter"), None
        return self.say("Sekarang tekan {digit}", digit=view.row[view.done]), None

    def news(self, before: View) -> Sequence[str] | None:
        """After each key the one thing to do now, and nothing else."""
        if self.view.over or not isinstance(before, RehearsalView) or before.row != self.view.row:
            return None
        return (self._next()[0],)

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
