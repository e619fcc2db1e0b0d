"""Buttons: what they are named, and what somebody means who presses one, perhaps much later.

An id is "VERB.NUMBER.TAG"; the tag is that of the request whose codes it is about. It comes back from outside, so it is
read as strictly as any text.
"""

import re
from collections.abc import Iterator

from krn_engine.office.chat.message import LONGEST_TITLE, MOST_BUTTONS, Button
from krn_engine.office.chat.sentences import (
    BUTTON_CLEARED,
    BUTTON_NOT,
    BUTTON_RIGHT,
    BUTTON_SAME,
    BUTTON_SHOWS,
    BUTTON_UNSURE,
    BUTTON_VISIT,
)
from krn_engine.office.chat.turn import SHORT_TAG
from krn_engine.office.chat.understood import Heard, Verdict
from krn_engine.office.chat.vocabulary import Topic, What
from krn_engine.office.contract import Issued
from krn_engine.office.guide import KRN_CHOICES
from krn_engine.office.words.texts import Texts
from krn_engine.row import GAGAL, SALAH

_ID = re.compile(r"([a-z-]+)\.([0-9]{1,2})\.([0-9a-f]+|-)")
_SAY = {"right": What.RIGHT, "wrong": What.WRONG, "put-off": What.PUT_OFF}
_MEAN = {
    "same": Heard(topics=(Topic.YES,)),
    "other": Heard(topics=(Topic.NO,)),
    "unsure": Heard(topics=(Topic.UNSURE,)),
    "cleared": Heard(verdicts=(Verdict(What.ENTERED),)),
    "visit": Heard(topics=(Topic.VISIT,)),
    "indonesian": Heard(topics=(Topic.INDONESIAN,)),
    "english": Heard(topics=(Topic.ENGLISH,)),
}
LANGUAGES = (Button("indonesian.0.-", "INDONESIA"), Button("english.0.-", "ENGLISH"))
"""Buttons of the languages, in their own words."""


def pressed(button: str, request_id: str) -> Heard | None:
    """What a button means while the codes of this request are talked of; None: it was about others, or is none."""
    found = _ID.fullmatch(button)
    if found is None or found[3] not in ("-", tag_of(request_id)):
        return None
    verb, number = found[1], int(found[2])
    if verb in _SAY:
        return Heard(verdicts=(Verdict(_SAY[verb], (number,)),))
    if verb == "shows":
        return Heard(krn=number)
    return _MEAN.get(verb)


def tag_of(request_id: str) -> str:
    """What of a request's id stands in a button."""
    return request_id.replace("-", "")[:SHORT_TAG]


class Buttons:
    """The buttons of one request's codes."""

    def __init__(self, say: Texts, issued: Issued, request_id: str) -> None:
        self._say = say
        self._issued = issued
        self._tag = tag_of(request_id)

    def after_codes(self, first: int, last: int) -> tuple[Button, ...]:
        """What the meter showed to these codes."""
        rows = str(first) if first == last else f"{first}-{last}"
        return (
            self._button("right", last, self._say(BUTTON_RIGHT.text, rows=rows)),
            self._button("wrong", first, SALAH),
            self._button("put-off", first, GAGAL),
        )

    def compare(self) -> tuple[Button, ...]:
        """Whether the meter at home has this number."""
        return (
            self._button("same", 0, self._say(BUTTON_SAME)),
            self._button("other", 0, self._say(BUTTON_NOT)),
            self._button("unsure", 0, self._say(BUTTON_UNSURE)),
        )

    def shows(self) -> tuple[Button, ...]:
        """Which number the meter shows; none where the rows do not say which there can be."""
        krns = sorted({krn for change in self._issued.changes for krn in (change.old_krn, change.new_krn) if krn})
        offered = [krn for krn in krns if krn in KRN_CHOICES][-MOST_BUTTONS:]
        return tuple(self._button("shows", krn, self._say(BUTTON_SHOWS.text, krn=krn)) for krn in offered)

    def clearing(self) -> tuple[Button, ...]:
        """PERIKSA is gone, or an officer is to see to it."""
        return (self._button("cleared", 0, self._say(BUTTON_CLEARED)), *self.stopped())

    def stopped(self) -> tuple[Button, ...]:
        """An officer is to come."""
        return (self._button("visit", 0, self._say(BUTTON_VISIT)),)

    def _button(self, verb: str, number: int, title: str) -> Button:
        return Button(f"{verb}.{number}.{self._tag}", title[:LONGEST_TITLE])


def meanings() -> Iterator[str]:
    """Every verb that a button may have."""
    yield from (*_SAY, *_MEAN, "shows")
