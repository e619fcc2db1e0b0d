"""The session's state machine: one step at a time, and how the person sees and hears it. Going home wipes all of it."""

import logging
from dataclasses import replace

from hardware.person import NO
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.customer.find import IdPadStep
from kiosk.flow.home import HomeStep, look_up
from kiosk.flow.meter.person import YES_NO
from kiosk.flow.notices import OutOfServiceStep, RestartStep, step_for_error
from kiosk.flow.refusals import code_of
from kiosk.flow.slips import Slips
from kiosk.flow.step import GO_HOME, GoHome, Next, Step
from kiosk.view.any_flow import AnyFlow
from kiosk.view.choices import Answer, Choice, Entered, Scanned
from kiosk.view.parts import ENGLISH, INDONESIAN, NO_HEAD, PLAIN, SILENT, Head, Hearing, Message, Sight
from kiosk.view.views import AttendantView, HelpView, IdleView, LeaveView, QuestionView, View
from kiosk.workplace import Workplace
from krn_engine.office.identify import NotAnId, identify

ALONE_SECONDS = 60.0
"""After so many seconds without a touch the home screen counts as left alone."""
WARNING_SECONDS = 30.0
"""How long the question "are you still there?" is shown before the session is wiped."""

ATTENDANT_SECONDS = 300.0
"""How long somebody who asked for staff is left to wait for them."""

_TOOLS = (
    Choice.LANGUAGE,
    Choice.LARGER,
    Choice.STRONGER,
    Choice.LISTEN,
    Choice.LOUDER,
    Choice.SLOWER,
    Choice.FASTER,
)
_LAID_OVER = (Choice.HELP, Choice.LEAVE, Choice.ATTENDANT)

log = logging.getLogger(__name__)


class Flow(AnyFlow):
    """Feed it choices and time; look at `view` and `language`."""

    def __init__(self, here: Workplace, now: float = 0.0) -> None:
        self._here = here
        self._step: Step = HomeStep(here)
        self._language = INDONESIAN
        self._sight = PLAIN
        self._hearing = SILENT
        self._slips = Slips()
        self._head = NO_HEAD
        self._help: Message = messages.HELP_START
        self._over: Choice | Scanned | None = None
        """HELP, LEAVE, ATTENDANT or a number that was scanned, which lie over the step's own screen; None: nothing."""
        self._touched = self._came = now
        self._now = now
        self.over = False
        """True when the application is to be started anew."""

    @property
    def view(self) -> View:
        """What is to be seen now."""
        seconds = self._seconds_left()
        if seconds is not None:
            return IdleView(seconds)
        match self._over:
            case Choice.HELP:
                return HelpView((self._help,), can_leave=not isinstance(self._step, HomeStep))
            case Choice.LEAVE:
                return LeaveView()
            case Scanned(text):
                return _other_card(text)
            case Choice.ATTENDANT:
                return AttendantView(keeps=self._head.whose is not None and not self._step.goes_by_itself)
            case _:
                return self._step.view

    @property
    def head(self) -> Head:
        """What stands above it."""
        return self._head

    @property
    def language(self) -> str:
        """The code of the language, "id" or "en"."""
        return self._language

    @property
    def sight(self) -> Sight:
        """How this person wants to see it."""
        return self._sight

    @property
    def hearing(self) -> Hearing:
        """Whether this person has it read aloud."""
        return self._hearing

    def choose(self, answer: Answer) -> None:
        """Something was chosen on the screen that `view` is drawn on."""
        asked = self._seconds_left() is not None
        self._touched = self._now
        if asked and not (answer in (Choice.HOME, Choice.HELP, *_TOOLS) or isinstance(answer, Scanned)):
            # What else is touched only says that somebody is there.
            return
        if self._over is not None and answer in (Choice.PREVIOUS, Entered(NO), self._over):
            self._over = None
            return
        if isinstance(answer, Scanned):
            self._scan(answer)
        elif isinstance(self._over, Scanned) and _other_card(self._over.text).offers(answer):
            self._go(look_up(self._here, self._over.text))
        elif answer in _TOOLS:
            self._use(answer)
        elif answer in _LAID_OVER:
            self._lay_over(Choice(answer))
        elif answer is Choice.HOME and self._over is not None:
            self._go(GO_HOME)
        elif answer is Choice.NOT_MINE:
            self._go(look_up(self._here))
        elif self._over is None:
            self._choose(answer)

    def _lay_over(self, what: Choice) -> None:
        """Over the step, which is kept. There is nothing to leave at home."""
        if what is Choice.LEAVE and isinstance(self._step, HomeStep):
            self._choose(what)
            return
        self._over = what
        if what is Choice.ATTENDANT:
            self._here.events.note(Event.STAFF_ASKED)

    def _scan(self, scanned: Scanned) -> None:
        """A number where one is asked for; where another is on the screen, only a question. Staff's take none.

        The card of whoever stands here asks nothing: it only takes the question about another one away.
        """
        whose = self._step.whose or self._head.whose
        if isinstance(self._step, HomeStep):
            self._choose(Choice.START)
        if isinstance(self._step, IdPadStep):
            self._choose(Entered(scanned.text))
        elif not self._step.takes_scans or self._head.staff:
            return
        elif whose is not None and whose.is_on(scanned.text) and not self._step.wants_number:
            self._over = None if isinstance(self._over, Scanned) else self._over
        elif self._head.whose is None or self._step.wants_number:
            # Nobody has said yet that what is shown is theirs, or it is not: nothing is lost by it.
            self._go(look_up(self._here, scanned.text))
        else:
            self._over = scanned

    def _use(self, tool: Answer) -> None:
        """One of the tools that are on every screen: nothing is lost by it."""
        match tool:
            case Choice.LANGUAGE:
                self._step.language = self._language = ENGLISH if self._language == INDONESIAN else INDONESIAN
            case Choice.LARGER:
                self._sight = replace(self._sight, large=not self._sight.large)
            case Choice.STRONGER:
                self._sight = replace(self._sight, strong=not self._sight.strong)
            case Choice.LISTEN:
                self._hearing = replace(self._hearing, on=not self._hearing.on)
            case Choice.SLOWER | Choice.FASTER:
                self._hearing = self._hearing.paced(1 if tool is Choice.FASTER else -1)
            case _:
                self._hearing = self._hearing.louder()

    def _choose(self, answer: Answer) -> None:
        try:
            self._go(self._step.choose(answer))
        except Exception as error:  # noqa: BLE001, RUF100  whatever it is, the kiosk goes on with an error screen
            self.failed(error)

    def tick(self, now: float) -> None:
        """A round has passed: look for finished work, and for people who left."""
        self._now = now
        self._step.quiet, self._step.lasts = now - self._touched, now - self._came
        self._step.listened, self._step.covered = self._hearing.on, self._over is not None
        self._step.large = self._sight.large
        try:
            following = self._step.poll()
        except Exception as error:  # noqa: BLE001, RUF100  as above
            self.failed(error)
            return
        if following is not None:
            self._touched = now
            self._go(following)
        elif self._idle_for() >= WARNING_SECONDS:
            self._here.events.note(Event.SESSION_LEFT)
            self._go(GO_HOME)
        elif self.alone:
            self._as_first()
        self._look_round()

    def _look_round(self) -> None:
        """What was found out in the background ends no session: it waits for the home screen."""
        if isinstance(self._step, HomeStep):
            closed = self._here.closed()
            if closed is not None:
                self._go(step_for_error(self._here, closed))
        if self._restart_is_due():
            self._go(RestartStep(self._here))

    def _as_first(self) -> None:
        """Nobody is there: the next person finds the kiosk as the first one did."""
        self._step.language = self._language = INDONESIAN
        self._sight, self._hearing, self._over = PLAIN, SILENT, None

    def _restart_is_due(self) -> bool:
        """A restart was asked for, and the home screen has been left alone."""
        file = self._here.restart_file
        return self.alone and file is not None and file.exists()

    @property
    def alone(self) -> bool:
        """The home screen, which nobody has touched for a while."""
        return isinstance(self._step, HomeStep) and self._now - self._touched >= self._waited(ALONE_SECONDS)

    def touched(self, now: float) -> None:
        """A person touched something. While the idle question is shown, only its own buttons answer it."""
        self._now = now
        if self._seconds_left() is None:
            self._touched = now

    def failed(self, error: Exception) -> None:
        """An exception becomes an error screen; the log names its kind and never what it was about."""
        log.error("step failed: %s", type(error).__name__)
        self._here.events.note(Event.STEP_FAILED, code_of(error))
        self._go(step_for_error(self._here, error))

    def _go(self, following: Next) -> None:
        step = HomeStep(self._here) if isinstance(following, GoHome) else following
        if step is self._step:
            return
        self._step.leave()
        whose = self._step.whose or self._head.whose
        self._step, self._over, self._came = step, None, self._now
        staff = step.staff or self._head.staff
        stage = None if staff else step.stage or self._head.stage
        self._head = Head(stage, None if step.forgets else whose, staff)
        self._help = step.help or self._help
        if step.event is not None:
            self._here.events.note(*step.event)
        self.over = isinstance(step, RestartStep)
        if isinstance(step, OutOfServiceStep):
            # It is no step of anybody's session, and stands there for whoever comes.
            self._head = NO_HEAD
        if isinstance(step, HomeStep):
            self._head, self._help, self._slips = NO_HEAD, messages.HELP_START, Slips()
            self._as_first()
        step.language = self._language
        step.listened, step.large, step.slips = self._hearing.on, self._sight.large, self._slips

    def _idle_for(self) -> float:
        """Seconds past the step's patience; negative while it lasts."""
        patience = self._step.patience
        return -1.0 if patience is None else self._now - self._touched - self._waited(patience)

    def _waited(self, seconds: float) -> float:
        """A patience, or that with somebody who waits for staff."""
        return max(seconds, ATTENDANT_SECONDS) if self._over is Choice.ATTENDANT else seconds

    def _seconds_left(self) -> int | None:
        """Seconds until the session is wiped, while the idle question is shown; None before."""
        over = self._idle_for()
        return None if over < 0 else max(1, round(WARNING_SECONDS - over))


def _other_card(digits: str) -> QuestionView:
    """A card was read on a screen that is another's: is that to end? What is no number leads nowhere, and is told."""
    asked = identify(digits)
    if isinstance(asked, NotAnId):
        return QuestionView(
            messages.NOT_A_NUMBER, (), messages.ID_PROBLEMS[asked.problem], goes_back=True, unsure=False
        )
    return QuestionView(messages.look_up_this(digits), YES_NO, messages.OTHER_CARD, goes_back=True, unsure=False)
