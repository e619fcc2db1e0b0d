"""A list for staff, page by page: each line with a sign of how good it is."""

from pygame import Rect

from kiosk.screens.base import Screen, Ui, onward
from kiosk.ui.frame import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import Type
from kiosk.ui.widgets import Button, mood_mark
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import ReportLine
from kiosk.view.views import ReportView

MORE = "more"
SIGN = 9.0
"""Millimetres that the signs take."""


class ReportScreen(Screen[ReportView]):
    """Returns PREVIOUS (back) or HOME; turns its pages by itself."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_leave = False

    def __init__(self, view: ReportView, ui: Ui) -> None:
        super().__init__(view, ui)
        self._first = 0
        self._next = 0

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        main = self.main(painter)
        also = []
        if self._needs_pages(painter, main):
            also.append(
                Foot(
                    MORE, self.say("Halaman berikutnya"), MORE, icon=Icon.ONWARD, after=True, short=self.say("Halaman")
                )
            )
        done = onward("home", self.say("Selesai"), Choice.HOME, Icon.LEAVE_STAFF)
        box = self.frame(painter, self.say(self.view.title), back=self.back(), also=also, onward=done)
        inner = Rect(box.x + px(SIGN), box.y, box.width - px(SIGN), box.height)
        y, shown = box.y, self._first
        for line in self.view.lines[self._first :]:
            height = self._height(painter, line, inner.width)
            if y + height > box.bottom and shown > self._first:
                break
            if line.mood is not None:
                mood_mark(painter, (box.x + px(3.5), y + painter.line_height(Type.BODY) // 2), px(2.8), line.mood)
            painter.text(self._text(line), Rect(inner.x, y, inner.width, box.bottom - y))
            y += height
            shown += 1
        self._next = shown

    def _needs_pages(self, painter: Painter, main: Rect) -> bool:
        """True if the lines surely have no room on one page, with a little to spare."""
        px = painter.panel.px
        width = main.width - px(SIGN)
        kind = Type.TITLE
        title = len(painter.wrap(self.say(self.view.title), width, kind, bold=True)) * painter.line_height(kind)
        room = main.height - title - px(4)
        return sum(self._height(painter, line, width) for line in self.view.lines) > room

    def _height(self, painter: Painter, line: ReportLine, width: int) -> int:
        lines = len(painter.wrap(self._text(line), width, Type.BODY))
        return lines * painter.line_height(Type.BODY) + painter.panel.px(1.5)

    def _text(self, line: ReportLine) -> str:
        return self.say(line.text) if line.more is None else f"{self.say(line.text)}  {self.say(line.more)}"

    def pressed(self, button: Button) -> Answer | None:
        if button.value == MORE:
            self._first = self._next if self._next < len(self.view.lines) else 0
            return None
        return super().pressed(button)
