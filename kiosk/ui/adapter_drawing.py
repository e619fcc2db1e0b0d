"""What puts rows into a meter, as a picture: its keys under a cable, or under a finger."""

from collections.abc import Sequence

import pygame
from pygame import Rect

from hardware.adapter import USUAL_KEYS, AdapterKind
from kiosk.ui.meter_drawing import draw_key, key_rects
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role
from kiosk.ui.widgets import Stroke, draw_strokes

_PRESSED = "5"
_HAND: Sequence[Stroke] = (
    ((-0.3, 0.25), (-0.3, -0.85), (-0.2, -0.97), (-0.06, -0.97), (0.04, -0.85), (0.04, -0.1)),
    ((0.04, -0.22), (0.14, -0.33), (0.27, -0.3), (0.34, -0.18), (0.34, 0.0)),
    ((0.34, -0.12), (0.44, -0.22), (0.56, -0.18), (0.62, -0.06), (0.62, 0.55), (0.42, 0.95)),
    ((-0.3, 0.1), (-0.5, -0.02), (-0.66, 0.06), (-0.64, 0.24), (-0.2, 0.95)),
    ((-0.2, 0.95), (0.42, 0.95)),
)
_PALM: Stroke = (
    *((-0.3, -0.85), (-0.2, -0.97), (-0.06, -0.97), (0.04, -0.85), (0.04, -0.3), (0.27, -0.3), (0.34, -0.22)),
    *((0.56, -0.18), (0.62, -0.06), (0.62, 0.55), (0.42, 0.95), (-0.2, 0.95), (-0.64, 0.24), (-0.66, 0.06)),
    *((-0.5, -0.02), (-0.3, 0.1)),
)
"""What the lines enclose: keys do not shine through a hand."""


def draw_adapter(painter: Painter, box: Rect, kind: AdapterKind) -> None:
    """As large as `box` allows. The keys have no signs: in a small picture nobody could read them."""
    side = min(box.width, box.height)
    inside = Rect(0, 0, side * 7 // 8, side * 7 // 8)
    inside.center = box.center
    if kind is AdapterKind.KEYPAD:
        _contacts(painter, inside)
    else:
        _hand(painter, inside)


def _contacts(painter: Painter, box: Rect) -> None:
    """A contact on every key, and a flat cable from them to a plug."""
    pad = Rect(box.x, box.y, box.width, box.height * 3 // 4)
    keys = [rect for _, rect in key_rects(painter, pad, USUAL_KEYS)]
    plug = Rect(0, 0, box.width // 2, box.height // 8)
    plug.midbottom = box.midbottom
    ink, line, columns = painter.rgb(Role.OUTLINE), max(2, painter.panel.px(0.5)), len(USUAL_KEYS[0])
    for rect in keys:
        draw_key(painter, rect, lit=False)
    for column, top in enumerate(keys[:columns]):
        x, bend = top.centerx, (pad.bottom + plug.top) // 2
        below = plug.centerx + (column - columns // 2) * plug.width // (columns + 1)
        way = [(x, top.centery), (x, bend), (below, bend), (below, plug.y)]
        pygame.draw.lines(painter.surface, ink, False, way, line)
    for rect in keys:
        pygame.draw.circle(painter.surface, painter.rgb(Role.PRIMARY), rect.center, max(3, rect.height // 4))
    pygame.draw.rect(painter.surface, painter.rgb(Role.PRIMARY), plug, border_radius=painter.panel.px(1))


def _hand(painter: Painter, box: Rect) -> None:
    """A pointing hand, the tip of its finger on a key."""
    keys = dict(key_rects(painter, box, USUAL_KEYS))
    for key, rect in keys.items():
        draw_key(painter, rect, lit=key == _PRESSED)
    tip = keys[_PRESSED].center
    radius = (box.bottom - tip[1]) // 2
    centre = (tip[0] + round(0.13 * radius), tip[1] + radius)
    points = [(centre[0] + round(x * radius), centre[1] + round(y * radius)) for x, y in _PALM]
    pygame.draw.polygon(painter.surface, painter.rgb(Role.SURFACE), points)
    draw_strokes(painter, centre, radius, _HAND, Role.TEXT)
