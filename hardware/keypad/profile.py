"""What is known of a meter model: its keys, its pace, its words. One TOML file a model, in `hardware/keypad/profiles`.

What a profile claims about a real brand names its source; what is not known is a setting with a safe default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from hardware.adapter import SECTION_TIMEOUT, MeterRegister
from hardware.errors import ProfileInvalid
from hardware.keypad.forms import Layout
from hardware.keypad.table import KeypadTable
from krn_engine.row import BENAR, GAGAL, SALAH
from krn_engine.strict_toml import parse_toml

FOLDER = Path(__file__).parent / "profiles"
KEYS = frozenset((*"0123456789", "enter", "backspace", "hash", "star"))
"""Every key that a profile may name."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. The defaults suit a meter that scans its keys every 20 ms and wants three equal samples."""

    press: float = 0.12
    gap: float = 0.15
    repeat_gap: float = 0.15
    """The gap before the same key again: a short one makes two presses one."""
    before_enter: float = 0.3
    shortest_press: float = 0.06
    """A press measured shorter may not have been seen: the entry is given up."""
    longest_press: float = 0.5
    """A press measured longer may have been taken for another command."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the display says, in every language that the model has; kept in upper case.

    A seven-segment display writes some letters large and some small ("rUSAk"), so case tells nothing. The defaults are
    words seen on meters in Indonesia, and their English ones. USANG, "obsolete" (IDX Channel), is said to a token that
    newer ones have overtaken, the standard's OldError: the row is refused. RUSAK, "broken", is said when the meter's
    cover was opened (hargaalat.id, beside PERIKSA and INSCEK): it tells of the meter and not of the row, so it is a
    tamper state. Should a maker mean a defect by it, what follows is still right: no second try, hand over to staff.
    """

    accepted: tuple[str, ...] = (BENAR, "ACCEPT")
    rejected: tuple[str, ...] = (SALAH, GAGAL, "REJECT", "USED", "OLD", "USANG", "OVER", "EXPIRED")
    locked: tuple[str, ...] = ("TERKUNCI", "LOCKED")
    """Followed by the seconds, where the model shows them."""
    tampered: tuple[str, ...] = ("PERIKSA", "INSCEK", "RUSAK", "CHECK")
    sound: tuple[str, ...] = ("NORMAL",)
    """What it shows when it is asked for its tamper state and there is nothing."""

    def __post_init__(self) -> None:
        for f in fields(self):
            object.__setattr__(self, f.name, tuple(word.upper() for word in getattr(self, f.name)))

    def tamper_state(self, shown: str) -> bool | None:
        """True for a word of the tamper state, False for a word that denies it, None for any other."""
        said = shown.upper()
        return True if said in self.tampered else False if said in self.sound else None


@dataclass(frozen=True, slots=True)
class Tones:
    """Lengths in seconds of the beeps of one answer; empty: not known."""

    accepted: tuple[float, ...] = ()
    rejected: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Lockout:
    """Wrong entries before the keypad locks, and for how many seconds; each further wrong entry doubles them."""

    wrong_entries: int = 3
    first: float = 10.0
    longest: float = 1280.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One meter model."""

    name: str
    title: str
    layout: Layout
    maker: str = ""
    """Whose meter it is, by its source; empty: not known, or of several makers."""
    series: str = ""
    """What the maker calls it."""
    source: str = ""
    timing: Timing = Timing()
    words: Words = Words()
    tones: Tones = Tones()
    lockout: Lockout = Lockout()
    enter: str = "enter"
    """The key that submits a row; empty: the meter takes it with the 20th digit."""
    clear: tuple[str, ...] = ("backspace",)
    """Keys that take one digit from the entry."""
    entry_timeout: float = 20.0
    """Seconds without a key after which the meter forgets the entry."""
    result_time: float = 3.0
    """Seconds for which it shows an answer."""
    digits_shown: int = 20
    """How many digits of an entry its display shows, the last ones; 0: none."""
    section_timeout: float = SECTION_TIMEOUT
    """Seconds after which it forgets the first row of a pair."""
    code_before: tuple[str, ...] = ()
    code_after: tuple[str, ...] = ("enter",)
    """Keys around a short code."""
    codes: Mapping[MeterRegister, str] = field(default_factory=dict)
    """Short codes of its registers."""
    result_query: str = ""
    """Short code of the last answer's number; empty: it has none."""

    @property
    def keys_used(self) -> frozenset[str]:
        """Every key that is ever pressed on this model."""
        codes = (*self.code_before, *self.code_after) if self.codes or self.result_query else ()
        return frozenset((*"0123456789", *self.clear, *codes, self.enter)) - {""}

    def entry_keys(self, row: str) -> tuple[str, ...]:
        """All keys of a row, with the one that submits it."""
        return (*row, self.enter) if self.enter else tuple(row)

    def code_keys(self, code: str) -> tuple[str, ...]:
        """All keys of a short code."""
        return (*self.code_before, *code, *self.code_after)

    @classmethod
    def parse(cls, text: str, name: str) -> "Profile":
        """From the text of a profile file; raises ProfileInvalid with everything that is wrong."""
        try:
            data = parse_toml(text)
        except ValueError as error:
            raise ProfileInvalid(f"the profile {name} is not TOML: {error}") from error
        top = KeypadTable(data)
        usual = cls(name=name, title="", layout=())
        profile = cls(
            name=name,
            title=top.text("title", usual.title),
            maker=top.text("maker", usual.maker),
            series=top.text("series", usual.series),
            source=top.text("source", usual.source),
            layout=top.layout("layout", KEYS),
            timing=_seconds(top.table("timing"), usual.timing),
            words=_words(top.table("words"), usual.words),
            tones=_tones(top.table("tones")),
            lockout=_lockout(top.table("lockout"), usual.lockout),
            enter=top.text("enter", usual.enter),
            clear=top.texts("clear", usual.clear),
            entry_timeout=top.number("entry_timeout", usual.entry_timeout, 1.0, 600.0),
            result_time=top.number("result_time", usual.result_time, 0.1, 60.0),
            digits_shown=int(top.number("digits_shown", usual.digits_shown, 0, 20)),
            section_timeout=top.number("section_timeout", usual.section_timeout, 10.0, 86400.0),
            code_before=top.texts("code_before", usual.code_before),
            code_after=top.texts("code_after", usual.code_after),
            codes=_codes(top.table("codes")),
            result_query=top.text("result_query", usual.result_query),
        )
        problems = [*top.problems(), *_contradictions(profile)]
        if problems:
            raise ProfileInvalid(f"the profile {name} cannot be used: " + "; ".join(problems))
        return profile

    def with_timing(self, timing: Timing) -> "Profile":
        """The same model at another pace; raises ProfileInvalid if the pace contradicts itself."""
        faster = replace(self, timing=timing)
        if problems := _contradictions(faster):
            raise ProfileInvalid(f"this timing of {self.name} cannot be used: " + "; ".join(problems))
        return faster


def _seconds(table: KeypadTable, default: Timing) -> Timing:
    return Timing(
        **{f.name: table.number(f.name, getattr(default, f.name), 0.001, 10.0) for f in fields(Timing)},
    )


def _words(table: KeypadTable, usual: Words) -> Words:
    return Words(**{f.name: table.texts(f.name, getattr(usual, f.name)) for f in fields(Words)})


def _tones(table: KeypadTable) -> Tones:
    return Tones(**{f.name: table.numbers(f.name) for f in fields(Tones)})


def _lockout(table: KeypadTable, usual: Lockout) -> Lockout:
    return Lockout(
        wrong_entries=int(table.number("wrong_entries", usual.wrong_entries, 1, 100)),
        first=table.number("first", usual.first, 0.0, 86400.0),
        longest=table.number("longest", usual.longest, 0.0, 86400.0),
    )


def _codes(table: KeypadTable) -> dict[MeterRegister, str]:
    codes = {register: table.text(register.name.lower(), "") for register in MeterRegister}
    return {register: code for register, code in codes.items() if code}


def _contradictions(profile: Profile) -> list[str]:
    """What no single setting shows to be wrong."""
    keys = {key for row in profile.layout for key in row}
    problems = [f"the layout has no key {key!r}" for key in sorted(profile.keys_used - keys)]
    if profile.series and not profile.maker:
        problems.append("series needs a maker")
    codes: list[Any] = [*profile.codes.values(), profile.result_query]
    problems += [f"the short code {code!r} is not digits" for code in codes if code and not code.isdigit()]
    timing = profile.timing
    if not timing.shortest_press <= timing.press <= timing.longest_press:
        problems.append("press must lie between shortest_press and longest_press")
    if timing.longest_press > 0.5:
        problems.append("longest_press may not be over 0.5 s")
    if max(timing.gap, timing.repeat_gap, timing.before_enter) >= profile.entry_timeout / 2:
        problems.append("a gap may not come near entry_timeout: the meter would forget the entry")
    if not profile.clear and profile.enter:
        problems.append("clear must name the key that takes a digit back")
    return problems
