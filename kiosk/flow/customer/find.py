"""The customer gives a number, typed or scanned, and the office looks it up; or learns where to find the number."""

from collections.abc import Callable

from kiosk.errors import CustomersExhausted, LookUpsExhausted
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.step import GO_HOME, Next, Step
from kiosk.view.choices import Answer, Choice, Entered, Where
from kiosk.view.parts import CardPicture, Message, MeterPicture, Stage
from kiosk.view.views import AdviceView, IdPadView, View, WaitView
from kiosk.workplace import Workplace
from krn_engine.office.contract import FindResult, Found, NotFound
from krn_engine.office.identify import IdProblem, NotAnId
from krn_engine.office.offline.errors import NotInCopy

METER_SAMPLE, CARD_SAMPLE = "01234567890", "012345678901"
"""Numbers that no customer has."""


class IdPadStep(Step):
    """Which number? `then` says where a number leads that was found; `back` where one came from, None: home."""

    stage = Stage.NUMBER
    forgets = True
    help = messages.HELP_NUMBER

    def __init__(
        self,
        here: Workplace,
        then: Callable[[Workplace, Found], Next],
        typed: str = "",
        problem: Message | None = None,
        back: Callable[[], Next] | None = None,
    ) -> None:
        super().__init__(here)
        self._view = IdPadView(typed, problem)
        self._then = then
        self._back = back

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Next:
        if isinstance(answer, Entered):
            return FindStep(self.here, answer.text, self._then, self._back)
        if isinstance(answer, Where):
            typed = answer.typed
            return WhereStep(self.here, lambda: IdPadStep(self.here, self._then, typed, back=self._back))
        if answer is Choice.PREVIOUS:
            return GO_HOME if self._back is None else self._back()
        return super().choose(answer)


class FindStep(Step):
    """The office looks the number up."""

    idle_after = None
    forgets = True
    takes_scans = False

    def __init__(
        self,
        here: Workplace,
        text: str,
        then: Callable[[Workplace, Found], Next],
        back: Callable[[], Next] | None = None,
    ) -> None:
        super().__init__(here)
        self._text = text
        self._back = back
        self._then = then
        self._work: Background[FindResult] | None = None

    @property
    def view(self) -> View:
        pause = self.here.look_ups.pause()
        if self._work is not None or pause <= 0:
            return WaitView(messages.SEARCHING, beat=self.beat)
        return WaitView(messages.too_often(pause), may_leave=True, beat=self.beat)

    def poll(self) -> Next | None:
        if self.here.look_ups.exhausted:
            raise LookUpsExhausted("too many numbers were looked up: go home and start again, or ask the counter")
        if self._work is None and self.here.look_ups.refused(self._text):
            raise CustomersExhausted("this kiosk has told of as many customers as it may: ask the counter")
        if self._work is None:
            if self.here.look_ups.pause() <= 0:
                self._work = Background(lambda: self.here.office.find(self._text))
            return None
        result = self._work.result()
        self._count(result)
        match result:
            case None:
                return None
            case NotAnId():
                return IdPadStep(self.here, self._then, self._text, messages.ID_PROBLEMS[result.problem], self._back)
            case NotFound():
                problem = messages.NOT_IN_COPY if result.code == NotInCopy.code else messages.NOT_FOUND
                return IdPadStep(self.here, self._then, self._text, problem, self._back)
            case Found():
                return self._then(self.here, result)

    def _count(self, result: FindResult | None) -> None:
        """Each question counts that gives something away: that a customer exists, or that there is none."""
        match result:
            case Found(customer=customer):
                self.here.look_ups.looked(self._text, customer.idpel)
            case NotAnId(IdProblem.ONE_DIGIT_SHORT):
                # It tells that some customer number begins so.
                self.here.look_ups.looked(self._text, self._text)
            case NotFound():
                self.here.look_ups.looked(self._text, None)
            case _:
                return


class WhereStep(Step):
    """Shows where the number is found; then back to the pad."""

    def __init__(self, here: Workplace, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._back = back

    @property
    def view(self) -> View:
        return AdviceView(
            messages.WHERE, messages.WHERE_LINES, MeterPicture("", "", METER_SAMPLE), CardPicture(CARD_SAMPLE)
        )

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        return super().choose(answer)
