"""What a step of a session is. Each shows one view and says, for each choice, what comes next.

A step that returns itself stays; None from `poll` means that nothing has happened. Nothing here waits: what takes
time is `Background` work that `poll` asks for. A step imports only steps that it leads down to: the way home is the
value `GO_HOME`, and the way back is a callable that the caller hands in.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from kiosk.event_log import Event
from kiosk.flow.background import Background
from kiosk.flow.slips import Slips
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import INDONESIAN, Message, Stage, Whose
from kiosk.view.views import View, WaitView
from kiosk.workplace import Workplace

QUIET_SECONDS = 60.0
"""A step's patience, unless it says otherwise."""
ROWS_SECONDS = 180.0
"""The patience of screens with rows on them: they take time to copy."""
BEAT_SECONDS = 0.3
"""Waiting any longer than this, a person wants to see that something moves."""


class GoHome:
    """The session is over. `Flow` puts the home step in the place of this value."""


GO_HOME = GoHome()


class Step(ABC):
    """One place in the flow."""

    idle_after: ClassVar[float | None] = QUIET_SECONDS
    stage: ClassVar[Stage | None] = None
    """How far a customer is here; None: where they were before."""
    staff: ClassVar[bool] = False
    """Behind the staff's door, as all that follows."""
    forgets: ClassVar[bool] = False
    """Whose meter it was counts no more: another one is asked for."""
    takes_scans: ClassVar[bool] = True
    """Whether a barcode that is read here may lead to another number; not where something is under way."""
    wants_number: ClassVar[bool] = False
    """Whether a barcode that is read here is what is asked for: it is looked up, and nobody is asked first."""
    language: str = INDONESIAN
    """In which language the session is now; `Flow` keeps it."""
    help: ClassVar[Message | None] = None
    """One sentence for whoever asks for help here; None: that of the step before."""

    goes_by_itself: ClassVar[bool] = False
    """Whether it ends without a touch; what lies over it stops that for a while."""

    def __init__(self, here: Workplace) -> None:
        self.here = here
        self.slips = Slips()
        """What was printed in this session; `Flow` keeps it."""
        self.covered = False
        """Whether help, a question or a call for staff lies over it. `Flow` says so."""
        self.listened = False
        """Whether it is read aloud. `Flow` says so."""
        self.large = False
        """Whether letters are large, so that it takes more pages. `Flow` says so."""
        self.quiet = 0.0
        """Seconds without a touch, as the flow last said."""
        self.lasts = 0.0
        """Seconds since the session came here, as the flow last said."""

    @property
    @abstractmethod
    def view(self) -> View:
        """What is to be seen."""

    @property
    def patience(self) -> float | None:
        """Seconds without a touch after which the person is asked; None: never."""
        return self.idle_after

    def choose(self, answer: Answer) -> "Next":
        """What comes after a choice; HOME always goes home."""
        return GO_HOME if answer is Choice.HOME else self

    def poll(self) -> "Next | None":
        """Where finished work leads to."""
        return None

    @property
    def beat(self) -> int:
        """Grows while somebody waits here, so that something moves: 0 until a wait is long enough to be felt."""
        return int(self.lasts / BEAT_SECONDS)

    @property
    def whose(self) -> Whose | None:
        """Whose meter all that follows is about; None: this step does not say."""
        return None

    @property
    def event(self) -> tuple[Event, str] | None:
        """What is logged when the session comes to this step, with its code; None: nothing."""
        return None

    def leave(self) -> None:
        """Stop what this step has running: the session goes elsewhere."""


Next = Step | GoHome
"""What comes after a step."""
T = TypeVar("T")


class WorkStep(Step, Generic[T]):
    """Shows that work is under way; then goes on to the step that its result leads to.

    `cancel` is called when the person leaves before it is done; without it nobody can.
    """

    idle_after = None
    takes_scans = False

    def __init__(
        self,
        here: Workplace,
        doing: Message,
        job: Background[T],
        then: Callable[[T], Next],
        cancel: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(here)
        self._doing = doing
        self._job = job
        self._then = then
        self._cancel = cancel

    @property
    def view(self) -> View:
        return WaitView(self._doing, may_leave=self._cancel is not None, beat=self.beat)

    def choose(self, answer: Answer) -> Next:
        return self if self._cancel is None else super().choose(answer)

    def poll(self) -> Next | None:
        return self._then(self._job.finished()) if self._job.done else None

    def leave(self) -> None:
        if self._cancel is not None and not self._job.done:
            self._cancel()
