"""How things are said: a number digit by digit, in fours with a silence after each, and nothing a voice would misread.

Numbers are spoken from their data. A screen hands one over as `Spelled`, so nobody has to guess what a run of digits in
a sentence is; where a sentence has a number inside, a long run is spelled all the same.
"""

import re
from collections.abc import Iterator, Sequence

from hardware.voice import Phrase
from krn_engine.row import Hidden, in_fours

GROUP_SECONDS = 0.5
"""Silence after each four digits."""
WRITING_SECONDS = 3.0
"""Silence after each four digits where they are dictated: time to write them, or to key them into a phone."""

_NUMBER = re.compile(r"(?<![\d.,])(?:\d{4,}|0\d+)(?![\d])")
"""A long run of digits, or one that begins with 0 (04), is to be keyed in; "1.300" and "12" are amounts."""
_SIGN = re.compile(r"\b(?=[A-Z]*-?\d)([A-Z]{1,6})-?(\d+)([A-Z]*)\b")
"""Letters and digits, as R1MT or HW-11: no word."""
_LETTERS = re.compile(r"\b(VA|kWh|QR)\b")
_SENTENCE_ENDS = (".", "?", "!", ",", ":")


class Spelled(Hidden):
    """A number that is read digit by digit, whatever its length. It does not print itself."""

    __slots__ = ()


def spelled(digits: str, pause: float = GROUP_SECONDS) -> list[Phrase]:
    """A phrase for each four digits, with `pause` seconds of silence after it; a comma keeps the voice up."""
    fours = in_fours(digits)
    return [
        Phrase(" ".join(four) + ("." if number == len(fours) else ","), pause) for number, four in enumerate(fours, 1)
    ]


def sentence(text: str, help_line: str = "") -> str:
    """A text as it is spoken: numbers digit by digit, signs as letters, and no mark that has a name of its own.

    `help_line` is a telephone number, however short. Stars of a masked name are silent.
    """
    if help_line:
        text = re.sub(rf"(?<!\d){re.escape(help_line)}(?!\d)", lambda found: _apart(found.group()), text)
    text = text.replace("*", "").replace(" / ", ", ").replace(" · ", ", ")
    text = _SIGN.sub(lambda found: " ".join(found.group().replace("-", "")), text)
    text = _LETTERS.sub(lambda found: " ".join(found.group()), text)
    text = _NUMBER.sub(lambda found: ", ".join(" ".join(four) for four in in_fours(found.group())), text).strip()
    return text if not text or text.endswith(_SENTENCE_ENDS) else f"{text}."


def phrases(texts: Sequence[str], help_line: str = "") -> list[Phrase]:
    """Texts and numbers, in their order."""
    return list(_phrases(texts, help_line))


def _phrases(texts: Sequence[str], help_line: str) -> Iterator[Phrase]:
    for text in texts:
        if isinstance(text, Hidden):
            yield from spelled(text)
        elif said := sentence(text, help_line):
            yield Phrase(said)


def _apart(number: str) -> str:
    """The digits of a telephone number, one by one."""
    return re.sub(r"\d(?=\d)", r"\g<0> ", number)
