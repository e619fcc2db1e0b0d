"""How far the campaign is: one bar for all meters, and a column for each of the last days."""

import pygame
from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.view.choices import Answer, Choice
from kiosk.view.formats import thousands
from kiosk.view.views import ProgressView


class ProgressScreen(Screen[ProgressView]):
    """Returns PREVIOUS (back) or HOME."""

    enter: Answer | None = Choice.PREVIOUS
    escape: Answer | None = Choice.PREVIOUS
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        percent = f"{self.view.percent:.2f}".replace(".", ",")
        box = self.frame(
            painter,
            self.say("{percent} % selesai", percent=percent),
            back=self.back(),
            onward=onward("home", self.say("Selesai"), Choice.HOME, Icon.LEAVE_STAFF),
        )
        y = self._campaign(painter, box) + px(2)
        caption = self.say("Kode BENAR per hari; hari ini: {rows}", rows=thousands(self.view.days[-1][1]))
        y = painter.text(caption, Rect(box.x, y, box.width, box.bottom - y)) + px(1)
        self._days(painter, Rect(box.x, y, box.width, box.bottom - y))

    def _campaign(self, painter: Painter, box: Rect) -> int:
        """A bar that is full when every meter is upgraded, and the numbers under it. Gives the y below."""
        px = painter.panel.px
        bar = Rect(box.x, box.y, box.width, px(6))
        painter.surface.fill(painter.rgb(Role.SURFACE), bar)
        share = self.view.upgraded / self.view.meters if self.view.meters else 0.0
        painter.surface.fill(painter.rgb(Role.GOOD), Rect(bar.x, bar.y, round(bar.width * share), bar.height))
        pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), bar, max(1, px(0.3)))
        text = self.say(
            "{upgraded} dari {meters} meter; {claimed} kata pelanggan, {due} menunggu, {unclear} perlu diperiksa",
            upgraded=thousands(self.view.upgraded),
            meters=thousands(self.view.meters),
            claimed=thousands(self.view.claimed),
            due=thousands(self.view.due),
            unclear=thousands(self.view.unclear),
        )
        return painter.text(text, Rect(box.x, bar.bottom + px(1), box.width, box.bottom - bar.bottom - px(1)))

    def _days(self, painter: Painter, box: Rect) -> None:
        """A column for each day, the highest as high as there is room; its day of the month under it."""
        px = painter.panel.px
        most = max(rows for _, rows in self.view.days)
        pitch = box.width // len(self.view.days)
        named = painter.line_height(Type.CAPTION)
        room = box.height - named - px(0.5)
        floor = box.y + room
        pygame.draw.line(painter.surface, painter.rgb(Role.OUTLINE), (box.x, floor), (box.right, floor), 2)
        # Where the numbers have no room, every other day is named, counted back from today.
        every = 1 if painter.width("88", Type.CAPTION) + px(0.5) < pitch else 2
        for index, (day, rows) in enumerate(self.view.days):
            height = round(room * rows / most) if most else 0
            column = Rect(box.x + index * pitch + px(0.5), floor - height, pitch - px(1), height)
            painter.surface.fill(painter.rgb(Role.PRIMARY), column)
            if (len(self.view.days) - 1 - index) % every == 0:
                place = Rect(box.x + index * pitch - px(1), floor + px(0.5), pitch + 2 * px(1), named)
                painter.text(day, place, Type.CAPTION, centre=True, said=False)
