"""What whoever carries a chat says by itself, beside its conversation."""

import math
from functools import cache

from krn_engine.office.chat.message import LONGEST_ANSWER, Answer, Known
from krn_engine.office.words.texts import HELP_LINE, INDONESIAN, LANGUAGES, Texts

LONGEST_PROMISE = 60
"""Minutes: beyond that nobody knows."""


@cache
def _texts(language: str, help_line: str = HELP_LINE) -> Texts:
    return Texts(language if language in LANGUAGES else INDONESIAN, help_line)


def when(known: Known, seconds: float | None) -> Answer:
    """An answer that says in how many seconds the real one comes, in minutes; None: nobody knows."""
    say = _texts(known.language)
    minutes = None if seconds is None else max(1, math.ceil(seconds / 60))
    if minutes is None or minutes > LONGEST_PROMISE:
        text = say("Pesan Anda sudah kami terima. Kami jawab secepatnya, Anda tidak perlu mengirim ulang.")
    else:
        text = say(
            "Pesan Anda sudah kami terima. Kami jawab dalam {minutes} menit, Anda tidak perlu mengirim ulang.",
            minutes=minutes,
        )
    return Answer(text)


def sorry(known: Known, help_line: str) -> Answer:
    """An answer that says that a message cannot be answered here."""
    say = _texts(known.language, help_line)
    return Answer(say("Maaf, pesan Anda tidak dapat kami jawab di sini. Silakan hubungi {help_line}."))


def again(known: Known) -> str:
    """What stands above an answer that may have arrived before."""
    say = _texts(known.language)
    return say("Mungkin pesan ini sudah Anda terima.")


def as_repeated(answer: Answer, above: str) -> Answer:
    """The answer with those words above it, where there is room for them."""
    text = f"{above}\n\n{answer.text}"
    return answer if not above or len(text) > LONGEST_ANSWER else Answer(text, answer.buttons)
