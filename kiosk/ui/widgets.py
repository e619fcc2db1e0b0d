"""The few things that screens are built of: buttons, keypads, cards, rows of digits, marks."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pygame import Rect

from kiosk.ui.icons import Icon
from kiosk.ui.shapes import disc, plate, ring
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.theme import GAP, INSIDE, TARGET, Role, Type, key_size
from kiosk.view.choices import Answer
from kiosk.view.parts import Mood, RowState


class Look(Enum):
    """How a button presents itself."""

    PRIMARY = auto()
    """The one that goes on."""
    PLAIN = auto()
    ANSWER = auto()
    """One of several answers, its sign and word from the left."""
    KEY = auto()
    """A digit key."""
    METER_KEY = auto()
    """A key of a meter's picture that can be pressed."""
    TOOL = auto()
    """In the bar that is the same on every screen."""


KEYS = (Look.KEY, Look.METER_KEY)
RADIUS = 2.6
NEAR = 0.6
"""Millimetres that a word under a sign keeps from the edge."""
_LINE = 0.4
_EDGE, _KEY_EDGE = 0.9, 1.1
"""Millimetres of the lower edge, by which a face moves down when it is held."""


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
    icon: Icon | None = None
    word: bool = True
    """Whether the label is written on it; else it is only read aloud."""
    short: str = ""
    """What is written in place of the label, where that has no room."""
    after: bool = False
    """Whether its sign stands behind the word: that of going on."""
    stacked: bool = False
    """Whether its sign stands above the word."""
    on: bool = False
    """A tool that is in use, an answer that is chosen: here."""
    words: list[tuple[str, Rect]] = field(default_factory=list)
    """What is written on it, and where, as it was drawn last."""
    enabled: bool = True
    """What cannot be done now stays where it is, dimmed."""

    def check_size(self, painter: Painter) -> None:
        """A target is never smaller than the theme says; a rounding pixel is forgiven."""
        smallest = painter.panel.px(TARGET if self.look is not Look.KEY else key_size(painter.panel)) - 1
        if min(self.rect.size) < smallest:
            raise ValueError(f"button {self.name!r} is {self.rect.size}, its smallest side must be {smallest} px")

    def draw(self, painter: Painter) -> None:
        """The button, as it is held."""
        self.check_size(painter)
        line, fill, edge, ink = self._colours()
        px = painter.panel.px
        width, radius = max(1, px(_LINE)), px(RADIUS)
        plate(painter.surface, self.rect, radius, painter.rgb(line))
        inner = self.rect.inflate(-2 * width, -2 * width)
        face = inner.copy()
        deep = 0
        if self.enabled and self.look is not Look.TOOL:
            deep = px(_KEY_EDGE if self.look in KEYS else _EDGE)
            plate(painter.surface, inner, radius - width, painter.rgb(edge))
            face.height -= deep
            if self.down:
                face.y += deep
        plate(painter.surface, face, radius - width, painter.rgb(fill))
        self.face(painter, ink, Rect(self.rect.x, face.y, self.rect.width, face.height))

    def _colours(self) -> tuple[Role, Role, Role, Role]:
        """Line, fill, lower edge and ink."""
        if not self.enabled:
            return Role.HAIR, Role.SURFACE, Role.SURFACE, Role.SUPPORT
        if self.on:
            return Role.TEXT, Role.HERE, Role.HERE, Role.ON_HERE
        if self.look is Look.PRIMARY:
            return (
                Role.PRIMARY_EDGE,
                Role.PRIMARY_PRESSED if self.down else Role.PRIMARY,
                Role.PRIMARY_EDGE,
                Role.ON_PRIMARY,
            )
        if self.look is Look.TOOL:
            return Role.TILE_LINE, Role.BAR if self.down else Role.TILE, Role.TILE, Role.ON_BAR
        return Role.OUTLINE, Role.PRESSED if self.down else Role.SURFACE, Role.QUIET, Role.TEXT

    def size_of(self, painter: Painter) -> Type:
        """The size of its word."""
        if self.look is Look.TOOL:
            return Type.WORD
        if self.look is Look.KEY and not self.label.isdigit():
            return Type.WORD if painter.panel.small else Type.CAPTION
        if self.stacked:
            return Type.CAPTION
        if self.look in KEYS and self.label.isdigit():
            return Type.TITLE
        return Type.BODY

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        """What is on it: a sign, a word, or both."""
        px = painter.panel.px
        near = NEAR if self.look is Look.TOOL or self.size_of(painter) is Type.WORD else INSIDE
        inside = face.inflate(-2 * px(near), -px(1))
        written = self.short or self.label
        if not self.word or not written:
            self._sign(painter, ink, face)
            return
        kind = self.size_of(painter)
        if self.icon is None:
            painter.text(written, inside, kind, role=ink, bold=True, centre=True, middle=True, said=False)
        elif self.stacked:
            lines = len(painter.wrap(written, inside.width, kind, bold=True))
            word = lines * painter.line_height(kind)
            sign = px(6.5)
            top = inside.y + max(0, (inside.height - word - sign) // 2)
            painter.icon(self.icon, (face.centerx, top + sign // 2), 6.5, ink)
            below = Rect(inside.x, top + sign, inside.width, inside.bottom - top - sign)
            painter.text(written, below, kind, role=ink, bold=True, centre=True, said=False)
        else:
            self._beside(painter, ink, inside, kind)

    def _sign(self, painter: Painter, ink: Role, face: Rect) -> None:
        """A sign alone, with a small word under it where that has room."""
        px = painter.panel.px
        if self.icon is None:
            return
        room = face.width - 2 * px(NEAR)
        if self.look is not Look.TOOL and self.label and painter.width(self.label, Type.WORD, bold=True) <= room:
            line = painter.line_height(Type.WORD)
            painter.icon(self.icon, (face.centerx, face.centery - line // 2), 6.5, ink)
            word = Rect(face.x + px(NEAR), face.centery + px(6.5) // 2 - line // 2, room, line)
            painter.text(self.label, word, Type.WORD, role=ink, bold=True, centre=True, said=False)
        else:
            painter.icon(self.icon, face.center, 8.0, ink)

    def _beside(self, painter: Painter, ink: Role, inside: Rect, kind: Type) -> None:
        """Sign and word side by side, together in the middle; those of an answer from the left."""
        assert self.icon is not None  # noqa: S101  its caller has looked
        px = painter.panel.px
        sign, air = px(6), px(2.2)
        left = px(2) if self.look is Look.ANSWER else 0
        room = inside.width - left - sign - air
        written = self.short or self.label
        widest = max(painter.width(line, kind, bold=True) for line in painter.wrap(written, room, kind, bold=True))
        x = inside.x + (left or max(0, (room - widest) // 2))
        if self.after:
            word, at = Rect(x, inside.y, min(widest, room), inside.height), x + widest + air + sign // 2
        else:
            word, at = Rect(x + sign + air, inside.y, min(widest, room), inside.height), x + sign // 2
        painter.icon(self.icon, (at, inside.centery), 6.0, ink)
        painter.text(written, word, kind, role=ink, bold=True, middle=True, said=False)

    def wants(self, painter: Painter) -> int:
        """Pixels of width that its word and sign take on one line."""
        px = painter.panel.px
        sign = 0 if self.icon is None or self.stacked else px(8.2) + 2
        return (
            painter.width(self.short or self.label, self.size_of(painter), bold=True)
            + sign
            + 2 * px(INSIDE)
            + 2 * px(_LINE)
            + 2
        )


PLAQUE = 8.5
"""Millimetres: the height of a word as a meter shows it."""


def plaque_width(painter: Painter, word: str) -> int:
    """Pixels that `plaque` takes of a line."""
    return painter.width(word, Type.BODY, bold=True) + painter.panel.px(6)


def plaque(painter: Painter, left_top: tuple[int, int], word: str) -> Rect:
    """A word as a meter shows it, on a display of its own; gives the place."""
    px = painter.panel.px
    place = Rect(*left_top, plaque_width(painter, word), px(PLAQUE))
    plate(painter.surface, place, px(1.2), painter.rgb(Role.DISPLAY), painter.rgb(Role.OUTLINE), max(1, px(0.4)))
    painter.text(word, place, Type.BODY, role=Role.DISPLAY_TEXT, bold=True, centre=True, middle=True, said=False)
    return place


def draw_focus(painter: Painter, rect: Rect) -> None:
    """A ring around what the Enter key would press, in the gap between two buttons: seen on light and on dark."""
    px = painter.panel.px
    thin, thick = max(1, px(0.5)), px(1.0)
    for distance, width, role in (
        (2 * thin + thick, thin, Role.TEXT),
        (thin + thick, thick, Role.HERE),
        (thin, thin, Role.TEXT),
    ):
        around = rect.inflate(2 * distance, 2 * distance)
        plate(painter.surface, around, px(RADIUS) + distance, None, painter.rgb(role), width)


def keypad(area: Rect, painter: Painter, last: tuple[Button, Button], look: Look = Look.KEY) -> list[Button]:
    """Telephone order, 1-2-3 at the top; below 7-8-9 are the first of `last`, 0, and the second, put in their place."""
    gap = painter.panel.px(GAP)
    side = painter.panel.px(key_size(painter.panel) if look is Look.KEY else TARGET)
    width = max(side, (area.width - 2 * gap) // 3)
    height = max(side, (area.height - 3 * gap) // 4)

    def place(column: int, row: int) -> Rect:
        return Rect(area.x + column * (width + gap), area.y + row * (height + gap), width, height)

    buttons = [
        Button(f"digit-{digit}", digit, place(index % 3, index // 3), digit, look)
        for index, digit in enumerate("123456789")
    ]
    left, right = last
    left.rect, right.rect = place(0, 3), place(2, 3)
    return [*buttons, left, Button("digit-0", "0", place(1, 3), "0", look), right]


def card(painter: Painter, rect: Rect, role: Role = Role.SURFACE, line: Role = Role.HAIR, width: float = 0.3) -> None:
    """A quiet surface for things that belong together."""
    painter.cards.append(rect)
    px = painter.panel.px
    plate(painter.surface, rect, px(3.2), painter.rgb(role), painter.rgb(line), max(1, px(width)))


def note(painter: Painter, rect: Rect, text: str, mood: Mood | None, kind: Type = Type.BODY) -> None:
    """A sentence on a soft ground, with its sign: good, careful, bad, or something to know."""
    soft = {Mood.GOOD: Role.GOOD_SOFT, Mood.CAREFUL: Role.CAREFUL_SOFT, Mood.BAD: Role.BAD_SOFT, None: Role.INFORMATION}
    ink = Role.TEXT if mood is None else MOOD_ROLES[mood]
    sign = {Mood.GOOD: Icon.YES, Mood.CAREFUL: Icon.ERRORS, Mood.BAD: Icon.WARNING, None: Icon.NOTE}[mood]
    line = Role.INFORMATION_LINE if mood is None else ink
    px = painter.panel.px
    card(painter, rect, soft[mood], line, 0.4)
    painter.icon(sign, (rect.x + px(6), rect.centery), 7.0, ink)
    inside = Rect(rect.x + px(11), rect.y, rect.width - px(13), rect.height)
    painter.text(text, inside, kind, role=ink, bold=True, middle=True)


def note_height(painter: Painter, width: int, text: str, kind: Type = Type.BODY) -> int:
    """Pixels that a note of this width takes."""
    px = painter.panel.px
    lines = len(painter.wrap(text, width - px(13), kind, bold=True))
    return max(px(9), lines * painter.line_height(kind) + px(3))


# --- rows of digits


def broken(digits: str, lines: int) -> list[str]:
    """A row on one line, on two of 8 and 12 digits, or on three of 8, 8 and 4."""
    cuts = {1: (len(digits),), 2: (8, 20), 3: (8, 16, 20)}[lines]
    return [digits[start:end] for start, end in zip((0, *cuts), cuts, strict=False)]


def fewest_lines(painter: Painter, width: int, kind: Type) -> int:
    """How many lines a row of twenty digits takes; 3 even if that is too wide."""
    for lines in (1, 2):
        if max(painter.digits_width(line, kind) for line in broken("0" * 20, lines)) <= width:
            return lines
    return 3


def digit_row(
    painter: Painter,
    box: Rect,
    digits: str,
    kind: Type = Type.ROWS,
    *,
    done: int | None = None,
    wrong: bool = False,
    step: int | None = None,
) -> int:
    """Twenty digits in fours from the left, on as few lines as they fit; the first `done` of them marked, and the next
    one shown as the place where one is (`wrong`: as the place of a wrong digit). Gives the y below.

    `step`: pixels from line to line, where it is not the usual.

    A row that is watched while it grows is not read aloud. One that is too wide even on three lines overflows.
    """
    if done is None:
        painter.said.append(digits)
    lines = broken(digits, fewest_lines(painter, box.width, kind))
    least, y, number = painter.digit_step(kind), box.y, 0
    step = step or least
    for line in lines:
        width = painter.digits_width(line, kind)
        if width > box.width or y + least > box.bottom:
            painter.overflows.append(Overflow(digits, (width, y + least - box.y), (box.width, box.height)))
        for place in painter.digits(line, (box.x, y), kind):
            if done is not None:
                _mark(painter, place, number, done, digits[number], kind, wrong=wrong)
            number += 1
        y += step
    return y


def _mark(painter: Painter, place: Rect, number: int, done: int, digit: str, kind: Type, *, wrong: bool) -> None:
    """Not by colour alone: what is in is underlined, and the next digit stands on a ground of its own."""
    px = painter.panel.px
    font = painter.font(kind, bold=True)
    if number < done:
        drawn = font.render(digit, True, painter.rgb(Role.GOOD))
        painter.surface.fill(painter.rgb(Role.SURFACE), place)
        painter.surface.blit(drawn, drawn.get_rect(center=place.center))
        painter.surface.fill(painter.rgb(Role.GOOD), (place.x, place.bottom - px(1), place.width, max(2, px(0.7))))
    elif number == done:
        fill, ink = (Role.BAD, Role.ON_SIGN) if wrong else (Role.HERE, Role.ON_HERE)
        plate(painter.surface, place, px(1), painter.rgb(fill))
        drawn = font.render(digit, True, painter.rgb(ink))
        painter.surface.blit(drawn, drawn.get_rect(center=place.center))


# --- signs


MOOD_ROLES = {Mood.GOOD: Role.GOOD, Mood.CAREFUL: Role.CAREFUL, Mood.BAD: Role.BAD}
_SIGNS = {Mood.GOOD: Icon.YES, Mood.CAREFUL: Icon.STOPPED, Mood.BAD: Icon.NO}


def mood_mark(painter: Painter, centre: tuple[int, int], radius: int, mood: Mood, sign: Icon | None = None) -> None:
    """A sign in a disc: a tick, a hand or a cross, or another one."""
    disc(painter.surface, centre, radius, painter.rgb(MOOD_ROLES[mood]))
    size = 1.25 * radius * painter.panel.width_mm / painter.panel.width
    painter.icon(sign or _SIGNS[mood], centre, size, Role.ON_SIGN)


def claim_mark(painter: Painter, centre: tuple[int, int], radius: int, mood: Mood) -> None:
    """A tick in an outline: somebody says so, and nothing proves it."""
    role = MOOD_ROLES[mood]
    ring(painter.surface, centre, radius, painter.rgb(role), max(2, radius // 5))
    painter.icon(Icon.YES, centre, 1.1 * radius * painter.panel.width_mm / painter.panel.width, role)


def numbered(painter: Painter, centre: tuple[int, int], radius: int, number: int, *, here: bool) -> None:
    """A number in a circle: filled where one is."""
    if here:
        disc(painter.surface, centre, radius, painter.rgb(Role.HERE))
    else:
        disc(painter.surface, centre, radius, painter.rgb(Role.SURFACE))
        ring(painter.surface, centre, radius, painter.rgb(Role.OUTLINE), max(2, painter.panel.px(0.4)))
    box = Rect(0, 0, 2 * radius, 2 * radius)
    box.center = centre
    role = Role.ON_HERE if here else Role.TEXT
    painter.text(str(number), box, Type.SUPPORT, role=role, bold=True, centre=True, middle=True, said=False)


def state_mark(painter: Painter, centre: tuple[int, int], radius: int, state: RowState) -> None:
    """How far a row is: a ring, a filled ring, a tick, a cross, or an exclamation mark."""
    if state in (RowState.WAITING, RowState.TYPING):
        ring(painter.surface, centre, radius, painter.rgb(Role.OUTLINE), max(2, radius // 5))
        if state is RowState.TYPING:
            disc(painter.surface, centre, radius // 2, painter.rgb(Role.PRIMARY))
        return
    moods = {RowState.ACCEPTED: Mood.GOOD, RowState.REFUSED: Mood.BAD}
    mood_mark(painter, centre, radius, moods.get(state, Mood.CAREFUL), Icon.HELP if state is RowState.UNKNOWN else None)
