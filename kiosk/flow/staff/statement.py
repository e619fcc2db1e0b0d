"""What staff say of a meter: which KRN it holds, or that a customer's claim is taken back; and why."""

from collections.abc import Callable

from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.staff import messages as says
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Option
from kiosk.view.views import IdPadView, QuestionView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Found, Statement

THINKING_SECONDS = 300.0
"""A technician looks at the meter, not at the screen."""
BY_STAFF = "petugas"
"""The PIN is everybody's: a kiosk knows that it was somebody of the office, and no name."""

Back = Callable[[Found | None], Next]
"""Where it goes on, with what the office says of the meter now; None: nothing was said, and nothing is new."""


class HoldsStep(Step):
    """Which KRN does this meter hold?"""

    idle_after = THINKING_SECONDS

    def __init__(self, here: Workplace, meter_number: str, back: Back, *, again: bool = False) -> None:
        super().__init__(here)
        self._meter_number = meter_number
        self._back = back
        self._again = again

    @property
    def view(self) -> View:
        return IdPadView(problem=messages.ONE_DIGIT if self._again else None, asks=says.WHICH_KRN)

    def choose(self, answer: Answer) -> Next:
        if answer in (Choice.DONT_KNOW, Choice.PREVIOUS):
            return self._back(None)
        if not isinstance(answer, Entered):
            return super().choose(answer)
        if len(answer.text) != 1 or answer.text == "0":
            return HoldsStep(self.here, self._meter_number, self._back, again=True)
        return WhyStep(self.here, self._meter_number, int(answer.text), says.WHY_HOLDS, self._back, lambda: self)


class WhyStep(Step):
    """A statement has a reason. With it the statement is on record, and the office is asked anew."""

    idle_after = THINKING_SECONDS

    def __init__(
        self,
        here: Workplace,
        meter_number: str,
        krn: int | None,
        reasons: tuple[Option, ...],
        back: Back,
        before: Callable[[], Next] | None = None,
    ) -> None:
        """`before`: where the way back leads, if not to where it was all asked for."""
        super().__init__(here)
        self._before = before
        self._meter_number = meter_number
        self._krn = krn
        self._reasons = reasons
        self._back = back

    @property
    def view(self) -> QuestionView:
        return QuestionView(says.WHY_TAKEN_BACK if self._krn is None else says.WHY, self._reasons, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS and self._before is not None:
            return self._before()
        if answer in (Choice.DONT_KNOW, Choice.PREVIOUS):
            return self._back(None)
        for reason in self._reasons:
            if answer == Entered(reason.word):
                return self._said(reason.label.text)
        return super().choose(answer)

    def _said(self, reason: str) -> Next:
        statement = Statement.said(self._krn, reason, BY_STAFF, self.here.place)

        def job() -> Found | None:
            self.here.office.state(self._meter_number, statement)
            found = self.here.office.find(self._meter_number)
            return found if isinstance(found, Found) else None

        def then(found: Found | None) -> Next:
            self.here.events.note(Event.METER_STATED)
            return self._back(found)

        return WorkStep(self.here, messages.RECORDING, Background(job), then)


def retract(here: Workplace, meter_number: str, back: Back) -> Next:
    """What customers said of this meter is taken back."""
    return WhyStep(here, meter_number, None, says.WHY_RETRACTED, back)
