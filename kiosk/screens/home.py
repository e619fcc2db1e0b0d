"""Home: what this kiosk does, that it is free, and one large button."""

from pygame import Rect

from kiosk.screens.base import Screen
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import MeterPicture
from kiosk.view.views import HomeView
from krn_engine.row import BENAR

EXAMPLE = "01234567890"
"""A number that no meter has."""


class HomeScreen(Screen[HomeView]):
    """Returns START or STAFF, and what the tools return."""

    enter: Answer | None = Choice.START
    escape: Answer | None = None
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self._facts(painter)
        main = self.main(painter)
        upright, low = painter.panel.portrait, painter.panel.small
        width = main.width if upright else round(main.width * 0.6)
        words = Rect(main.x + px(1), main.y, width - px(1), main.height)
        start = Rect(words.x, 0, px(62) if not upright else main.width - px(2), px(25 if not low else 18))
        start.bottom = main.bottom - px(1)
        self.buttons.append(
            Button("start", self.say("Mulai"), start, Choice.START, Look.PRIMARY, icon=Icon.ONWARD, after=True)
        )
        texts = [
            (self.say("Upgrade meter listrik prabayar Anda"), Type.HERO, Role.TEXT),
            (self.say("Agar meter tetap bisa diisi token."), Type.SUPPORT, Role.SUPPORT),
            (self.say("Siapkan ID Pelanggan atau nomor meter."), Type.SUPPORT, Role.TEXT),
        ]
        y = words.y
        for text, kind, role in texts:
            bold = kind is Type.HERO
            needed = len(painter.wrap(text, words.width, kind, bold=bold)) * painter.line_height(kind)
            if bold or y + needed <= start.y - px(1):
                rest = Rect(words.x, y, words.width, start.y - y)
                y = painter.text(text, rest, kind, role=role, bold=bold) + px(0.8)
        if upright:
            picture = Rect(main.x, y + px(2), main.width, start.y - y - px(5))
        else:
            picture = Rect(words.right + px(4), main.y, main.right - words.right - px(4), main.height)
        if picture.height > px(19) and picture.width > px(30) and not (self.ui.sight.large and (upright or low)):
            draw_meter(painter, picture, MeterPicture("", BENAR, EXAMPLE), glow=True)

    def _facts(self, painter: Painter) -> None:
        """In the foot: free, nothing is lost, where help is; and the key for staff."""
        staff = Foot("staff", self.say("Petugas"), Choice.STAFF, icon=Icon.STAFF_KEY, word=False)
        self.foot(painter, onward=None, also=(staff,) if self.view.has_staff else ())
        px = painter.panel.px
        foot = self.foot_area(painter)
        right = min((button.rect.x for button in self.buttons if button.name == "staff"), default=foot.right) - px(3)
        facts = [
            (Icon.FREE, self.say("Gratis")),
            (Icon.ENERGY, self.say("Sisa kWh tidak berubah")),
            (Icon.CALL, self.say("Bantuan: PLN {help_line}")),
        ]
        step = px(7.5)
        widths = [step + painter.width(text, Type.SUPPORT) for _, text in facts]
        x, y, gap = foot.x + px(4), foot.centery, px(4)
        if sum(widths) + 2 * gap <= right - x:
            for (icon, text), width in zip(facts, widths, strict=True):
                self._fact(painter, Rect(x, y - px(5), width, px(10)), icon, text)
                x += width + gap
            return
        # Two lines where there is room, else only what does not stand elsewhere on the screen.
        half = foot.height // 2
        if 2 * painter.line_height(Type.SUPPORT) > foot.height:
            self._fact(painter, Rect(x, foot.y, widths[2], foot.height), *facts[2])
            return
        below = 1 if widths[1] <= right - x else 0
        if below and widths[0] + gap + widths[2] <= right - x:
            self._fact(painter, Rect(x, foot.y + px(1), widths[0], half - px(1)), *facts[0])
            self._fact(painter, Rect(x + widths[0] + gap, foot.y + px(1), widths[2], half - px(1)), *facts[2])
        else:
            self._fact(painter, Rect(x, foot.y + px(1), widths[2], half - px(1)), *facts[2])
        self._fact(painter, Rect(x, foot.y + half, widths[below], half - px(1)), *facts[below])

    def _fact(self, painter: Painter, box: Rect, icon: Icon, text: str) -> None:
        px = painter.panel.px
        painter.icon(icon, (box.x + px(3), box.centery), 5.5, Role.PRIMARY)
        words = Rect(box.x + px(7.5), box.y, box.width - px(7.5), box.height)
        painter.text(text, words, Type.SUPPORT, middle=True)

    def handle(self, event: InputEvent) -> Answer | None:
        # A barcode scanner does not wait for a button: its first digit opens the pad, which gets it too.
        if isinstance(event, KeyPress) and event.key.isdigit():
            return Choice.START
        return super().handle(event)
