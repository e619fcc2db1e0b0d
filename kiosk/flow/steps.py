"""The steps of a session. Each shows one view and says, for each choice, which step comes next.

A step that returns itself stays; None from `poll` means that nothing has happened. Nothing here waits: what takes
time is `Background` work that `poll` asks for.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from kiosk.errors import LookUpsExhausted
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.choices import Answer, Choice, Entered
from kiosk.flow.parts import Message, Mood
from kiosk.flow.views import ConfirmView, HomeView, IdPadView, ResultView, View, WaitView
from kiosk.workplace import Workplace
from krn_engine.office.identify import NotAnId
from krn_engine.office.office import Blocked, Due, FindResult, Found, Issued, NotFound, NothingToDo, Unclear

QUIET_SECONDS = 60.0


class Step(ABC):
    """One place in the flow."""

    idle_after: ClassVar[float | None] = QUIET_SECONDS

    def __init__(self, here: Workplace) -> None:
        self.here = here

    @property
    @abstractmethod
    def view(self) -> View:
        """What is to be seen."""

    @property
    def patience(self) -> float | None:
        """Seconds without a touch after which the person is asked; None: never."""
        return self.idle_after

    def choose(self, answer: Answer) -> "Step":
        """The step after a choice; HOME always goes home."""
        return HomeStep(self.here) if answer is Choice.HOME else self

    def poll(self) -> "Step | None":
        """The step that finished work leads to."""
        return None

    def leave(self) -> None:
        """The session goes elsewhere: stop what runs."""


T = TypeVar("T")


class WorkStep(Step, Generic[T]):
    """Something takes a while; then on to the step that its result leads to.

    `cancel` is called when the person leaves before it is done; without it nobody can.
    """

    idle_after = None

    def __init__(
        self,
        here: Workplace,
        doing: Message,
        job: Background[T],
        then: Callable[[T], Step],
        cancel: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(here)
        self._doing = doing
        self._job = job
        self._then = then
        self._cancel = cancel

    @property
    def view(self) -> View:
        return WaitView(self._doing, may_leave=self._cancel is not None)

    def choose(self, answer: Answer) -> Step:
        return self if self._cancel is None else super().choose(answer)

    def poll(self) -> Step | None:
        return self._then(self._job.finished()) if self._job.done else None

    def leave(self) -> None:
        if self._cancel is not None and not self._job.done:
            self._cancel()


class HomeStep(Step):
    """Nobody is here."""

    idle_after = None

    @property
    def view(self) -> View:
        return HomeView(self.here.demo is not None, self.here.voice is not None, self.here.has_staff)

    def choose(self, answer: Answer) -> Step:
        if answer is Choice.STAFF and self.here.has_staff:
            from kiosk.flow.staff_steps import staff  # noqa: PLC0415  the steps lead to each other

            return staff(self.here)
        if answer is not Choice.START:
            return self
        self.here.look_ups.begin_session()
        self.here.events.note(Event.SESSION_BEGAN)
        return IdPadStep(self.here)


class IdPadStep(Step):
    """Which number? `then` says where a number leads that was found."""

    def __init__(
        self,
        here: Workplace,
        typed: str = "",
        problem: Message | None = None,
        then: "Callable[[Workplace, Found], Step] | None" = None,
    ) -> None:
        super().__init__(here)
        self._view = IdPadView(typed, problem)
        self._then = then or after_found

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Step:
        if isinstance(answer, Entered):
            return FindStep(self.here, answer.text, self._then)
        if answer is Choice.WHERE:
            from kiosk.flow.customer_steps import WhereStep  # noqa: PLC0415  the steps lead to each other

            return WhereStep(self.here, lambda: IdPadStep(self.here, then=self._then))
        return super().choose(answer)


class FindStep(Step):
    """The office looks the number up."""

    idle_after = None

    def __init__(self, here: Workplace, text: str, then: Callable[[Workplace, Found], Step]) -> None:
        super().__init__(here)
        self._text = text
        self._then = then
        self._work: Background[FindResult] | None = None

    @property
    def view(self) -> View:
        pause = self.here.look_ups.pause()
        if self._work is not None or pause <= 0:
            return WaitView(messages.SEARCHING)
        return WaitView(messages.too_often(pause), may_leave=True)

    def poll(self) -> Step | None:
        if self.here.look_ups.exhausted:
            raise LookUpsExhausted("too many numbers were looked up: go home and start again, or ask the counter")
        if self._work is None:
            if self.here.look_ups.pause() <= 0:
                self._work = Background(lambda: self.here.office.find(self._text))
            return None
        result = self._work.result()
        if result is not None and not isinstance(result, NotAnId):
            # What is no number was not looked up.
            self.here.look_ups.looked(hit=isinstance(result, Found))
        match result:
            case None:
                return None
            case NotAnId():
                return IdPadStep(self.here, self._text, messages.ID_PROBLEMS[result.problem], self._then)
            case NotFound():
                return IdPadStep(self.here, self._text, messages.NOT_FOUND, self._then)
            case Found():
                return self._then(self.here, result)


def after_found(here: Workplace, found: Found) -> Step:
    """Where a customer goes on."""
    match found.standing:
        case Due() as due:
            return ConfirmStep(here, found, due)
        case NothingToDo(krn):
            version = None if krn is None else (krn, krn)
            return ResultStep(here, ResultView(Mood.GOOD, messages.UP_TO_DATE, (messages.NOTHING_TO_PAY,), version))
        case Blocked():
            return _error(here, "OFF-03")
        case Unclear(code, _):
            return _error(here, code)


def _error(here: Workplace, code: str) -> Step:
    from kiosk.flow.error_steps import ErrorStep  # noqa: PLC0415  the steps lead to each other

    return ErrorStep(here, messages.error_view(code))


class ConfirmStep(Step):
    """Is this your meter?"""

    def __init__(self, here: Workplace, found: Found, due: Due) -> None:
        super().__init__(here)
        self._found = found
        self._due = due

    @property
    def view(self) -> View:
        customer = self._found.customer
        power = "" if customer.power_va is None else f" / {customer.power_va:,} VA".replace(",", ".")
        warning = messages.WARNINGS[self._found.warnings[0]] if self._found.warnings else None
        return ConfirmView(
            customer.masked_name, self._found.meter_number, f"{customer.tariff}{power}", self._due.rows, warning
        )

    def choose(self, answer: Answer) -> Step:
        if answer is Choice.YES:
            from kiosk.flow.customer_steps import before_rows  # noqa: PLC0415  the steps lead to each other

            return before_rows(self.here, self._found.meter_number, handed_out=self._due.handed_out)
        if answer is Choice.NO:
            return IdPadStep(self.here)
        return super().choose(answer)


def issue(here: Workplace, meter_number: str, then: Callable[[Workplace, Issued], Step]) -> Step:
    """The office issues the rows; they are on its disk before they are shown."""
    request_id = uuid.uuid4().hex

    def issued(rows: Issued) -> Step:
        here.events.note(Event.ROWS_ISSUED)
        return then(here, rows)

    job = Background(lambda: here.office.issue(meter_number, request_id))
    return WorkStep(here, messages.ISSUING, job, issued)


class ResultStep(Step):
    """How it ended."""

    def __init__(self, here: Workplace, view: ResultView) -> None:
        super().__init__(here)
        self._view = view

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Step:
        return HomeStep(self.here) if answer is Choice.DONE else super().choose(answer)
