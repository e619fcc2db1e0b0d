"""How far the campaign is: one bar for all meters, what they are one by one, and a column for each of the last days."""

from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.ui.icons import Icon
from kiosk.ui.shapes import plate
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import card
from kiosk.view.choices import Answer, Choice
from kiosk.view.formats import percentage, thousands
from kiosk.view.views import ProgressView


class ProgressScreen(Screen[ProgressView]):
    """Returns PREVIOUS (back) or HOME."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.foot(
            painter,
            back=self.back(),
            onward=onward("home", self.say("Selesai"), Choice.HOME, Icon.LEAVE_STAFF),
        )
        box = self.main(painter)
        y = self._campaign(painter, box)
        y = self._figures(painter, Rect(box.x, y, box.width, box.bottom - y)) + px(1.5)
        caption = self.say("Kode BENAR per hari; hari ini: {rows}", rows=self._number(self.view.days[-1][1]))
        if painter.line_height(Type.SUPPORT) * 2 + px(12) <= box.bottom - y:
            y = painter.text(caption, Rect(box.x, y, box.width, box.bottom - y), Type.SUPPORT) + px(0.5)
            self._days(painter, Rect(box.x, y, box.width, box.bottom - y))
            return
        if painter.scale > 1:
            # Smaller letters may have room for the columns.
            painter.overflows.append(Overflow(caption, (box.width, px(12)), (box.width, box.bottom - y)))
        painter.text(caption, Rect(box.x, y, box.width, box.bottom - y), Type.SUPPORT)

    def _number(self, number: int) -> str:
        return thousands(number, self.say.language)

    def _campaign(self, painter: Painter, box: Rect) -> int:
        """The share that is done, and a bar that is full when every meter is upgraded. Gives the y below."""
        px = painter.panel.px
        percent = percentage(self.view.percent, self.say.language)
        title = self.say("{percent} % selesai", percent=percent)
        y = painter.text(title, Rect(box.x, box.y, box.width, box.height), Type.TITLE, bold=True)
        bar = Rect(box.x, y + px(0.5), box.width, px(5))
        line = max(2, px(0.4))
        plate(painter.surface, bar, px(1.2), painter.rgb(Role.SURFACE), painter.rgb(Role.OUTLINE), line)
        share = self.view.upgraded / self.view.meters if self.view.meters else 0.0
        full = bar.inflate(-2 * line, -2 * line)
        full.width = round(full.width * share)
        painter.surface.fill(painter.rgb(Role.GOOD), full)
        return bar.bottom + px(1.5)

    def _figures(self, painter: Painter, box: Rect) -> int:
        """How many meters are how far, each a figure over its word. Gives the y below."""
        px = painter.panel.px
        figures = (
            (Icon.YES, Role.GOOD, self.view.upgraded, self.say("terbukti")),
            (Icon.WHO, Role.CAREFUL, self.view.claimed, self.say("klaim pelanggan")),
            (Icon.WAIT, Role.TEXT, self.view.due, self.say("menunggu")),
            (Icon.ERRORS, Role.BAD, self.view.unclear, self.say("perlu dilihat")),
        )
        columns, gap = (2 if painter.panel.portrait or (painter.panel.small and painter.large) else 4), px(2)
        width = (box.width - gap * (columns - 1)) // columns
        inside = width - px(3)
        words = max(len(painter.wrap(word, inside, Type.SUPPORT)) for _, _, _, word in figures)
        height = painter.line_height(Type.HEADING) + words * painter.line_height(Type.SUPPORT) + px(1.5)
        for index, (icon, role, number, word) in enumerate(figures):
            place = Rect(
                box.x + index % columns * (width + gap), box.y + index // columns * (height + gap), width, height
            )
            card(painter, place)
            inner = place.inflate(-px(3), -px(1))
            digits = self._number(number)
            first = Rect(inner.x, inner.y, inner.width, painter.line_height(Type.HEADING))
            kind = painter.fitting(digits, inner.width, Type.HEADING, Type.BODY, bold=True)
            if painter.width(digits, kind, bold=True) + px(7) <= inner.width:
                painter.icon(icon, (first.x + px(2.7), first.centery), 5.4, role)
                first.x, first.width = first.x + px(7), first.width - px(7)
            painter.text(digits, first, kind, role=role, bold=True, middle=True)
            below = Rect(inner.x, first.bottom, inner.width, inner.bottom - first.bottom)
            painter.text(word, below, Type.SUPPORT, role=Role.SUPPORT)
        rows = -(-len(figures) // columns)
        return box.y + rows * height + (rows - 1) * gap

    def _days(self, painter: Painter, box: Rect) -> None:
        """A column for each day, the highest as high as there is room; its day of the month under it, today marked."""
        px = painter.panel.px
        most = max(rows for _, rows in self.view.days)
        pitch = box.width // len(self.view.days)
        named = painter.line_height(Type.CAPTION)
        room = box.height - named - px(0.5)
        floor = box.y + room
        painter.surface.fill(painter.rgb(Role.OUTLINE), (box.x, floor, box.width, 2))
        # Where the numbers have no room, every other day is named, counted back from today.
        every = 1 if painter.width("88", Type.CAPTION) + px(0.5) < pitch else 2
        today = len(self.view.days) - 1
        for index, (day, rows) in enumerate(self.view.days):
            height = round(room * rows / most) if most else 0
            column = Rect(box.x + index * pitch + px(0.5), floor - height, pitch - px(1), height)
            painter.surface.fill(painter.rgb(Role.PRIMARY), column)
            if index == today and min(column.size) > px(2):
                edge = max(2, px(0.5))
                painter.surface.fill(painter.rgb(Role.TEXT), column)
                here = Role.HERE if painter.rgb(Role.HERE) != painter.rgb(Role.TEXT) else Role.SURFACE
                painter.surface.fill(painter.rgb(here), column.inflate(-2 * edge, -2 * edge))
            if (today - index) % every == 0:
                place = Rect(box.x + index * pitch - px(1), floor + px(0.5), pitch + 2 * px(1), named)
                painter.text(day, place, Type.CAPTION, centre=True, said=False, bold=index == today)
