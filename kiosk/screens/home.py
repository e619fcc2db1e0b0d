"""Home: what this kiosk does, that it is free, and one large button."""

from collections.abc import Sequence

from pygame import Rect

from kiosk.screens.base import Screen
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, MARGIN, TARGET, Role, Type
from kiosk.ui.widgets import KEY, Button, Look
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import HomeView


class HomeScreen(Screen[HomeView]):
    """Returns START, LANGUAGE, LARGER, STRONGER, LISTEN or STAFF."""

    enter: Answer | None = Choice.START
    escape: Answer | None = None

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        area = painter.surface.get_rect().inflate(-2 * px(MARGIN), -2 * px(MARGIN))
        if self.view.demo:
            area = self._demo_band(painter, area)
        top = self._choices(painter, area)
        start = Rect(0, 0, min(area.width, px(110)), px(20 if painter.panel.small else 28))
        start.midbottom = (area.centerx, top - px(3 if painter.panel.small else 6))
        if self.view.has_staff:
            side = px(TARGET) + 1
            if start.right + px(GAP) + side > area.right:
                start.width = min(start.width, area.width - side - px(GAP))
                start.right = area.right - side - px(GAP)
            staff = Rect(area.right - side, start.bottom - side, side, side)
            self.buttons.append(Button("staff", self.say("Petugas"), staff, Choice.STAFF, icon=KEY))
        self.buttons.append(Button("start", self.say("Mulai"), start, Choice.START, Look.PRIMARY))

        words = Rect(area.x, area.y, area.width, start.top - area.y - px(2))
        title, about = (
            self.say("Perbarui meter prabayar Anda"),
            self.say("Gratis. Siapkan ID Pelanggan atau nomor meter. Bantuan: {help_line}"),
        )
        kind = Type.HEADING if painter.panel.small or painter.panel.portrait else Type.HERO
        needed = painter.line_height(kind) * len(painter.wrap(title, words.width, kind, bold=True))
        needed += px(3) + painter.line_height(Type.BODY) * len(painter.wrap(about, words.width, Type.BODY))
        y = words.y + max(0, (words.height - needed) // 2)
        y = painter.text(title, Rect(words.x, y, words.width, words.bottom - y), kind, bold=True, centre=True)
        y += px(3)
        painter.text(about, Rect(words.x, y, words.width, words.bottom - y), centre=True)

    def handle(self, event: InputEvent) -> Answer | None:
        # A barcode scanner does not wait for a button: its first digit opens the pad, which gets it too.
        if isinstance(event, KeyPress) and event.key.isdigit():
            return Choice.START
        return super().handle(event)

    def _choices(self, painter: Painter, area: Rect) -> int:
        """Language, large letters and contrast: each button says what it leads to. Gives their top."""
        sight = self.ui.sight
        choices = [
            ("language", "English" if self.say.language == "id" else "Indonesia", Choice.LANGUAGE),
            ("larger", self.say("Huruf biasa") if sight.large else self.say("Huruf besar"), Choice.LARGER),
            ("stronger", self.say("Warna biasa") if sight.strong else self.say("Hitam putih"), Choice.STRONGER),
        ]
        if self.view.can_listen:
            listen = self.say("Tanpa suara") if self.ui.hearing.on else self.say("Bacakan")
            choices.append(("listen", listen, Choice.LISTEN))
        if not painter.panel.portrait:
            return self._line(painter, area, choices)
        top = self._line(painter, area, choices[-2:])
        return self._line(painter, Rect(area.x, area.y, area.width, top - painter.panel.px(GAP) - area.y), choices[:-2])

    def _line(self, painter: Painter, area: Rect, choices: Sequence[tuple[str, str, Choice]]) -> int:
        """Buttons at the bottom of `area`, equal if their words let them, high enough for two lines. Gives the top."""
        px = painter.panel.px
        gap = px(GAP)
        pad = px(1.5) + 2
        needed = [
            max(painter.width(word, Type.BODY, bold=True) for word in label.split()) + pad for _, label, _ in choices
        ]
        equal = (area.width - gap * (len(choices) - 1)) // len(choices)
        spare = (area.width - gap * (len(choices) - 1) - sum(needed)) // len(choices)
        widths = [equal if max(needed) <= equal else wants + spare for wants in needed]
        lines = max(
            len(painter.wrap(label, width - pad, Type.BODY, bold=True))
            for (_, label, _), width in zip(choices, widths, strict=True)
        )
        height = max(px(TARGET) + 1, lines * painter.line_height(Type.BODY) + px(1) + 2)
        left, top = area.x, area.bottom - height
        for (name, label, value), width in zip(choices, widths, strict=True):
            self.buttons.append(Button(name, label, Rect(left, top, width, height), value))
            left += width + gap
        return top

    def _demo_band(self, painter: Painter, area: Rect) -> Rect:
        band = Rect(0, 0, painter.surface.get_width(), painter.line_height(Type.CAPTION) + painter.panel.px(1))
        painter.surface.fill(painter.rgb(Role.DEMO), band)
        painter.text(self.say("DEMO: semua data ini rekaan"), band, Type.CAPTION, bold=True, centre=True, middle=True)
        top = max(area.y, band.bottom + painter.panel.px(1))
        return Rect(area.x, top, area.width, area.bottom - top)
