"""A list for staff, page by page: a sign of how good each line is, what it says, and when and where beside it."""

from pygame import Rect

from kiosk.screens.base import Screen, Ui, onward
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import Button, claim_mark, mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import ReportLine
from kiosk.view.views import ReportView

MORE = "more"
SIGN = 8.0
"""Millimetres that the signs take."""
_AIR = 1.4
"""Millimetres between two lines, a hair among them."""


class ReportScreen(Screen[ReportView]):
    """Returns PREVIOUS (back) or HOME; turns its pages by itself."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_leave = False

    def __init__(self, view: ReportView, ui: Ui) -> None:
        super().__init__(view, ui)
        self._first = 0
        """The line at the top: letters may grow while it is read."""
        self._next = 0

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        main = self.main(painter)
        counted = Rect(main.x, main.y, main.width, painter.line_height(Type.SUPPORT))
        room = main.width - painter.width(self._page(9, 9), Type.SUPPORT) - px(2)
        top = self.title(painter, Rect(main.x, main.y, room, main.height), self.say(self.view.title))
        box = Rect(main.x, top, main.width, main.bottom - top)
        signs = any(line.mood is not None for line in self.view.lines)
        left = px(SIGN) if signs else 0
        pages = self._pages(painter, box, left)
        at = next((number for number, page in enumerate(pages) if self._first < page[1]), 0)
        self._next = pages[(at + 1) % len(pages)][0]
        done = onward("home", self.say("Selesai"), Choice.HOME, Icon.LEAVE_STAFF)
        also = []
        if len(pages) > 1:
            label, short = self.say("Halaman berikutnya"), self.say("Halaman")
            also.append(Foot(MORE, label, MORE, icon=Icon.ONWARD, after=True, short=short))
            text = self._page(at + 1, len(pages))
            counted.x = main.right - painter.width(text, Type.SUPPORT)
            counted.width = main.right - counted.x
            painter.text(text, counted, Type.SUPPORT, role=Role.SUPPORT)
        self.foot(painter, back=self.back(), also=also, onward=done)
        y = box.y
        for index in range(*pages[at]):
            if index > pages[at][0]:
                painter.surface.fill(painter.rgb(Role.HAIR), (box.x, y - px(_AIR / 2), box.width, max(1, px(0.3))))
            y = self._line(painter, self.view.lines[index], Rect(box.x, y, box.width, box.bottom - y), left)
            y += px(_AIR)

    def _page(self, number: int, of: int) -> str:
        return self.say("Halaman {number}/{of}", number=number, of=of)

    def _pages(self, painter: Painter, box: Rect, left: int) -> list[tuple[int, int]]:
        """From which line to which each page goes."""
        pages, first, used = [], 0, 0
        for index, line in enumerate(self.view.lines):
            height = self._height(painter, line, box.width - left) + painter.panel.px(_AIR)
            # Below the last line of a page no air is needed.
            if index > first and used + height - painter.panel.px(_AIR) > box.height:
                pages.append((first, index))
                first, used = index, 0
            used += height
        return [*pages, (first, len(self.view.lines))]

    def _beside(self, painter: Painter, line: ReportLine, width: int) -> int:
        """Pixels at the right of a line that its second sentence takes; 0 if it has none, or stands below."""
        if line.more is None:
            return 0
        more = painter.width(self.say(line.more), Type.SUPPORT) + painter.panel.px(4)
        return more if more <= width * 0.5 else 0

    def _height(self, painter: Painter, line: ReportLine, width: int) -> int:
        beside = self._beside(painter, line, width)
        lines = len(painter.wrap(self.say(line.text), width - beside, Type.SUPPORT))
        height = lines * painter.line_height(Type.SUPPORT)
        if line.more is not None and not beside:
            height += len(painter.wrap(self.say(line.more), width, Type.SUPPORT)) * painter.line_height(Type.SUPPORT)
        return height

    def _line(self, painter: Painter, line: ReportLine, box: Rect, left: int) -> int:
        """One line of the list; gives the y below."""
        px = painter.panel.px
        first = painter.line_height(Type.SUPPORT)
        if line.mood is not None:
            middle = (box.x + px(3), box.y + first // 2)
            mark = claim_mark if line.claim else mood_mark
            mark(painter, middle, px(2.6), line.mood)
        inner = Rect(box.x + left, box.y, box.width - left, box.height)
        beside = self._beside(painter, line, inner.width)
        y = painter.text(self.say(line.text), Rect(inner.x, inner.y, inner.width - beside, inner.height), Type.SUPPORT)
        if line.more is None:
            return y
        more = self.say(line.more)
        if not beside:
            below = Rect(inner.x, y, inner.width, inner.bottom - y)
            return painter.text(more, below, Type.SUPPORT, role=Role.SUPPORT)
        end = painter.width(more, Type.SUPPORT)
        place = Rect(inner.right - end, inner.y, end, first)
        painter.text(more, place, Type.SUPPORT, role=Role.SUPPORT, middle=True)
        return y

    def pressed(self, button: Button) -> Answer | None:
        if button.value == MORE:
            self._first = self._next
            return None
        return super().pressed(button)
