"""A prepayment meter as a picture: its display as it stands, and the key that is pressed."""

import pygame
from pygame import Rect

from kiosk.flow.views import MeterPicture
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import ARROW_LEFT, draw_strokes

_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "backspace", "0", "enter")
_ARROWS = {
    "backspace": ARROW_LEFT,
    "enter": (((0.45, -0.4), (0.45, 0.1), (-0.45, 0.1)), ((-0.15, -0.2), (-0.45, 0.1), (-0.15, 0.4))),
}
"""The marks of the two keys without a digit, as lines in a square from -1 to 1."""
LOWEST_WITH_KEYS = 54.0
"""Millimetres of height below which only the display is drawn."""
ENTRY_SHOWN = 10
"""A meter's display scrolls: the last digits of an entry are seen."""


def draw_meter(painter: Painter, box: Rect, meter: MeterPicture) -> None:
    """The meter, as large as `box` allows."""
    px = painter.panel.px
    with_keys = box.height >= px(LOWEST_WITH_KEYS)
    width = min(box.width, px(90), round(box.height * 0.95) if with_keys else box.width)
    without = px(5 + 14 + 1) + painter.line_height(Type.CAPTION)
    case = Rect(0, box.y, width, box.height if with_keys else min(box.height, without))
    case.centerx = box.centerx
    painter.cards.append(case)
    pygame.draw.rect(painter.surface, painter.rgb(Role.CASE), case, border_radius=px(3))
    pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), case, max(2, px(0.4)), border_radius=px(3))
    inner = case.inflate(-px(6), -px(5))
    display = Rect(inner.x, inner.y, inner.width, px(14))
    draw_display(painter, display, meter.display)
    number = Rect(inner.x, display.bottom + px(1), inner.width, painter.line_height(Type.CAPTION))
    painter.text(meter.caption, number, Type.CAPTION, centre=True)
    if with_keys:
        _draw_keys(
            painter, Rect(inner.x, number.bottom + px(1), inner.width, inner.bottom - number.bottom - px(1)), meter
        )


def draw_display(painter: Painter, box: Rect, display: str) -> None:
    """A meter's display alone."""
    px = painter.panel.px
    pygame.draw.rect(painter.surface, painter.rgb(Role.DISPLAY), box, border_radius=px(1))
    pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), box, max(1, px(0.3)), border_radius=px(1))
    shown, room = _last_digits(display), box.inflate(-px(2), 0)
    kinds = [kind for kind in (Type.HEADING, Type.BODY, Type.CAPTION) if painter.line_height(kind) <= box.height]
    kind = painter.fitting(shown, room.width, *(kinds or [Type.CAPTION]), bold=True)
    painter.text(shown, room, kind, role=Role.DISPLAY_TEXT, bold=True, centre=True, middle=True)


def _last_digits(display: str) -> str:
    return display[-ENTRY_SHOWN:] if display.isdigit() else display


def _draw_keys(painter: Painter, box: Rect, meter: MeterPicture) -> None:
    gap = painter.panel.px(1.2)
    width, height = (box.width - 2 * gap) // 3, (box.height - 3 * gap) // 4
    for index, key in enumerate(_KEYS):
        rect = Rect(box.x + index % 3 * (width + gap), box.y + index // 3 * (height + gap), width, height)
        lit = key == meter.lit_key
        fill, ink = (Role.PRIMARY, Role.ON_PRIMARY) if lit else (Role.SURFACE, Role.TEXT)
        pygame.draw.rect(painter.surface, painter.rgb(fill), rect, border_radius=painter.panel.px(1))
        pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), rect, 1, border_radius=painter.panel.px(1))
        if key in _ARROWS:
            draw_strokes(painter, rect.center, painter.panel.px(2.4), _ARROWS[key], ink)
        else:
            painter.text(key, rect, Type.CAPTION, role=ink, bold=True, centre=True, middle=True, said=False)
