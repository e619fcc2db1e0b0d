"""What every screen has: its view, its buttons, a title above and buttons below."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pygame import Rect, Surface

from kiosk.ui.input import InputEvent, KeyPress, PointerDown, PointerUp
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import GAP, MARGIN, TARGET, Role, Type, palette, scales
from kiosk.ui.widgets import Button, Look, draw_focus
from kiosk.view.choices import Answer, Choice
from kiosk.view.panels import Panel
from kiosk.view.parts import PLAIN, SILENT, Hearing, Sight
from kiosk.view.views import View

V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Ui:
    """What a screen draws with."""

    panel: Panel
    texts: Texts
    sight: Sight = PLAIN
    hearing: Hearing = SILENT


@dataclass(frozen=True, slots=True)
class Foot:
    """A button of the bottom row."""

    name: str
    label: str
    value: Answer | str
    look: Look = Look.PLAIN


class Screen(ABC, Generic[V]):
    """Draws one view and says what was chosen. It knows no other screen."""

    enter: Answer | None = None
    """What the Enter key chooses."""
    escape: Answer | None = Choice.HOME
    """What the Escape key chooses."""

    def __init__(self, view: V, ui: Ui) -> None:
        self.view = view
        self.ui = ui
        self.say = ui.texts
        self.buttons: list[Button] = []
        self.overflows: list[Overflow] = []
        self.said: list[str] = []
        """The texts of the screen without its buttons, as they are read aloud."""
        self.lines: list[tuple[str, Rect]] = []
        self.cards: list[Rect] = []
        self.focus: str | None = None
        """Name of the button that the Enter key presses; None: the keys are not in use."""
        self.scale = 1.0
        """How much larger than the type scale it was drawn last."""

    def update(self, view: V) -> None:
        """Take a new view of the same kind; the screen stays."""
        self.view = view

    def draw(self, surface: Surface) -> None:
        """Everything, onto a surface of the panel's size."""
        pressed = {button.name for button in self.buttons if button.down}
        for scale in scales(self.ui.sight):
            painter = Painter(surface, self.ui.panel, palette(self.ui.sight), scale)
            surface.fill(painter.rgb(Role.BACKGROUND))
            self.buttons = []
            self.paint(painter)
            self.scale, self.lines, self.overflows = scale, list(painter.lines), painter.overflows
            self.cards, self.said = painter.cards, list(painter.said)
            tidy = painter.tidy([button.rect for button in self.buttons])
            for button in self.buttons:
                button.down = button.name in pressed
                button.draw(painter)
            if tidy and not self.overflows:
                break

        focused = self.focused()
        if focused is not None:
            draw_focus(painter, focused.rect)

    @abstractmethod
    def paint(self, painter: Painter) -> None:
        """What is this screen's own; adds to `buttons`."""

    def handle(self, event: InputEvent) -> Answer | None:
        """What was chosen, if anything was."""
        if isinstance(event, KeyPress):
            return self._key_pressed(event.key)
        self.focus = None
        if isinstance(event, PointerDown):
            for button in self.buttons:
                button.down = button.rect.collidepoint(event.x, event.y)
            return None
        return self._released(event)

    def at(self, event: PointerUp) -> bool:
        """True if there is a button here."""
        return any(button.rect.collidepoint(event.x, event.y) for button in self.buttons)

    # --- keys alone

    def focus_default(self) -> None:
        """Mark the button that the Enter key would press. Call it after `draw`."""
        default = (button for button in self.stops() if self.enter is not None and button.value == self.enter)
        self.focus = next((button.name for button in default), None)

    def _key_pressed(self, key: str) -> Answer | None:
        if key in ("forward", "back"):
            self._move_focus(1 if key == "forward" else -1)
            return None
        focused = self.focused()
        if key == "enter" and focused is not None:
            return self.pressed(focused)
        return {"enter": self.enter, "escape": self.escape}.get(key)

    def stops(self) -> list[Button]:
        """The buttons that the focus goes to, in the order of reading: digits are typed, not chosen."""
        return sorted((b for b in self.buttons if b.look is not Look.KEY), key=lambda b: (b.rect.y, b.rect.x))

    def focused(self) -> Button | None:
        """The button that Enter would press; None while the keys are not in use."""
        return next((button for button in self.stops() if button.name == self.focus), None)

    def _move_focus(self, step: int) -> None:
        stops = self.stops()
        focused = self.focused()
        if stops:
            at = stops.index(focused) + step if focused is not None else (0 if step > 0 else -1)
            self.focus = stops[at % len(stops)].name

    def _released(self, event: PointerUp) -> Answer | None:
        fired = [b for b in self.buttons if b.down and b.rect.collidepoint(event.x, event.y)]
        for button in self.buttons:
            button.down = False
        return self.pressed(fired[0]) if fired else None

    def pressed(self, button: Button) -> Answer | None:
        """What a button means; screens with keys of their own override it."""
        return None if isinstance(button.value, str) else button.value

    # --- the common frame

    def frame(self, painter: Painter, title: str, foot: Sequence[Foot]) -> Rect:
        """Draw the title and lay the bottom buttons out; gives what is left between them."""
        px = painter.panel.px
        area = painter.surface.get_rect().inflate(-2 * px(MARGIN), -2 * px(MARGIN))
        lines = painter.wrap(title, area.width, Type.HEADING, bold=True)
        head = Rect(area.x, area.y, area.width, painter.line_height(Type.HEADING) * len(lines))
        painter.text(title, head, Type.HEADING, bold=True)
        top = head.bottom + px(2)
        bottom = area.bottom
        if foot:
            bottom = self.foot(painter, area, foot) - px(2.5)
        return Rect(area.x, top, area.width, bottom - top)

    def foot(self, painter: Painter, area: Rect, foot: Sequence[Foot]) -> int:
        """The bottom buttons: side by side where they fit, else the last one above the others. Gives their top."""
        px = painter.panel.px
        gap, height = px(GAP), px(TARGET) + 1
        needed = [max(painter.width(button.label, Type.BODY, bold=True) + px(4), height) for button in foot]
        beside = sum(needed) + gap * (len(foot) - 1) <= area.width
        line = Rect(area.x, area.bottom - height, area.width, height)
        if not beside and len(foot) > 1:
            top = self.foot(painter, area, foot[:-1])
            line.bottom, foot, needed = top - gap, foot[-1:], needed[-1:]
        self._line_of(line, gap, foot, needed)
        return line.top

    def _line_of(self, line: Rect, gap: int, foot: Sequence[Foot], needed: Sequence[int]) -> None:
        """One line of buttons, equal if they can be, else each as wide as its words and a share of the rest."""
        equal = (line.width - gap * (len(foot) - 1)) // len(foot)
        spare = (line.width - gap * (len(foot) - 1) - sum(needed)) // len(foot)
        x = line.x
        for button, wants in zip(foot, needed, strict=True):
            width = equal if max(needed) <= equal else wants + spare
            self.buttons.append(
                Button(button.name, button.label, Rect(x, line.y, width, line.height), button.value, button.look)
            )
            x += width + gap


def paragraphs(painter: Painter, box: Rect, texts: Sequence[str], kind: Type = Type.BODY, *, air: float = 2.0) -> int:
    """Texts one below the other with so many millimetres of air; gives the y below."""
    y = box.y
    for text in texts:
        y = painter.text(text, Rect(box.x, y, box.width, box.bottom - y), kind) + painter.panel.px(air)
    return y


def pair_table(painter: Painter, box: Rect, pairs: Sequence[tuple[str, str]], *, draw: bool = True) -> int:
    """Names on the left, values on the right; where that is too narrow, values below. Gives the y below."""
    y = box.y
    step = painter.line_height(Type.BODY)
    names = max(painter.width(name, Type.BODY) for name, _ in pairs) + painter.panel.px(4)
    beside = all(names + painter.width(value, Type.BODY, bold=True) <= box.width for _, value in pairs)
    for name, value in pairs:
        if draw:
            painter.text(name, Rect(box.x, y, box.width, step), Type.BODY)
        if not beside:
            y += step
        left = box.x + (names if beside else 0)
        if draw:
            painter.text(value, Rect(left, y, box.right - left, step), Type.BODY, bold=True)
        y += step + painter.panel.px(0.5 if painter.panel.small or painter.panel.portrait else 3)
    return y
