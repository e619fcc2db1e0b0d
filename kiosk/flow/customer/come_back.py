"""Who comes back has had these codes: what happened with them says where they go on. Their word closes nothing."""

import uuid
from collections.abc import Callable

from hardware.person import NO, YES
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.advice import AdviceStep
from kiosk.flow.customer.rows import RowsStep
from kiosk.flow.meter.person import YES_NO
from kiosk.flow.notices import ResultStep
from kiosk.flow.refusals import GO_TO_COUNTER
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.upgrade.events import AT_HOME
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Message, MeterPicture, Mood, Option, Stage
from kiosk.view.views import AdviceView, QuestionView, ResultView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord, SessionEnding
from krn_engine.row import BENAR, GAGAL, SALAH

NOT_TRIED, SOME, ALL = "not-tried", "some", "all"
"""What happened with the codes, beside what the meter may have said to one: SALAH, GAGAL."""
BY_CUSTOMER = "customer"


class ComeBackStep(Step):
    """What happened with the codes that were given out?"""

    stage = Stage.CHECK
    help = messages.HELP_COME_BACK

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back

    @property
    def view(self) -> QuestionView:
        options = (
            Option(NOT_TRIED, Message("Belum dicoba")),
            Option(SOME, Message("Baru sebagian")),
            Option(SALAH, Message("Ditolak"), SALAH),
            Option(GAGAL, Message("Ditunda"), GAGAL),
            Option(ALL, Message("Semua"), BENAR),
        )
        return QuestionView(messages.WHAT_HAPPENED, options, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        here, issued, back = self.here, self._issued, lambda: self
        word = answer.text if isinstance(answer, Entered) else NOT_TRIED
        if word == ALL:
            return KrnStep(here, issued, back)
        if word == SOME:
            return LastGoodStep(here, issued, back)
        if word in (SALAH, GAGAL):
            return AtWhichStep(here, issued, word, back)
        return RowsStep(here, issued, back=back)


class LastGoodStep(Step):
    """Some codes are in: which was the last of them?"""

    stage = Stage.CHECK

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back

    @property
    def view(self) -> QuestionView:
        first, last = self._issued.first, self._issued.pairs[-1][1]
        numbers = range(first, last)
        return QuestionView(messages.LAST_GOOD, numbered(numbers), meter=MeterPicture("", BENAR), goes_back=True)

    def choose(self, answer: Answer) -> Next:
        here, issued = self.here, self._issued
        if answer is Choice.PREVIOUS:
            return self._back()
        if answer is Choice.DONT_KNOW:
            return RowsStep(here, issued, back=lambda: self)
        if not isinstance(answer, Entered) or not self.view.offers(answer):
            return super().choose(answer)
        done = int(answer.text)
        return _claim(here, issued, done, BENAR, lambda: _go_on(here, issued, done, lambda: self))


class AtWhichStep(Step):
    """The meter refused a code: at which did it say so?"""

    stage = Stage.CHECK

    def __init__(self, here: Workplace, issued: Issued, said: str, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._said = said
        self._back = back

    @property
    def view(self) -> QuestionView:
        question = messages.at_which(self._said)
        numbers = range(self._issued.first, self._issued.pairs[-1][1] + 1)
        return QuestionView(question, numbered(numbers), meter=MeterPicture("", self._said), goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        # Who does not know is taken to have begun.
        number = int(answer.text) if isinstance(answer, Entered) else self._issued.first
        return CompareStep(self.here, self._issued, self._said, number, lambda: self)


class CompareStep(Step):
    """A refused code is most often one for another meter, or a digit that went wrong: the number first."""

    stage = Stage.CHECK
    help = messages.HELP_CONFIRM

    def __init__(self, here: Workplace, issued: Issued, said: str, number: int, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._said = said
        self._number = number
        self._back = back

    @property
    def view(self) -> QuestionView:
        number = self._issued.meter_number
        meter = MeterPicture("", "", number)
        return QuestionView(messages.SAME_NUMBER, YES_NO, messages.compare(number), meter, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        same = {YES: "same", NO: "other"}.get(answer.text if isinstance(answer, Entered) else "", "unknown")
        told = f"{self._said} {self._number}, meter {same}"
        return _note(self.here, self._issued, told, self._other if same == "other" else self._go_on)

    def _other(self) -> Next:
        """The codes are for another meter: that is told, and another number can be looked up."""
        lines = (messages.only_for(self._issued.meter_number), messages.LOOK_UP_THE_OTHER)
        return ResultStep(self.here, ResultView(Mood.CAREFUL, messages.OTHER_METER, lines))

    def _go_on(self) -> Next:
        first = messages.PUT_OFF if self._said == GAGAL else messages.SLOWLY
        return _go_on(self.here, self._issued, self._number - 1, lambda: self, first, self._said)


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
            return _claim(here, issued, issued.pairs[-1][1], BENAR, lambda: rows)
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


def numbered(numbers: range) -> tuple[Option, ...]:
    """Codes to choose from, by their numbers on the slip."""
    return tuple(Option(str(number), Message("Kode {row}", {"row": str(number)})) for number in numbers)


def _with_number(here: Workplace, issued: Issued, shown: int, back: Callable[[], Next]) -> Next:
    """What the number makes of "all of them": the right one, one from half way, or one that leads back to the rows."""
    seen, wanted = f"04: {shown}", issued.changes[-1].new_krn
    if wanted is None or shown == wanted:
        title = messages.NOTED if wanted is None else messages.RIGHT_NUMBER
        lines = (messages.ROWS_STAY,) if wanted is None else (messages.BY_THAT_NUMBER, messages.ROWS_STAY)
        result = ResultStep(here, ResultView(Mood.GOOD, title, lines))
        return _claim(here, issued, issued.pairs[-1][1], seen, lambda: result)
    if shown > wanted:
        # No code leads there: it is another meter, or it has a newer key.
        lines = (messages.COMPARE_THE_NUMBER, GO_TO_COUNTER)
        advice = AdviceView(messages.OTHER_NUMBER, lines, MeterPicture("", str(shown), issued.meter_number), ends=True)
        return AdviceStep(here, advice, back=back)
    ends = zip(issued.pairs, issued.changes, strict=True)
    done = max((last for (_, last), change in ends if change.new_krn == shown), default=issued.first - 1)
    told = messages.not_yet(shown, wanted)
    return _claim(here, issued, done, seen, lambda: _go_on(here, issued, done, back, told, str(shown or "?")))


def _claim(here: Workplace, issued: Issued, done: int, seen: str, then: Callable[[], Next]) -> Next:
    """What the customer says of the rows up to number `done` goes on record as their word."""

    def job() -> None:
        number = issued.first - 1
        for change in issued.changes:
            for section, outcome in enumerate(change.outcomes, 1):
                number += 1
                if number <= done and outcome is not RowOutcome.ACCEPTED:
                    here.office.record(_by_word(here, change.id, section, seen))

    if done < issued.first:
        return then()
    return WorkStep(here, messages.RECORDING, Background(job), lambda _nothing: then())


def _by_word(here: Workplace, key_change_id: str, section: int, seen: str) -> RowRecord:
    attempt = uuid.uuid4().hex
    return RowRecord(
        key_change_id, section, RowOutcome.ACCEPTED, seen, BY_CUSTOMER, here.place, attempt, Grade.CUSTOMER
    )


def _note(here: Workplace, issued: Issued, told: str, then: Callable[[], Next]) -> Next:
    """What a customer tells of a refusal at home goes on record for staff, and changes nothing."""
    ending = SessionEnding(AT_HOME, told, None, Grade.CUSTOMER, proved=False, place=here.place)
    job = Background(lambda: here.office.end(issued.meter_number, ending))
    return WorkStep(here, messages.RECORDING, job, lambda _nothing: then())


def _go_on(
    here: Workplace,
    issued: Issued,
    done: int,
    back: Callable[[], Next],
    first: Message | None = None,
    shown: str = BENAR,
) -> Next:
    """The rest of the rows, under the numbers that they have on the slip.

    A pair that was left in the middle begins anew: the meter has forgotten its first row by now.
    """
    told = sum(last <= done for _, last in issued.pairs)
    begins = max((last for _, last in issued.pairs if last <= done), default=issued.first - 1)
    if first is None:
        first = messages.COMPARE_DIGITS if begins == done else messages.pair_again(begins + 1)
    advice = AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": str(begins + 1)}),
        (first, messages.ONCE_MORE),
        MeterPicture("", shown),
    )
    ticked, index = frozenset(range(issued.first, begins + 1)), begins + 1 - issued.first
    return AdviceStep(here, advice, lambda: RowsStep(here, issued, index, told, back, ticked), back=back)
