"""A prepayment meter as a picture: its display, its number, and the key that is pressed; and a customer's card."""

from collections.abc import Iterator

from pygame import Rect

from hardware.adapter import Keys
from kiosk.ui.icons import Icon
from kiosk.ui.shapes import disc, plate
from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.view.parts import CardPicture, MeterPicture
from krn_engine.row import in_fours

_ARROWS = {"backspace": Icon.BACK, "enter": Icon.ENTER}
KEY_SIGNS = {"hash": "#", "star": "*"}
"""What stands on a key that is neither a digit nor an arrow."""
LOWEST_WITH_KEYS = 44.0
"""Millimetres of height below which only the display is drawn."""
KEY_GAP = 1.2
"""Millimetres between two keys."""
ENTRY_SHOWN = 10
"""A meter's display scrolls: the last digits of an entry are seen."""


def draw_meter(painter: Painter, box: Rect, meter: MeterPicture, *, glow: bool = False, ringed: bool = False) -> None:
    """The meter, as large as `box` allows. `ringed`: its number is what to look at."""
    px = painter.panel.px
    with_keys = box.height >= px(LOWEST_WITH_KEYS)
    width = min(box.width, px(78), round(box.height / 1.3) if with_keys else box.width)
    head = px(13) + (painter.line_height(Type.CAPTION) + px(2.5) if meter.caption else 0)
    case = Rect(0, 0, width, min(box.height, round(width * 1.42)) if with_keys else min(box.height, head + px(7)))
    case.center = box.center
    painter.cards.append(case)
    if glow:
        disc(painter.surface, case.center, min(max(case.size) * 55 // 100, box.height // 2), painter.rgb(Role.GLOW))
    plate(painter.surface, case, px(3), painter.rgb(Role.CASE), painter.rgb(Role.OUTLINE), max(2, px(0.4)))
    inner = case.inflate(-px(6), -px(6))
    # In a low place the number keeps its room, and the display gives way.
    below = painter.line_height(Type.CAPTION) + px(3) if meter.caption else 0
    display = Rect(inner.x, inner.y, inner.width, min(px(13), inner.height - below))
    draw_display(painter, display, meter.display)
    top = display.bottom + px(2)
    line = painter.line_height(Type.CAPTION) + px(1)
    if meter.caption and (ringed or top + line <= case.bottom - px(1)):
        number = Rect(inner.x, top, inner.width, line)
        _number(painter, number, meter.caption, ringed=ringed)
        top = number.bottom + px(2)
    if with_keys and inner.bottom - top > px(20):
        draw_keys(painter, Rect(inner.x, top, inner.width, inner.bottom - top), meter.keys, meter.lit_key)


def _number(painter: Painter, box: Rect, caption: str, *, ringed: bool) -> None:
    px = painter.panel.px
    line = Role.TEXT if ringed else Role.OUTLINE
    if ringed:
        plate(
            painter.surface, box.inflate(px(2), px(2)), px(2), painter.rgb(Role.HERE), painter.rgb(Role.TEXT), px(0.4)
        )
    plate(painter.surface, box, px(1), painter.rgb(Role.SURFACE), painter.rgb(line), max(1, px(0.3)))
    if caption.isdigit():
        kinds = (Type.CAPTION, Type.STEP, Type.WORD)
        kind = next((kind for kind in kinds if painter.digits_width(caption, kind) <= box.width), Type.WORD)
        left = box.centerx - painter.digits_width(caption, kind) // 2
        painter.digits(caption, (left, box.centery - painter.digit_step(kind) // 2), kind)
        return
    painter.text(caption, box.inflate(px(1), 0), Type.CAPTION, bold=True, centre=True, middle=True, said=False)


def draw_display(painter: Painter, box: Rect, display: str) -> None:
    """A meter's display alone."""
    px = painter.panel.px
    ink, ground = painter.rgb(Role.OUTLINE), painter.rgb(Role.DISPLAY)
    plate(painter.surface, box, px(1.2), ground, ink, max(1, px(0.4)))
    if not display:
        return
    shown, room = _last_digits(display), box.inflate(-px(3), 0)
    kinds = [kind for kind in (Type.TITLE, Type.BODY, Type.CAPTION) if painter.line_height(kind) <= box.height]
    kind = painter.fitting(shown, room.width, *(kinds or [Type.CAPTION]), bold=True)
    said = not display.isdigit() or len(display) <= 2
    painter.text(shown, room, kind, role=Role.DISPLAY_TEXT, bold=True, centre=True, middle=True, said=said)


def draw_card(painter: Painter, box: Rect, card: CardPicture) -> None:
    """A customer's card: a head with a sign, and the number under it, which is what to look at."""
    px = painter.panel.px
    least = painter.digits_width(card.number, Type.WORD) + px(8)
    width = min(box.width, max(least, round(box.height * 1.6)), px(80))
    rect = Rect(0, 0, width, min(box.height, round(width / 1.6)))
    rect.center = box.center
    painter.cards.append(rect)
    plate(painter.surface, rect, px(3), painter.rgb(Role.SURFACE), painter.rgb(Role.OUTLINE), max(2, px(0.4)))
    stripe = Rect(rect.x, rect.y, rect.width, max(px(7), rect.height // 4))
    plate(painter.surface, stripe, px(3), painter.rgb(Role.PRIMARY))
    painter.icon(Icon.ENERGY, (stripe.x + px(6), stripe.centery), 5.0, Role.ON_PRIMARY)
    step = painter.line_height(Type.CAPTION)
    number = Rect(rect.x + px(3), 0, rect.width - px(6), step + px(2))
    number.centery = (stripe.bottom + rect.bottom) // 2
    _number(painter, number, card.number, ringed=True)


def _last_digits(display: str) -> str:
    return " ".join(in_fours(display[-ENTRY_SHOWN:])) if display.isdigit() and len(display) > 2 else display


def draw_keys(painter: Painter, box: Rect, keys: Keys, lit_key: str | None = None, gap: float = KEY_GAP) -> None:
    """A keypad in its own layout, as large as `box`; a key that is not a digit has a sign."""
    for key, rect in key_rects(painter, box, keys, gap):
        ink = draw_key(painter, rect, lit=key == lit_key)
        if key in _ARROWS:
            size = min(4.5, 0.7 * min(rect.size) * painter.panel.width_mm / painter.panel.width)
            painter.icon(_ARROWS[key], rect.center, size, ink)
        elif painter.capital(Type.WORD) <= rect.height - painter.panel.px(0.4):
            kind = Type.CAPTION if painter.line_height(Type.CAPTION) <= rect.height else Type.WORD
            sign, room = KEY_SIGNS.get(key, key), 2 * painter.panel.px(0.6)
            place = rect.inflate(room, room)
            painter.text(sign, place, kind, role=ink, bold=True, centre=True, middle=True, said=False)


def draw_keypad(painter: Painter, box: Rect, keys: Keys, enter: str = "") -> None:
    """A keypad on the ground of its meter; the key that submits a row is lit."""
    px = painter.panel.px
    plate(painter.surface, box, px(1.8), painter.rgb(Role.CASE), painter.rgb(Role.OUTLINE), max(1, px(0.3)))
    draw_keys(painter, box.inflate(-2 * px(1), -2 * px(1)), keys, enter, 0.7)


def key_rects(painter: Painter, box: Rect, keys: Keys, between: float = KEY_GAP) -> Iterator[tuple[str, Rect]]:
    """The place of each key of a keypad that fills `box`, so many millimetres apart."""
    gap = painter.panel.px(between)
    columns = max(len(row) for row in keys)
    width, height = (box.width - (columns - 1) * gap) // columns, (box.height - (len(keys) - 1) * gap) // len(keys)
    for y, row in enumerate(keys):
        for x, key in enumerate(row):
            if key:
                yield key, Rect(box.x + x * (width + gap), box.y + y * (height + gap), width, height)


def draw_key(painter: Painter, rect: Rect, *, lit: bool) -> Role:
    """A key without its sign; gives the ink for that."""
    fill, ink = (Role.HERE, Role.ON_HERE) if lit else (Role.SURFACE, Role.TEXT)
    px = painter.panel.px
    line = painter.rgb(Role.TEXT if lit else Role.OUTLINE)
    plate(painter.surface, rect, px(1.2), painter.rgb(fill), line, max(1, px(0.5 if lit else 0.3)))
    return ink
