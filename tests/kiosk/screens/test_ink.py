"""Whatever stands on a screen can be read: measured on the drawn pixels, and not on what colours were meant."""

from collections import Counter

import pygame
import pytest

from kiosk.ui.theme import Colour, contrast
from kiosk.view.panels import PANELS
from kiosk.view.parts import Sight
from tests.support.sample_views import VIEWS, head_of
from tests.support.screens import drawn

LEAST = 7.0
"""WCAG 2.1, 1.4.6 (AAA)."""
LEAST_DIMMED = 4.5
"""What cannot be pressed now may be quieter; 1.4.3 asks nothing of it."""
EVERY = 2
"""Rows of pixels that are looked at: each stroke is higher than this."""


def ink_on_ground(surface: pygame.Surface, box: pygame.Rect) -> float:
    """Contrast between what most of a box is and the colour in it that differs most, of those that are no edge.

    Letters are drawn with smooth edges: their own colour is the farthest from the ground that comes often.
    """
    box = box.clip(surface.get_rect())
    seen: Counter[Colour] = Counter()
    for y in range(box.top, box.bottom, EVERY):
        line = pygame.image.tobytes(surface.subsurface((box.x, y, box.width, 1)), "RGB")
        seen.update(zip(line[::3], line[1::3], line[2::3], strict=True))
    [(ground, _)] = seen.most_common(1)
    often = [colour for colour, count in seen.items() if count >= 3]
    return max(contrast(ground, colour) for colour in often)


@pytest.mark.slow
@pytest.mark.parametrize("strong", [False, True], ids=["plain", "strong"])
@pytest.mark.parametrize("name", VIEWS)
def test_words_stand_out_from_what_they_stand_on(name: str, strong: bool) -> None:
    screen = drawn(VIEWS[name], PANELS["7"], sight=Sight(strong=strong), head=head_of(name))
    surface = pygame.Surface((PANELS["7"].width, PANELS["7"].height))
    screen.draw(surface)
    for text, rect in screen.lines:
        if text.strip():
            assert ink_on_ground(surface, rect) >= LEAST, text
    for button in screen.buttons:
        for text, rect in button.words:
            assert ink_on_ground(surface, rect) >= (LEAST if button.enabled else LEAST_DIMMED), (button.name, text)


def test_pale_words_are_found() -> None:
    surface = pygame.Surface((200, 60))
    surface.fill((255, 255, 255))
    font = pygame.font.Font(None, 40)
    surface.blit(font.render("SALAH", True, (150, 150, 150)), (10, 10))
    assert 2 < ink_on_ground(surface, surface.get_rect()) < 4
