"""Which meter is it? The keypads as they look, side by side."""

from dataclasses import dataclass

from pygame import Rect

from hardware.adapter import USUAL_KEYS, Keys
from kiosk.screens.base import Screen
from kiosk.ui.frame import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import draw_keys
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import Button
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import ModelsView

WIDEST = 4
"""How many keypads a wide panel shows side by side."""


@dataclass
class ModelButton(Button):
    """A keypad to press as a whole, with its name under it."""

    keys: Keys = USUAL_KEYS

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        inner = face.inflate(-px(5), -px(4))
        lines = len(painter.wrap(self.label, inner.width, Type.CAPTION, bold=True))
        name = Rect(inner.x, 0, inner.width, lines * painter.line_height(Type.CAPTION))
        name.bottom = inner.bottom
        painter.text(self.label, name, Type.CAPTION, role=ink, bold=True, centre=True, said=False)
        height = name.y - inner.y - px(1)
        width = min(inner.width, height)
        draw_keys(painter, Rect(inner.centerx - width // 2, inner.y, width, height), self.keys)


class ModelsScreen(Screen[ModelsView]):
    """Returns Entered(name) or DONT_KNOW."""

    escape: Answer | None = Choice.DONT_KNOW

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        unknown = Foot("dont-know", self.say("Tidak tahu"), Choice.DONT_KNOW, icon=Icon.HELP)
        box = self.frame(painter, self.say("Meter yang mana?"), back=unknown)
        columns = 2 if painter.panel.portrait else WIDEST
        rows = -(-len(self.view.models) // columns)
        gap = px(GAP)
        width = (box.width - gap * (columns - 1)) // columns
        height = max(px(TARGET) + 1, (box.height - gap * (rows - 1)) // rows)
        for index, model in enumerate(self.view.models):
            rect = Rect(
                box.x + index % columns * (width + gap), box.y + index // columns * (height + gap), width, height
            )
            self.buttons.append(
                ModelButton(f"model-{model.name}", model.title, rect, Entered(model.name), keys=model.keys)
            )
