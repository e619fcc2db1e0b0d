"""A choice of things to do, with what is known beside them."""

from pygame import Rect

from kiosk.screens.base import Foot, Screen, paragraphs
from kiosk.screens.question import HIGHEST
from kiosk.ui.meter_drawing import LOWEST_WITH_KEYS, draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET
from kiosk.ui.widgets import Button
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import MenuView


class MenuScreen(Screen[MenuView]):
    """Returns Entered(word) of an option, or HOME."""

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        box = self.frame(painter, self.say(self.view.title), [Foot("home", self.say("Selesai"), Choice.HOME)])
        lines = [self.say(line) for line in self.view.lines]
        gap, least = px(GAP), px(TARGET) + 1
        meter = self.view.meter
        beside = meter is not None and not painter.panel.portrait and not painter.panel.small
        if meter is not None and beside:
            width = min(round(box.width * 0.4), box.height)
            draw_meter(painter, Rect(box.right - width, box.y, width, box.height), meter)
            box = Rect(box.x, box.y, box.width - width - px(5), box.height)
        columns = 2 if beside or painter.panel.portrait else 3
        rows = -(-len(self.view.options) // columns)
        y = paragraphs(painter, box, lines, air=0.3 if painter.panel.small else 1.0)
        least_of_all = rows * least + (rows - 1) * gap
        if meter is not None and painter.panel.portrait and box.bottom - y - least_of_all > px(LOWEST_WITH_KEYS):
            picture = Rect(box.x, y + px(1), box.width, min(box.bottom - y - least_of_all - px(5), px(70)))
            draw_meter(painter, picture, meter)
            y = picture.bottom + px(3)
        height = max(least, min(px(HIGHEST), (box.bottom - y - gap * (rows - 1)) // rows))
        width = (box.width - gap * (columns - 1)) // columns
        for index, option in enumerate(self.view.options):
            rect = Rect(box.x + index % columns * (width + gap), y + index // columns * (height + gap), width, height)
            self.buttons.append(Button(f"menu-{option.word}", self.say(option.label), rect, Entered(option.word)))
