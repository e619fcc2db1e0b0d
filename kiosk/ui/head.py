"""The head of a screen: where I am, and whose meter it is."""

from collections.abc import Sequence

from pygame import Rect

from kiosk.ui.icons import Icon
from kiosk.ui.shapes import plate
from kiosk.ui.text import Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import Button
from kiosk.view.parts import Head, Message, Stage, Whose

STAGES = {
    Stage.NUMBER: Message("Nomor"),
    Stage.CHECK: Message("Periksa"),
    Stage.CODES: Message("Kode"),
    Stage.SAVE: Message("Simpan"),
}


def draw_head(
    painter: Painter, there: Rect, bar: Rect, say: Texts, head: Head, tools: Sequence[Button], *, demo: bool
) -> None:
    """Where I am, and whose meter it is."""
    px = painter.panel.px
    ink, support = Role.TEXT, Role.SUPPORT
    wide = painter.panel.roomy
    if wide:
        ink, support = Role.ON_BAR, Role.BAR_SUPPORT
        left = max((tool.rect.right for tool in tools if tool.name == "leave"), default=px(2)) + px(5)
        right = min(tool.rect.x for tool in tools if tool.name != "leave") - px(4)
        box = Rect(left, bar.y + px(2), right - left, bar.height - px(4))
    else:
        painter.surface.fill(painter.rgb(Role.SURFACE if painter.panel.portrait else Role.BACKGROUND), there)
        box = there.inflate(-2 * px(3), -px(1.2))
    step = painter.line_height(Type.STEP)
    first = Rect(box.x, box.y, box.width, step)
    where = _where(say, head)
    used = _two_parts(painter, first, where, (ink, support))
    if demo:
        left = box.right - px(15) if wide or (painter.panel.portrait and head.stage) else first.x + used + px(3)
        mark = Rect(min(left, first.right - px(15)), first.y, px(15), step)
        plate(painter.surface, mark, px(1), painter.rgb(Role.HERE))
        painter.text(say("DEMO"), mark, Type.STEP, role=Role.ON_HERE, bold=True, centre=True, middle=True)
    if wide:
        _below_in_bar(painter, box, first, head, (ink, support))
    elif painter.panel.portrait:
        if head.stage is not None and not demo:
            left = box.x + used + px(3)
            _segments(painter, Rect(left, first.centery - px(0.8), box.right - left, px(1.6)), head.stage)
        if head.whose is not None:
            _identity(painter, Rect(box.x, box.bottom - step, box.width, step), head.whose, (ink, support))
        painter.surface.fill(painter.rgb(Role.HAIR), (0, there.bottom - 2, there.width, 2))
    else:
        left, end = box.x + used + px(2.5 + (18 if demo else 0)), box.right
        if head.whose is not None:
            at = _at_right(painter, there, box, head.whose)
            _identity(painter, at, head.whose, (ink, support))
            end = at.x if at.y == first.y else end
        if head.stage is not None:
            width = min(px(22), end - px(1.5) - left)
            _segments(painter, Rect(left, first.centery - px(0.8), width, px(1.6)), head.stage)


def _below_in_bar(painter: Painter, box: Rect, first: Rect, head: Head, roles: tuple[Role, Role]) -> None:
    px = painter.panel.px
    if head.stage is not None:
        _segments(painter, Rect(box.x, first.bottom + px(0.6), min(box.width, px(69)), px(1.6)), head.stage)
    if head.whose is not None:
        line = Rect(box.x, box.bottom - first.height, box.width, first.height)
        _identity(painter, line, head.whose, roles)


def _at_right(painter: Painter, there: Rect, box: Rect, whose: Whose) -> Rect:
    """Where a low panel says whose meter it is: at the right end of the line, or on a second one."""
    px, step = painter.panel.px, painter.line_height(Type.STEP)
    if there.height > px(8):
        return Rect(box.x, box.bottom - step, box.width, step)
    width = painter.width(whose.masked_name, Type.STEP) + px(10) + painter.digits_width(whose.meter_number, Type.STEP)
    return Rect(max(box.x, box.right - width), box.y, width, step)


def _where(say: Texts, head: Head) -> tuple[str, str]:
    if head.staff:
        return say("Layanan petugas"), ""
    if head.stage is None:
        return say("Layanan mandiri"), ""
    return say(STAGES[head.stage]), say("{step} dari {steps}", step=head.stage.value, steps=len(Stage))


def _two_parts(painter: Painter, box: Rect, parts: tuple[str, str], roles: tuple[Role, Role]) -> int:
    """A bold word and a plain one behind it; gives the pixels that they take."""
    first = painter.width(parts[0], Type.STEP, bold=True)
    painter.text(parts[0], Rect(box.x, box.y, first, box.height), Type.STEP, role=roles[0], bold=True, said=False)
    if not parts[1]:
        return first
    left = box.x + first + painter.panel.px(2)
    second = painter.width(parts[1], Type.STEP)
    painter.text(parts[1], Rect(left, box.y, second, box.height), Type.STEP, role=roles[1], said=False)
    return left + second - box.x


def _segments(painter: Painter, box: Rect, stage: Stage) -> None:
    """Four parts of the way: done, here, to come."""
    px = painter.panel.px
    gap = px(1)
    width = (box.width - 3 * gap) // 4
    on_bar = painter.panel.roomy
    for part in Stage:
        rect = Rect(box.x + (part.value - 1) * (width + gap), box.y, width, box.height)
        if part is stage:
            plate(painter.surface, rect, px(0.8), painter.rgb(Role.HERE), None if on_bar else painter.rgb(Role.TEXT), 2)
        elif part.value < stage.value:
            plate(painter.surface, rect, px(0.8), painter.rgb(Role.ON_BAR if on_bar else Role.PRIMARY))
        else:
            plate(painter.surface, rect, px(0.8), painter.rgb(Role.TO_COME if on_bar else Role.HAIR))


def _identity(painter: Painter, box: Rect, whose: Whose, roles: tuple[Role, Role]) -> None:
    """The masked name, and the meter's number in fours."""
    px = painter.panel.px
    painter.icon(Icon.WHO, (box.x + px(2.3), box.centery), 4.6, roles[0])
    name = painter.width(whose.masked_name, Type.STEP)
    left = box.x + px(6)
    painter.text(whose.masked_name, Rect(left, box.y, name, box.height), Type.STEP, role=roles[1], said=False)
    painter.digits(whose.meter_number, (left + name + px(2), box.y), Type.STEP, role=roles[0])
