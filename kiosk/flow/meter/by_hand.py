"""A person keys the rows in: each is shown, keyed and answered before the next."""

from dataclasses import replace

from hardware.by_hand import ByHand
from hardware.person import Question
from kiosk.flow import messages
from kiosk.flow.meter.typing import TypingStep
from kiosk.flow.step import GO_HOME, Next
from kiosk.upgrade.events import TAKEN, RowAnswer, SessionEvent
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import KeyInView, QuestionView, TypingView, View, WaitView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Grade, Issued


class KeyInStep(TypingStep):
    """The same session as with contacts: the person types, and is asked what only they can see."""

    def __init__(self, here: Workplace, issued: Issued, model: str, word: Grade) -> None:
        self._hand = ByHand(model)
        self._refused = False
        self._shown = ""
        """The row that is shown now, or was last."""
        self._looks_again = False
        """At the row, with what the meter shows still to be told."""
        super().__init__(here, issued, self._hand, model, word)

    @property
    def view(self) -> View:
        row = self._hand.row
        if row is not None:
            self._shown = row
        asked = self._person.asked is Question.ANSWER_TO_ROW
        self._looks_again = self._looks_again and asked
        if row is None and not self._looks_again:
            view = super().view
            if isinstance(view, QuestionView) and asked:
                return replace(view, goes_back=True, stops=False)
            return WaitView(messages.ASKING) if isinstance(view, TypingView) and not view.finished else view
        rows = self._issued.rows
        index = rows.index(self._shown)
        return KeyInView(index + self._issued.first, self._issued.pairs[-1][1], rows[index], self._refused)

    def _take(self, event: SessionEvent) -> None:
        if isinstance(event, RowAnswer):
            self._refused = event.submission.outcome not in TAKEN
        super()._take(event)

    def choose(self, answer: Answer) -> Next:
        view = self.view
        if isinstance(view, QuestionView) and view.goes_back and answer is Choice.PREVIOUS:
            self._looks_again = True
            return self
        if isinstance(view, KeyInView):
            if answer is Choice.HOME:
                return GO_HOME
            if answer is Choice.NEXT and self._looks_again:
                self._looks_again = False
                return self
            if answer is Choice.NEXT:
                self._hand.keyed()
        return super().choose(answer)
