"""Shapes have no holes, and smooth edges."""

import math

import pygame
import pytest

from kiosk.ui.shapes import arc

LINE, GROUND = (0, 90, 110), (255, 255, 255)
RADIUS, WIDTH = 56, 9
MIDDLE = 80


@pytest.mark.parametrize("share", [1 / 30, 0.25, 17 / 30, 25 / 30, 1.0])
def test_a_share_of_a_ring_is_whole_and_ends_where_it_should(share: float) -> None:
    surface = pygame.Surface((2 * MIDDLE, 2 * MIDDLE))
    surface.fill(GROUND)
    arc(surface, (MIDDLE, MIDDLE), RADIUS, LINE, WIDTH, share)
    between = set()
    for x in range(2 * MIDDLE):
        for y in range(2 * MIDDLE):
            across, down = x + 0.5 - MIDDLE, y + 0.5 - MIDDLE
            far, turn = math.hypot(across, down), math.atan2(across, -down) / (2 * math.pi) % 1.0
            ends = min(abs(turn - share), turn, 1.0 - turn) * 2 * math.pi * far
            colour = tuple(surface.get_at((x, y)))[:3]
            inside = RADIUS - WIDTH + 1.5 < far < RADIUS - 1.5 and (turn < share or share == 1.0)
            if inside and (ends > 1.5 or share == 1.0):
                assert colour == LINE
            elif not RADIUS - WIDTH - 1.5 < far < RADIUS + 1.5 or (turn > share and ends > 1.5):
                assert colour == GROUND
            elif colour not in (LINE, GROUND):
                between.add(colour)
    assert len(between) > 8
