"""A slip of the virtual printer as a picture, dot by dot."""

from collections.abc import Callable
from pathlib import Path

import pygame
from pygame import Rect, Surface

from hardware.printer.slip import CHARACTER, DOTS, WIDTHS
from hardware.virtual.printer import Printed
from kiosk.ui.text import FONTS

CELL = (CHARACTER, 24)
"""Dots of a character."""
STEP = 30
"""Dots from line to line; a line that is twice as high takes its own height."""
PAPER, INK = (252, 252, 250), (20, 20, 20)
_LETTERS = 20
"""Pixels of the typeface: its digits fill a cell."""


def draw_slip(lines: list[Printed], millimetres: int = 80) -> Surface:
    """The printed slip as a surface, one pixel a printer dot."""
    pygame.font.init()
    width = DOTS[millimetres]
    across = WIDTHS[millimetres] * CHARACTER
    paper = Surface((width, sum(map(_height, lines)) + 2 * STEP))
    paper.fill(PAPER)
    place = Rect((width - across) // 2, STEP, across, 0)
    for line in lines:
        place.height = _height(line)
        if line.dots:
            _draw_dots(paper, place, line)
        else:
            _draw_line(paper, place, line)
        place.y += place.height
    return paper


def _height(line: Printed) -> int:
    """Dots that a line takes."""
    return len(line.dots) or (2 * CELL[1] if line.high else STEP)


def _draw_line(paper: Surface, place: Rect, line: Printed) -> None:
    """One line of characters, each in a cell of its own as a printer sets them."""
    width, height = CELL[0] * (2 if line.wide else 1), CELL[1] * (2 if line.high else 1)
    font = pygame.font.Font(
        FONTS / ("NotoSans-Bold.ttf" if line.bold else "NotoSans-Regular.ttf"), _LETTERS * (2 if line.high else 1)
    )
    ink, ground = (PAPER, INK) if line.inverse else (INK, PAPER)
    used = width * len(line.text)
    cell = Rect(place.x + ((place.width - used) // 2 if line.centre else 0), place.y, width, height)
    cell.y += (place.height - height) // 2
    paper.fill(ground, (cell.x, cell.y, used, height))
    for sign in line.text:
        glyph = font.render(sign, True, ink)
        # The typeface is drawn as high as the line is: a narrow line presses it together, as a printer does.
        natural = glyph.get_width() if line.wide or not line.high else -(-glyph.get_width() // 2)
        room = max(1, min(width, natural))
        drawn = pygame.transform.smoothscale(glyph, (room, glyph.get_height()))
        paper.blit(drawn, drawn.get_rect(center=cell.center))
        cell.x += width


def _draw_dots(paper: Surface, place: Rect, line: Printed) -> None:
    """A picture, dot by dot."""
    across = 8 * len(line.dots[0])
    left = place.x + ((place.width - across) // 2 if line.centre else 0)
    for y, dots in enumerate(line.dots):
        for x, dark in enumerate(f"{int.from_bytes(dots, 'big'):0{across}b}"):
            if dark == "1":
                paper.set_at((left + x, place.y + y), INK)


def to_folder(folder: Path) -> Callable[[list[Printed]], None]:
    """Save each slip there as slip-1.png, slip-2.png and so on."""
    count = 0

    def save(lines: list[Printed]) -> None:
        nonlocal count
        count += 1
        folder.mkdir(parents=True, exist_ok=True)
        pygame.image.save(draw_slip(lines), str(folder / f"slip-{count}.png"))

    return save
