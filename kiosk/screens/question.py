"""A question that only a person can answer; "don't know" is always an answer, and stands in the same list."""

from pygame import Rect

from kiosk.screens.base import Screen
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import QuestionView

HIGHEST = 20.0
"""Millimetres: a button taller than this is no easier to hit."""
_SIGNS = {"yes": Icon.YES, "no": Icon.NO}


class QuestionScreen(Screen[QuestionView]):
    """Returns Entered(word) of an option, DONT_KNOW, or PREVIOUS where it goes back."""

    escape: Answer | None = Choice.DONT_KNOW

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        if self.view.goes_back:
            self.foot(painter, back=self.back())
        else:
            self.foot(painter)
        main = self.main(painter)
        if self.view.meter is not None and not painter.panel.small and not self.ui.sight.large:
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
        answers = [
            (f"answer-{option.word}", self.say(option.label), Entered(option.word), _SIGNS.get(option.word))
            for option in self.view.options
        ]
        listed: list[tuple[str, str, Answer, Icon | None]] = [
            *answers,
            ("dont-know", self.say("Tidak tahu"), Choice.DONT_KNOW, Icon.HELP),
        ]
        gap, least = px(GAP), px(TARGET) + 1
        bottom = main.bottom - (px(1) if self.view.goes_back else 0)
        columns = 1 if len(listed) * (least + gap) - gap <= bottom - y else 2
        if -(-len(listed) // columns) * (least + gap) - gap > bottom - y:
            columns = 3
        rows = -(-len(listed) // columns)
        height = max(least, min(px(HIGHEST), (bottom - y - gap * (rows - 1)) // rows))
        width = (main.width - gap * (columns - 1)) // columns
        for index, (name, label, value, icon) in enumerate(listed):
            column, row = index % columns, index // columns
            rect = Rect(main.x + column * (width + gap), y + row * (height + gap), width, height)
            self.buttons.append(Button(name, label, rect, value, Look.ANSWER, icon=icon))
