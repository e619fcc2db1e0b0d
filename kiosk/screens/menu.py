"""A choice of things to do: tiles with a line each, or the tools for one meter beside what is known of it."""

from dataclasses import dataclass

from pygame import Rect

from kiosk.screens.base import Screen, onward
from kiosk.screens.question import HIGHEST
from kiosk.ui.foot import Foot
from kiosk.ui.icons import Icon
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.theme import GAP, TARGET, Role, Type
from kiosk.ui.widgets import MOOD_ROLES, Button, Look, card, mood_mark
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Fact, Mood, Option
from kiosk.view.views import MenuView

_SIGNS = {
    "meter": Icon.METER,
    "progress": Icon.PROGRESS,
    "readiness": Icon.STATUS,
    "errors": Icon.ERRORS,
    "printer": Icon.PRINT,
    "restart": Icon.RESTART,
    "restart-now": Icon.RESTART,
    "record": Icon.RECORD,
    "adapter": Icon.DEVICE,
    "check": Icon.SEARCH,
    "calibrate": Icon.PACE,
    "type": Icon.TYPE,
    "other": Icon.OTHER_METER,
    "history": Icon.HISTORY,
    "holds": Icon.NOTE,
    "retract": Icon.NO,
    "link": Icon.LINK,
    "network": Icon.LINK,
    "pace": Icon.TIME_LIMIT,
}
_TILE_HIGHEST = 42.0
"""Millimetres: a tile that is higher is only emptier."""
_TILE_SIGN = 9.5
"""Millimetres of height that the sign of a tile takes."""
_SIGN = 8.0
"""Millimetres that the sign of a fact takes."""


@dataclass
class TileButton(Button):
    """A sign, what it leads to, and a line on it."""

    more: str = ""
    mood: Mood | None = None

    def face(self, painter: Painter, ink: Role, face: Rect) -> None:
        px = painter.panel.px
        inner = face.inflate(-px(4.4), -px(3))
        name = len(painter.wrap(self.label, inner.width, Type.BODY, bold=True)) * painter.line_height(Type.BODY)
        more = len(painter.wrap(self.more, inner.width, Type.SUPPORT)) * painter.line_height(Type.SUPPORT)
        # The sign has its place at the top, so that the words of all tiles begin at the same height.
        sign = px(_TILE_SIGN) if name + px(_TILE_SIGN) <= inner.height else 0
        if sign + name + more > inner.height:
            more = 0
        if sign and self.icon is not None:
            middle = inner.y + sign // 2
            role = Role.PRIMARY if self.enabled else ink
            painter.icon(self.icon, (inner.x + px(4), middle), 8.0, role)
            if self.mood is not None:
                mood_mark(painter, (inner.right - px(3.5), middle), px(3.2), self.mood, Icon.ERRORS)
        y = inner.y + sign
        y = painter.text(self.label, Rect(inner.x, y, inner.width, name), role=ink, bold=True, said=False)
        if more:
            role = MOOD_ROLES[self.mood] if self.mood is not None else Role.SUPPORT
            painter.text(self.more, Rect(inner.x, y, inner.width, more), Type.SUPPORT, role=role, said=False)


class MenuScreen(Screen[MenuView]):
    """Returns Entered(word) of an option that is enabled, PREVIOUS where it goes back, or HOME."""

    can_leave = False

    def paint(self, painter: Painter) -> None:
        self.escape: Answer | None = Choice.PREVIOUS if self.view.goes_back else Choice.HOME
        self.enter: Answer | None = None
        leave = Foot("home", self.say("Keluar"), Choice.HOME, icon=Icon.LEAVE_STAFF)
        ahead = None
        if self.view.onward is not None:
            option = self.view.onward
            label = self.say(option.label)
            ahead = onward(
                f"menu-{option.word}", label, Entered(option.word), _SIGNS.get(option.word), enabled=option.enabled
            )
        self.foot(painter, back=self.back() if self.view.goes_back else leave, onward=ahead)
        main = self.main(painter)
        main.height -= painter.panel.px(1)
        if not self.view.options:
            self._asked(painter, main)
        elif self.view.facts:
            self._tools(painter, main)
        else:
            self._tiles(painter, main)

    def _asked(self, painter: Painter, box: Rect) -> None:
        """There is only one thing to do: is it meant?"""
        radius = painter.panel.px(12)
        middle = (box.centerx, box.y + radius + painter.panel.px(4))
        mood_mark(painter, middle, radius, Mood.CAREFUL, Icon.HELP)
        top = middle[1] + radius + painter.panel.px(5)
        below = Rect(box.x, top, box.width, box.bottom - top)
        painter.text(self.say(self.view.title), below, Type.TITLE, bold=True, centre=True)

    def _tiles(self, painter: Painter, box: Rect) -> None:
        """What staff can do at this kiosk. Where one is stands above already."""
        px = painter.panel.px
        columns = 2 if painter.panel.portrait else 3
        rows = -(-len(self.view.options) // columns)
        gap = px(GAP)
        height = min(px(_TILE_HIGHEST), (box.height - gap * (rows - 1)) // rows)
        width = (box.width - gap * (columns - 1)) // columns
        for index, option in enumerate(self.view.options):
            place = Rect(
                box.x + index % columns * (width + gap), box.y + index // columns * (height + gap), width, height
            )
            more = "" if option.more is None else self.say(option.more)
            self.buttons.append(
                TileButton(
                    f"menu-{option.word}",
                    self.say(option.label),
                    place,
                    Entered(option.word),
                    Look.ANSWER,
                    icon=_SIGNS.get(option.word),
                    enabled=option.enabled,
                    more=more,
                    mood=option.mood,
                )
            )

    def _tools(self, painter: Painter, box: Rect) -> None:
        """What is known of the meter; beside it, or below it, what can be done, always at the same places."""
        px = painter.panel.px
        gap, least = px(GAP), px(TARGET) + 1
        options = self.view.options
        columns = 1 if painter.panel.roomy else 2 if painter.panel.portrait else 3
        if self.ui.sight.large and len(options) <= 3:
            # Few tools may be as wide as their large words.
            columns = max(1, columns - 1)
        rows = -(-len(options) // columns)
        if painter.panel.roomy:
            width = round(box.width * 0.31)
            known = Rect(box.x, box.y, box.width - width - px(5), box.height)
            card(painter, known)
            self._known(painter, known.inflate(-px(10), -px(7)))
            tools = Rect(box.right - width, box.y, width, box.height)
        else:
            height = rows * least + (rows - 1) * gap
            tools = Rect(box.x, box.bottom - height, box.width, height)
            self._known(painter, Rect(box.x, box.y, box.width, tools.y - px(2) - box.y))
        height = max(least, min(px(HIGHEST), (tools.height - gap * (rows - 1)) // rows))
        width = (tools.width - gap * (columns - 1)) // columns
        for index, option in enumerate(options):
            place = Rect(
                tools.x + index % columns * (width + gap), tools.y + index // columns * (height + gap), width, height
            )
            self.buttons.append(self._tool(painter, option, place))

    def _tool(self, painter: Painter, option: Option, place: Rect) -> Button:
        label = self.say(option.label)
        icon = _SIGNS.get(option.word)
        if painter.width(label, Type.BODY, bold=True) + painter.panel.px(15) > place.width:
            icon = None
        return Button(
            f"menu-{option.word}",
            label,
            place,
            Entered(option.word),
            Look.ANSWER,
            icon=icon,
            enabled=option.enabled,
        )

    def _known(self, painter: Painter, box: Rect) -> None:
        """The meter's number, and the facts as far as they have room, the first ones first."""
        px = painter.panel.px
        named = painter.panel.roomy and not self.ui.sight.large
        air = px(1.5) if painter.panel.roomy else px(0.3)
        names = max(painter.width(self.say(fact.name), Type.SUPPORT) for fact in self.view.facts) + px(4)
        left = box.x + px(_SIGN) + (names if named else 0)
        width = box.right - left
        step = painter.line_height(Type.SUPPORT)
        values = [self.say(fact.says) for fact in self.view.facts]
        heights = [len(painter.wrap(value, width, Type.SUPPORT, bold=True)) * step + 2 * air for value in values]
        kind = Type.OTHER_ROWS if painter.panel.roomy else Type.HEADING
        y, head = box.y, painter.digit_step(kind) + px(1.5)
        # On the smaller panels the number stands above already: there it gives way to what is known.
        if painter.panel.roomy or head + sum(heights) <= box.height:
            painter.said.append(self.view.number)
            painter.digits(self.view.number, (box.x, y), kind)
            y += head
        for index, (fact, height) in enumerate(zip(self.view.facts, heights, strict=True)):
            if index and y + height > box.bottom:
                if painter.scale > 1:
                    # Smaller letters may have room for it.
                    painter.overflows.append(Overflow(values[index], (width, height), (width, box.bottom - y)))
                break
            if index and painter.panel.roomy:
                painter.surface.fill(painter.rgb(Role.HAIR), (box.x, y, box.width, max(1, px(0.3))))
            words = Rect(left, y + air, width, height - 2 * air)
            self._fact(painter, fact, words, box, named=named)
            y += height

    def _fact(self, painter: Painter, fact: Fact, words: Rect, box: Rect, *, named: bool) -> None:
        """One fact: how good it is, or its sign; its name where there is room, and what is so."""
        px = painter.panel.px
        step = painter.line_height(Type.SUPPORT)
        middle = words.y + step // 2
        if fact.mood is None:
            painter.icon(_SIGNS[fact.word], (box.x + px(3), middle), 6.0, Role.PRIMARY)
        else:
            mood_mark(painter, (box.x + px(3), middle), px(2.6), fact.mood)
        if named:
            name = Rect(box.x + px(_SIGN), words.y, words.x - box.x - px(_SIGN), step)
            painter.text(self.say(fact.name), name, Type.SUPPORT, role=Role.SUPPORT)
        painter.text(self.say(fact.says), words, Type.SUPPORT, bold=True)
