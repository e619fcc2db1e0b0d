"""Fonts by capital height, and text drawn into boxes that know when it does not fit."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pygame
from pygame import Rect, Surface

from kiosk.ui.icons import Icon
from kiosk.ui.theme import COLOURS, GAP, LEAST_LARGE, SAID_LARGER_ELSEWHERE, Colour, Palette, Role, Type
from kiosk.view.panels import Panel
from krn_engine.row import in_fours

FONTS = Path(__file__).with_name("fonts")
CAPITAL = 0.714
"""Height of a capital of Noto Sans, in em."""
DIGIT = 0.572
"""Width of a digit of Noto Sans, in em."""
LEADING = 1.2
LIFT = 0.03
"""How much higher than its own middle a line's capitals are, in em: so they stand in the middle of their place."""
INK = 0.98
"""From the top of a capital to the bottom of a g, in em."""
"""From line to line, in em."""


CELL, SPACE = 0.6, 0.42
"""Width of a digit's place, and of the gap between two fours, in em: digits stand in columns."""
_FIXED = (*SAID_LARGER_ELSEWHERE, Type.OTHER_ROWS, Type.ROWS, Type.LARGER_ROWS)
"""What large letters leave as it is: the frame stays where it was, and a screen chooses the size of its digits."""


@lru_cache(maxsize=64)
def _font(pixels: int, *, bold: bool) -> pygame.font.Font:
    return pygame.font.Font(FONTS / ("NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"), pixels)


@lru_cache(maxsize=32)
def _signs(pixels: int) -> pygame.font.Font:
    return pygame.font.Font(FONTS / "Phosphor-Bold.ttf", pixels)


@dataclass(frozen=True, slots=True)
class Overflow:
    """A text that was larger than its box."""

    text: str
    needed: tuple[int, int]
    given: tuple[int, int]


@dataclass
class Painter:
    """Draws text on one surface of one panel, and keeps what did not fit: a test reads it, a person never should."""

    surface: Surface
    panel: Panel
    colours: Palette = field(default_factory=lambda: COLOURS)
    scale: float = 1.0
    """How much larger than the type scale every text is."""
    large: bool = False
    """Large letters are asked for: nothing is smaller than Section 508 wants."""
    overflows: list[Overflow] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Every text as it is read aloud, in the order in which it was drawn."""
    lines: list[tuple[str, Rect]] = field(default_factory=list)
    """Every line that was drawn: tests find lines that overlap."""
    cards: list[Rect] = field(default_factory=list)
    """Every card and picture: no button may overlap one."""

    def font(self, kind: Type, *, bold: bool = False) -> pygame.font.Font:
        """The typeface at a size of the scale."""
        return _font(max(8, round(self.capital(kind) / CAPITAL)), bold=bold)

    def rgb(self, role: Role) -> Colour:
        """The colour that a role has for this person."""
        return self.colours[role]

    def line_height(self, kind: Type) -> int:
        """Pixels from one line to the next."""
        return round(self.capital(kind) / CAPITAL * LEADING)

    def capital(self, kind: Type) -> int:
        """Pixels of a capital."""
        millimetres = kind.millimetres(self.panel)
        if kind not in _FIXED:
            millimetres = max(millimetres * self.scale, LEAST_LARGE if self.large else 0.0)
        return self.panel.px(millimetres)

    def icon(self, icon: Icon, centre: tuple[int, int], size: float, role: Role = Role.TEXT) -> None:
        """A sign, `size` millimetres wide, around a point."""
        drawn = _signs(max(8, self.panel.px(size))).render(icon.value, True, self.rgb(role))
        self.surface.blit(drawn, drawn.get_rect(center=centre))

    # --- digits in columns

    def digits_width(self, digits: str, kind: Type, *, bold: bool = True) -> int:
        """Pixels of digits in fours on one line."""
        em = self.font(kind, bold=bold).size("0")[0] / DIGIT
        fours = len(in_fours(digits))
        return round(em * (CELL * len(digits) + SPACE * max(0, fours - 1)))

    def digit_step(self, kind: Type) -> int:
        """Pixels from one line of digits to the next: nothing of a digit hangs below its line."""
        return round(self.capital(kind) * 1.4)

    def digits(
        self, digits: str, left_top: tuple[int, int], kind: Type, *, role: Role = Role.TEXT, bold: bool = True
    ) -> list[Rect]:
        """Digits in fours on one line, each in a place of its own. Gives the places; nothing is read aloud of it."""
        font = self.font(kind, bold=bold)
        em = font.size("0")[0] / DIGIT
        x, y = float(left_top[0]), left_top[1]
        step = self.digit_step(kind)
        places = []
        for four in in_fours(digits):
            start = round(x)
            for digit in four:
                drawn = font.render(digit, True, self.rgb(role))
                place = Rect(round(x), y, round(em * CELL), step)
                self.surface.blit(drawn, drawn.get_rect(center=(place.centerx, place.centery - round(em * LIFT))))
                places.append(place)
                x += em * CELL
            self.lines.append((four, Rect(start, y, round(x) - start, step)))
            x += em * SPACE
        return places

    def tidy(self, buttons: list[Rect]) -> bool:
        """True if everything so far fits, no line overlaps another or a button, and no two buttons overlap."""
        # Boxes of text are a little higher than what is seen of it.
        lines = [rect.inflate(-4, -4) for _, rect in self.lines]
        apart = all(one.collidelist(lines[number + 1 :]) < 0 for number, one in enumerate(lines))
        gap = 2 * (self.panel.px(GAP) - 1)
        targets = [button.inflate(gap, gap) for button in buttons]
        crowded = any(one.collidelist(buttons[number + 1 :]) >= 0 for number, one in enumerate(targets))
        clear = all(rect.collidelist(buttons) < 0 for rect in [*lines, *self.cards])
        return not self.overflows and apart and clear and not crowded

    def width(self, text: str, kind: Type, *, bold: bool = False) -> int:
        """Pixels of a line."""
        return self.font(kind, bold=bold).size(text)[0]

    def fitting(self, text: str, width: int, *kinds: Type, bold: bool = False) -> Type:
        """The first of `kinds` in which the text fits on one line; the last one if it fits in none."""
        return next((kind for kind in kinds if self.width(text, kind, bold=bold) <= width), kinds[-1])

    def wrap(self, text: str, width: int, kind: Type = Type.BODY, *, bold: bool = False) -> list[str]:
        """Lines that fit `width`, broken between words. A word that is wider stays whole, and overflows."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}" if line else word
                if line and self.width(longer, kind, bold=bold) > width:
                    lines.append(line)
                    line = word
                else:
                    line = longer
            lines.append(line)
        return lines

    def text(
        self,
        text: str,
        box: Rect,
        kind: Type = Type.BODY,
        *,
        role: Role = Role.TEXT,
        bold: bool = False,
        centre: bool = False,
        middle: bool = False,
        said: bool = True,
    ) -> int:
        """Draw wrapped text into `box`; gives the y below it. `centre` is across, `middle` is down.

        What is not `said` is only a picture to those who listen: it is left out.
        """
        if said:
            self.said.append(text)
        lines = self.wrap(text, box.width, kind, bold=bold)
        step = self.line_height(kind)
        height = step * len(lines)
        widest = max(self.width(line, kind, bold=bold) for line in lines)
        # Below the letters of the last line nothing has to be free.
        needed = height - step + round(self.capital(kind) / CAPITAL * INK)
        if widest > box.width or needed > box.height:
            self.overflows.append(Overflow(text, (widest, height), (box.width, box.height)))
        y = box.y + (box.height - height) // 2 if middle else box.y
        font = self.font(kind, bold=bold)
        for line in lines:
            drawn = font.render(line, True, self.rgb(role))
            x = box.x + (box.width - drawn.get_width()) // 2 if centre else box.x
            self.surface.blit(drawn, (x, y + (step - drawn.get_height()) // 2))
            self.lines.append((line, Rect(x, y, drawn.get_width(), step)))
            y += step
        return y
