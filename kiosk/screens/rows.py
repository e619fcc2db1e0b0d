"""The codes: all at once where there is room, the one in hand large, with how long there is and what the meter says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.screens.time_limit import TimeLimit
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.shapes import plate
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import NEAR, Button, broken, digit_row, fewest_lines, mood_mark, numbered, plaque
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Mood
from kiosk.view.views import RowsView, View
from krn_engine.row import BENAR, ROW_DIGITS, SALAH, Row

_CODE_KEYS = 4
"""Digit keys that choose a code."""


@dataclass
class CodeButton(Button):
    """A code that is not in hand: pressed, it comes into the hand."""

    number: int = 0
    row: Row = field(default=Row("0" * ROW_DIGITS), repr=False)
    ticked: bool = False

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        mark(painter, (face.x + px(8), face.centery), px(4.4), self.number, here=False, ticked=self.ticked)
        left = face.x + px(15)
        lines = fewest_lines(painter, face.right - px(2) - left, Type.OTHER_ROWS)
        height = lines * painter.digit_step(Type.OTHER_ROWS)
        box = Rect(left, face.centery - height // 2, face.right - px(2) - left, height + 2)
        said = len(painter.said)
        digit_row(painter, box, self.row, Type.OTHER_ROWS)
        del painter.said[said:]


@dataclass
class InHand(Button):
    """The code in hand: pressed, it is ticked off. What stands on it, `inside` draws."""

    inside: Callable[[Painter, Rect], None] | None = None

    def draw(self, painter: Painter) -> None:
        px = painter.panel.px
        fill = Role.PRESSED if self.down else Role.SURFACE
        plate(painter.surface, self.rect, px(3.2), painter.rgb(fill), painter.rgb(Role.TEXT), px(0.9))
        if self.inside is not None:
            said = len(painter.said)
            self.inside(painter, self.rect)
            del painter.said[said:]


def mark(painter: Painter, centre: tuple[int, int], radius: int, number: int, *, here: bool, ticked: bool) -> None:
    """Its number, or a tick in the place of it."""
    if ticked:
        mood_mark(painter, centre, radius, Mood.GOOD)
    else:
        numbered(painter, centre, radius, number, here=here)


class RowsScreen(Screen[RowsView]):
    """Returns Entered(number), NEXT, PREVIOUS, TYPE, REHEARSE or DONE."""

    escape: Answer | None = Choice.PREVIOUS

    def numbers(self) -> Sequence[tuple[str, str]]:
        return ((self.say("Kode {row}", row=self._number), self.view.rows[self.view.index]),)

    def news(self, before: View) -> Sequence[str] | None:
        if not isinstance(before, RowsView) or before.rows != self.view.rows:
            return None
        return (self._name(self._number), self.view.rows[self.view.index])

    def enter_says(self) -> str:
        return self.say("Simpan kode") if self._last else self.say("Kode {row}", row=self._number + 1)

    @property
    def _number(self) -> int:
        """Of the code in hand, as on the slip."""
        return self.view.index + self._numbers.start

    @property
    def _numbers(self) -> range:
        """Of all codes."""
        return range(self.view.pairs[0][0], self.view.pairs[-1][1] + 1)

    @property
    def _last(self) -> bool:
        return self.view.index == len(self.view.rows) - 1

    def paint(self, painter: Painter) -> None:
        # With more codes than four, these keys choose codes.
        self.group_keys = len(self.view.rows) <= _CODE_KEYS
        others = []
        if self.view.can_type:
            others.append(Foot("type", self.say("Petugas"), Choice.TYPE, icon=Icon.STAFF_KEY, word=False))
        others.append(Foot("rehearse", self.say("Latihan"), Choice.REHEARSE, icon=Icon.PRACTISE))
        save = onward("done", self.say("Simpan kode"), Choice.DONE, short=self.say("Simpan"))
        main = self.main(painter)
        if painter.panel.small and self.ui.sight.large:
            tabs = [
                Foot(f"code-{number}", str(number), Entered(str(number)), on=number == self._number)
                for number in self._numbers
            ]
            self.foot(painter, back=self.back(), also=tabs, onward=save)
            self._alone(painter, main, others)
            return
        self.foot(painter, back=self.back(), also=others, onward=save)
        if painter.panel.small or self.ui.sight.large:
            self._one(painter, main)
        else:
            self._all(painter, main)

    # --- one at a time

    def _one(self, painter: Painter, main: Rect) -> None:
        """The code in hand as large as the width allows, and a tab for each."""
        px = painter.panel.px
        tabs = Rect(main.x, 0, main.width, px(TARGET) + 1)
        tabs.bottom = main.bottom
        self._tabs(painter, tabs)
        box = Rect(main.x, main.y, main.width, tabs.y - main.y - px(GAP))
        kind = Type.LARGER_ROWS if self.ui.sight.large else Type.ROWS
        self._in_hand(painter, box, partial(self._beside, kind))

    def _alone(self, painter: Painter, box: Rect, others: Sequence[Foot]) -> None:
        """On three lines over the whole panel; what else there is to press stands beside the last of them."""
        px = painter.panel.px
        plate(painter.surface, box, px(3.2), painter.rgb(Role.SURFACE), painter.rgb(Role.TEXT), px(0.9))
        inner = box.inflate(-px(6), -px(3))
        kind = Type.LARGER_ROWS
        step = painter.digit_step(kind)
        top = inner.y + max(0, (inner.height - 3 * step) // 2)
        limit = self._limit(self._pair)
        painter.said += [self._name(self._number), limit.said, self.view.rows[self.view.index]]
        for number, line in enumerate(broken(self.view.rows[self.view.index], 3)):
            width = painter.digits_width(line, kind)
            if width > inner.width or 3 * step > inner.height + px(2):
                painter.overflows.append(Overflow(line, (width, 3 * step), inner.size))
            painter.digits(line, (inner.x, top + number * step), kind)
        left = inner.x + painter.digits_width("0" * 8, kind) + px(3)
        side, gap = px(TARGET) + 1, px(GAP)
        limit.draw_in_column(painter, Rect(left, inner.y, inner.right - left, inner.height - side - px(1)))
        # Each as wide as the small word under its sign.
        x = inner.right + gap
        for other in reversed(others):
            width = max(side, painter.width(other.label, Type.WORD, bold=True) + 2 * px(NEAR) + 2)
            x -= width + gap
            rect = Rect(x, inner.bottom - side, width, side)
            self.buttons.append(Button(other.name, other.label, rect, other.value, icon=other.icon, word=False))

    def _tabs(self, painter: Painter, box: Rect) -> None:
        """1 2, and after a wider gap 3 4."""
        px = painter.panel.px
        count, gap, wider = len(self.view.rows), px(GAP), px(5)
        breaks = len(self.view.pairs) - 1
        width = (box.width - gap * (count - 1 - breaks) - wider * breaks) // count
        x = box.x
        ends = [last for _, last in self.view.pairs]
        for number in self._numbers:
            rect = Rect(x, box.y, width, box.height)
            here = number == self._number
            icon = Icon.YES if number in self.view.ticked else None
            value = Entered(str(number))
            self.buttons.append(Button(f"code-{number}", str(number), rect, value, on=here, icon=icon))
            x += width + (wider if number in ends else gap)

    def _in_hand(self, painter: Painter, box: Rect, inside: Callable[[Painter, Rect], None]) -> None:
        """The code in hand, to be pressed when it is done with."""
        number = self._number
        painter.said.append(self._name(number))
        if not painter.panel.portrait or self.ui.sight.large:
            # On an upright panel it stands above, and was said there.
            painter.said.append(self._limit(self._pair).said)
        painter.said.append(self.view.rows[self.view.index])
        label = self.say("Kode {row}: sudah", row=number)
        self.buttons.append(InHand("tick", label, box, Choice.NEXT, inside=inside))

    def _name(self, number: int) -> str:
        name = self.say("Kode {row}", row=number)
        return self.say("{name}, sudah", name=name) if number in self.view.ticked else name

    def _mark(self, painter: Painter, centre: tuple[int, int], radius: float) -> None:
        number = self._number
        mark(painter, centre, painter.panel.px(radius), number, here=True, ticked=number in self.view.ticked)

    def _beside(self, kind: Type, painter: Painter, box: Rect) -> None:
        """Number and time limit beside each other, and the digits under them."""
        px = painter.panel.px
        upright = painter.panel.portrait
        inner = box.inflate(-px(5 if upright else 6), -px(4))
        limit = self._limit(self._pair)
        # On an upright panel large letters take two lines for it.
        head = max(px(9), 2 * painter.line_height(Type.SUPPORT) if upright else 0)
        self._mark(painter, (inner.x + px(4.4), inner.y + px(9) // 2), 4.2)
        title = self.say("Kode {row}", row=self._number)
        width = painter.width(title, Type.HEADING, bold=True)
        left = inner.x + px(11)
        if width + px(3) + limit.least(painter) <= inner.right - left:
            painter.text(title, Rect(left, inner.y, width, head), Type.HEADING, bold=True, middle=True)
            left += width + px(3)
        limit.draw(painter, Rect(left, inner.y, inner.right - left, head), right=True)
        digits = Rect(inner.x, inner.y + head, inner.width, inner.height - head)
        kinds = [kind, Type.ROWS, Type.OTHER_ROWS]
        fits = [k for k in kinds if self._height(painter, k, digits.width) <= digits.height]
        kind = fits[0] if fits else Type.OTHER_ROWS
        lines = fewest_lines(painter, digits.width, kind)
        # What is free between the lines parts them, as far as they are still read as one code.
        least = painter.digit_step(kind)
        step = min(digits.height // lines, round(1.4 * least)) if upright else least
        height = (lines - 1) * step + least
        place = Rect(digits.x, digits.y + max(0, (digits.height - height) // 2), digits.width, height + 2)
        digit_row(painter, place, self.view.rows[self.view.index], kind, step=step)

    def _height(self, painter: Painter, kind: Type, width: int) -> int:
        return fewest_lines(painter, width, kind) * painter.digit_step(kind)

    @property
    def _pair(self) -> tuple[int, int]:
        return next(pair for pair in self.view.pairs if pair[0] <= self._number <= pair[1])

    def _limit(self, pair: tuple[int, int]) -> TimeLimit:
        return TimeLimit.of(self.view, pair, self.say)

    # --- all at once

    def _all(self, painter: Painter, main: Rect) -> None:
        """Pair after pair; the code in hand opens in its place, the others are buttons."""
        px = painter.panel.px
        upright = painter.panel.portrait
        count = len(self.view.rows)
        lines = fewest_lines(painter, main.width - px(17), Type.OTHER_ROWS) if upright else 1
        small = max(px(TARGET) + 1, lines * painter.digit_step(Type.OTHER_ROWS) + px(2))
        head = px(8.5 if upright else 9.5)
        wide = main.width if upright else round(main.width * 0.71)
        others = (count - 1) * (small + px(GAP))
        heads = sum(head for pair in self.view.pairs if pair != self._pair or upright)
        large = min(px(34), main.height - others - heads)
        y = main.y
        for pair in self.view.pairs:
            if pair != self._pair or upright:
                self._limit(pair).draw(painter, Rect(main.x, y, wide, head - px(2)))
                y += head
            for number in range(pair[0], pair[1] + 1):
                if number == self._number:
                    full = Rect(main.x, y, main.width, large)
                    self._in_hand(painter, full, self._below if upright else partial(self._beside, Type.ROWS))
                    y += large + px(GAP)
                    self._answers_at = y
                else:
                    rect = Rect(main.x, y, wide, small)
                    self.buttons.append(
                        CodeButton(
                            f"code-{number}",
                            self._name(number),
                            rect,
                            Entered(str(number)),
                            number=number,
                            row=self.view.rows[number - self._numbers.start],
                            ticked=number in self.view.ticked,
                        )
                    )
                    y += small + px(GAP)
        if not upright:
            self._answers(painter, Rect(main.x + wide + px(4), main.y, main.width - wide - px(4), main.height), large)

    def _below(self, painter: Painter, box: Rect) -> None:
        """On an upright panel the time limit stands above; the digits are under the number."""
        px = painter.panel.px
        inner = box.inflate(-px(6), -px(2))
        number = self._number
        head = px(9)
        self._mark(painter, (inner.x + px(4.4), inner.y + head // 2), 4.2)
        title = self.say("Kode {row}", row=number)
        words = Rect(inner.x + px(11), inner.y, inner.width - px(11), head)
        painter.text(title, words, Type.HEADING, bold=True, middle=True)
        digit_row(
            painter, Rect(inner.x, inner.y + head, inner.width, inner.height - head), self.view.rows[self.view.index]
        )

    def _answers(self, painter: Painter, column: Rect, large: int) -> None:
        """What the meter says, beside the codes that are not in hand: below or above it, where there is more room."""
        px = painter.panel.px
        first = self.view.index < len(self.view.rows) / 2
        box = Rect(column.x, self._answers_at, column.width, column.bottom - self._answers_at)
        if not first:
            box = Rect(column.x, column.y, column.width, self._answers_at - large - px(GAP) - column.y)
        y = box.y
        if box.height > px(50):
            painter.icon(Icon.METER_SAYS, (box.x + px(3.4), box.y + px(4.5)), 7.0, Role.PRIMARY)
            words = Rect(box.x + px(8.5), box.y, box.width - px(8.5), px(9))
            painter.text(self.say("Jawaban meter"), words, Type.SUPPORT, bold=True, middle=True)
            y += px(10)
        said = (
            (BENAR, self.say("Diterima. Lanjut ke kode berikutnya.")),
            (SALAH, self.say("Cocokkan digitnya, masukkan sekali lagi.")),
        )
        for word, means in said:
            painter.said.append(word)
            y = plaque(painter, (box.x, y), word).bottom + px(0.8)
            rest = Rect(box.x, y, box.width, box.bottom - y)
            if painter.line_height(Type.CAPTION) * len(painter.wrap(means, box.width, Type.CAPTION)) <= rest.height:
                y = painter.text(means, rest, Type.CAPTION) + px(1)

    def handle(self, event: InputEvent) -> Answer | None:
        if isinstance(event, KeyPress) and event.key == "enter" and self.focus is None:
            return Choice.DONE if self._last else Choice.NEXT
        if isinstance(event, KeyPress) and event.key.isdigit() and int(event.key) in self._numbers:
            return Entered(event.key)
        return super().handle(event)
