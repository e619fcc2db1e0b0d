"""A person at a terminal, asked about the meter in front of them."""

from dataclasses import dataclass

from hardware.person import NO, NOTHING, YES, Question
from krn_engine.row import BENAR, SALAH

_WORDS = {"y": YES, "n": NO, "b": BENAR, "s": SALAH, "o": NOTHING}
_ASKS = {
    Question.ANSWER_TO_ROW: (
        f"What does the meter show? b {BENAR}, s {SALAH}, o something else, Enter don't know",
        "bso",
    ),
    Question.SHOWS_PERIKSA: ("Does the meter show PERIKSA? y, n, Enter don't know", "yn"),
    Question.NUMBER_IS_RIGHT: ("Is the number above the one on the meter? y, n, Enter don't know", "yn"),
    Question.TYPE_AGAIN: ("A row is in doubt. Did you look at the meter, and may it be typed again? y, n", "yn"),
}
_KRN = "Key 04 and Enter into the meter: which number does it show? Enter: don't know"


@dataclass(frozen=True, slots=True)
class TerminalPerson:
    """Answers the questions of a session; without a terminal only what the command line said."""

    ask: bool
    type_again: bool = False

    def __call__(self, question: Question) -> str | None:
        """See `hardware.person.Person`."""
        if question is Question.TYPE_AGAIN and self.type_again:
            return YES
        if not self.ask:
            return None
        if question is Question.KRN_SHOWN:
            typed = self._line(_KRN)
            return typed if typed.isdigit() else None
        text, letters = _ASKS[question]
        while True:
            typed = self._line(text).lower()
            if not typed:
                return None
            if typed in letters:
                return _WORDS[typed]

    def _line(self, text: str) -> str:
        try:
            return input(f"{text}: ").strip()
        except EOFError:
            return ""
