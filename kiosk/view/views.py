"""What the person is to see now: plain values that a screen can draw, one for each screen.

A view names no screen and holds no picture.
"""

from dataclasses import dataclass, field

from hardware.adapter import AdapterKind, Model
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import CardPicture, Fact, Message, MeterPicture, Mood, Option, Printing, ReportLine, RowState
from krn_engine.row import Hidden, Row


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first screen. Returns START, and STAFF where it is offered."""

    has_staff: bool = False


@dataclass(frozen=True, slots=True)
class IdPadView:
    """Asks for IDPEL or meter number. Returns Entered, PREVIOUS, WHERE with what is typed, or DONT_KNOW in its place.

    `typed` fills the field when the screen opens: after a refusal the person corrects, and need not retype.
    """

    typed: str = field(default="", repr=False)
    problem: Message | None = None
    secret: bool = False
    """A PIN is asked for: its digits are not shown, and WHERE is not offered."""
    asks: Message | None = None
    """What else is asked for: then DONT_KNOW is offered and not WHERE."""
    paused: bool = False
    """Nothing that is typed is taken yet: `problem` says until when."""


@dataclass(frozen=True, slots=True)
class WaitView:
    """Work is being done that the person waits for. Returns nothing, or HOME where nobody has to wait for it."""

    doing: Message
    may_leave: bool = False
    beat: int = 0
    """Grows while the wait lasts, so that something moves."""


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """Is this you? Returns YES or NO. The name is masked before it comes here."""

    masked_name: str
    meter_number: str
    service: str
    """Tariff and power, as on the bill: "R1 / 1.300 VA"."""
    rows: int | None
    """How many it needs; None: it needs none, or none can be given, which is said only to whose meter it is."""
    warning: Message | None = None


@dataclass(frozen=True, slots=True)
class RowsView:
    """The rows, one of them in hand. Returns Entered(number) for another one, NEXT when that in hand is ticked off,
    PREVIOUS, DONE, REHEARSE, and TYPE if `can_type`.
    """

    rows: tuple[Row, ...]
    index: int
    """Which row is in hand, from 0."""
    pairs: tuple[tuple[int, int], ...]
    """First and last number, from 1, of the rows that belong together: they share a time limit."""
    minutes: int
    """Minutes within which the rows of a pair must go in."""
    ticked: frozenset[int] = frozenset()
    """Numbers, from 1, of the rows that the person has done with."""
    can_type: bool = False
    """A meter can be connected here, which staff do."""


@dataclass(frozen=True, slots=True)
class AdviceView:
    """Something to know, beside the picture of a meter.

    Returns PREVIOUS, and NEXT, or DONE where it `ends`, or NOT_MINE where `another` number is asked for.
    """

    title: Message
    lines: tuple[Message, ...]
    meter: MeterPicture | None
    card: CardPicture | None = None
    ends: bool = False
    """There is nothing more to do here: then it cannot be gone on from, only ended."""
    another: bool = False
    """It was about another's meter: the way on is another number."""


@dataclass(frozen=True, slots=True)
class RehearsalView:
    """A row is keyed into the picture of a meter. Returns Entered(key), PREVIOUS, or NEXT when it is `over`."""

    row: Row
    done: int
    """How many digits from the first are right."""
    meter: MeterPicture
    wrong: bool = False
    """A digit is wrong: it must be erased."""
    over: bool = False


@dataclass(frozen=True, slots=True)
class TakeAwayView:
    """The rows to take away. Returns PRINT, PREVIOUS or DONE."""

    qr: Hidden
    printing: Printing
    notes: tuple[Message, ...]
    can_print: bool = False
    """PRINT is an answer: the first slip, or once more."""
    rows: tuple[Row, ...] = ()
    """The same, to be dictated."""
    first: int = 1
    """Number of the first of them."""
    leads_to_page: bool = False
    """The QR code is the address of the page at home; else it is the rows as text."""


@dataclass(frozen=True, slots=True)
class ThanksView:
    """What to do at home, before the screen is wiped. Returns DONE, and goes away by itself."""

    pairs: tuple[tuple[int, int], ...]
    """First and last number, from 1, of the codes that belong together."""
    minutes: int
    """Minutes within which the codes of a pair must go in."""
    krn: int | None
    """What the meter is to show for 04 afterwards, where that is known."""
    seconds_left: int


@dataclass(frozen=True, slots=True)
class TypingView:
    """The rows are being typed into the meter. Returns nothing until `finished`, then NEXT."""

    states: tuple[RowState, ...]
    row: Row
    """The row in work."""
    pressed: int
    """How many of them the meter has got."""
    meter: MeterPicture
    finished: bool = False
    countdown: int | None = None
    """Seconds of the meter's lock-out still to wait, if it is locked."""
    first: int = 1
    """Number of the first of them."""
    checking: bool = False
    """The meter is being asked for its registers: no row is in work."""
    light: int | None = None
    """How many of a row's `LightStep` are done; None: keys are pressed."""


@dataclass(frozen=True, slots=True)
class KeyInView:
    """A row for a person to key into the meter. Returns NEXT when they have pressed the meter's Enter, or HOME."""

    number: int
    """Which row, from 1."""
    rows: int
    row: Row
    again: bool = False
    """The meter refused it once."""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """Something that only a person can see or decide.

    Returns Entered(word) or DONT_KNOW, PREVIOUS if it `goes_back`, and HOME if it `stops`.
    """

    question: Message
    options: tuple[Option, ...]
    """None of them: it only tells something, and goes back."""
    hint: Message | None = None
    meter: MeterPicture | None = None
    """The meter as it would show what is asked for."""
    goes_back: bool = False
    stops: bool = False
    """Whether who is asked can end it in place of answering."""
    unsure: bool = True
    """Whether DONT_KNOW is an answer."""

    def offers(self, answer: Answer) -> bool:
        """Whether this can be chosen here; what was meant for another question cannot."""
        answers = [Entered(option.word) for option in self.options]
        return answer in answers or (self.unsure and answer is Choice.DONT_KNOW)


@dataclass(frozen=True, slots=True)
class MenuView:
    """What staff can do, with what is known. Returns Entered(word) of what is enabled, PREVIOUS if it `goes_back`, or
    HOME.
    """

    title: Message
    options: tuple[Option, ...]
    facts: tuple[Fact, ...] = ()
    number: str = ""
    """The meter that it is about."""
    onward: Option | None = None
    """The one that all others prepare."""
    goes_back: bool = False

    def offers(self, answer: Answer) -> bool:
        """Whether this can be chosen now."""
        listed = self.options if self.onward is None else (*self.options, self.onward)
        return any(option.enabled and answer == Entered(option.word) for option in listed)


@dataclass(frozen=True, slots=True)
class AdaptersView:
    """What puts the rows into the meter, by its picture. Returns Entered(value of the kind) or PREVIOUS."""

    adapters: tuple[AdapterKind, ...]


@dataclass(frozen=True, slots=True)
class ModelsView:
    """Which meter model is connected, by the picture of its keypad. Returns Entered(name) or DONT_KNOW."""

    models: tuple[Model, ...]


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far the campaign is. Returns PREVIOUS (back to where it was asked for) or HOME."""

    upgraded: int
    meters: int
    percent: float
    claimed: int
    """Upgraded by a customer's word alone."""
    due: int
    unclear: int
    """Without a complete record, or blocked."""
    days: tuple[tuple[str, int], ...]
    """The last days, today at the end: what the day is called, and how many rows meters took."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A list for staff, in as many pages as it takes. Returns PREVIOUS (back to where it was asked for) or HOME."""

    title: Message
    lines: tuple[ReportLine, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """How it ended. Returns DONE, or NOT_MINE."""

    mood: Mood
    title: Message
    lines: tuple[Message, ...] = ()
    version: tuple[int, int] | None = None
    """KRN before and after, where both are known."""
    meter: MeterPicture | None = None
    code: str = ""
    """The reason for staff, where it did not go well."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Something went wrong: what happened, what was not lost, what to do now, and a code for staff. Returns HOME,
    NOT_MINE, PREVIOUS, or YES.
    """

    happened: Message
    kept: Message
    todo: Message
    code: str
    goes_back: bool = False
    """What the person had is still there: PREVIOUS leads to it."""
    other_way: Message | None = None
    """Another way to do the same: YES leads to it."""


@dataclass(frozen=True, slots=True)
class IdleView:
    """Are you still there? Returns YES (stay) or HOME; the flow counts down and goes home by itself."""

    seconds_left: int


@dataclass(frozen=True, slots=True)
class OutOfServiceView:
    """The kiosk cannot work, with the reason. Returns nothing; it clears itself when the reason is gone."""

    reason: Message
    code: str
    of_code: Message | None = None
    """What the code means, for staff."""


@dataclass(frozen=True, slots=True)
class HelpView:
    """Help over a screen, which is kept. Returns PREVIOUS, or LEAVE."""

    lines: tuple[Message, ...]
    can_leave: bool
    """There is a session to leave."""


@dataclass(frozen=True, slots=True)
class LeaveView:
    """Is the session to end? Returns HOME, or PREVIOUS."""


@dataclass(frozen=True, slots=True)
class AttendantView:
    """A person of the staff is asked to come, by somebody who listens. Returns PREVIOUS."""

    keeps: bool = True
    """Whether there are codes and answers that stay."""


View = (
    HomeView
    | IdPadView
    | WaitView
    | ConfirmView
    | RowsView
    | AdviceView
    | TakeAwayView
    | ThanksView
    | RehearsalView
    | TypingView
    | KeyInView
    | QuestionView
    | MenuView
    | AdaptersView
    | ModelsView
    | ProgressView
    | ReportView
    | ResultView
    | ErrorView
    | IdleView
    | OutOfServiceView
    | HelpView
    | LeaveView
    | AttendantView
)
