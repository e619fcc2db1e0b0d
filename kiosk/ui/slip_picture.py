"""A slip of the virtual printer as a picture, dot by dot."""

from collections.abc import Callable
from pathlib import Path

import pygame

from hardware.printer.slip import WIDTHS
from hardware.virtual.printer import Printed
from kiosk.ui.text import FONTS

CELL = (12, 24)
"""Dots of a character: 48 of them fill the 576 dots of 80 mm paper."""


def draw_slip(lines: list[Printed], millimetres: int = 80) -> pygame.Surface:
    """The printed slip as a surface, one pixel a printer dot."""
    pygame.font.init()
    width, height = CELL
    paper = pygame.Surface((WIDTHS[millimetres] * width, (sum(2 if line.high else 1 for line in lines) + 2) * height))
    paper.fill((252, 252, 250))
    y = height
    for line in lines:
        font = pygame.font.Font(FONTS / ("NotoSans-Bold.ttf" if line.bold else "NotoSans-Regular.ttf"), 18)
        across, down = width * (2 if line.wide else 1), height * (2 if line.high else 1)
        x = (paper.get_width() - across * len(line.text)) // 2 if line.centre else 0
        for sign in line.text:
            glyph = font.render(sign, True, (20, 20, 20))
            room = min(across, glyph.get_width() * across // width)
            paper.blit(pygame.transform.smoothscale(glyph, (room, down)), (x + (across - room) // 2, y))
            x += across
        y += down
    return paper


def to_folder(folder: Path) -> Callable[[list[Printed]], None]:
    """Save each slip there as slip-1.png, slip-2.png and so on."""
    count = 0

    def save(lines: list[Printed]) -> None:
        nonlocal count
        count += 1
        folder.mkdir(parents=True, exist_ok=True)
        pygame.image.save(draw_slip(lines), str(folder / f"slip-{count}.png"))

    return save
