"""A choice of things to do, with what is known beside them."""

from pygame import Rect

from kiosk.screens.base import Screen, paragraphs
from kiosk.screens.question import HIGHEST
from kiosk.ui.frame import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import LOWEST_WITH_KEYS, draw_meter
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET, Type
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import MenuView

_SIGNS = {
    "meter": Icon.METER,
    "progress": Icon.PROGRESS,
    "readiness": Icon.STATUS,
    "errors": Icon.ERRORS,
    "printer": Icon.PRINT,
    "restart": Icon.RESTART,
    "record": Icon.RECORD,
    "adapter": Icon.DEVICE,
    "check": Icon.LINK,
    "calibrate": Icon.PACE,
    "type": Icon.TYPE,
    "other": Icon.OTHER_METER,
    "history": Icon.HISTORY,
    "holds": Icon.NOTE,
    "retract": Icon.NO,
    "back": Icon.BACK,
}


class MenuScreen(Screen[MenuView]):
    """Returns Entered(word) of an option, or HOME."""

    escape = Choice.HOME
    can_leave = False

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        leave = Foot("home", self.say("Selesai"), Choice.HOME, icon=Icon.LEAVE_STAFF)
        if painter.panel.small and self.ui.sight.large and self.view.lines:
            # The number stands above already.
            self.foot(painter, back=leave)
            box = self.main(painter)
        else:
            box = self.frame(painter, self.say(self.view.title), back=leave)
        box.height -= px(1)
        lines = [self.say(line) for line in self.view.lines]
        gap, least = px(GAP), px(TARGET) + 1
        meter = self.view.meter
        beside = meter is not None and not painter.panel.portrait and not painter.panel.small
        if meter is not None and beside:
            width = min(round(box.width * 0.32), box.height)
            draw_meter(painter, Rect(box.right - width, box.y, width, box.height), meter)
            box = Rect(box.x, box.y, box.width - width - px(5), box.height)
        columns = 2 if beside or painter.panel.portrait else 3
        if self.ui.sight.large and len(self.view.options) <= (4 if lines else 6):
            columns = 2
        rows = -(-len(self.view.options) // columns)
        y = paragraphs(painter, box, lines, air=0.3 if painter.panel.small else 1.0)
        if lines and not painter.panel.small:
            y += px(1.5)
        least_of_all = rows * least + (rows - 1) * gap
        spare = box.bottom - y - least_of_all
        if meter is not None and painter.panel.portrait and spare > px(LOWEST_WITH_KEYS + 6):
            picture = Rect(box.x, y + px(1), box.width, min(spare - px(5), px(70)))
            draw_meter(painter, picture, meter)
            y = picture.bottom + px(3)
        height = max(least, min(px(HIGHEST + 4), (box.bottom - y - gap * (rows - 1)) // rows))
        width = (box.width - gap * (columns - 1)) // columns
        for index, option in enumerate(self.view.options):
            rect = Rect(box.x + index % columns * (width + gap), y + index // columns * (height + gap), width, height)
            label, word = self.say(option.label), option.word
            icon = _SIGNS.get(word)
            if painter.width(label, Type.BODY, bold=True) + px(15) > width:
                icon = None
            self.buttons.append(Button(f"menu-{word}", label, rect, Entered(word), Look.ANSWER, icon=icon))
