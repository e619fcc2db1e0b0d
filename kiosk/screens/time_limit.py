"""Which codes belong together and how long there is for them, on the screen of the codes."""

from dataclasses import dataclass

from pygame import Rect

from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import Role, Type
from kiosk.view.changes import named, named_briefly
from kiosk.view.views import RowsView

_SIGN = 8.0
"""Millimetres that the sign takes of a line."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """That of one key change, in a language: it is never told without the codes that it is for."""

    name: str
    briefly: str
    """The same codes, by their numbers alone."""
    how: str
    """How long there is, and when; empty: one code alone has no limit."""
    shortly: str
    """How long there is."""

    @classmethod
    def of(cls, view: RowsView, pair: tuple[int, int], say: Texts) -> "TimeLimit":
        """`pair` has the first and the last number of the key change."""
        name, briefly = say(named(*pair)), say(named_briefly(*pair))
        if pair[0] == pair[1]:
            return cls(name, briefly, "", "")
        shortly = say("dalam {minutes} menit", minutes=view.minutes)
        if pair == view.pairs[0]:
            return cls(name, briefly, say("di rumah, dalam {minutes} menit", minutes=view.minutes), shortly)
        return cls(name, briefly, say("sesudah itu, dalam {minutes} menit", minutes=view.minutes), shortly)

    @property
    def said(self) -> str:
        """As it is read aloud."""
        return f"{self.name} {self.how}".rstrip()

    def least(self, painter: Painter) -> int:
        """Pixels of the shortest wording on one line."""
        return self._width(painter, self.briefly, self.shortly)

    def draw(self, painter: Painter, box: Rect, *, right: bool = False) -> None:
        """On one line beside its sign, in the longest wording that fits; on two where none does."""
        choices = ((self.name, self.how), (self.name, self.shortly), (self.briefly, self.shortly))
        fits = [choice for choice in choices if self._width(painter, *choice) <= box.width]
        line = painter.line_height(Type.SUPPORT)
        if self.how and (not fits or box.height >= 2 * line):
            self.draw_below_each_other(painter, box, right=right)
            return
        name, how = fits[0] if fits else choices[-1]
        px = painter.panel.px
        x = box.right - self._width(painter, name, how) if right else box.x
        self._sign(painter, (x, box.centery))
        x += px(_SIGN) if how else 0
        bold = painter.width(name, Type.SUPPORT, bold=True)
        painter.text(name, Rect(x, box.y, bold, box.height), Type.SUPPORT, bold=True, middle=True)
        if how:
            plain = Rect(x + bold + px(1.5), box.y, painter.width(how, Type.SUPPORT) + 2, box.height)
            painter.text(how, plain, Type.SUPPORT, role=Role.SUPPORT, middle=True)

    def draw_below_each_other(self, painter: Painter, box: Rect, *, right: bool = False) -> None:
        """Codes above, time below, beside the sign."""
        px, line = painter.panel.px, painter.line_height(Type.SUPPORT)
        room = box.width - px(_SIGN)
        how = self.how if painter.width(self.how, Type.SUPPORT) <= room else self.shortly
        name = self.name if painter.width(self.name, Type.SUPPORT, bold=True) <= room else self.briefly
        wide = max(painter.width(name, Type.SUPPORT, bold=True), painter.width(how, Type.SUPPORT)) + 2
        x = (box.right - wide if right else box.x + px(_SIGN)) - px(_SIGN)
        y = box.y + max(0, (box.height - 2 * line) // 2)
        self._sign(painter, (x, y + line // 2))
        painter.text(name, Rect(x + px(_SIGN), y, wide, line), Type.SUPPORT, bold=True)
        painter.text(how, Rect(x + px(_SIGN), y + line, wide, line), Type.SUPPORT, role=Role.SUPPORT)

    def draw_in_column(self, painter: Painter, box: Rect) -> None:
        """In a narrow column under the sign, on as many lines as the words take."""
        px = painter.panel.px
        if self.how:
            painter.icon(Icon.TIME_LIMIT, (box.x + px(3.5), box.y + px(3.5)), 7.0, Role.CAREFUL)
        y = box.y + px(7)
        for text, bold in ((self.name, True), (self.shortly, False)):
            if text:
                rest = Rect(box.x, y, box.width, box.bottom - y)
                y = painter.text(text, rest, Type.SUPPORT, bold=bold, said=False)

    def _sign(self, painter: Painter, left_middle: tuple[int, int]) -> None:
        if self.how:
            x, y = left_middle
            painter.icon(Icon.TIME_LIMIT, (x + painter.panel.px(3.4), y), 6.0, Role.CAREFUL)

    def _width(self, painter: Painter, name: str, how: str) -> int:
        """Pixels of a wording with its sign."""
        bold = painter.width(name, Type.SUPPORT, bold=True)
        if not how:
            return bold
        return painter.panel.px(_SIGN) + bold + painter.panel.px(1.5) + painter.width(how, Type.SUPPORT)
