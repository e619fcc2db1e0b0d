"""The rows, to be copied by hand."""

from collections.abc import Callable

from kiosk.flow import messages
from kiosk.flow.customer.page_at_home import address_for
from kiosk.flow.customer.rehearsal import RehearsalStep
from kiosk.flow.customer.take_away import TakeAwayStep
from kiosk.flow.meter.typing import first_typing_step
from kiosk.flow.step import ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Stage
from kiosk.view.views import RowsView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued


class RowsStep(Step):
    """The rows, one of them in hand. `told` is how many key changes are in by the word of whoever stands here."""

    idle_after = ROWS_SECONDS
    stage = Stage.CODES
    help = messages.HELP_CODES

    def __init__(
        self,
        here: Workplace,
        issued: Issued,
        index: int = 0,
        told: int = 0,
        back: Callable[[], Next] | None = None,
        ticked: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(here)
        self._ticked = ticked
        self._back = back
        self._issued = issued
        self._index = index
        self._told = told

    @property
    def view(self) -> View:
        issued, can_type = self._issued, self.here.connect is not None
        return RowsView(issued.rows, self._index, issued.pairs, issued.minutes_for_a_change, self._ticked, can_type)

    def poll(self) -> Next | None:
        """See `Step.poll`. Whoever copies rows takes longer than the office needs for their page."""
        self.slips.page.ask(self._issued.request_id, lambda: address_for(self.here, self._issued))
        return None

    def _at(self, index: int, ticked: frozenset[int]) -> Next:
        return RowsStep(self.here, self._issued, index, self._told, self._back, ticked)

    def choose(self, answer: Answer) -> Next:
        last, first = len(self._issued.rows) - 1, self._issued.first
        if isinstance(answer, Entered) and answer.text.isdigit() and first <= int(answer.text) <= first + last:
            return self._at(int(answer.text) - first, self._ticked)
        if answer is Choice.NEXT:
            return self._at(min(self._index + 1, last), self._ticked | {self._index + first})
        if answer is Choice.PREVIOUS and self._back is not None:
            return self._back()
        if answer is Choice.DONE:
            return TakeAwayStep(self.here, self._issued, lambda: self, self._told)
        if answer is Choice.REHEARSE:
            return RehearsalStep(self.here, self._issued, self._index, back=lambda: self)
        if answer is Choice.TYPE and self.here.connect is not None:
            return first_typing_step(self.here, self._issued, lambda: self, self._told)
        return super().choose(answer)
