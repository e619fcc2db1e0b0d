"""Fonts by capital height, and text drawn into boxes that know when it does not fit."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pygame
from pygame import Rect, Surface

from kiosk.ui.theme import COLOURS, GAP, Colour, Palette, Role, Type
from kiosk.view.panels import Panel

FONTS = Path(__file__).with_name("fonts")
CAPITAL = 0.714
"""Height of a capital of Noto Sans, in em."""
LEADING = 1.16
"""From line to line, in em."""


@lru_cache(maxsize=32)
def _font(pixels: int, *, bold: bool) -> pygame.font.Font:
    return pygame.font.Font(FONTS / ("NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"), pixels)


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
    overflows: list[Overflow] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Every text as it is read aloud, in the order in which it was drawn."""
    lines: list[tuple[str, Rect]] = field(default_factory=list)
    """Every line that was drawn: tests find lines that overlap."""
    cards: list[Rect] = field(default_factory=list)
    """Every card and picture: no button may overlap one."""

    def font(self, kind: Type, *, bold: bool = False) -> pygame.font.Font:
        """The typeface at a size of the scale."""
        return _font(max(8, round(self._capital(kind) / CAPITAL)), bold=bold)

    def rgb(self, role: Role) -> Colour:
        """The colour that a role has for this person."""
        return self.colours[role]

    def line_height(self, kind: Type) -> int:
        """Pixels from one line to the next."""
        return round(self._capital(kind) / CAPITAL * LEADING)

    def _capital(self, kind: Type) -> int:
        return self.panel.px(kind.value * self.scale)

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

    def wrap(self, text: str, width: int, kind: Type, *, bold: bool = False) -> list[str]:
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
        if widest > box.width or height > box.height:
            self.overflows.append(Overflow(text, (widest, height), (box.width, box.height)))
        y = box.y + max(0, (box.height - height) // 2) if middle else box.y
        font = self.font(kind, bold=bold)
        for line in lines:
            drawn = font.render(line, True, self.rgb(role))
            x = box.x + (box.width - drawn.get_width()) // 2 if centre else box.x
            self.surface.blit(drawn, (x, y + (step - drawn.get_height()) // 2))
            self.lines.append((line, Rect(x, y, drawn.get_width(), step)))
            y += step
        return y
