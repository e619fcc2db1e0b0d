"""A question that only a person can answer; "don't know" is always an answer, and stands in the same list."""

from dataclasses import dataclass

from pygame import Rect

from kiosk.screens.base import Screen, headline, paragraphs
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, INSIDE, TARGET, Role, Type
from kiosk.ui.widgets import PLAQUE, Button, Look, mood_mark, plaque, plaque_width
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import Mood
from kiosk.view.views import QuestionView

HIGHEST = 20.0
"""Millimetres: a button taller than this is no easier to hit."""
FEW = 2
"""Answers that leave room for a picture on any panel."""
_SIGNS = {"yes": Icon.YES, "no": Icon.NO, "not-tried": Icon.WAIT, "some": Icon.RECORD}


@dataclass
class ShownButton(Button):
    """An answer that is a word on the meter's display, and what it means."""

    shown: str = ""
    means: str = ""

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        left, right = face.x + px(4), face.right - px(INSIDE)
        beside = Rect(left + plaque_width(painter, self.shown) + px(3), face.y, 0, face.height)
        beside.width = right - beside.x
        if self._fits(painter, beside, Type.BODY):
            plaque(painter, (left, face.centery - px(PLAQUE / 2)), self.shown)
            painter.text(self.means, beside, Type.BODY, role=ink, bold=True, middle=True, said=False)
            return
        line = painter.line_height(Type.SUPPORT)
        top = face.centery - (px(PLAQUE + 0.5) + line) // 2
        plaque(painter, (left, top), self.shown)
        below = Rect(left, top + px(PLAQUE + 0.5), right - left, line)
        painter.text(self.means, below, Type.SUPPORT, role=ink, bold=True, said=False)

    def _fits(self, painter: Painter, box: Rect, kind: Type) -> bool:
        lines = painter.wrap(self.means, box.width, kind, bold=True)
        widest = max(painter.width(line, kind, bold=True) for line in lines)
        return widest <= box.width and len(lines) * painter.line_height(kind) <= box.height


class QuestionScreen(Screen[QuestionView]):
    """Returns Entered(word) of an option, DONT_KNOW, PREVIOUS where it goes back, or HOME where it stops."""

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        self.escape = Choice.DONT_KNOW if self.view.unsure and not self.view.goes_back else Choice.PREVIOUS
        if self.view.goes_back:
            self.foot(painter, back=self.back())
        elif self.view.stops:
            self.foot(painter, back=self.stop())
        else:
            self.foot(painter)
        main = self.main(painter)
        if not self.view.options:
            self._only_told(painter, main)
            return
        many = len(self.view.options) > FEW and not painter.panel.roomy
        if self.view.meter is not None and not (many or painter.panel.small or self.ui.sight.large):
            if painter.panel.portrait:
                picture = Rect(main.x, main.y, main.width, round(main.height * 0.3))
                main = Rect(main.x, picture.bottom + px(2), main.width, main.bottom - picture.bottom - px(2))
            else:
                picture = Rect(main.x, main.y, round(main.width * 0.36), main.height)
                main = Rect(picture.right + px(5), main.y, main.right - picture.right - px(5), main.height)
            draw_meter(painter, picture, self.view.meter, glow=True)
        y = self.title(painter, main, self.say(self.view.question)) + px(1)
        if self.view.hint is not None and not (self.ui.sight.large and painter.panel.small):
            rest = Rect(main.x, y, main.width, main.bottom - y)
            y = painter.text(self.say(self.view.hint), rest, Type.SUPPORT, role=Role.SUPPORT) + px(2.5)
        listed = self._answers(narrow=painter.panel.portrait or (self.ui.sight.large and not painter.panel.roomy))
        gap, least = px(GAP), px(TARGET) + 1
        bottom = main.bottom - (px(1) if self.view.goes_back or self.view.stops else 0)
        columns = 1 if len(listed) * (least + gap) - gap <= bottom - y else 2
        if -(-len(listed) // columns) * (least + gap) - gap > bottom - y:
            columns = 3
        rows = -(-len(listed) // columns)
        height = max(least, min(px(HIGHEST), (bottom - y - gap * (rows - 1)) // rows))
        width = (main.width - gap * (columns - 1)) // columns
        for index, button in enumerate(listed):
            if columns > 1 and painter.panel.portrait:
                # The words need the width.
                button.icon = None
            column, row = index % columns, index // columns
            button.rect = Rect(main.x + column * (width + gap), y + row * (height + gap), width, height)
        self.buttons += listed

    def _only_told(self, painter: Painter, main: Rect) -> None:
        """There is nothing to answer: what happened, and below it why, as an error is told."""
        self.enter = Choice.PREVIOUS
        px = painter.panel.px
        radius = px(13 if painter.panel.roomy else 10)
        mood_mark(painter, (main.x + radius, main.y + radius + px(1)), radius, Mood.CAREFUL)
        y = headline(painter, main.move(0, px(1)), self.say(self.view.question), radius) + px(3)
        why = [] if self.view.hint is None else [self.say(self.view.hint)]
        paragraphs(painter, Rect(main.x, y, main.width, main.bottom - y), why)

    def _answers(self, *, narrow: bool) -> list[Button]:
        """The answers in their order, still without a place."""
        nowhere = Rect(0, 0, 0, 0)
        answers: list[Button] = []
        # Where words need the width, a sign that only says what they say goes.
        bare = narrow and len(self.view.options) > FEW
        for option in self.view.options:
            name, label, value = f"answer-{option.word}", self.say(option.label), Entered(option.word)
            if option.shown:
                said = f"{option.shown}: {label}"
                answers.append(ShownButton(name, said, nowhere, value, Look.ANSWER, shown=option.shown, means=label))
            else:
                icon = None if bare else _SIGNS.get(option.word)
                answers.append(Button(name, label, nowhere, value, Look.ANSWER, icon=icon))
        if self.view.unsure:
            dont_know = self.say("Tidak tahu")
            answers.append(Button("dont-know", dont_know, nowhere, Choice.DONT_KNOW, Look.ANSWER, icon=Icon.HELP))
        return answers
