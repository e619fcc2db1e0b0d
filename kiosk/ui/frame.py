"""The frame that is the same on every screen: where its parts lie, and its ground."""

from dataclasses import dataclass

from pygame import Rect

from kiosk.ui.head import draw_head
from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import Role, margin
from kiosk.ui.tools import tools_buttons
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Choice
from kiosk.view.panels import Panel
from kiosk.view.parts import PLAIN, SILENT, Head, Hearing, Sight

_STRIPE = 1.4
"""Millimetres of the striped edge that marks the staff's screens."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of the frame lie on a panel."""

    tools: Rect
    """The bar above, or the rail at the left."""
    head: Rect
    """Where I am, and whose meter it is: in the bar, or above the content."""
    main: Rect
    foot: Rect


def places(panel: Panel, *, named: bool, keys_beside: bool = False) -> Places:
    """In pixels. `named`: whether it is said whose meter it is, which takes a line of its own on an upright panel.

    `keys_beside`: on a low panel the right part, from the top, belongs to a keypad.
    """
    px, width, height = panel.px, panel.width, panel.height
    edge = px(margin(panel))
    if panel.portrait:
        tools, foot = Rect(0, 0, width, px(18)), px(18)
        head = Rect(0, tools.bottom, width, px(13.5 if named else 8))
        return Places(tools, head, *_below(Rect(0, head.bottom, width, height - head.bottom), foot, edge))
    if panel.small:
        rail = Rect(0, 0, px(19), height)
        head = Rect(rail.right, 0, width - rail.right, px(6.5))
        if keys_beside:
            head = Rect(rail.right, 0, round(head.width * KEYS_FROM) - px(2), px(11 if named else 6.5))
        foot = px(17.5 if height > px(90) else 16)
        below = Rect(rail.right, head.bottom, width - rail.right, height - head.bottom)
        return Places(rail, head, *_below(below, foot, edge))
    bar = Rect(0, 0, width, px(19))
    return Places(bar, bar, *_below(Rect(0, bar.bottom, width, height - bar.bottom), px(20), edge))


KEYS_FROM = 0.59
"""Share of a low panel's width from which on the keys stand, where there are keys."""


def _below(area: Rect, foot: int, edge: int) -> tuple[Rect, Rect]:
    bottom = Rect(area.x, area.bottom - foot, area.width, foot)
    top, end = edge // 3, area.bottom - foot - 3 * edge // 4
    inner = Rect(area.x + edge, area.y + top, area.width - 2 * edge, end - area.y - top)
    return inner, bottom


def draw_frame(
    painter: Painter,
    say: Texts,
    head: Head,
    sight: Sight = PLAIN,
    hearing: Hearing = SILENT,
    *,
    demo: bool = False,
    can_listen: bool = False,
    can_leave: bool = True,
    keys_beside: bool = False,
) -> list[Button]:
    """Draw bar, head and the ground of the foot; gives the tools, in reading order."""
    there = places(painter.panel, named=head.whose is not None, keys_beside=keys_beside)
    painter.surface.fill(painter.rgb(Role.BACKGROUND))
    painter.surface.fill(painter.rgb(Role.BAR), there.tools)
    if painter.rgb(Role.BAR) == painter.rgb(Role.BACKGROUND):
        _parted(painter, there.tools)
    buttons = tools_buttons(painter, there.tools, say, sight, hearing, can_listen=can_listen)
    if painter.panel.roomy and can_leave:
        side = Rect(painter.panel.px(4), 0, painter.panel.px(17), painter.panel.px(15))
        side.centery = there.tools.centery
        leave = Button("leave", say("Keluar"), side, Choice.LEAVE, Look.TOOL, icon=Icon.NO, stacked=True)
        buttons.insert(0, leave)
    if head.staff:
        _staff_edge(painter, there.tools)
    draw_head(painter, there.head, there.tools, say, head, buttons, demo=demo)
    return buttons


def _parted(painter: Painter, tools: Rect) -> None:
    line = max(2, painter.panel.px(0.5))
    ink = painter.rgb(Role.TEXT)
    if painter.panel.small:
        painter.surface.fill(ink, (tools.right - line, 0, line, tools.height))
    else:
        painter.surface.fill(ink, (0, tools.bottom - line, tools.width, line))


def _staff_edge(painter: Painter, tools: Rect) -> None:
    """Stripes along the bar: nobody mistakes a staff screen for a customer's."""
    px = painter.panel.px
    thick = px(_STRIPE)
    edge = Rect(0, tools.bottom - thick, tools.width, thick)
    step, across = px(3), True
    if painter.panel.small:
        edge, across = Rect(tools.right - thick, 0, thick, tools.height), False
    painter.surface.fill(painter.rgb(Role.HERE), edge)
    for start in range(0, edge.width if across else edge.height, 2 * step):
        part = (edge.x + start, edge.y, step, thick) if across else (edge.x, edge.y + start, thick, step)
        painter.surface.fill(painter.rgb(Role.BACKGROUND), Rect(part).clip(edge))
