"""What is read aloud of a screen: its texts, then its buttons; long numbers digit by digit, in fours."""

import re
from collections.abc import Sequence

from kiosk.ui.texts import Texts
from kiosk.ui.widgets import Button, Look

_NUMBER = re.compile(r"\d{4,}")
_SENTENCE_ENDS = (".", "?", "!", ",", ":")


def digits_aloud(text: str) -> str:
    """ "1234567" becomes "1 2 3 4, 5 6 7": a voice would make millions of it. Stars of a masked name are silent."""
    return _NUMBER.sub(lambda number: _in_fours(number.group()), text.replace("*", ""))


def _in_fours(digits: str) -> str:
    return ", ".join(" ".join(digits[place : place + 4]) for place in range(0, len(digits), 4))


def aloud(texts: Sequence[str], buttons: Sequence[Button], say: Texts) -> str:
    """Everything on a screen, to be listened to."""
    names = [button.label for button in buttons if button.look is not Look.KEY and button.label]
    if names:
        texts = [*texts, say("Tombol: {names}", names=", ".join(names))]
    parts = [digits_aloud(text).strip() for text in texts]
    return " ".join(part if part.endswith(_SENTENCE_ENDS) else f"{part}." for part in parts if part)
