"""Rounded plates and discs with smooth edges: drawn at four times their size, scaled down once, and kept."""

import math
from functools import lru_cache

import pygame
from pygame import Rect, Surface

from kiosk.ui.theme import Colour

_FINER = 4
_STEPS = 180
"""Straight pieces that a whole circle is made of."""


@lru_cache(maxsize=512)
def _disc(radius: int, fill: Colour | None, line: Colour | None, width: int) -> Surface:
    """A disc of 2 * radius pixels; `line` of `width` pixels lies inside its edge. Without `fill` it is a ring."""
    side = 2 * radius * _FINER
    drawn = Surface((side, side), pygame.SRCALPHA)
    # What is not covered keeps the edge's colour, so that no dark fringe comes of scaling.
    edge = line or fill or (0, 0, 0)
    drawn.fill((*edge, 0))
    centre = (side // 2, side // 2)
    if line is not None:
        pygame.draw.circle(drawn, (*line, 255), centre, side // 2)
    if fill is not None:
        pygame.draw.circle(drawn, (*fill, 255), centre, side // 2 - (width * _FINER if line is not None else 0))
    elif line is not None:
        pygame.draw.circle(drawn, (*line, 0), centre, side // 2 - width * _FINER)
    return pygame.transform.smoothscale(drawn, (2 * radius, 2 * radius))


def disc(surface: Surface, centre: tuple[int, int], radius: int, fill: Colour) -> None:
    """A filled circle."""
    surface.blit(_disc(radius, fill, None, 0), (centre[0] - radius, centre[1] - radius))


def ring(surface: Surface, centre: tuple[int, int], radius: int, line: Colour, width: int) -> None:
    """A circle's edge; `width` pixels lie inside of the radius."""
    surface.blit(_disc(radius, None, line, width), (centre[0] - radius, centre[1] - radius))


@lru_cache(maxsize=64)
def _arc(radius: int, line: Colour, width: int, share: float) -> Surface:
    """What `arc` draws, in a square of 2 * radius pixels."""
    side = 2 * radius * _FINER
    drawn = Surface((side, side), pygame.SRCALPHA)
    drawn.fill((*line, 0))
    steps = max(1, round(share * _STEPS))
    angles = [2 * math.pi * share * step / steps for step in range(steps + 1)]
    inner = (radius - width) * _FINER
    edges = [(radius * _FINER, angle) for angle in angles] + [(inner, angle) for angle in reversed(angles)]
    middle = side / 2
    points = [(middle + far * math.sin(angle), middle - far * math.cos(angle)) for far, angle in edges]
    pygame.draw.polygon(drawn, (*line, 255), points)
    return pygame.transform.smoothscale(drawn, (2 * radius, 2 * radius))


def arc(surface: Surface, centre: tuple[int, int], radius: int, line: Colour, width: int, share: float) -> None:
    """A share (0 to 1) of a ring, clockwise from the top. SDL's own arc has holes and no smooth edge."""
    surface.blit(_arc(radius, line, width, share), (centre[0] - radius, centre[1] - radius))


def plate(
    surface: Surface, rect: Rect, radius: int, fill: Colour | None, line: Colour | None = None, width: int = 0
) -> None:
    """A rounded rectangle, filled, edged or both: four quarters of a disc and what lies between them."""
    radius = max(1, min(radius, rect.width // 2, rect.height // 2))
    quarters = _disc(radius, fill, line, width)
    for x in (0, 1):
        for y in (0, 1):
            place = (rect.right - radius if x else rect.x, rect.bottom - radius if y else rect.y)
            surface.blit(quarters, place, Rect(x * radius, y * radius, radius, radius))
    across, down = rect.inflate(-2 * radius, 0), rect.inflate(0, -2 * radius)
    if fill is not None:
        # No pixel twice: most of a picture's work is to fill plates.
        surface.fill(fill, down)
        surface.fill(fill, (across.x, rect.y, across.width, radius))
        surface.fill(fill, (across.x, rect.bottom - radius, across.width, radius))
    if line is not None:
        surface.fill(line, (across.x, rect.y, across.width, width))
        surface.fill(line, (across.x, rect.bottom - width, across.width, width))
        surface.fill(line, (rect.x, down.y, width, down.height))
        surface.fill(line, (rect.right - width, down.y, width, down.height))
