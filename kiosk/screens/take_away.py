"""The rows as a QR code that any phone reads, and as a slip."""

from functools import lru_cache

import pygame
import segno
from pygame import Rect

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.ui.text import Painter
from kiosk.ui.widgets import Look
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Printing
from kiosk.view.views import TakeAwayView

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""


@lru_cache(maxsize=2)
def _modules(text: str) -> tuple[tuple[bool, ...], ...]:
    code = segno.make(text, error="l", micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


class TakeAwayScreen(Screen[TakeAwayView]):
    """Returns PRINT (where it is offered), PREVIOUS or DONE."""

    enter: Answer | None = Choice.DONE
    escape: Answer | None = Choice.DONE

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = [Foot("previous", self.say("Kembali"), Choice.PREVIOUS)]
        if self.view.printing in (Printing.OFFERED, Printing.NOT_READY):
            foot.append(Foot("print", self.say("Cetak"), Choice.PRINT))
        foot.append(Foot("done", self.say("Selesai"), Choice.DONE, Look.PRIMARY))
        box = self.frame(painter, self.say("Bawa pulang"), foot)
        side = min(box.width, box.height, px(50) if painter.panel.portrait else box.height)
        if painter.panel.portrait:
            code = Rect(box.x, box.y, box.width, side)
            words = Rect(box.x, code.bottom + px(2), box.width, box.bottom - code.bottom - px(2))
        else:
            code = Rect(box.right - side, box.y, side, side)
            words = Rect(box.x, box.y, code.x - box.x - px(4), box.height)
        self._paint_code(painter, code)
        paragraphs(painter, words, [self.say(line) for line in self.view.notes])

    def _paint_code(self, painter: Painter, box: Rect) -> None:
        modules = _modules(self.view.qr)
        count = len(modules) + 2 * QUIET
        size = min(box.width, box.height) // count
        square = Rect(0, 0, size * count, size * count)
        square.center = box.center
        painter.cards.append(square)
        pygame.draw.rect(painter.surface, (255, 255, 255), square)
        for row, line in enumerate(modules, QUIET):
            for column, dark in enumerate(line, QUIET):
                if dark:
                    painter.surface.fill((0, 0, 0), (square.x + column * size, square.y + row * size, size, size))
