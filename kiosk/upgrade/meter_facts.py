"""What the meter itself tells: its registers, read by the adapter's senses or by a person."""

from dataclasses import dataclass

from hardware.adapter import Evidence, MeterAdapter, MeterRegister, Source
from hardware.person import BY_PERSON, NO, YES, Person, Question
from krn_engine.row import Hidden

LAST_THREE = (MeterRegister.LAST_TOKEN, MeterRegister.LAST_BUT_ONE, MeterRegister.LAST_BUT_TWO)


@dataclass(frozen=True, slots=True)
class ShownKrn:
    """The KRN that a meter shows, and who or what read it."""

    krn: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """Asks one meter. Everything may be None: not known."""

    adapter: MeterAdapter
    person: Person

    def periksa(self) -> bool | None:
        """Does the meter say PERIKSA (short code 08)?"""
        told = self.adapter.tampered()
        return told if told is not None else self._yes(Question.SHOWS_PERIKSA)

    def is_meter(self, number: str) -> bool | None:
        """Is this the number of the meter (short code 75)?"""
        digits = self._digits(MeterRegister.METER_NUMBER)
        return digits == number if digits else self._yes(Question.NUMBER_IS_RIGHT)

    def krn(self) -> ShownKrn | None:
        """The KRN that the meter shows (short code 04)."""
        if digits := self._digits(MeterRegister.KRN):
            return ShownKrn(int(digits), Evidence(Source.REGISTER, f"04: {int(digits)}", self.adapter.model))
        told = self.person(Question.KRN_SHOWN)
        if told is None or not told.isdecimal():
            return None
        return ShownKrn(int(told), Evidence(Source.PERSON, f"04: {int(told)}", BY_PERSON))

    def tokens_taken(self) -> int | None:
        """How many tokens other than credit the meter has taken (short code 64)."""
        digits = self._digits(MeterRegister.TECHNICAL_COUNT)
        return int(digits) if digits else None

    def last_tokens(self, count: int) -> tuple[Hidden | None, ...]:
        """The last tokens other than credit that the meter took, the newest first; three at most (65 to 67)."""
        shown = (self._digits(register) for register in LAST_THREE[:count])
        return tuple(None if digits is None else Hidden(digits) for digits in shown)

    def _shown(self, register: MeterRegister) -> str | None:
        evidence = self.adapter.read(register)
        return None if evidence is None else evidence.seen

    def _digits(self, register: MeterRegister) -> str | None:
        digits = (self._shown(register) or "").replace(" ", "")
        return digits if digits.isdigit() else None

    def _yes(self, question: Question) -> bool | None:
        return {YES: True, NO: False}.get(self.person(question) or "")
