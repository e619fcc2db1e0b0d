"""What is shown over a screen that is kept: help, and the question whether the session is to end."""

from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.ui.frame import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Message, Mood
from kiosk.view.views import HelpView, LeaveView

_KEYS = Message("Tombol angka: + dan - pindah, Enter pilih, titik hapus, * keluar, / dengarkan.")


class HelpScreen(Screen[HelpView]):
    """Returns PREVIOUS, or LEAVE."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.can_leave = self.view.can_leave
        also: tuple[Foot, ...] = ()
        if self.view.can_leave and not painter.panel.roomy:
            also = (Foot("leave", self.say("Keluar"), Choice.LEAVE, icon=Icon.NO),)
        box = self.frame(painter, self.say("Bantuan"), back=self.back(), also=also)
        lines = [(Icon.NOTE, self.say(line)) for line in self.view.lines]
        lines.append((Icon.CALL, self.say("Panggil petugas di {counter}, atau hubungi PLN {help_line}.")))
        if not self.ui.sight.large:
            lines.append((Icon.TYPE, self.say(_KEYS)))
        y = box.y + px(1)
        for icon, text in lines:
            words = Rect(box.x + px(11), y, box.width - px(11), box.bottom - y)
            height = len(painter.wrap(text, words.width)) * painter.line_height(Type.BODY)
            painter.icon(icon, (box.x + px(4), y + painter.line_height(Type.BODY) // 2), 7.0, Role.PRIMARY)
            painter.text(text, words)
            y += height + px(3)


class LeaveScreen(Screen[LeaveView]):
    """Returns HOME, or PREVIOUS."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.foot(
            painter,
            back=self.back(),
            onward=onward("home", self.say("Ya, akhiri"), Choice.HOME, Icon.NO),
        )
        main = self.main(painter)
        radius = px(12)
        middle = (main.centerx, main.y + radius + px(4))
        mood_mark(painter, middle, radius, Mood.CAREFUL, Icon.HELP)
        y = middle[1] + radius + px(5)
        y = painter.text(
            self.say("Akhiri dan hapus layar?"),
            Rect(main.x, y, main.width, main.bottom - y),
            Type.TITLE,
            bold=True,
            centre=True,
        )
        rest = Rect(main.x, y + px(2), main.width, main.bottom - y - px(2))
        painter.text(
            self.say("Kode yang sudah disimpan tetap berlaku."), rest, Type.BODY, role=Role.SUPPORT, centre=True
        )
