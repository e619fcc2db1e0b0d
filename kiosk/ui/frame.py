"""The frame that is the same on every screen: tools, where I am, whose meter it is, and the foot with its buttons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pygame import Rect

from kiosk.ui.icons import Icon
from kiosk.ui.shapes import plate
from kiosk.ui.text import Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import GAP, Role, Type, margin
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Answer, Choice
from kiosk.view.panels import Panel
from kiosk.view.parts import PLAIN, SILENT, Head, Hearing, Message, Sight, Stage, Whose

_STRIPE = 1.4
"""Millimetres of the striped edge that marks the staff's screens."""


@dataclass(frozen=True, slots=True)
class Foot:
    """A button of the bottom row."""

    name: str
    label: str
    value: Answer | str
    look: Look = Look.PLAIN
    icon: Icon | None = None
    after: bool = False
    enabled: bool = True
    word: bool = True
    """Whether the label is written; else it is only read aloud."""
    short: str = ""
    """What is written where the label has no room."""
    on: bool = False
    """Here."""


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
    buttons = _tools(painter, there.tools, say, sight, hearing, can_listen=can_listen)
    if painter.panel.roomy and can_leave:
        side = Rect(painter.panel.px(4), 0, painter.panel.px(17), painter.panel.px(15))
        side.centery = there.tools.centery
        leave = Button("leave", say("Keluar"), side, Choice.LEAVE, Look.TOOL, icon=Icon.NO, stacked=True)
        buttons.insert(0, leave)
    if head.staff:
        _staff_edge(painter, there.tools)
    _head(painter, there, say, head, buttons, demo=demo)
    return buttons


def _parted(painter: Painter, tools: Rect) -> None:
    line = max(2, painter.panel.px(0.5))
    ink = painter.rgb(Role.TEXT)
    if painter.panel.small:
        painter.surface.fill(ink, (tools.right - line, 0, line, tools.height))
    else:
        painter.surface.fill(ink, (0, tools.bottom - line, tools.width, line))


def _tools(
    painter: Painter, bar: Rect, say: Texts, sight: Sight, hearing: Hearing, *, can_listen: bool
) -> list[Button]:
    """Language, larger, contrast, sound, help: each says what it leads to."""
    other = ("EN", "English") if say.language == "id" else ("ID", "Bahasa Indonesia")
    short = "English" if say.language == "id" else "Indonesia"
    larger = say("Normal") if sight.large else say("Perbesar")
    contrast = say("Normal") if sight.strong else say("Kontras")
    sound = say("Senyap") if hearing.on else say("Suara")
    wide = painter.panel.roomy
    listed: list[Button] = [
        LanguageButton(
            "language", short if wide else other[1], Rect(0, 0, 0, 0), Choice.LANGUAGE, Look.TOOL, mark=other[0]
        ),
        Button("larger", larger, Rect(0, 0, 0, 0), Choice.LARGER, Look.TOOL, icon=Icon.LARGER, on=sight.large),
        Button("stronger", contrast, Rect(0, 0, 0, 0), Choice.STRONGER, Look.TOOL, icon=Icon.CONTRAST, on=sight.strong),
        Button(
            "listen",
            sound,
            Rect(0, 0, 0, 0),
            Choice.LISTEN,
            Look.TOOL,
            icon=Icon.MUTE if hearing.on else Icon.SOUND,
            on=hearing.on,
        ),
        Button("help", say("Bantuan"), Rect(0, 0, 0, 0), Choice.HELP, Look.TOOL, icon=Icon.HELP),
    ]
    if not can_listen:
        del listed[3]
    px = painter.panel.px
    if painter.panel.small:
        side = px(15)
        pitch = min(px(18), max(side + px(GAP), bar.height // 5))
        top = max(0, (bar.height - len(listed) * pitch + pitch - side) // 2)
        for index, button in enumerate(listed):
            button.rect = Rect(bar.centerx - side // 2, top + index * pitch, side, side)
    else:
        width, height = px(20.4 if wide else 15), px(15)
        pitch = width + px(GAP)
        start = bar.right - px(4) - len(listed) * pitch + (pitch - width)
        if painter.panel.portrait:
            start = (bar.width - len(listed) * pitch + (pitch - width)) // 2
        for index, button in enumerate(listed):
            button.rect = Rect(start + index * pitch, bar.centery - height // 2, width, height)
    for button in listed:
        button.stacked, button.word = wide, wide
    return listed


@dataclass
class LanguageButton(Button):
    """The other language, by its two letters."""

    mark: str = ""

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        if not self.word:
            painter.text(self.mark, face, Type.HEADING, role=ink, bold=True, centre=True, middle=True, said=False)
            return
        word = painter.line_height(Type.WORD)
        top = face.y + (face.height - px(7) - word) // 2
        mark = Rect(face.x, top, face.width, px(7))
        painter.text(self.mark, mark, Type.BODY, role=ink, bold=True, centre=True, middle=True, said=False)
        below = Rect(face.x, top + px(7), face.width, word)
        painter.text(self.label, below, Type.WORD, role=ink, bold=True, centre=True, said=False)


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


STAGES = {
    Stage.NUMBER: Message("Nomor"),
    Stage.CHECK: Message("Periksa"),
    Stage.CODES: Message("Kode"),
    Stage.SAVE: Message("Simpan"),
}


def _head(painter: Painter, there: Places, say: Texts, head: Head, tools: Sequence[Button], *, demo: bool) -> None:
    """Where I am, and whose meter it is."""
    px = painter.panel.px
    ink, support = Role.TEXT, Role.SUPPORT
    wide = painter.panel.roomy
    if wide:
        ink, support = Role.ON_BAR, Role.BAR_SUPPORT
        left = max((tool.rect.right for tool in tools if tool.name == "leave"), default=px(2)) + px(5)
        right = min(tool.rect.x for tool in tools if tool.name != "leave") - px(4)
        box = Rect(left, there.tools.y + px(2), right - left, there.tools.height - px(4))
    else:
        painter.surface.fill(painter.rgb(Role.SURFACE if painter.panel.portrait else Role.BACKGROUND), there.head)
        box = there.head.inflate(-2 * px(3), -px(1.2))
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
        painter.surface.fill(painter.rgb(Role.HAIR), (0, there.head.bottom - 2, there.head.width, 2))
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


def _at_right(painter: Painter, there: Places, box: Rect, whose: Whose) -> Rect:
    """Where a low panel says whose meter it is: at the right end of the line, or on a second one."""
    px, step = painter.panel.px, painter.line_height(Type.STEP)
    if there.head.height > px(8):
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


# --- the foot


def foot_buttons(
    painter: Painter, foot: Rect, back: Foot | None, also: Sequence[Foot], onward: Foot | None
) -> list[Button]:
    """Back at the left, onward at the right, what else there is before it: on every screen at the same places."""
    px = painter.panel.px
    painter.surface.fill(painter.rgb(Role.SURFACE), foot)
    painter.surface.fill(painter.rgb(Role.HAIR), (foot.x, foot.y, foot.width, max(1, px(0.3))))
    edge, gap = px(2 if painter.panel.portrait else 3 if painter.panel.small else 4), px(GAP)
    height = px(15) + 1
    area = Rect(foot.x + edge, foot.y + (foot.height - height) // 3, foot.width - 2 * edge, height)
    listed = [item for item in (back, *also, onward) if item is not None]
    if not listed:
        return []
    buttons = [
        Button(
            item.name,
            item.label,
            Rect(0, area.y, 0, height),
            item.value,
            item.look,
            icon=item.icon,
            after=item.after,
            enabled=item.enabled,
            word=item.word,
            on=item.on,
        )
        for item in listed
    ]
    shorter = {item.name: item.short for item in listed if item.short}
    _give_widths(painter, buttons, area.width - gap * (len(buttons) - 1), shorter)
    onwards = buttons[-1] if onward is not None else None
    spare = area.width - gap * (len(buttons) - 1) - sum(button.rect.width for button in buttons)
    if onwards is not None and spare > 0:
        onwards.rect.width += min(spare, max(0, px(44) - onwards.rect.width))
    if back is not None:
        buttons[0].rect.x = area.x
    x = area.right
    for button in reversed(buttons if back is None else buttons[1:]):
        x -= button.rect.width
        button.rect.x = x
        x -= gap
    return buttons


def _give_widths(painter: Painter, buttons: Sequence[Button], room: int, shorter: Mapping[str, str]) -> None:
    """As wide as their words want: whole, then shorter, then as `_ways` has it; at last all alike, which overflows."""
    for _ in _ways(painter, buttons, shorter):
        for button in buttons:
            button.rect.width = _wants(painter, button)
        if sum(button.rect.width for button in buttons) <= room:
            return
    for button in buttons:
        button.rect.width = room // len(buttons)


def _ways(painter: Painter, buttons: Sequence[Button], shorter: Mapping[str, str]) -> Iterator[None]:
    """Ways to need less room, each tried when the one before was not enough."""
    signs = {button.name: button.icon for button in buttons}
    worded = [button for button in buttons if button.word]
    yield
    for button in buttons:
        button.short = shorter.get(button.name, "")
    yield
    for button in worded:
        button.icon = None
    yield
    if not painter.large:
        for button in worded:
            button.icon = signs[button.name]
            button.stacked = button.icon is not None
        yield
    for button in worded:
        button.icon, button.stacked = None, False
    # The sign alone says it where the place says it too: first of all the way back.
    for button in worded:
        if signs[button.name] is not None and button.look is not Look.PRIMARY:
            button.icon, button.word = signs[button.name], False
            yield


def _wants(painter: Painter, button: Button) -> int:
    least = painter.panel.px(15) + 1
    if not button.word:
        return least
    return max(least if len(button.label) == 1 else painter.panel.px(21), button.wants(painter))
