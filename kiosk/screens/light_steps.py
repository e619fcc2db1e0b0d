"""What is done to send one code by light: a step a line, with its mark."""

from pygame import Rect

from kiosk.ui.text import Painter
from kiosk.ui.theme import Role, Type
from kiosk.ui.widgets import state_mark
from kiosk.view.parts import LightStep, RowState


def draw_light_steps(painter: Painter, box: Rect, words: dict[LightStep, str], done: int) -> None:
    """All steps, those that are done with a tick; the one in work is marked."""
    px = painter.panel.px
    least = painter.line_height(Type.BODY)
    step = min(least + px(3), box.height // len(words))
    radius = min(px(3), step // 2 - 1)
    y = box.y + (box.height - step * len(words)) // 2
    left = box.x + 2 * radius + px(3)
    for light, word in words.items():
        state = RowState.ACCEPTED if light.value <= done else RowState.WAITING
        if light.value == done + 1:
            state = RowState.TYPING
        state_mark(painter, (box.x + radius, y + step // 2), radius, state)
        role = Role.GOOD if state is RowState.ACCEPTED else Role.TEXT
        place = Rect(left, y, box.right - left, step)
        painter.text(word, place, Type.BODY, role=role, bold=state is not RowState.WAITING, middle=True)
        y += step
