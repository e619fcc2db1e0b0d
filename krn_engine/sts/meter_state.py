"""The receiving side: which tokens a meter accepts and what they do to it (IEC 62055-41, clause 7).

`MeterState.enter` is a function of the state, the digits and the time; it gives the next state and the answer.
Time is any count of seconds that only grows, and the caller's: nothing here looks at a clock.
"""

from dataclasses import dataclass, field, replace
from typing import assert_never

from krn_engine.sts.codec import decode
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.errors import CrcMismatch, InvalidIdentity, InvalidToken, UnknownTokenKind
from krn_engine.sts.framing import from_digits
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, Sgc, Ti
from krn_engine.sts.key_change import ALLOWED_CHANGES
from krn_engine.sts.keys import DecoderKey, Ea
from krn_engine.sts.results import TokenResult
from krn_engine.sts.tid import Tid
from krn_engine.sts.tokens import (
    CreditKind,
    CreditToken,
    CurrencyToken,
    ManagementKind,
    ManagementToken,
    Section,
    Section1,
    Section2,
    Section3,
    Section4,
    TestToken,
    Token,
)


@dataclass(frozen=True, slots=True)
class MeterRules:
    """What makers decide for themselves. Sources: CLOU frequently asked questions on STS and key change tokens."""

    section_timeout: float = 600.0
    """Seconds after which a meter forgets the sections it has (CLOU: 10 min; the standard's figure is not known)."""
    tid_store: int = 50
    """How many token identifiers it remembers (the standard: at least 50)."""
    wrong_before_lockout: int = 3
    first_lockout: float = 10.0
    """Seconds of the first lock-out; each further wrong entry doubles them."""
    longest_lockout: float = 1280.0
    checks_ken: bool = True
    max_credit: int = 999_999_999
    """Largest credit register, in 0.1 kWh."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the meter says to one entry."""

    result: TokenResult
    token: Token | None = None
    """What it read, where it could."""
    missing: tuple[int, ...] = ()
    """Sections of a key change that it waits for after this one."""
    key_changed: bool = False
    locked_for: float = 0.0
    """Seconds that its keypad stays locked from now."""

    @property
    def accepted(self) -> bool:
        """True if the entry was taken."""
        return self.result.accepted


@dataclass(frozen=True, slots=True)
class MeterState:
    """A meter at rest between two entries. Every change makes a new state; what a key change does not name survives.

    `tables` are needed for EA07. `credit` is in 0.1 kWh.
    """

    drn: Drn
    key: DecoderKey
    tables: Ea07Tables | None = field(default=None, repr=False)
    rules: MeterRules = MeterRules()
    credit: int = 0
    tids: tuple[Tid, ...] = field(default=(), repr=False)
    """Remembered token identifiers, lowest first."""
    sections: tuple[Section, ...] = field(default=(), repr=False)
    """Sections of an unfinished key change, by number."""
    sections_since: float = 0.0
    """When the last of them came in."""
    wrong: int = 0
    """Wrong entries since the last accepted one."""
    locked_until: float = 0.0
    max_power: int | None = None
    """Power limit as coded in its token, where one was set."""
    tampered: bool = False
    """PERIKSA: a cover was opened. How a meter treats tokens then is its maker's; its face decides that."""

    def enter(self, digits: str, now: float) -> tuple["MeterState", Answer]:
        """The state after 20 digits and Enter at second `now`, and the answer."""
        if now < self.locked_until:
            return self, Answer(TokenResult.LOCKOUT, locked_for=self.locked_until - now)
        state = self._forget_old_sections(now)
        try:
            # A first digit of 8 or 9 has no bits to decrypt: it is rejected before decryption.
            from_digits(digits)
            token = decode(digits, state.key.cipher(state.tables))
        except InvalidToken:
            return state._refuse(TokenResult.FORMAT_ERROR, None, now)
        except CrcMismatch:
            return state._refuse(TokenResult.CRC_ERROR, None, now)
        except UnknownTokenKind:
            return state._refuse(TokenResult.FUNCTION_ERROR, None, now)
        return state._obey(token, now)

    def power_cycled(self) -> "MeterState":
        """After the supply was away: the lock-out is gone (CLOU), and so is an unfinished key change."""
        return replace(self, wrong=0, locked_until=0.0, sections=())

    def _obey(self, token: Token, now: float) -> tuple["MeterState", Answer]:
        match token:
            case TestToken():
                return self._test(token, now)
            case CreditToken():
                return self._credit(token, now)
            case CurrencyToken():
                return self._refuse(TokenResult.FUNCTION_ERROR, token, now)
            case ManagementToken():
                return self._manage(token, now)
            case Section1() | Section2() | Section3() | Section4():
                return self._section(token, now)
            case _:
                assert_never(token)

    # --- answers

    def _accept(self, token: Token, result: TokenResult = TokenResult.ACCEPT) -> tuple["MeterState", Answer]:
        return replace(self, wrong=0, locked_until=0.0), Answer(result, token)

    def _refuse(self, result: TokenResult, token: Token | None, now: float) -> tuple["MeterState", Answer]:
        wrong = self.wrong + 1
        over = wrong - self.rules.wrong_before_lockout
        lockout = 0.0 if over < 0 else min(self.rules.first_lockout * 2.0**over, self.rules.longest_lockout)
        refused = replace(self, wrong=wrong, locked_until=now + lockout if lockout else 0.0)
        return refused, Answer(result, token, locked_for=lockout)

    # --- class 1

    def _test(self, token: TestToken, now: float) -> tuple["MeterState", Answer]:
        if token.manufacturer not in (0, int(self.drn.manufacturer_code)):
            return self._refuse(TokenResult.MFR_CODE_ERROR, token, now)
        # Not made for this meter, so it proves nothing: a lock-out count stays as it is.
        return self, Answer(TokenResult.ACCEPT, token)

    # --- tokens with a TID

    def _tid_error(self, tid: Tid) -> TokenResult | None:
        """7.3.6: old and used first, then expiry."""
        if tid in self.tids:
            return TokenResult.USED_ERROR
        if len(self.tids) >= self.rules.tid_store and tid < self.tids[0]:
            return TokenResult.OLD_ERROR
        if self.rules.checks_ken and self.key.ken.refuses(tid.minutes):
            return TokenResult.KEY_EXPIRED_ERROR
        return None

    def _remember(self, tid: Tid) -> "MeterState":
        kept = sorted((*self.tids, tid))[-self.rules.tid_store :]
        return replace(self, tids=tuple(kept))

    def _credit(self, token: CreditToken, now: float) -> tuple["MeterState", Answer]:
        error = self._tid_error(token.tid)
        if error is None and self.key.kt is KeyType.DDTK:
            error = TokenResult.DDTK_ERROR
        if error is None and token.kind is not CreditKind.ELECTRICITY:
            error = TokenResult.FUNCTION_ERROR
        if error is None and self.credit + token.units > self.rules.max_credit:
            error = TokenResult.OVERFLOW_ERROR
        if error is not None:
            return self._refuse(error, token, now)
        return replace(self._remember(token.tid), credit=self.credit + token.units)._accept(token)

    def _manage(self, token: ManagementToken, now: float) -> tuple["MeterState", Answer]:
        error = self._tid_error(token.tid)
        if error is None and token.kind is ManagementKind.SET_WATER_METER_FACTOR:
            error = TokenResult.FUNCTION_ERROR
        if error is not None:
            return self._refuse(error, token, now)
        state = self._remember(token.tid)
        match token.kind:
            case ManagementKind.CLEAR_CREDIT:
                state = replace(state, credit=0)
            case ManagementKind.CLEAR_TAMPER:
                state = replace(state, tampered=False)
            case ManagementKind.SET_MAXIMUM_POWER_LIMIT:
                state = replace(state, max_power=token.value)
            case _:
                pass  # tariff rate and phase unbalance change nothing that this meter shows
        return state._accept(token)

    # --- key changes

    def _forget_old_sections(self, now: float) -> "MeterState":
        if self.sections and now - self.sections_since > self.rules.section_timeout:
            return replace(self, sections=())
        return self

    def _section(self, token: Section, now: float) -> tuple["MeterState", Answer]:
        error = self._section_error(token)
        if error is not None:
            return self._refuse(error, token, now)
        others = tuple(section for section in self.sections if section.section != token.section)
        held = tuple(sorted((*others, token), key=lambda section: section.section))
        missing = tuple(
            number for number in range(1, self.key.ea.sections + 1) if number not in {s.section for s in held}
        )
        state = replace(self, sections=held, sections_since=now)
        if missing:
            partial = {1: TokenResult.FIRST_KCT, 2: TokenResult.SECOND_KCT}
            state, answer = state._accept(token, partial.get(token.section, TokenResult.ACCEPT))
            return state, replace(answer, missing=missing)
        return state._change_key(token, now)

    def _section_error(self, token: Section) -> TokenResult | None:
        if token.section > self.key.ea.sections:
            return TokenResult.FUNCTION_ERROR
        if isinstance(token, Section1):
            if token.reserved:
                return TokenResult.FUNCTION_ERROR if self.key.ea is Ea.EA07 else TokenResult.FORMAT_ERROR
            if not 1 <= token.krn <= 9:
                return TokenResult.RANGE_ERROR
        if isinstance(token, Section2) and token.ti > 99:
            return TokenResult.RANGE_ERROR
        return None

    def _change_key(self, token: Section, now: float) -> tuple["MeterState", Answer]:
        """All sections are in: the key type rule, then everything at once (7.3.7)."""
        first = next(section for section in self.sections if isinstance(section, Section1))
        second = next(section for section in self.sections if isinstance(section, Section2))
        emptied = replace(self, sections=())
        kt = KeyType(first.kt)
        if kt not in ALLOWED_CHANGES[self.key.kt]:
            return emptied._refuse(TokenResult.KEY_TYPE_ERROR, token, now)
        try:
            sgc = self._new_sgc()
        except InvalidIdentity:
            return emptied._refuse(TokenResult.RANGE_ERROR, token, now)
        words = [
            next(s.key_word for s in self.sections if s.section == number) for number in (1, 3, 4, 2)[:: self._step]
        ]
        key = replace(
            self.key,
            value=b"".join(word.to_bytes(4, "big") for word in words),
            sgc=sgc,
            krn=Krn(first.krn),
            kt=kt,
            ti=Ti(second.ti),
            ken=Ken(first.ken_high << 4 | second.ken_low),
            base_date=_next_base(self.key.base_date) if first.ro else self.key.base_date,
        )
        # RO clears the memory of tokens, which is why it must come with another key (roll-over, STSA).
        changed = replace(emptied, key=key, tids=() if first.ro else self.tids)
        state, answer = changed._accept(token)
        return state, replace(answer, key_changed=True)

    @property
    def _step(self) -> int:
        """Sections 1 and 2 alone carry an EA07 key; 1, 3, 4, 2 is the order of an EA11 key's words."""
        return 3 if self.key.ea is Ea.EA07 else 1

    def _new_sgc(self) -> Sgc:
        """The SGC that sections 3 and 4 carry; a meter that is not told keeps the one it has."""
        low = next((s.sgc_low for s in self.sections if isinstance(s, Section3)), None)
        high = next((s.sgc_high for s in self.sections if isinstance(s, Section4)), None)
        if low is None or high is None:
            return self.key.sgc
        return Sgc(f"{high << 12 | low:06d}")


def _next_base(base: BaseDate) -> BaseDate:
    """The next base date: a key change tells only that the base date moves on, and not to which."""
    later = [candidate for candidate in BaseDate if candidate > base]
    return later[0] if later else base
