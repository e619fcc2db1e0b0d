"""What puts the rows into the meter? Contacts, light or a hand, side by side."""

from dataclasses import dataclass

from pygame import Rect

from hardware.adapter import AdapterKind
from kiosk.screens.base import Screen
from kiosk.ui.adapter_drawing import draw_adapter
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, Role, Type
from kiosk.ui.widgets import Button
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import AdaptersView


@dataclass
class AdapterButton(Button):
    """An adapter to press as a whole, with its name under it."""

    kind: AdapterKind = AdapterKind.HAND

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        inner = face.inflate(-px(5), -px(4))
        lines = len(painter.wrap(self.label, inner.width, Type.BODY, bold=True))
        name = Rect(inner.x, 0, inner.width, lines * painter.line_height(Type.BODY))
        name.bottom = inner.bottom
        painter.text(self.label, name, role=ink, bold=True, centre=True, said=False)
        draw_adapter(painter, Rect(inner.x, inner.y, inner.width, name.y - inner.y - px(1)), self.kind)


class AdaptersScreen(Screen[AdaptersView]):
    """Returns Entered(value of the kind) or PREVIOUS."""

    escape: Answer | None = Choice.PREVIOUS

    def paint(self, painter: Painter) -> None:
        names = {
            AdapterKind.KEYPAD: self.say("Alat input"),
            AdapterKind.OPTICAL: self.say("Kepala optik"),
            AdapterKind.HAND: self.say("Tangan Anda"),
        }
        box = self.frame(painter, self.say("Cara memasukkan kode"), back=self.back())
        count, gap = len(self.view.adapters), painter.panel.px(GAP)
        upright = painter.panel.portrait
        width = box.width if upright else (box.width - gap * (count - 1)) // count
        height = (box.height - gap * (count - 1)) // count if upright else box.height
        for index, kind in enumerate(self.view.adapters):
            x, y = (0, index * (height + gap)) if upright else (index * (width + gap), 0)
            rect = Rect(box.x + x, box.y + y, width, height)
            self.buttons.append(
                AdapterButton(f"adapter-{kind.value}", names[kind], rect, Entered(kind.value), kind=kind)
            )
