"""What every screen has: its view, its buttons, and the frame around it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pygame import Rect, Surface

from kiosk.ui.explore import Spot
from kiosk.ui.foot import Foot, foot_buttons
from kiosk.ui.frame import KEYS_FROM, Places, draw_frame, places
from kiosk.ui.icons import Icon
from kiosk.ui.input import InputEvent, KeyPress, PointerDown, PointerMove, PointerUp
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.texts import Texts
from kiosk.ui.theme import GAP, Role, Type, palette, scales
from kiosk.ui.widgets import KEYS, Button, Look, draw_focus
from kiosk.view.choices import Answer, Choice
from kiosk.view.panels import Panel
from kiosk.view.parts import NO_HEAD, PLAIN, SILENT, Head, Hearing, Sight
from kiosk.view.views import View

V = TypeVar("V", bound=View)
_PACES: dict[str, Answer] = {"5": Choice.SLOWER, "6": Choice.FASTER}


@dataclass(frozen=True, slots=True)
class Ui:
    """What a screen draws with."""

    panel: Panel
    texts: Texts
    sight: Sight = PLAIN
    hearing: Hearing = SILENT
    head: Head = NO_HEAD
    demo: bool = False
    """Everything here is invented: the frame says so."""
    can_listen: bool = False
    """There is a voice."""


class Screen(ABC, Generic[V]):
    """Draws one view and says what was chosen. It knows no other screen."""

    enter: Answer | None = None
    """What the Enter key chooses."""
    escape: Answer | None = Choice.LEAVE
    """What the Escape key chooses."""
    keys_beside = False
    """Whether the right part of a low panel belongs to a keypad."""
    can_leave = True
    """Whether there is a session to leave."""
    can_call = True
    """Whether somebody who listens may ask for staff here."""
    group_keys = False
    """Whether 5 to 9 are keys of whoever listens here: slower, faster, and the fours of a number one by one."""

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
        self.turned = False
        """The last input turned a page; whoever has seen to it sets it back."""
        self.echo = ""
        """What the last input did, to those who listen."""

    def shown_with(self, ui: Ui) -> None:
        """From now on in another language, size or colour; what was typed stays."""
        self.ui, self.say = ui, ui.texts

    def update(self, view: V) -> None:
        """Take a new view of the same kind; the screen stays."""
        self.view = view

    def draw(self, surface: Surface) -> None:
        """Everything, onto a surface of the panel's size."""
        pressed = {button.name for button in self.buttons if button.down}
        for scale in scales(self.ui.sight):
            painter = Painter(surface, self.ui.panel, palette(self.ui.sight), scale, large=self.ui.sight.large)
            self.buttons = draw_frame(
                painter,
                self.say,
                self.ui.head,
                self.ui.sight,
                self.ui.hearing,
                demo=self.ui.demo,
                can_listen=self.ui.can_listen,
                can_leave=self.can_leave,
                keys_beside=self.keys_beside,
            )
            self.paint(painter)
            self.scale, self.lines, self.overflows = scale, list(painter.lines), painter.overflows
            self.cards, self.said = painter.cards, list(painter.said)
            tidy = painter.tidy([button.rect for button in self.buttons])
            for button in self.buttons:
                button.down = button.name in pressed
                before = len(painter.lines)
                button.draw(painter)
                button.words = painter.lines[before:]
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
        if isinstance(event, PointerMove):
            return None
        self.focus = None
        if isinstance(event, PointerDown):
            for button in self.buttons:
                button.down = button.rect.collidepoint(event.x, event.y)
            return None
        return self._released(event)

    # --- to those who listen

    def numbers(self) -> Sequence[tuple[str, str]]:
        """The numbers that this screen is there to give, each with what it is called: they can be heard alone."""
        return ()

    def news(self, before: View) -> Sequence[str] | None:
        """What is new to whoever has heard the screen of `before`; None: all of it."""
        return None

    def enter_says(self) -> str:
        """What the Enter key does while no button has the focus; empty: nothing."""
        return next((button.label for button in self.stops() if self.enter and button.value == self.enter), "")

    def spot(self, x: int, y: int) -> Spot | None:
        """What lies under a finger: a button, or a line of text; None where there is nothing."""
        for button in self.buttons:
            if button.rect.collidepoint(x, y):
                label = button.label if button.enabled else self.say("{name}, belum bisa dipilih", name=button.label)
                return Spot(button.name, label, button.enabled)
        for text, rect in self.lines:
            if rect.collidepoint(x, y):
                return Spot(f"{text} {rect.topleft}", text)
        return None

    def release(self) -> None:
        """The finger left the button that it held."""
        for button in self.buttons:
            button.down = False

    # --- keys alone

    def focus_default(self) -> None:
        """Mark the button that the Enter key would press. Call it after `draw`."""
        default = (button for button in self.stops() if self.enter is not None and button.value == self.enter)
        self.focus = next((button.name for button in default), None)

    def _key_pressed(self, key: str) -> Answer | None:
        if key in ("forward", "back"):
            self._move_focus(1 if key == "forward" else -1)
            return None
        if self.listened and self.group_keys and key in _PACES:
            return _PACES[key]
        focused = self.focused()
        if key == "enter" and focused is not None:
            return self.pressed(focused)
        return {"enter": self.enter, "escape": self.escape}.get(key)

    def stops(self) -> list[Button]:
        """The buttons that the focus goes to, in the order of reading, the tools last: keys are typed, not chosen."""
        able = (b for b in self.buttons if b.enabled and b.look not in KEYS)
        return [*sorted(able, key=lambda b: (b.look is Look.TOOL, b.rect.y, b.rect.x)), *self._attendant()]

    @property
    def listened(self) -> bool:
        """Whether it is read aloud."""
        return self.ui.can_listen and self.ui.hearing.on

    def _attendant(self) -> list[Button]:
        """The last stop of whoever listens, one step back from anywhere: it is heard, and lies where help does."""
        places = [button.rect for button in self.buttons if button.name == "help"]
        if not (self.listened and self.can_call and places):
            return []
        return [Button("attendant", self.say("Panggil petugas"), places[0], Choice.ATTENDANT, Look.TOOL)]

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
        fired = [b for b in self.buttons if b.enabled and b.down and b.rect.collidepoint(event.x, event.y)]
        self.release()
        return self.pressed(fired[0]) if fired else None

    def pressed(self, button: Button) -> Answer | None:
        """What a button means; screens with keys of their own override it."""
        return None if isinstance(button.value, str) else button.value

    # --- the common frame

    def main(self, painter: Painter) -> Rect:
        """What is left between head and foot."""
        return self._places(painter).main

    def foot_area(self, painter: Painter) -> Rect:
        """The ground of the bottom buttons."""
        return self._places(painter).foot

    def _places(self, painter: Painter) -> Places:
        return places(painter.panel, named=self.ui.head.whose is not None, keys_beside=self.keys_beside)

    def beside(self, painter: Painter) -> tuple[Rect, Rect]:
        """A box for words, and one for keys beside it, from the very top on a low panel."""
        px, main = painter.panel.px, self.main(painter)
        if not painter.panel.small:
            width = round(main.width * 0.385)
            words = Rect(main.x, main.y, main.width - width - px(5), main.height)
            return words, Rect(main.right - width, main.y, width, main.height)
        content = Rect(px(19), 0, painter.panel.width - px(19), self.foot_area(painter).y)
        left = content.x + round(content.width * KEYS_FROM)
        top = px(0.8)
        keys = Rect(left, top, main.right - left, content.bottom - top - px(GAP - 0.3))
        return Rect(main.x, main.y, left - main.x - px(3), main.height), keys

    def foot(
        self, painter: Painter, *, back: Foot | None = None, also: Sequence[Foot] = (), onward: Foot | None = None
    ) -> None:
        """Lay the bottom buttons out: back left, onward right."""
        self.buttons += foot_buttons(painter, self.foot_area(painter), back, also, onward)

    def frame(
        self,
        painter: Painter,
        title: str,
        *,
        back: Foot | None = None,
        also: Sequence[Foot] = (),
        onward: Foot | None = None,
    ) -> Rect:
        """Draw the title and lay the bottom buttons out; gives what is left between them."""
        self.foot(painter, back=back, also=also, onward=onward)
        main = self.main(painter)
        y = self.title(painter, main, title)
        return Rect(main.x, y, main.width, main.bottom - y)

    def title(self, painter: Painter, box: Rect, title: str) -> int:
        """The title at the top of a box; gives the y where the rest begins."""
        kind = Type.TITLE if len(painter.wrap(title, box.width, Type.TITLE, bold=True)) <= 2 else Type.HEADING
        return painter.text(title, box, kind, bold=True) + painter.panel.px(1.5 if not painter.panel.roomy else 2.5)

    def back(self, label: str = "") -> Foot:
        """The button at the left that goes back."""
        return Foot("previous", label or self.say("Kembali"), Choice.PREVIOUS, icon=Icon.BACK)

    def stop(self) -> Foot:
        """The button at the left that ends the typing."""
        return Foot("home", self.say("Berhenti"), Choice.HOME, icon=Icon.STOPPED)

    def not_mine(self) -> Foot | None:
        """The button at the left of what a look-up led to: it leads to another number. Staff have none."""
        if self.ui.head.whose is None or self.ui.head.staff:
            return None
        label, short = self.say("Bukan meter saya"), self.say("Bukan saya")
        return Foot("not-mine", label, Choice.NOT_MINE, icon=Icon.NO, short=short)


def onward(
    name: str, label: str, value: Answer, icon: Icon | None = Icon.ONWARD, *, enabled: bool = True, short: str = ""
) -> Foot:
    """The button at the right that goes on."""
    return Foot(name, label, value, Look.PRIMARY, icon, after=icon is Icon.ONWARD, enabled=enabled, short=short)


def columns(painter: Painter, box: Rect, share: float = 0.42) -> tuple[Rect, Rect]:
    """A box for words and one for a picture beside them; on an upright panel the picture is below."""
    gap = painter.panel.px(4)
    if painter.panel.portrait:
        height = round(box.height * share)
        words = Rect(box.x, box.y, box.width, box.height - height - gap)
        return words, Rect(box.x, box.bottom - height, box.width, height)
    width = round(box.width * share)
    return Rect(box.x, box.y, box.width - width - gap, box.height), Rect(box.right - width, box.y, width, box.height)


def headline(painter: Painter, box: Rect, text: str, radius: int) -> int:
    """A sentence beside a sign of this radius in the corner of a box, or below it where that has no room.

    Gives the y below both.
    """
    px = painter.panel.px
    beside = Rect(box.x + 2 * radius + px(4), box.y, box.width - 2 * radius - px(4), 2 * radius)
    for kind in (Type.TITLE, Type.HEADING):
        lines = painter.wrap(text, beside.width, kind, bold=True)
        fits = max(painter.width(line, kind, bold=True) for line in lines) <= beside.width
        if fits and len(lines) * painter.line_height(kind) <= beside.height + px(2):
            painter.text(text, beside.inflate(0, px(3)), kind, bold=True, middle=True)
            return beside.bottom
    below = Rect(box.x, beside.bottom + px(2), box.width, box.bottom - beside.bottom - px(2))
    return painter.text(text, below, Type.HEADING, bold=True)


def paragraphs(
    painter: Painter,
    box: Rect,
    texts: Sequence[str],
    kind: Type = Type.BODY,
    *,
    air: float = 2.0,
    role: Role = Role.TEXT,
) -> int:
    """Texts one below the other with so many millimetres of air; gives the y below."""
    y = box.y
    for text in texts:
        y = painter.text(text, Rect(box.x, y, box.width, box.bottom - y), kind, role=role) + painter.panel.px(air)
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
        y += step + painter.panel.px(0.5 if not painter.panel.roomy else 3)
    return y
