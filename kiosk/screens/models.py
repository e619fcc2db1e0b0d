"""Which meter is it? Maker, series and how it takes a code, each beside a drawing of its own keypad."""

from dataclasses import dataclass

from pygame import Rect

from hardware.adapter import Model
from kiosk.screens.base import Screen
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.meter_drawing import KEY_SIGNS, draw_keypad
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import Button
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import ModelsView

KEYPAD_SHARE = 0.42
"""Of a card's width that the drawing takes at most."""
KEY_SHAPE = 1.15
"""Width of a key by its height."""


@dataclass
class ModelButton(Button):
    """A model to press as a whole: its keypad at the left, what it is called at the right."""

    model: Model | None = None
    maker: str = ""
    series: str = ""
    takes: str = ""
    """How it takes a code; left out where it has no room, for the drawing says it too."""

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        assert self.model is not None  # noqa: S101  the screen hands it in
        px = painter.panel.px
        inner = face.inflate(-px(4), -px(2.4))
        keys = self.model.keys
        # A key is a little wider than high.
        shape = KEY_SHAPE * max(map(len, keys)) / len(keys)
        width = min(round(inner.height * shape), round(inner.width * KEYPAD_SHARE))
        pad = Rect(inner.x, 0, width, round(width / shape))
        pad.centery = inner.centery
        draw_keypad(painter, pad, keys, self.model.enter)
        left = pad.right + px(2.4)
        words = Rect(left, face.y + px(0.5), inner.right - left, face.height - px(1))
        parts = [(self.maker, Type.BODY, True), (self.series, Type.BODY, False), (self.takes, Type.SUPPORT, False)]
        heights = [
            painter.line_height(kind) * len(painter.wrap(text, words.width, kind, bold=bold))
            for text, kind, bold in parts
        ]
        if sum(heights) > words.height:
            del parts[-1], heights[-1]
        y = words.y + (words.height - sum(heights)) // 2
        for (text, kind, bold), height in zip(parts, heights, strict=True):
            role = Role.SUPPORT if kind is Type.SUPPORT else ink
            painter.text(text, Rect(words.x, y, words.width, words.bottom - y), kind, role=role, bold=bold, said=False)
            y += height


class ModelsScreen(Screen[ModelsView]):
    """Returns Entered(name) or DONT_KNOW."""

    escape: Answer | None = Choice.DONT_KNOW

    def paint(self, painter: Painter) -> None:
        px = painter.panel.px
        unknown = Foot("dont-know", self.say("Tidak tahu"), Choice.DONT_KNOW, icon=Icon.HELP)
        box = self.frame(painter, self.say("Meter yang mana?"), back=unknown)
        columns = 1 if painter.panel.portrait else 2
        rows = -(-len(self.view.models) // columns)
        gap = px(GAP)
        width = (box.width - gap * (columns - 1)) // columns
        height = max(px(TARGET) + 1, (box.height - gap * (rows - 1)) // rows)
        for index, model in enumerate(self.view.models):
            x, y = index % columns * (width + gap), index // columns * (height + gap)
            self.buttons.append(self._button(model, Rect(box.x + x, box.y + y, width, height)))

    def _button(self, model: Model, rect: Rect) -> ModelButton:
        # Which maker is not known is said, and nothing is made up.
        maker = model.maker or self.say("Merek lain")
        keys = sum(key != "" for row in model.keys for key in row)
        series = model.series or self.say("{keys} tombol", keys=keys)
        takes = self.say("Tanpa Enter")
        if model.enter:
            takes = self.say("Dengan {key}", key=KEY_SIGNS.get(model.enter, "Enter"))
        label = f"{maker}, {series}. {takes}"
        return ModelButton(
            f"model-{model.name}",
            label,
            rect,
            Entered(model.name),
            model=model,
            maker=maker,
            series=series,
            takes=takes,
        )
