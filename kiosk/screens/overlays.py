"""What is shown over a screen that is kept: help, the question whether the session is to end, and a call for staff."""

from collections.abc import Sequence

from pygame import Rect

from kiosk.screens.base import Screen, headline, onward, paragraphs
from kiosk.screens.pages import MORE, Paged
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import Button, mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Message, Mood
from kiosk.view.views import AttendantView, HelpView, LeaveView

INTRODUCTION = Message(
    "Plus: berikutnya, minus: sebelumnya, Enter: pilih, titik: hapus, bintang: kembali, garis miring: ulangi, "
    "dua kali: lebih keras. Sentuhan pertama menyebut, kedua memilih. Petugas: minus, Enter."
)
"""Said when somebody begins to listen, and again in the help: 20 seconds."""
_KEYS = Message("Tombol angka: + dan - pindah, Enter pilih, titik hapus, * keluar, / dengarkan.")


class HelpScreen(Paged[HelpView]):
    """Returns PREVIOUS, or LEAVE; turns its pages by itself."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_call = False
    """It has a button for that."""

    def paint(self, painter: Painter) -> None:
        self.can_leave = self.view.can_leave
        also: tuple[Foot, ...] = ()
        if self.view.can_leave and not painter.panel.roomy:
            also = (Foot("leave", self.say("Keluar"), Choice.LEAVE, icon=Icon.NO),)
        main = self.main(painter)
        y = self.title(painter, main, self.say("Bantuan"))
        box = Rect(main.x, y, main.width, main.bottom - y)
        lines = [(Icon.NOTE, self.say(line)) for line in self.view.lines]
        lines.append((Icon.CALL, self.say("Panggil petugas di {counter}, atau hubungi PLN {help_line}.")))
        if self.listened:
            box.height -= self._sound(painter, box)
            self._heard(painter, box, lines)
        else:
            self._seen(painter, box, [*lines, (Icon.TYPE, self.say(_KEYS))])
        if self.pages > 1 and not self.listened:
            label, short = self.say("Halaman berikutnya"), self.say("Halaman")
            also = (*also, Foot(MORE, label, MORE, icon=Icon.ONWARD, after=True, short=short))
        self.foot(painter, back=self.back(), also=also)

    def _seen(self, painter: Painter, box: Rect, lines: Sequence[tuple[Icon, str]]) -> None:
        """Each sentence beside its sign, on as many pages as it takes."""
        px = painter.panel.px
        words = box.width - px(11)
        heights = [len(painter.wrap(text, words)) * painter.line_height(Type.BODY) for _, text in lines]
        least = px(1)
        shown = self.laid_out(painter, [height + least for height in heights], box.height + least)
        free = box.height - sum(heights[index] for index in shown)
        air = max(least, min(px(3), free // len(shown)))
        y = box.y + min(px(1), free - air * (len(shown) - 1)) if free > 0 else box.y
        for index, (icon, text) in enumerate(lines):
            if index not in shown:
                continue
            self._line(painter, Rect(box.x, y, box.width, box.bottom - y), icon, text)
            y += heights[index] + air

    def _heard(self, painter: Painter, box: Rect, lines: Sequence[tuple[Icon, str]]) -> None:
        """What there is room for above the buttons of whoever listens: they hear the rest."""
        px = painter.panel.px
        y = box.y + px(1)
        for icon, text in lines:
            height = len(painter.wrap(text, box.width - px(11))) * painter.line_height(Type.BODY)
            if y + height > box.bottom:
                painter.said.append(text)
                continue
            self._line(painter, Rect(box.x, y, box.width, box.bottom - y), icon, text)
            y += height + px(3)
        painter.said.append(self.say(INTRODUCTION))

    def _line(self, painter: Painter, box: Rect, icon: Icon, text: str) -> None:
        px = painter.panel.px
        painter.icon(icon, (box.x + px(4), box.y + painter.line_height(Type.BODY) // 2), 7.0, Role.PRIMARY)
        painter.text(text, Rect(box.x + px(11), box.y, box.width - px(11), box.height))

    def _sound(self, painter: Painter, box: Rect) -> int:
        """What whoever listens can change, at the end of the box; gives the pixels that it takes."""
        px = painter.panel.px
        listed: list[tuple[str, str, Answer, Icon]] = [
            ("slower", self.say("Lebih lambat"), Choice.SLOWER, Icon.MINUS),
            ("faster", self.say("Lebih cepat"), Choice.FASTER, Icon.PLUS),
            ("louder", self.say("Lebih keras"), Choice.LOUDER, Icon.SOUND),
            ("attendant", self.say("Petugas"), Choice.ATTENDANT, Icon.STAFF),
        ]
        columns = 1 if painter.panel.portrait else 2
        gap, height = px(GAP), px(TARGET) + 1
        width = (box.width - gap * (columns - 1)) // columns
        used = len(listed) // columns * (height + gap) - gap
        for index, (name, label, value, icon) in enumerate(listed):
            left, top = index % columns * (width + gap), index // columns * (height + gap)
            rect = Rect(box.x + left, box.bottom - used + top, width, height)
            self.buttons.append(Button(name, label, rect, value, icon=icon))
        return used + gap


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


class AttendantScreen(Screen[AttendantView]):
    """Returns PREVIOUS. Who passes by reads it from afar; the codes are not seen."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_leave = False
    can_call = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.foot(painter, back=self.back())
        main = self.main(painter)
        title = self.say("Mohon bantuan petugas")
        texts = (
            self.say("Layar meminta petugas datang. Angkat tangan, atau minta tolong orang di dekat Anda."),
            self.say("Kode dan jawaban Anda tetap ada. Tekan Kembali untuk melanjutkan.")
            if self.view.keeps
            else self.say("Tekan Kembali untuk melanjutkan."),
        )
        beside = painter.panel.small or self.ui.sight.large
        radius = px(8 if beside else 12)
        if beside:
            mood_mark(painter, (main.x + radius, main.y + radius), radius, Mood.CAREFUL, Icon.STAFF)
            y = headline(painter, main, title, radius) + px(2)
        else:
            middle = (main.centerx, main.y + radius + px(3))
            mood_mark(painter, middle, radius, Mood.CAREFUL, Icon.STAFF)
            rest = Rect(main.x, middle[1] + radius + px(3), main.width, main.bottom - middle[1] - radius - px(3))
            y = painter.text(title, rest, Type.TITLE, bold=True, centre=True) + px(2)
        paragraphs(painter, Rect(main.x, y, main.width, main.bottom - y), texts)
