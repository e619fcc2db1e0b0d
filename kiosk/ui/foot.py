"""The foot of a screen: back at the left, onward at the right, on every screen at the same places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pygame import Rect

from kiosk.ui.icons import Icon
from kiosk.ui.text import Painter
from kiosk.ui.theme import GAP, Role
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Answer


@dataclass(frozen=True, slots=True)
class Foot:
    """A button of the bottom row."""

    name: str
    label: str
    value: Answer | str
    look: Look = Look.PLAIN
    icon: Icon | None = None
    after: bool = False
    enabled: bool = True
    word: bool = True
    """Whether the label is written; else it is only read aloud."""
    short: str = ""
    """What is written where the label has no room."""
    on: bool = False
    """Here."""


def foot_buttons(
    painter: Painter, foot: Rect, back: Foot | None, also: Sequence[Foot], onward: Foot | None
) -> list[Button]:
    """Back at the left, onward at the right, what else there is before it: on every screen at the same places."""
    px = painter.panel.px
    painter.surface.fill(painter.rgb(Role.SURFACE), foot)
    painter.surface.fill(painter.rgb(Role.HAIR), (foot.x, foot.y, foot.width, max(1, px(0.3))))
    edge, gap = px(2 if painter.panel.portrait else 3 if painter.panel.small else 4), px(GAP)
    height = px(15) + 1
    area = Rect(foot.x + edge, foot.y + (foot.height - height) // 3, foot.width - 2 * edge, height)
    listed = [item for item in (back, *also, onward) if item is not None]
    if not listed:
        return []
    buttons = [
        Button(
            item.name,
            item.label,
            Rect(0, area.y, 0, height),
            item.value,
            item.look,
            icon=item.icon,
            after=item.after,
            enabled=item.enabled,
            word=item.word,
            on=item.on,
        )
        for item in listed
    ]
    shorter = {item.name: item.short for item in listed if item.short}
    _give_widths(painter, buttons, area.width - gap * (len(buttons) - 1), shorter)
    onwards = buttons[-1] if onward is not None else None
    spare = area.width - gap * (len(buttons) - 1) - sum(button.rect.width for button in buttons)
    if onwards is not None and spare > 0:
        onwards.rect.width += min(spare, max(0, px(44) - onwards.rect.width))
    if back is not None:
        buttons[0].rect.x = area.x
    x = area.right
    for button in reversed(buttons if back is None else buttons[1:]):
        x -= button.rect.width
        button.rect.x = x
        x -= gap
    return buttons


def _give_widths(painter: Painter, buttons: Sequence[Button], room: int, shorter: Mapping[str, str]) -> None:
    """As wide as their words want: whole, then shorter, then as `_ways` has it; at last all alike, which overflows."""
    for _ in _ways(painter, buttons, shorter):
        for button in buttons:
            button.rect.width = _wants(painter, button)
        if sum(button.rect.width for button in buttons) <= room:
            return
    for button in buttons:
        button.rect.width = room // len(buttons)


def _ways(painter: Painter, buttons: Sequence[Button], shorter: Mapping[str, str]) -> Iterator[None]:
    """Ways to need less room, each tried when the one before was not enough."""
    signs = {button.name: button.icon for button in buttons}
    worded = [button for button in buttons if button.word]
    yield
    for button in buttons:
        button.short = shorter.get(button.name, "")
    yield
    for button in worded:
        button.icon = None
    yield
    if not painter.large:
        for button in worded:
            button.icon = signs[button.name]
            button.stacked = button.icon is not None
        yield
    for button in worded:
        button.icon, button.stacked = None, False
    # The sign alone says it where the place says it too: first of all the way back.
    for button in worded:
        if signs[button.name] is not None and button.look is not Look.PRIMARY:
            button.icon, button.word = signs[button.name], False
            yield


def _wants(painter: Painter, button: Button) -> int:
    least = painter.panel.px(15) + 1
    if not button.word:
        return least
    return max(least if len(button.label) == 1 else painter.panel.px(21), button.wants(painter))
