"""A question that only a person at the meter can answer; "don't know" is always an answer."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import QuestionView

HIGHEST = 24.0
"""Millimetres: a button taller than this is no easier to hit."""


class QuestionScreen(Screen[QuestionView]):
    """Returns Entered(word) of an option, or DONT_KNOW."""

    escape: Answer | None = Choice.DONT_KNOW

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        foot = [Foot("dont-know", self.say("Tidak tahu"), Choice.DONT_KNOW)]
        box = self.frame(painter, self.say(self.view.question), foot)
        rows = (len(self.view.options) + 1) // 2
        gap = px(GAP)
        height = max(px(TARGET) + 1, min(px(HIGHEST), (box.height - gap * (rows - 1)) // rows))
        width = (box.width - gap) // 2
        y = box.y + max(0, (box.height - rows * height - gap * (rows - 1)) // 2)
        for index, option in enumerate(self.view.options):
            rect = Rect(box.x + index % 2 * (width + gap), y + index // 2 * (height + gap), width, height)
            label, value = self.say(option.label), Entered(option.word)
            self.buttons.append(Button(f"answer-{option.word}", label, rect, value, Look.PRIMARY))
