"""What is understood of a text: numbers, what it says of codes, and what else somebody may want. A pure function."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from krn_engine.office.chat.vocabulary import (
    ABLE,
    ALL,
    AROUND,
    AROUND_DISPLAY,
    AROUND_NAMED,
    CLOSELY,
    CODE,
    COMES_TOO,
    NOT,
    OF_AN_ID,
    PAIR,
    PLEASE,
    ROWS,
    SAID,
    SHOWS,
    STILL,
    TOPICS,
    UP_TO,
    Topic,
    What,
)
from krn_engine.office.identify import IDPEL_DIGITS, METER_DIGITS
from krn_engine.row import ROW_DIGITS

MOST = 4096
"""Characters that are read of one message."""
SHORTEST = 5
"""Digits of the shortest number that may be meant as an ID; a shorter one is of a code, or of a display."""
CLEARLY = range(8, 15)
"""Digits that are meant as an ID whatever words are around them."""
WHOLE = (METER_DIGITS, IDPEL_DIGITS, ROW_DIGITS)
"""Digits of numbers that are whole by themselves, whatever stands behind them on the line."""
FEW_WORDS = 3
REACH = 3
"""So many words behind "tidak" are still turned round by it."""
DISPLAY = "04"
"""The short code that people read the KRN by."""

_SPACE = re.compile(r"[^\S\n]+")
_BETWEEN = r"#.\-‐‑–—"  # noqa: RUF001  every dash that a phone may put in
_PIECE = rf"[0-9]+(?:[{_BETWEEN}]+[0-9]+)*"
_RUN = re.compile(rf"{_PIECE}(?:[^\S\n]+{_PIECE})*")
_ONLY_NUMBER = re.compile(rf"[{_BETWEEN}\s0-9]*[0-9][{_BETWEEN}\s0-9]*")
_JOINED = re.compile(rf"[{_BETWEEN}\s]+")
_ABROAD = re.compile(r"\+62[\s-]?")
"""How a telephone number begins that is written for callers from abroad."""
_LETTER_INSIDE = re.compile(r"[0-9][A-Za-z]{1,3}[0-9]")
_TOKENS = re.compile(r"[a-z]+|[0-9]+(?:st|nd|rd|th)\b|[0-9]+|[-–—,&+/]")  # noqa: RUF001
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_NAMES_NONE = re.compile(r"\ball right\b|\bdua[ -]?duanya\b|\bkedua kode\b|\bkeduanya\b")
"""An English "yes"; and "both of them", which are those that were asked about and not the second one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of some codes. Without `rows`, `pairs` and `whole`: of those that were asked about."""

    what: What
    rows: tuple[int, ...] = ()
    pairs: tuple[int, ...] = ()
    whole: bool = False
    """Of all codes."""

    @property
    def named(self) -> bool:
        """Whether it says of which codes."""
        return bool(self.rows or self.pairs or self.whole)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text says, as far as it is understood."""

    numbers: tuple[str, ...] = field(default=(), repr=False)
    """Digits that are meant as an ID, or as a token, in their order, each once."""
    bare: str = field(default="", repr=False)
    """The digits of a text that has nothing else."""
    letters_inside: bool = False
    """A number has letters in it, such as O for 0."""
    other_digits: bool = False
    """There are digits that are not 0 to 9, such as full-width ones."""
    verdicts: tuple[Verdict, ...] = ()
    doubted: bool = False
    """A word of a claim is there, among words that make it something else: nothing is claimed."""
    krn: int | None = None
    """What the display is said to show for 04."""
    asks_display: bool = False
    """04 is named, with no number."""
    still: bool = False
    """It is the same as before: "masih", "lagi"."""
    topics: tuple[Topic, ...] = ()
    number_only: int | None = None
    """The one number below 10 that the text has, where it does not name a code."""

    @property
    def topic(self) -> Topic | None:
        """What somebody wants beside what they say of codes, the first of it; None: nothing."""
        return self.topics[0] if self.topics else None

    @property
    def unclear(self) -> bool:
        """Whether it says different things of codes, and not of which."""
        return len({verdict.what for verdict in self.verdicts}) > 1 and not all(one.named for one in self.verdicts)

    @property
    def affirms(self) -> bool:
        """Whether it says "right" and names no code: of what, the question before it tells."""
        wanted = {What.RIGHT, What.ENTERED} if self.doubted else {What.RIGHT}
        return bool(self.verdicts) and all(one.what in wanted and not one.named for one in self.verdicts)


def understand(text: str) -> Heard:
    """What a text says. Any text is one, of any length: what is beyond `MOST` is not read."""
    text = _ABROAD.sub("0", _visible(text[:MOST]))
    tokens = _tokens(text)
    numbers = tuple(dict.fromkeys(_ids(text, tokens)))
    asked = "?" in text or any(sign.isalpha() and not sign.isascii() for sign in text)
    krn, asks = _display(tokens)
    if krn is not None and (asked or not _only(tokens, SHOWS | AROUND | AROUND_DISPLAY | CLOSELY)):
        # "KRN 3?", "keluar 2 orang": nobody says that a display shows it.
        krn, asks = None, True
    verdicts, doubted = _told(tokens, asked=asked, of_row=any(len(number) == ROW_DIGITS for number in numbers))
    if DISPLAY not in tokens and any(one.what not in (What.RIGHT, What.ENTERED) for one in verdicts):
        # "Angka 3 salah" is no number on a display.
        krn = None
    below_ten = [int(token) for token in tokens if token.isdigit() and len(token) == 1]
    names_code = any(token in CODE | PAIR for token in tokens)
    alone = not asked and _only(tokens, SHOWS | AROUND | AROUND_DISPLAY | CLOSELY | STILL | frozenset(SAID))
    return Heard(
        numbers=numbers,
        bare=_JOINED.sub("", text) if _ONLY_NUMBER.fullmatch(text) else "",
        letters_inside=bool(_LETTER_INSIDE.search(text)) and sum(sign in "0123456789" for sign in text) > SHORTEST,
        other_digits=any(sign.isdigit() and not sign.isascii() for sign in text),
        verdicts=() if krn is not None else verdicts,
        doubted=doubted,
        krn=krn,
        asks_display=asks,
        still=any(token in STILL for token in tokens),
        topics=_topics(tokens),
        number_only=below_ten[0] if len(below_ten) == 1 and not names_code and alone else None,
    )


def _visible(text: str) -> str:
    """Without what a phone puts around a number that was copied: marks of direction, joiners, byte order."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _tokens(text: str) -> list[str]:
    plain = _STRETCHED.sub(r"\1", text.casefold().replace("'", "").replace("’", ""))  # noqa: RUF001
    return _TOKENS.findall(_NAMES_NONE.sub(lambda found: "ok" if found[0] == "all right" else "", plain))


# --- numbers


def _ids(text: str, tokens: Sequence[str]) -> Iterator[str]:
    """Every number that may be meant as an ID."""
    if _ONLY_NUMBER.fullmatch(text):
        joined = _JOINED.sub("", text)
        if len(joined) in WHOLE[:2]:
            # However it is grouped, also by lines.
            yield joined
            return
    words = sum(token.isalpha() for token in tokens)
    meant = "#" in text or words <= FEW_WORDS or any(token in OF_AN_ID for token in tokens)
    for run in _RUN.findall(text):
        pieces = [_JOINED.sub("", piece) for piece in _SPACE.split(run)]
        for digits in pieces if any(len(piece) in WHOLE for piece in pieces) else ["".join(pieces)]:
            if len(digits) in CLEARLY or (len(digits) >= SHORTEST and (meant or len(digits) > CLEARLY[-1])):
                yield digits


# --- the display


def _display(tokens: Sequence[str]) -> tuple[int | None, bool]:
    """The number that a display shows, and whether 04 is named without one."""
    words = [token for token in tokens if token.isalnum()]
    named = False
    for place, token in enumerate(words):
        if token != DISPLAY and token not in SHOWS:
            continue
        named = named or token == DISPLAY
        after = next((word for word in words[place + 1 : place + 4] if word not in SHOWS and word != "nya"), "")
        if after.isdigit() and len(after) == 1:
            return int(after), False
    return None, named


# --- what is said of codes


def _told(tokens: Sequence[str], *, asked: bool, of_row: bool) -> tuple[tuple[Verdict, ...], bool]:
    """What a text says of codes, and whether it has a claim that is none: "sudah benar?", "nomor saya benar"."""
    said = _verdicts(tokens)
    if any(token in PLEASE for token in tokens):
        said = [one for one in said if one.what is not What.PERIKSA]
    right = [one for one in said if one.what is What.RIGHT]
    if not right or (not asked and _says_just_that(tokens, right, of_row=of_row)):
        return tuple(said), False
    other = {one.what for one in said} - {What.RIGHT}
    if not other - {What.ENTERED}:
        return tuple(replace(one, what=What.ENTERED) if one in right else one for one in said), True
    # Of "1 benar 2 salah, lalu bagaimana" the refused code is what counts; where none is named, they are asked.
    return tuple(one for one in said if one not in right or not all(each.named for each in said)), True


def _says_just_that(tokens: Sequence[str], right: Sequence[Verdict], *, of_row: bool) -> bool:
    """Whether a text claims that codes are right, and has no word that makes it a claim of something else."""
    by_number = of_row or all(one.rows or one.pairs for one in right)
    around = AROUND | (AROUND_NAMED if by_number else frozenset())
    words = frozenset(SAID) | ALL | PAIR | CODE - AROUND_NAMED | UP_TO | ABLE | frozenset(ROWS) | around
    first = next((place for place, token in enumerate(tokens) if SAID.get(token) is What.RIGHT), len(tokens))
    if not (of_row or _only([token for token in tokens[:first] if token not in CLOSELY], words)):
        return False
    if not _only([token for token in tokens[first:] if not (of_row and token.isdigit())], words):
        return False
    named = by_number or any(one.whole for one in right)
    others = {token for token in tokens if SAID.get(token) is What.RIGHT} - COMES_TOO
    if named or others or not any(token in COMES_TOO for token in tokens):
        return True
    # "Sudah diterima", "kodenya sudah masuk": the message may be what came.
    return "diterima" not in tokens and not any(token in CODE for token in tokens)


def _only(tokens: Sequence[str], words: frozenset[str]) -> bool:
    """Whether there is nothing but these words and numbers of one digit."""
    return all(
        token in words or (token.isdigit() and (len(token) == 1 or token == DISPLAY)) or not token.isalnum()
        for token in tokens
    )


def _verdicts(tokens: Sequence[str]) -> list[Verdict]:
    """What is said of codes, in its order: "1 benar 2 salah", or "salah di kode 3"."""
    said: list[tuple[What, list[str]]] = []
    waiting: list[str] = []
    names_first: bool | None = None
    for token, what in _meant(tokens):
        if what is not None:
            names_first = _names(waiting) if names_first is None else names_first
            said.append((what, waiting if names_first else []))
            waiting = []
        elif names_first is False:
            said[-1][1].append(token)
        else:
            waiting.append(token)
    if len(said) == 1 and not _names(said[0][1]):
        said[0][1].extend(waiting)
    return _merged([_verdict(what, names) for what, names in said])


def _meant(tokens: Sequence[str]) -> Iterator[tuple[str, What | None]]:
    """Each token with what it says, after a word that turns it round."""
    negated, before = 0, ""
    for token in tokens:
        what = SAID.get(token)
        if token in ABLE and (negated or SAID.get(before) is What.ENTERED):
            what = What.RIGHT
        if token in NOT:
            negated = REACH
        elif what is not None:
            yield token, _negated(what) if negated else what
            negated = 0
        else:
            negated = max(0, negated - 1)
            yield token, None
        before = token


def _negated(what: What) -> What | None:
    """ "tidak benar", "gak bisa": refused; "tidak salah" tells nothing."""
    return {What.RIGHT: What.WRONG, What.ENTERED: What.NOT_YET, What.NOT_YET: What.NOT_YET}.get(what)


def _names(tokens: Sequence[str]) -> bool:
    return any(_row(token) is not None or token in ALL for token in tokens)


def _row(token: str) -> int | None:
    if token.isdigit():
        return int(token) if len(token) == 1 else None
    return ROWS.get(token)


def _verdict(what: What, names: Sequence[str]) -> Verdict:
    """What is said, of the codes that are named beside it."""
    numbers: list[int] = []
    ranged = False
    for token in names:
        number = _row(token)
        if number is not None:
            numbers.extend(range(numbers[-1] + 1, number) if ranged and numbers else ())
            numbers.append(number)
            ranged = False
        elif token in UP_TO:
            ranged = True
    of_pairs = any(token in PAIR for token in names)
    whole = any(token in ALL for token in names) and not numbers
    unique = tuple(sorted(set(numbers)))
    return Verdict(what, () if of_pairs else unique, unique if of_pairs else (), whole)


def _merged(verdicts: list[Verdict]) -> list[Verdict]:
    """ "sudah benar", "belum masuk": one thing said with two words. The same word twice is said once."""
    kinds = {verdict.what for verdict in verdicts}
    if What.NOT_YET in kinds and kinds <= {What.NOT_YET, What.RIGHT, What.ENTERED}:
        return [Verdict(What.NOT_YET)] if not any(one.named for one in verdicts) else verdicts
    if What.ENTERED in kinds and len(kinds) > 1:
        entered = next((one for one in verdicts if one.what is What.ENTERED and one.named), Verdict(What.ENTERED))
        rest = [one for one in verdicts if one.what is not What.ENTERED]
        return [one if one.named else replace(entered, what=one.what) for one in rest]
    if len(kinds) == 1 and len(verdicts) > 1:
        named = [one for one in verdicts if one.named]
        return named or verdicts[:1]
    return verdicts


# --- what else


def _topics(tokens: Sequence[str]) -> tuple[Topic, ...]:
    words = f" {' '.join(token for token in tokens if token.isalnum())} "
    return tuple(topic for topic, phrases in TOPICS if any(f" {phrase} " in words for phrase in phrases))
