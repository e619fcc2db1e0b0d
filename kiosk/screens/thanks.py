"""What to do at home, in the order in which to do it; then the screen goes away by itself."""

from pygame import Rect

from kiosk.screens.base import Screen, columns, onward
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import card, numbered
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture
from kiosk.view.views import ThanksView
from krn_engine.row import BENAR


class ThanksScreen(Screen[ThanksView]):
    """Returns DONE."""

    enter: Answer | None = Choice.DONE
    escape: Answer | None = Choice.DONE

    def paint(self, painter: Painter) -> None:
        self.foot(painter, onward=onward("done", self.say("Selesai"), Choice.DONE, Icon.YES))
        self._countdown(painter)
        main = self.main(painter)
        krn = self.view.krn
        if painter.panel.roomy and not self.ui.sight.large:
            main, picture = columns(painter, main, 0.3)
            draw_meter(painter, picture, MeterPicture("", BENAR if krn is None else str(krn)), glow=True)
        y = self.title(painter, main, self.say("Terima kasih. Di rumah:"))
        self._steps(painter, Rect(main.x, y, main.width, main.bottom - y))

    def _countdown(self, painter: Painter) -> None:
        """How long the screen stays, in the middle of the foot, where that has room."""
        px = painter.panel.px
        foot = self.foot_area(painter)
        left = foot.x + px(4)
        right = min(button.rect.x for button in self.buttons if button.name == "done") - px(3)
        text = self.say("Kembali ke awal: {seconds} detik", seconds=self.view.seconds_left)
        room = right - left - px(8)
        if painter.width(text, Type.SUPPORT) <= room:
            painter.icon(Icon.HISTORY, (left + px(3), foot.centery), 6.0, Role.SUPPORT)
            words = Rect(left + px(8), foot.y, room, foot.height)
            painter.text(text, words, Type.SUPPORT, role=Role.SUPPORT, middle=True, said=False)

    def _steps(self, painter: Painter, box: Rect) -> None:
        """Numbered, each with a line of explanation where there is room for all of them."""
        px = painter.panel.px
        steps = [
            (self.say("Token lama dulu"), self.say("Masukkan dulu token yang belum dipakai.")),
            (
                self._pairs(),
                self.say("Tiap pasang {minutes} menit. Tiap kode: BENAR.", minutes=self.view.minutes),
            ),
            (self.say("Tekan 04 lalu Enter"), self._shows()),
        ]
        card(painter, box)
        inner = box.inflate(-px(6), -px(3))
        left = inner.x + px(13)
        words = inner.right - left
        line, small = painter.line_height(Type.BODY), painter.line_height(Type.SUPPORT)
        heads = [len(painter.wrap(head, words, Type.BODY, bold=True)) * line for head, _ in steps]
        more = [len(painter.wrap(text, words, Type.SUPPORT)) * small for _, text in steps]
        # What the meter must show is what is forgotten: the other explanations go first, where there is no room.
        for without in (0, 1):
            if sum(heads) + sum(more) > inner.height:
                more[without] = 0
        needed = sum(heads) + sum(more)
        air = max(0, (inner.height - needed) // 3)
        y = inner.y + air // 2
        for index, (head, text) in enumerate(steps):
            height = heads[index] + more[index]
            numbered(painter, (inner.x + px(4.6), y + height // 2), px(4.4), index + 1, here=True)
            painter.text(head, Rect(left, y, words, heads[index]), Type.BODY, bold=True)
            if more[index]:
                rest = Rect(left, y + heads[index], words, more[index])
                painter.text(text, rest, Type.SUPPORT, role=Role.SUPPORT)
            y += height + air

    def _pairs(self) -> str:
        names = [self._pair(first, last) for first, last in self.view.pairs]
        said = names[0]
        for name in names[1:]:
            said = self.say("{before}, lalu {after}", before=said, after=name[:1].lower() + name[1:])
        return said

    def _pair(self, first: int, last: int) -> str:
        if last - first == 1:
            return self.say("Kode {first} dan {last}", first=first, last=last)
        return self.say("Kode {first} sampai {last}", first=first, last=last)

    def _shows(self) -> str:
        if self.view.krn is None:
            return self.say("Catat angka yang tampil.")
        return self.say("Meter harus menampilkan {krn}.", krn=self.view.krn)
