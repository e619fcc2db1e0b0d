"""Home: what this kiosk does, that it is free, and one large button."""

from pygame import Rect

from kiosk.flow.choices import Answer, Choice
from kiosk.flow.views import HomeView
from kiosk.screens.base import Screen
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, MARGIN, TARGET, Role, Type
from kiosk.ui.widgets import Button, Look


class HomeScreen(Screen[HomeView]):
    """Returns START or LANGUAGE."""

    enter: Answer | None = Choice.START
    escape: Answer | None = None

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        area = painter.surface.get_rect().inflate(-2 * px(MARGIN), -2 * px(MARGIN))
        if self.view.demo:
            area = self._demo_band(painter, area)
        height, width = px(TARGET) + 1, px(66)
        if painter.panel.portrait:
            width = area.width
        other = Rect(area.x, area.bottom - height, min(width, area.width), height)
        label = "English" if self.say.language == "id" else "Bahasa Indonesia"
        self.buttons.append(Button("language", label, other, Choice.LANGUAGE))
        line = Rect(other.right + px(4), other.y, area.right - other.right - px(4), height)
        if painter.panel.portrait:
            line = Rect(area.x, other.y - height, area.width, height)
        painter.text(self.say("Bantuan: 123"), line, Type.BODY, centre=True, middle=True)

        start_height = px(20 if painter.panel.small else 28)
        start = Rect(0, 0, min(area.width, px(110)), start_height)
        start.midbottom = (area.centerx, min(other.top, line.top) - px(GAP + (4 if painter.panel.small else 10)))
        self.buttons.append(Button("start", self.say("Mulai"), start, Choice.START, Look.PRIMARY))

        words = Rect(area.x, area.y, area.width, start.top - area.y - px(2))
        title, about = (
            self.say("Perbarui meter prabayar Anda"),
            self.say("Gratis. Siapkan ID Pelanggan atau nomor meter."),
        )
        kind = Type.HEADING if painter.panel.small or painter.panel.portrait else Type.HERO
        needed = painter.line_height(kind) * len(painter.wrap(title, words.width, kind, bold=True))
        needed += px(3) + painter.line_height(Type.BODY) * len(painter.wrap(about, words.width, Type.BODY))
        y = words.y + max(0, (words.height - needed) // 2)
        y = painter.text(title, Rect(words.x, y, words.width, words.bottom - y), kind, bold=True, centre=True)
        y += px(3)
        painter.text(about, Rect(words.x, y, words.width, words.bottom - y), centre=True)

    def _demo_band(self, painter: Painter, area: Rect) -> Rect:
        band = Rect(0, 0, painter.surface.get_width(), painter.line_height(Type.CAPTION) + painter.panel.px(1))
        painter.surface.fill(Role.DEMO.rgb, band)
        painter.text(self.say("DEMO: semua data ini rekaan"), band, Type.CAPTION, bold=True, centre=True, middle=True)
        top = max(area.y, band.bottom + painter.panel.px(1))
        return Rect(area.x, top, area.width, area.bottom - top)
