"""What puts rows into a meter, as a picture: its keys under a cable or a finger, its optical port under a head."""

import pygame
from pygame import Rect

from hardware.adapter import USUAL_KEYS, AdapterKind
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_key, key_rects
from kiosk.ui.shapes import disc, plate, ring
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role

_PRESSED = "5"


def draw_adapter(painter: Painter, box: Rect, kind: AdapterKind) -> None:
    """As large as `box` allows. The keys have no signs: in a small picture nobody could read them."""
    side = min(box.width, box.height)
    inside = Rect(0, 0, side * 7 // 8, side * 7 // 8)
    inside.center = box.center
    draw = {AdapterKind.KEYPAD: _contacts, AdapterKind.OPTICAL: _head, AdapterKind.HAND: _hand}
    draw[kind](painter, inside)


def _contacts(painter: Painter, box: Rect) -> None:
    """A contact on every key, and a flat cable from them to a plug."""
    pad = Rect(box.x, box.y, box.width, box.height * 3 // 4)
    keys = [rect for _, rect in key_rects(painter, pad, USUAL_KEYS)]
    plug = Rect(0, 0, box.width // 2, box.height // 8)
    plug.midbottom = box.midbottom
    ink, line, across = painter.rgb(Role.OUTLINE), max(2, painter.panel.px(0.5)), len(USUAL_KEYS[0])
    for rect in keys:
        draw_key(painter, rect, lit=False)
    for column, top in enumerate(keys[:across]):
        x, bend = top.centerx, (pad.bottom + plug.top) // 2
        below = plug.centerx + (column - across // 2) * plug.width // (across + 1)
        pygame.draw.lines(
            painter.surface, ink, False, [(x, top.centery), (x, bend), (below, bend), (below, plug.y)], line
        )
    for rect in keys:
        disc(painter.surface, rect.center, max(3, rect.height // 4), painter.rgb(Role.PRIMARY))
    plate(painter.surface, plug, painter.panel.px(1), painter.rgb(Role.PRIMARY))


def _head(painter: Painter, box: Rect) -> None:
    """A round head on the front of a meter, its cable downwards to a plug."""
    px, line = painter.panel.px, max(2, painter.panel.px(0.5))
    case = Rect(0, 0, box.width * 3 // 4, box.height * 5 // 6)
    case.midtop = box.midtop
    plate(painter.surface, case, px(2), painter.rgb(Role.CASE), painter.rgb(Role.OUTLINE), max(1, px(0.3)))
    display = Rect(0, 0, case.width * 3 // 4, case.height // 5)
    display.midtop = case.centerx, case.y + case.height // 12
    plate(painter.surface, display, px(1), painter.rgb(Role.DISPLAY), painter.rgb(Role.OUTLINE), max(1, px(0.3)))
    plug = Rect(0, 0, box.width // 2, box.height // 10)
    plug.midbottom = box.midbottom
    centre = case.centerx, (display.bottom + case.bottom) // 2
    radius = (case.bottom - display.bottom) * 2 // 5
    pygame.draw.line(painter.surface, painter.rgb(Role.OUTLINE), centre, plug.midtop, 2 * line)
    plate(painter.surface, plug, px(1), painter.rgb(Role.PRIMARY))
    disc(painter.surface, centre, radius, painter.rgb(Role.PRIMARY))
    # The ring of its magnet, and the two windows of the light.
    ring(painter.surface, centre, radius, painter.rgb(Role.OUTLINE), max(line, radius // 6))
    for side in (-1, 1):
        disc(
            painter.surface, (centre[0] + side * radius // 3, centre[1]), max(3, radius // 6), painter.rgb(Role.SURFACE)
        )


def _hand(painter: Painter, box: Rect) -> None:
    """A finger on a key."""
    keys = dict(key_rects(painter, box, USUAL_KEYS))
    for key, rect in keys.items():
        draw_key(painter, rect, lit=key == _PRESSED)
    size = box.height * painter.panel.width_mm / painter.panel.width / 2
    below = keys[_PRESSED].center
    centre = (below[0], below[1] + painter.panel.px(size * 0.38))
    disc(painter.surface, centre, painter.panel.px(size * 0.5), painter.rgb(Role.SURFACE))
    painter.icon(Icon.PRACTISE, centre, size * 0.9, Role.TEXT)
