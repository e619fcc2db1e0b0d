"""A prepayment meter as a picture: its display, and the key that is pressed."""

from collections.abc import Iterator

import pygame
from pygame import Rect

from hardware.adapter import Keys
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import ARROW_LEFT, draw_strokes
from kiosk.view.parts import CardPicture, MeterPicture
from krn_engine.row import grouped

_ARROWS = {
    "backspace": ARROW_LEFT,
    "enter": (((0.45, -0.4), (0.45, 0.1), (-0.45, 0.1)), ((-0.15, -0.2), (-0.45, 0.1), (-0.15, 0.4))),
}
"""The marks of the two keys without a digit, as lines in a square from -1 to 1."""
_SIGNS = {"hash": "#", "star": "*"}
LOWEST_WITH_KEYS = 54.0
"""Millimetres of height below which only the display is drawn."""
ENTRY_SHOWN = 10
"""A meter's display scrolls: the last digits of an entry are seen."""


def draw_meter(painter: Painter, box: Rect, meter: MeterPicture) -> None:
    """The meter, as large as `box` allows."""
    px = painter.panel.px
    with_keys = box.height >= px(LOWEST_WITH_KEYS * painter.scale)
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
        box = Rect(inner.x, number.bottom + px(1), inner.width, inner.bottom - number.bottom - px(1))
        draw_keys(painter, box, meter.keys, meter.lit_key)


def draw_display(painter: Painter, box: Rect, display: str) -> None:
    """A meter's display alone."""
    px = painter.panel.px
    pygame.draw.rect(painter.surface, painter.rgb(Role.DISPLAY), box, border_radius=px(1))
    pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), box, max(1, px(0.3)), border_radius=px(1))
    shown, room = _last_digits(display), box.inflate(-px(2), 0)
    kinds = [kind for kind in (Type.HEADING, Type.BODY, Type.CAPTION) if painter.line_height(kind) <= box.height]
    kind = painter.fitting(shown, room.width, *(kinds or [Type.CAPTION]), bold=True)
    painter.text(shown, room, kind, role=Role.DISPLAY_TEXT, bold=True, centre=True, middle=True)


def draw_card(painter: Painter, box: Rect, card: CardPicture) -> None:
    """A customer's card: a stripe, and the number under it."""
    px = painter.panel.px
    width = min(box.width, round(box.height * 1.6), px(86))
    rect = Rect(0, box.y, width, min(box.height, round(width / 1.6)))
    rect.centerx = box.centerx
    painter.cards.append(rect)
    pygame.draw.rect(painter.surface, painter.rgb(Role.SURFACE), rect, border_radius=px(3))
    stripe = Rect(rect.x, rect.y + px(4), rect.width, max(px(4), rect.height // 5))
    painter.surface.fill(painter.rgb(Role.PRIMARY), stripe)
    pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), rect, max(2, px(0.4)), border_radius=px(3))
    below = Rect(rect.x + px(2), stripe.bottom, rect.width - px(4), rect.bottom - stripe.bottom)
    shown = grouped(card.number)
    kind = painter.fitting(shown, below.width, Type.BODY, Type.CAPTION, bold=True)
    painter.text(shown, below, kind, bold=True, centre=True, middle=True)


def _last_digits(display: str) -> str:
    return display[-ENTRY_SHOWN:] if display.isdigit() else display


def draw_keys(painter: Painter, box: Rect, keys: Keys, lit_key: str | None = None) -> None:
    """A keypad in its own layout, as large as `box`; a key that is not a digit has a sign."""
    for key, rect in key_rects(painter, box, keys):
        ink = draw_key(painter, rect, lit=key == lit_key)
        if key in _ARROWS:
            size = min(painter.panel.px(2.4), rect.width // 3, rect.height // 3)
            draw_strokes(painter, rect.center, size, _ARROWS[key], ink)
        else:
            painter.text(
                _SIGNS.get(key, key), rect, Type.CAPTION, role=ink, bold=True, centre=True, middle=True, said=False
            )


def key_rects(painter: Painter, box: Rect, keys: Keys) -> Iterator[tuple[str, Rect]]:
    """The place of each key of a keypad that fills `box`."""
    gap = painter.panel.px(1.2)
    columns = max(len(row) for row in keys)
    width, height = (box.width - (columns - 1) * gap) // columns, (box.height - (len(keys) - 1) * gap) // len(keys)
    for y, row in enumerate(keys):
        for x, key in enumerate(row):
            if key:
                yield key, Rect(box.x + x * (width + gap), box.y + y * (height + gap), width, height)


def draw_key(painter: Painter, rect: Rect, *, lit: bool) -> Role:
    """A key without its sign; gives the ink for that."""
    fill, ink = (Role.PRIMARY, Role.ON_PRIMARY) if lit else (Role.SURFACE, Role.TEXT)
    pygame.draw.rect(painter.surface, painter.rgb(fill), rect, border_radius=painter.panel.px(1))
    pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), rect, 1, border_radius=painter.panel.px(1))
    return ink
