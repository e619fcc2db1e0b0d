"""Screens that turn pages where all of it has no room: nothing is left out, however large the letters are."""

from collections.abc import Sequence

from kiosk.screens.base import Screen, Ui, V
from kiosk.ui.input import InputEvent, KeyPress
from kiosk.ui.text import Overflow, Painter
from kiosk.ui.widgets import Button
from kiosk.view.choices import Answer

MORE, LESS = "more", "less"
"""Names and values of the buttons that turn to the next page and to the one before."""


class Paged(Screen[V]):
    """Turns its pages by itself; the flow knows none."""

    enter_turns = False
    """Whether the Enter key turns to the next page, before it does what it does on the last one."""

    def __init__(self, view: V, ui: Ui) -> None:
        super().__init__(view, ui)
        self._top = 0
        """What stands at the top: another page has letters of another size, and may be parted otherwise."""
        self._firsts = [0]

    def laid_out(self, painter: Painter, heights: Sequence[int], room: int) -> range:
        """Part what takes so many pixels, one below the other, into pages of `room`; gives what is on this page.

        Letters are rather a little smaller than over more pages than there have to be.
        """
        firsts, used = [0], 0
        for index, height in enumerate(heights):
            if index > firsts[-1] and used + height > room:
                firsts.append(index)
                used = 0
            used += height
        self._firsts = firsts
        if self.pages > (1 if painter.panel.roomy else 2) and painter.scale > 1.0:
            painter.overflows.append(Overflow("", (0, sum(heights)), (0, room)))
        return range(firsts[self.page], [*firsts[1:], len(heights)][self.page])

    @property
    def pages(self) -> int:
        """How many there are."""
        return len(self._firsts)

    @property
    def page(self) -> int:
        """Which page is shown, from 0."""
        return sum(first <= self._top for first in self._firsts) - 1

    @property
    def on_last(self) -> bool:
        """Nothing follows."""
        return self.page == self.pages - 1

    def show_page(self, number: int) -> None:
        """From now on this page."""
        self._top = self._firsts[number]

    def turn(self, step: int) -> None:
        """To another page; after the last one comes the first."""
        self.show_page((self.page + step) % self.pages)
        self.turned = True

    def pressed(self, button: Button) -> Answer | None:
        if button.value in (MORE, LESS):
            self.turn(1 if button.value == MORE else -1)
            return None
        return super().pressed(button)

    def handle(self, event: InputEvent) -> Answer | None:
        if self.enter_turns and not self.on_last and event == KeyPress("enter") and self.focused() is None:
            self.turn(1)
            return None
        return super().handle(event)

    def enter_says(self) -> str:
        turns = [button.label for button in self.buttons if button.value == MORE]
        return turns[0] if self.enter_turns and turns else super().enter_says()
