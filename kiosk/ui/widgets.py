"""The few things that screens are built of: buttons, keypads, cards, rows of digits, marks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import pygame
from pygame import Rect

from kiosk.ui.text import Overflow, Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type, key_size
from kiosk.view.choices import Answer
from kiosk.view.parts import Mood, RowState
from krn_engine.row import in_fours


class Look(Enum):
    """How a button presents itself."""

    PRIMARY = auto()
    """The one that goes on."""
    PLAIN = auto()
    KEY = auto()
    """A digit key."""


@dataclass
class Button:
    """Fires when finger or mouse go down and up inside it.

    `name` is how a test, or the terminal demo, presses it. Raises ValueError for a button too small to hit.
    """

    name: str
    label: str
    rect: Rect
    value: Answer | str
    look: Look = Look.PLAIN
    down: bool = False
    icon: "Sequence[Stroke]" = ()
    """Drawn in place of the label, which is then only read aloud."""

    def check_size(self, painter: Painter) -> None:
        """A target is never smaller than the theme says; a rounding pixel is forgiven."""
        smallest = painter.panel.px(TARGET if self.look is not Look.KEY else key_size(painter.panel)) - 1
        if min(self.rect.size) < smallest:
            raise ValueError(f"button {self.name!r} is {self.rect.size}, its smallest side must be {smallest} px")

    def draw(self, painter: Painter) -> None:
        """The button, as it is held."""
        self.check_size(painter)
        radius = painter.panel.px(2)
        if self.look is Look.PRIMARY:
            fill, ink = (Role.PRIMARY_PRESSED if self.down else Role.PRIMARY), Role.ON_PRIMARY
        else:
            fill, ink = (Role.PRESSED if self.down else Role.SURFACE), Role.TEXT
        pygame.draw.rect(painter.surface, painter.rgb(fill), self.rect, border_radius=radius)
        if self.look is not Look.PRIMARY:
            width = max(2, painter.panel.px(0.4))
            pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), self.rect, width, border_radius=radius)
        self.face(painter, ink)

    def face(self, painter: Painter, ink: Role) -> None:
        """What is on it."""
        if self.icon:
            draw_strokes(painter, self.rect.center, painter.panel.px(4), self.icon, ink)
            return
        kind = Type.HEADING if self.look is Look.KEY and self.label.isdigit() else Type.BODY
        inner = self.rect.inflate(-painter.panel.px(1.5), -painter.panel.px(1))
        painter.text(self.label, inner, kind, role=ink, bold=True, centre=True, middle=True)


def draw_focus(painter: Painter, rect: Rect) -> None:
    """A ring around what the Enter key would press, in the gap between two buttons."""
    ring = rect.inflate(2 * painter.panel.px(1.1), 2 * painter.panel.px(1.1))
    width = painter.panel.px(0.8)
    pygame.draw.rect(painter.surface, painter.rgb(Role.FOCUS), ring, width, border_radius=painter.panel.px(2.6))


def keypad(area: Rect, painter: Painter, labels: tuple[str, str]) -> list[Button]:
    """Telephone order, 1-2-3 at the top; below 7-8-9 are erase, 0 and go on, with the given labels.

    Where the words are too wide for a key of the panel, an arrow and "OK" take their place.
    """
    side, gap = painter.panel.px(key_size(painter.panel)), painter.panel.px(GAP)
    width = max(side, (area.width - 2 * gap) // 3)
    height = max(side, min((area.height - 3 * gap) // 4, round(side * 1.2)))
    narrow = max(painter.width(label, Type.BODY, bold=True) for label in labels) > width - painter.panel.px(1.5)
    icon = ARROW_LEFT if narrow else ()
    buttons = []
    for index, digit in enumerate("123456789"):
        rect = Rect(area.x + index % 3 * (width + gap), area.y + index // 3 * (height + gap), width, height)
        buttons.append(Button(f"digit-{digit}", digit, rect, digit, Look.KEY))
    y = area.y + 3 * (height + gap)
    buttons.append(Button("erase", labels[0], Rect(area.x, y, width, height), "erase", Look.KEY, icon=icon))
    buttons.append(Button("digit-0", "0", Rect(area.x + width + gap, y, width, height), "0", Look.KEY))
    last = Rect(area.x + 2 * (width + gap), y, width, height)
    buttons.append(Button("next", "OK" if narrow else labels[1], last, "next", Look.PRIMARY))
    return buttons


def card(painter: Painter, rect: Rect, role: Role = Role.SURFACE) -> None:
    """A quiet surface for things that belong together."""
    painter.cards.append(rect)
    pygame.draw.rect(painter.surface, painter.rgb(role), rect, border_radius=painter.panel.px(2.5))
    line = max(1, painter.panel.px(0.25))
    pygame.draw.rect(painter.surface, painter.rgb(Role.OUTLINE), rect, line, border_radius=painter.panel.px(2.5))


def digit_lines(painter: Painter, width: int, kind: Type, *, bold: bool = True) -> int:
    """How many lines twenty digits in five groups take: one, or two."""
    needed = 5 * painter.width("0000", kind, bold=bold) + 4 * painter.width("0", kind, bold=bold)
    return 1 if needed <= width else 2


def digit_row(
    painter: Painter, box: Rect, digits: str, kind: Type = Type.ROWS, *, done: int | None = None, bold: bool = True
) -> int:
    """Twenty digits in five groups, on one line or on two; the first `done` of them marked. Gives the y below.

    A row that is watched while it grows is not read aloud. One that is too wide even on two lines overflows.
    """
    parts = in_fours(digits)
    group_width = painter.width("0000", kind, bold=bold)
    gap = painter.width("0", kind, bold=bold)
    per_line = len(parts) if digit_lines(painter, box.width, kind, bold=bold) == 1 else 3
    step = round(painter.line_height(kind) * 1.15)
    for number, part in enumerate(parts):
        line, column = divmod(number, per_line)
        in_line = parts[line * per_line : (line + 1) * per_line]
        total = len(in_line) * group_width + (len(in_line) - 1) * gap
        if total > box.width:
            painter.overflows.append(Overflow(digits, (total, step), (box.width, step)))
        place = Rect(
            box.x + (box.width - total) // 2 + column * (group_width + gap), box.y + line * step, group_width, step
        )
        marked = 0 if done is None else min(max(done - number * 4, 0), 4)
        if marked:
            shade = Rect(place.x, place.y, painter.width(part[:marked], kind, bold=bold), step)
            pygame.draw.rect(painter.surface, painter.rgb(Role.PRESSED), shade, border_radius=painter.panel.px(0.6))
            # Not by colour alone: what is done is underlined.
            bar = Rect(shade.x, shade.bottom - painter.panel.px(0.6), shade.width, painter.panel.px(0.6))
            painter.surface.fill(painter.rgb(Role.PRIMARY), bar)
        painter.text(part, place.inflate(4, 0), kind, bold=bold, middle=True, centre=True, said=done is None)
    return box.y + step * math.ceil(len(parts) / per_line)


_MOODS = {Mood.GOOD: Role.GOOD, Mood.CAREFUL: Role.CAREFUL, Mood.BAD: Role.BAD}


def mood_mark(painter: Painter, centre: tuple[int, int], radius: int, mood: Mood) -> None:
    """A drawn sign in a disc: a tick, an exclamation mark or a cross."""
    pygame.draw.circle(painter.surface, painter.rgb(_MOODS[mood]), centre, radius)
    strokes = {Mood.GOOD: _TICK, Mood.CAREFUL: _EXCLAMATION, Mood.BAD: _CROSS}[mood]
    draw_strokes(painter, centre, radius, strokes, Role.ON_PRIMARY)


Stroke = Sequence[tuple[float, float]]
ARROW_LEFT: Sequence[Stroke] = (((0.45, 0.0), (-0.45, 0.0)), ((-0.1, -0.35), (-0.45, 0.0), (-0.1, 0.35)))
KEY: Sequence[Stroke] = (
    ((-0.75, 0.0), (-0.68, -0.2), (-0.45, -0.3), (-0.22, -0.2), (-0.15, 0.0)),
    ((-0.75, 0.0), (-0.68, 0.2), (-0.45, 0.3), (-0.22, 0.2), (-0.15, 0.0)),
    ((-0.15, 0.0), (0.8, 0.0), (0.8, 0.3)),
    ((0.5, 0.0), (0.5, 0.25)),
)
_TICK: Sequence[Stroke] = (((-0.45, 0.05), (-0.12, 0.38), (0.48, -0.35)),)
_CROSS: Sequence[Stroke] = (((-0.35, -0.35), (0.35, 0.35)), ((-0.35, 0.35), (0.35, -0.35)))
_EXCLAMATION: Sequence[Stroke] = (((0.0, -0.5), (0.0, 0.15)), ((0.0, 0.42), (0.0, 0.46)))


def draw_strokes(painter: Painter, centre: tuple[int, int], radius: int, strokes: Sequence[Stroke], role: Role) -> None:
    """Lines with round ends, in a square from -1 to 1 around `centre`."""
    width = max(3, round(radius * 0.22))
    for stroke in strokes:
        points = [(centre[0] + round(x * radius), centre[1] + round(y * radius)) for x, y in stroke]
        pygame.draw.lines(painter.surface, painter.rgb(role), False, points, width)
        for point in points:
            pygame.draw.circle(painter.surface, painter.rgb(role), point, width // 2)


def state_mark(painter: Painter, centre: tuple[int, int], radius: int, state: RowState) -> None:
    """How far a row is: a ring, a filled ring, a tick, a cross, or an exclamation mark."""
    if state in (RowState.WAITING, RowState.TYPING):
        width = max(2, radius // 5)
        pygame.draw.circle(painter.surface, painter.rgb(Role.PRIMARY), centre, radius, width)
        if state is RowState.TYPING:
            pygame.draw.circle(painter.surface, painter.rgb(Role.PRIMARY), centre, radius // 2)
        return
    moods = {RowState.ACCEPTED: Mood.GOOD, RowState.REFUSED: Mood.BAD, RowState.UNKNOWN: Mood.CAREFUL}
    mood_mark(painter, centre, radius, moods[state])
