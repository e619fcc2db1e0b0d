"""A person keys the rows in: each is shown, keyed and answered before the next."""

from hardware.by_hand import ByHand
from kiosk.flow import messages
from kiosk.flow.meter.typing import TypingStep
from kiosk.flow.step import GO_HOME, Next
from kiosk.upgrade.events import TAKEN, RowAnswer, SessionEvent
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import KeyInView, TypingView, View, WaitView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Grade, Issued


class KeyInStep(TypingStep):
    """The same session as with contacts: the person types, and is asked what only they can see."""

    def __init__(self, here: Workplace, issued: Issued, model: str, word: Grade) -> None:
        self._hand = ByHand(model)
        self._refused = False
        super().__init__(here, issued, self._hand, model, word)

    @property
    def view(self) -> View:
        view = super().view
        if not isinstance(view, TypingView) or view.finished:
            return view
        row = self._hand.row
        if row is None:
            return WaitView(messages.ASKING)
        rows = self._issued.rows
        index = rows.index(row)
        return KeyInView(index + self._issued.first, self._issued.pairs[-1][1], rows[index], self._refused)

    def _take(self, event: SessionEvent) -> None:
        if isinstance(event, RowAnswer):
            self._refused = event.submission.outcome not in TAKEN
        super()._take(event)

    def choose(self, answer: Answer) -> Next:
        if isinstance(self.view, KeyInView):
            if answer is Choice.HOME:
                return GO_HOME
            if answer is Choice.NEXT:
                self._hand.keyed()
        return super().choose(answer)
