"""Who comes back has had these codes: what happened with them says where they go on. Their word closes nothing."""

from collections.abc import Callable

from hardware.person import NO, YES
from kiosk.flow import messages
from kiosk.flow.customer.rows import RowsStep
from kiosk.flow.customer.shown_krn import KrnStep
from kiosk.flow.customer.told import claim, go_on, note
from kiosk.flow.meter.person import YES_NO
from kiosk.flow.step import Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Message, MeterPicture, Option, Stage
from kiosk.view.views import AdviceView, QuestionView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued
from krn_engine.row import BENAR, GAGAL, SALAH

NOT_TRIED, SOME, ALL = "not-tried", "some", "all"
"""What happened with the codes, beside what the meter may have said to one: SALAH, GAGAL."""


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
        return claim(here, issued, done, BENAR, lambda: go_on(here, issued, done, lambda: self))


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
        told = f"{self._said} {self._number} {same}"
        return note(self.here, self._issued, told, self._other if same == "other" else self._go_on)

    def _other(self) -> Next:
        return OtherMeterStep(self.here, self._issued.meter_number, lambda: self)

    def _go_on(self) -> Next:
        first = messages.PUT_OFF if self._said == GAGAL else messages.SLOWLY
        return go_on(self.here, self._issued, self._number - 1, lambda: self, first, self._said)


class OtherMeterStep(Step):
    """The codes are for another meter: the right one's number is entered or scanned at once; or they look again."""

    stage = Stage.CHECK
    help = messages.HELP_CONFIRM
    wants_number = True

    def __init__(self, here: Workplace, meter_number: str, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._meter_number = meter_number
        self._back = back

    @property
    def view(self) -> AdviceView:
        number = self._meter_number
        lines = (messages.only_for(number), messages.SCAN_THE_OTHER)
        return AdviceView(messages.OTHER_METER, lines, MeterPicture("", "", number), another=True)

    def choose(self, answer: Answer) -> Next:
        return self._back() if answer is Choice.PREVIOUS else super().choose(answer)


def numbered(numbers: range) -> tuple[Option, ...]:
    """Codes to choose from, by their numbers on the slip."""
    return tuple(Option(str(number), Message("Kode {row}", {"row": str(number)})) for number in numbers)
