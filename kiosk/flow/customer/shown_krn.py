"""All codes are in, somebody says: what the number that their meter shows makes of it."""

from collections.abc import Callable
from functools import partial

from kiosk.flow import messages
from kiosk.flow.customer.advice import AdviceStep
from kiosk.flow.customer.rows import RowsStep
from kiosk.flow.customer.told import claim, go_on, note
from kiosk.flow.notices import ResultStep
from kiosk.flow.refusals import GO_TO_COUNTER
from kiosk.flow.step import Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import MeterPicture, Mood, Stage
from kiosk.view.views import AdviceView, QuestionView, ResultView
from kiosk.workplace import Workplace
from krn_engine.office import guide
from krn_engine.office.contract import Issued
from krn_engine.office.guide import Meaning
from krn_engine.row import BENAR


class KrnStep(Step):
    """All rows are in, somebody says: which number does the meter show? What it should be is said only afterwards."""

    stage = Stage.CHECK
    help = messages.HELP_QUESTION

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back

    @property
    def view(self) -> QuestionView:
        return QuestionView(
            messages.WHICH_KRN_AT_HOME, messages.KRN_OR_ANOTHER, meter=MeterPicture("", "04"), goes_back=True
        )

    def choose(self, answer: Answer) -> Next:
        here, issued = self.here, self._issued
        if answer is Choice.PREVIOUS:
            return self._back()
        if answer is Choice.DONT_KNOW:
            rows = AdviceStep(here, _look_first(issued), lambda: RowsStep(here, issued, back=self._back), lambda: self)
            return claim(here, issued, issued.pairs[-1][1], BENAR, lambda: rows)
        if not isinstance(answer, Entered) or not self.view.offers(answer):
            return super().choose(answer)
        return _with_number(here, issued, int(answer.text), lambda: self)


def _look_first(issued: Issued) -> AdviceView:
    """What the number says at home, where it is known which key change leads from which KRN to which."""
    changes, picture = issued.changes, MeterPicture("", "04")
    wanted = changes[-1].new_krn
    begins = [
        (change.old_krn, row)
        for change, (row, _) in zip(changes, issued.pairs, strict=True)
        if change.old_krn is not None
    ]
    if wanted is None or len(begins) < len(changes):
        return AdviceView(messages.LOOK_FIRST, messages.LOOK_FIRST_LINES, picture)
    return AdviceView(messages.LOOK_FIRST, messages.look_first(begins, wanted), picture)


def _with_number(here: Workplace, issued: Issued, shown: int, back: Callable[[], Next]) -> Next:
    """What the number makes of "all of them": the right one, one from half way, or one that leads back to the rows."""
    read = guide.read_krn(issued, shown)
    display, before = str(shown or "?"), read.before
    seen = f"04: {display}"
    match read.meaning:
        case Meaning.OTHER:
            return _other_number(here, issued, shown, back)
        case Meaning.UNCHANGED:
            on = partial(go_on, here, issued, read.done, back, messages.unchanged(shown), display)
            return note(here, issued, "04 as before", on, shown)
        case Meaning.NOT_YET if read.wanted is not None:
            first = messages.not_yet(shown, read.wanted)
            return claim(here, issued, read.done, seen, partial(go_on, here, issued, read.done, back, first, display))
        case Meaning.NOT_ALL if before is not None:
            first = messages.not_all(before, shown)
            return claim(here, issued, read.done, seen, partial(go_on, here, issued, read.done, back, first, display))
        case Meaning.RIGHT:
            view = ResultView(Mood.GOOD, messages.RIGHT_NUMBER, (messages.BY_THAT_NUMBER, messages.ROWS_STAY))
        case Meaning.ROSE if before is not None:
            view = ResultView(Mood.GOOD, messages.NOTED, (messages.rose(before, shown), messages.ROWS_STAY))
        case _:
            view = ResultView(Mood.CAREFUL, messages.NOTED, (messages.NO_NUMBER_TO_COMPARE, messages.ROWS_STAY))
    return claim(here, issued, read.done, seen, lambda: ResultStep(here, view))


def _other_number(here: Workplace, issued: Issued, shown: int, back: Callable[[], Next]) -> Next:
    """A number that these codes lead to in no case."""
    lines = (messages.COMPARE_THE_NUMBER, GO_TO_COUNTER)
    picture = MeterPicture("", str(shown or ""), issued.meter_number)
    return AdviceStep(here, AdviceView(messages.OTHER_NUMBER, lines, picture, ends=True), back=back)
