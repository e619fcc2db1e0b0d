"""What to do at home, in the order in which to do it; then the screen goes away by itself."""

from pygame import Rect

from kiosk.screens.base import Ui, columns, onward
from kiosk.screens.pages import LESS, MORE, Paged
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import Look, card, numbered
from kiosk.view.changes import named, time_limit
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture
from kiosk.view.views import ThanksView
from krn_engine.row import BENAR

_SIGN = 8.0
"""Millimetres that the sign of the countdown takes."""


class ThanksScreen(Paged[ThanksView]):
    """Returns DONE. Where it takes two pages, it turns by itself at half of its time, unless somebody turns it."""

    enter: Answer | None = Choice.DONE
    escape: Answer | None = Choice.DONE
    enter_turns = True

    def __init__(self, view: ThanksView, ui: Ui) -> None:
        super().__init__(view, ui)
        self._whole = view.seconds_left
        """The most seconds that there were: a touch gives them all back."""
        self._by_itself = True

    def update(self, view: ThanksView) -> None:
        super().update(view)
        self._whole = max(self._whole, view.seconds_left)
        if self._by_itself:
            self.show_page(min(self.pages - 1, (self._whole - view.seconds_left) * self.pages // self._whole))

    def turn(self, step: int) -> None:
        self._by_itself = False
        super().turn(step)

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        main = self.main(painter)
        if painter.panel.portrait:
            # The foot of an upright panel is full.
            line = painter.line_height(Type.SUPPORT)
            self._countdown(painter, Rect(main.x, main.bottom - line, main.width, line))
            main.height -= line + px(1)
        krn = self.view.krn
        if painter.panel.roomy and not self.ui.sight.large:
            main, picture = columns(painter, main, 0.3)
            draw_meter(painter, picture, MeterPicture("", BENAR if krn is None else str(krn)), glow=True)
        y = self.title(painter, main, self.say("Terima kasih. Di rumah:"))
        self._steps(painter, Rect(main.x, y, main.width, main.bottom - y))
        back = None
        if self.pages > 1:
            back = Foot(LESS, self.say("Kembali"), LESS, icon=Icon.BACK, enabled=self.page > 0)
        if self.on_last:
            self.foot(painter, back=back, onward=onward("done", self.say("Selesai"), Choice.DONE, Icon.YES))
        else:
            self.foot(
                painter, back=back, onward=Foot(MORE, self.say("Lanjut"), MORE, Look.PRIMARY, Icon.ONWARD, after=True)
            )
        if not painter.panel.portrait:
            foot = self.foot_area(painter)
            words = [button.rect for button in self.buttons if button.name in (LESS, MORE, "done")]
            left = max((rect.right for rect in words if rect.x < foot.centerx), default=foot.x) + px(4)
            right = min(rect.x for rect in words if rect.x >= foot.centerx) - px(3)
            self._countdown(painter, Rect(left, foot.y, right - left, foot.height))

    def _countdown(self, painter: Painter, box: Rect) -> None:
        """How long the screen stays, in the longest words that there is room for."""
        px, left = painter.panel.px, self.view.seconds_left
        texts = (self.say("Kembali ke awal: {seconds} detik", seconds=left), self.say("{seconds} detik", seconds=left))
        room = box.width - px(_SIGN)
        text = next((text for text in texts if painter.width(text, Type.SUPPORT) <= room), texts[-1])
        if painter.width(text, Type.SUPPORT) > room:
            painter.overflows.append(Overflow(text, (painter.width(text, Type.SUPPORT), 0), (room, box.height)))
        painter.icon(Icon.HISTORY, (box.x + px(3), box.centery), 6.0, Role.SUPPORT)
        words = Rect(box.x + px(_SIGN), box.y, room, box.height)
        painter.text(text, words, Type.SUPPORT, role=Role.SUPPORT, middle=True, said=False)

    def _steps(self, painter: Painter, box: Rect) -> None:
        """Numbered, each with a line of explanation, on as many pages as it takes."""
        px = painter.panel.px
        steps = [
            (self.say("Token lama dulu"), self.say("Masukkan dulu token yang belum dipakai.")),
            (self._pairs(), self.say(time_limit(self.view.pairs, self.view.minutes))),
            (self.say("Tekan 04 lalu Enter"), self._shows()),
        ]
        inner = box.inflate(-px(6), -px(3))
        left = inner.x + px(13)
        words = inner.right - left
        line, small = painter.line_height(Type.BODY), painter.line_height(Type.SUPPORT)
        heads = [len(painter.wrap(head, words, Type.BODY, bold=True)) * line for head, _ in steps]
        more = [len(painter.wrap(text, words, Type.SUPPORT)) * small for _, text in steps]
        shown = self.laid_out(painter, [head + rest for head, rest in zip(heads, more, strict=True)], inner.height)
        needed = sum(heads[index] + more[index] for index in shown)
        air = max(0, (inner.height - needed) // len(shown))
        card(painter, box)
        y = inner.y + air // 2
        for index, (head, text) in enumerate(steps):
            if index not in shown:
                # Who listens hears all of it on each page.
                painter.said += [head, text]
                continue
            height = heads[index] + more[index]
            numbered(painter, (inner.x + px(4.6), y + height // 2), px(4.4), index + 1, here=True)
            painter.text(head, Rect(left, y, words, heads[index]), Type.BODY, bold=True)
            rest = Rect(left, y + heads[index], words, more[index])
            painter.text(text, rest, Type.SUPPORT, role=Role.SUPPORT)
            y += height + air

    def _pairs(self) -> str:
        names = [self.say(named(first, last)) for first, last in self.view.pairs]
        said = names[0]
        for name in names[1:]:
            said = self.say("{before}, lalu {after}", before=said, after=name[:1].lower() + name[1:])
        return said

    def _shows(self) -> str:
        if self.view.krn is None:
            return self.say("Catat angka yang tampil.")
        return self.say("Meter harus menampilkan {krn}.", krn=self.view.krn)
