"""The core of the virtual meter: keys in, display and beeps out, the standard in between.

It behaves as the meters in `docs/hardware.md` are described: digits appear as they are pressed, Enter submits (or the
20th digit does), an entry is forgotten after 20 s without a key, a result is shown for 3 s, and short codes show
registers. `hardware.virtual.keypad` is the keypad in front of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from hardware.adapter import MeterRegister
from hardware.virtual import beeper
from hardware.virtual.beeper import Beeper
from hardware.virtual.texts import INDONESIAN, DisplayTexts
from krn_engine.row import ROW_DIGITS, grouped
from krn_engine.sts.meter_state import Answer, MeterState
from krn_engine.sts.results import TokenResult
from krn_engine.sts.tokens import ManagementKind, ManagementToken

ENTER, BACKSPACE, HASH, STAR = "enter", "backspace", "hash", "star"
KEYS = (*"0123456789", ENTER, BACKSPACE, HASH, STAR)
CODES: Mapping[MeterRegister, str] = {
    MeterRegister.KRN: "04",
    MeterRegister.TAMPER: "08",
    MeterRegister.TECHNICAL_COUNT: "64",
    MeterRegister.LAST_TOKEN: "65",
    MeterRegister.LAST_BUT_ONE: "66",
    MeterRegister.LAST_BUT_TWO: "67",
    MeterRegister.METER_NUMBER: "75",
    MeterRegister.SGC: "77",
}
"""The short codes of the utility's own meters."""
CREDIT, RESULT = "37", "078"


@dataclass(frozen=True, slots=True)
class Habits:
    """What this meter does with keys and time. Times in seconds (CLOU: 20 s between digits, results for 3 s)."""

    entry_timeout: float = 20.0
    result_time: float = 3.0
    tamper_blocks: bool = True
    """While PERIKSA is shown, only clear-tamper and clear-credit tokens are taken (Itron EM512, configurable)."""
    auto_accept: bool = False
    """It takes a row with its 20th digit (Landis+Gyr Gemini)."""
    hold_seconds: float = 5.0
    """A 0 that is held this long switches the alarm (Landis+Gyr Three Phase): the harm that a stuck contact does."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of 20 digits that the meter worked on, for a test of what was said of it."""

    digits: str
    result: TokenResult
    at: float
    key_changed: bool


class VirtualMeter:
    """A meter with its keys and a display. `clock` gives seconds that only grow."""

    enters: ClassVar[tuple[str, ...]] = (ENTER, HASH)
    erases: ClassVar[tuple[str, ...]] = (BACKSPACE, STAR)

    def __init__(
        self,
        state: MeterState,
        clock: Callable[[], float],
        texts: DisplayTexts = INDONESIAN,
        habits: Habits = Habits(),
    ) -> None:
        self.state = state
        self.last_result = TokenResult.NONE
        """What the status register holds (the Conlog short code 078 shows it)."""
        self.texts = texts
        self.habits = habits
        self.beeper = Beeper()
        self.entries: list[Entry] = []
        self.alarm_switched = 0
        """How often a held 0 has switched the alarm."""
        self.powered = True
        self._clock = clock
        self._entry = ""
        self._code: str | None = None
        self._last_key = 0.0
        self._shown = ""
        self._shown_until = 0.0
        self._technical: tuple[str, ...] = ()
        self._technical_count = 0

    def press(self, key: str, at: float | None = None) -> None:
        """One key, at a moment (now, unless it is said). Raises ValueError for a key that the meter does not have."""
        if key not in KEYS:
            raise ValueError(f"this meter has no key {key!r}")
        if not self.powered:
            return
        now = self._clock() if at is None else at
        if now - self._last_key > self.habits.entry_timeout:
            self._entry, self._code = "", None
        self._last_key = now
        self._shown_until = 0.0
        self.beeper.key(now)
        if self._code is not None or (key == HASH and not self._entry):
            self._press_in_code(key, now)
        elif key in self.enters:
            entry, self._entry = self._entry, ""
            self._submit(entry, now)
        elif key in self.erases:
            self._entry = self._entry[:-1]
        elif len(self._entry) < ROW_DIGITS:
            self._entry += key
            if self.habits.auto_accept and len(self._entry) == ROW_DIGITS:
                entry, self._entry = self._entry, ""
                self._submit(entry, now)

    def held(self, key: str) -> None:
        """A key was held for `habits.hold_seconds`."""
        if key == "0" and self.powered:
            self.alarm_switched += 1

    @property
    def display(self) -> str:
        """What the display shows now: a result, the entry, PERIKSA, or the credit."""
        now = self._clock()
        if not self.powered:
            return ""
        if now < self._shown_until:
            return self._shown
        if now - self._last_key <= self.habits.entry_timeout and (self._entry or self._code):
            return self._code or self._entry
        return self.texts.tampered if self.state.tampered else self._credit

    @property
    def entry(self) -> str:
        """The digits that stand in the entry buffer."""
        return self._entry

    @property
    def _credit(self) -> str:
        return f"{self.state.credit // 10},{self.state.credit % 10} kWh"

    def _press_in_code(self, key: str, now: float) -> None:
        """Short codes between two # keys."""
        if key == HASH:
            code, self._code = self._code, None
            if code is None:
                self._code = ""
            elif code:
                self._show(self._short_code(code), now)
        elif key in self.erases:
            self._code = (self._code or "")[:-1]
        elif key not in self.enters:
            self._code = ((self._code or "") + key)[-ROW_DIGITS:]

    def _submit(self, entry: str, now: float) -> None:
        if not entry:
            return
        if len(entry) != ROW_DIGITS:
            self._show(self._short_code(entry), now)
            return
        self.take_token(entry, now)

    def take_token(self, digits: str, at: float | None = None) -> Answer | None:
        """20 digits came in, from the keys or by light: obey them, show and sound the answer, and give it.

        None: the meter was opened (PERIKSA), and read nothing.
        """
        now = self._clock() if at is None else at
        state, answer = self.state.enter(digits, now)
        if self.state.tampered and self.habits.tamper_blocks and not _clears(answer.token):
            self._show(self.texts.tampered, now)
            self.beeper.answer(beeper.REJECTED, now)
            return None
        self.state = state
        self.last_result = answer.result
        self.entries.append(Entry(digits, answer.result, now, answer.key_changed))
        if answer.accepted and answer.token is not None and answer.token.token_class == 2:
            self._technical = (digits, *self._technical[:2])
            self._technical_count += 1
        text = self.texts.of(answer.result)
        if answer.result is TokenResult.LOCKOUT:
            text = f"{text} {answer.locked_for:.0f}"
        self._show(text, now)
        self.beeper.answer(beeper.ACCEPTED if answer.accepted else beeper.REJECTED, now)
        return answer

    def register(self, register: MeterRegister) -> str:
        """What a display register holds now, as its short code shows it."""
        return self._short_code(CODES[register])

    def _show(self, text: str, now: float) -> None:
        self._shown, self._shown_until = text, now + self.habits.result_time

    def _short_code(self, code: str) -> str:
        """Registers by their code (the short-code list of the utility's own meters, and Conlog's 078)."""
        key = self.state.key
        registers: dict[str, Callable[[], str]] = {
            CODES[MeterRegister.KRN]: lambda: str(key.krn),
            CODES[MeterRegister.TAMPER]: lambda: (
                self.texts.tampered if self.state.tampered else self.texts.not_tampered
            ),
            CREDIT: lambda: self._credit,
            CODES[MeterRegister.TECHNICAL_COUNT]: lambda: str(self._technical_count),
            CODES[MeterRegister.LAST_TOKEN]: lambda: self._technical_token(0),
            CODES[MeterRegister.LAST_BUT_ONE]: lambda: self._technical_token(1),
            CODES[MeterRegister.LAST_BUT_TWO]: lambda: self._technical_token(2),
            CODES[MeterRegister.METER_NUMBER]: lambda: str(self.state.drn),
            CODES[MeterRegister.SGC]: lambda: str(key.sgc),
            RESULT: lambda: str(int(self.last_result)),
        }
        return registers.get(code, lambda: self.texts.unknown_code)()

    def _technical_token(self, index: int) -> str:
        return grouped(self._technical[index]) if index < len(self._technical) else self.texts.unknown_code

    def power_off(self) -> None:
        """The supply goes: entry, shown result and lock-out are gone, what the meter stores is not."""
        self.powered = False
        self.state = self.state.power_cycled()
        self._entry, self._code, self._shown_until = "", None, 0.0
        self.beeper.silence()

    def power_on(self) -> None:
        """The supply is back."""
        self.powered = True

    def power_cut(self) -> None:
        """The supply goes and comes back at once."""
        self.power_off()
        self.power_on()


def _clears(token: object) -> bool:
    return isinstance(token, ManagementToken) and token.kind in (
        ManagementKind.CLEAR_TAMPER,
        ManagementKind.CLEAR_CREDIT,
    )
