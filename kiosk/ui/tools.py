"""The tools on every screen: language, larger, contrast, sound, help."""

from dataclasses import dataclass

from pygame import Rect

from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import GAP, Role, Type
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Choice
from kiosk.view.parts import Hearing, Sight


def tools_buttons(
    painter: Painter, bar: Rect, say: Texts, sight: Sight, hearing: Hearing, *, can_listen: bool
) -> list[Button]:
    """Language, larger, contrast, sound, help: each says what it leads to."""
    other = ("EN", "English") if say.language == "id" else ("ID", "Bahasa Indonesia")
    short = "English" if say.language == "id" else "Indonesia"
    larger = say("Normal") if sight.large else say("Perbesar")
    contrast = say("Normal") if sight.strong else say("Kontras")
    sound = say("Senyap") if hearing.on else say("Suara")
    wide = painter.panel.roomy
    listed: list[Button] = [
        LanguageButton(
            "language", short if wide else other[1], Rect(0, 0, 0, 0), Choice.LANGUAGE, Look.TOOL, mark=other[0]
        ),
        Button("larger", larger, Rect(0, 0, 0, 0), Choice.LARGER, Look.TOOL, icon=Icon.LARGER, on=sight.large),
        Button("stronger", contrast, Rect(0, 0, 0, 0), Choice.STRONGER, Look.TOOL, icon=Icon.CONTRAST, on=sight.strong),
        Button(
            "listen",
            sound,
            Rect(0, 0, 0, 0),
            Choice.LISTEN,
            Look.TOOL,
            icon=Icon.MUTE if hearing.on else Icon.SOUND,
            on=hearing.on,
        ),
        Button("help", say("Bantuan"), Rect(0, 0, 0, 0), Choice.HELP, Look.TOOL, icon=Icon.HELP),
    ]
    if not can_listen:
        del listed[3]
    px = painter.panel.px
    if painter.panel.small:
        side = px(15)
        pitch = min(px(18), max(side + px(GAP), bar.height // 5))
        top = max(0, (bar.height - len(listed) * pitch + pitch - side) // 2)
        for index, button in enumerate(listed):
            button.rect = Rect(bar.centerx - side // 2, top + index * pitch, side, side)
    else:
        width, height = px(20.4 if wide else 15), px(15)
        pitch = width + px(GAP)
        start = bar.right - px(4) - len(listed) * pitch + (pitch - width)
        if painter.panel.portrait:
            start = (bar.width - len(listed) * pitch + (pitch - width)) // 2
        for index, button in enumerate(listed):
            button.rect = Rect(start + index * pitch, bar.centery - height // 2, width, height)
    for button in listed:
        button.stacked, button.word = wide, wide
    return listed


@dataclass
class LanguageButton(Button):
    """The other language, by its two letters."""

    mark: str = ""

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        if not self.word:
            painter.text(self.mark, face, Type.HEADING, role=ink, bold=True, centre=True, middle=True, said=False)
            return
        word = painter.line_height(Type.WORD)
        top = face.y + (face.height - px(7) - word) // 2
        mark = Rect(face.x, top, face.width, px(7))
        painter.text(self.mark, mark, Type.BODY, role=ink, bold=True, centre=True, middle=True, said=False)
        below = Rect(face.x, top + px(7), face.width, word)
        painter.text(self.label, below, Type.WORD, role=ink, bold=True, centre=True, said=False)
