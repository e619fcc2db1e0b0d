"""The core of the virtual meter: keys in, display out, the standard in between.

It behaves as the meters in `docs/hardware.md` are described: digits appear as they are pressed, Enter submits, an
entry is forgotten after 20 s without a key, a result is shown for 3 s, and short codes show registers.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.virtual.texts import INDONESIAN, DisplayTexts
from krn_engine.sts.framing import TOKEN_DIGITS, grouped
from krn_engine.sts.meter_state import MeterState
from krn_engine.sts.results import TokenResult
from krn_engine.sts.tokens import ManagementKind, ManagementToken

ENTER = "enter"
BACKSPACE = "backspace"
KEYS = (*"0123456789", ENTER, BACKSPACE)


@dataclass(frozen=True, slots=True)
class Habits:
    """What this meter does with keys and time. Times in seconds (CLOU: 20 s between digits, results for 3 s)."""

    entry_timeout: float = 20.0
    result_time: float = 3.0
    tamper_blocks: bool = True
    """While PERIKSA is shown, only clear-tamper and clear-credit tokens are taken (Itron EM512, configurable)."""


class VirtualMeter:
    """A meter with twelve keys and a display. `clock` gives seconds that only grow."""

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
        self._clock = clock
        self.texts = texts
        self._habits = habits
        self._entry = ""
        self._last_key = 0.0
        self._shown = ""
        self._shown_until = 0.0
        self._technical: tuple[str, ...] = ()
        self._technical_count = 0

    def press(self, key: str) -> None:
        """One key, down and up. Raises ValueError for a key that the meter does not have."""
        if key not in KEYS:
            raise ValueError(f"this meter has no key {key!r}")
        now = self._clock()
        if now - self._last_key > self._habits.entry_timeout:
            self._entry = ""
        self._last_key = now
        self._shown_until = 0.0
        if key == ENTER:
            entry, self._entry = self._entry, ""
            self._submit(entry, now)
        elif key == BACKSPACE:
            self._entry = self._entry[:-1]
        elif len(self._entry) < TOKEN_DIGITS:
            self._entry += key

    @property
    def display(self) -> str:
        """What the display shows now: a result, the entry, PERIKSA, or the credit."""
        now = self._clock()
        if now < self._shown_until:
            return self._shown
        if self._entry and now - self._last_key <= self._habits.entry_timeout:
            return self._entry
        return self.texts.tampered if self.state.tampered else self._credit

    @property
    def entry(self) -> str:
        """The digits that stand in the entry buffer."""
        return self._entry

    @property
    def _credit(self) -> str:
        return f"{self.state.credit // 10},{self.state.credit % 10} kWh"

    def _submit(self, entry: str, now: float) -> None:
        if not entry:
            return
        if len(entry) != TOKEN_DIGITS:
            self._show(self._short_code(entry), now)
            return
        state, answer = self.state.enter(entry, now)
        if self.state.tampered and self._habits.tamper_blocks and not _clears(answer.token):
            self._show(self.texts.tampered, now)
            return
        self.state = state
        self.last_result = answer.result
        if answer.accepted and answer.token is not None and answer.token.token_class == 2:
            self._technical = (entry, *self._technical[:2])
            self._technical_count += 1
        text = self.texts.of(answer.result)
        if answer.result is TokenResult.LOCKOUT:
            text = f"{text} {answer.locked_for:.0f}"
        self._show(text, now)

    def _show(self, text: str, now: float) -> None:
        self._shown, self._shown_until = text, now + self._habits.result_time

    def _short_code(self, code: str) -> str:
        """Registers by their code (the short-code list of the utility's own meters)."""
        key = self.state.key
        registers: dict[str, Callable[[], str]] = {
            "04": lambda: str(key.krn),
            "08": lambda: self.texts.tampered if self.state.tampered else self.texts.not_tampered,
            "37": lambda: self._credit,
            "64": lambda: str(self._technical_count),
            "65": lambda: self._technical_token(0),
            "66": lambda: self._technical_token(1),
            "67": lambda: self._technical_token(2),
            "75": lambda: str(self.state.drn),
            "77": lambda: str(key.sgc),
        }
        return registers.get(code, lambda: self.texts.unknown_code)()

    def _technical_token(self, index: int) -> str:
        return grouped(self._technical[index]) if index < len(self._technical) else self.texts.unknown_code

    def power_cut(self) -> None:
        """The supply goes and comes back: entry, shown result and lock-out are gone, what the meter stores is not."""
        self.state = self.state.power_cycled()
        self._entry, self._shown_until = "", 0.0


def _clears(token: object) -> bool:
    return isinstance(token, ManagementToken) and token.kind in (
        ManagementKind.CLEAR_TAMPER,
        ManagementKind.CLEAR_CREDIT,
    )
