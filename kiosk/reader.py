"""Reads screens aloud when a person asks for it: what is new, what a key did, or all of it once more."""

import re
from collections.abc import Sequence
from typing import Any

from hardware.voice import Voice
from kiosk.screens.base import Screen
from kiosk.ui.input import InputEvent, KeyPress, PointerDown
from kiosk.ui.texts import Texts
from kiosk.ui.widgets import Button, Look
from kiosk.view.choices import Choice
from kiosk.view.parts import Hearing
from kiosk.view.views import IdleView, IdPadView, RehearsalView, ThanksView, TypingView, View, WaitView
from krn_engine.row import in_fours

TWICE_SECONDS = 1.0
"""The key that repeats, pressed again within this, makes it louder."""
_NUMBER = re.compile(r"\d{4,}")
_SENTENCE_ENDS = (".", "?", "!", ",", ":")


class ListenKey:
    """The key for reading aloud: the first time it begins, then it repeats, and twice at once is louder."""

    def __init__(self) -> None:
        self._pressed_at = -TWICE_SECONDS

    def pressed(self, now: float, hearing: Hearing) -> Choice | None:
        """What the flow is to be told: LISTEN, LOUDER, or nothing. `now` in seconds that only grow."""
        twice, self._pressed_at = now - self._pressed_at < TWICE_SECONDS, now
        if not hearing.on:
            return Choice.LISTEN
        return Choice.LOUDER if twice else None


class Reader:
    """Tells a voice what to read of the screens. Without a voice, or until it is asked to read, it says nothing."""

    def __init__(self, voice: Voice | None) -> None:
        self._voice = voice
        self._hearing = Hearing()
        self._told: object = None

    @property
    def can(self) -> bool:
        """True if there is a voice."""
        return self._voice is not None

    def shown(self, view: View, screen: Screen[Any], hearing: Hearing) -> None:
        """A screen was drawn: read it if it is new to the person."""
        if self._voice is None:
            return
        begins = hearing.on and not self._hearing.on
        if self._hearing.on and not hearing.on:
            self._voice.stop()
        self._hearing = hearing
        if not hearing.on:
            self._told = None
        elif begins or self._told != _subject(view):
            self._told = _subject(view)
            hint = screen.say("Garis miring: ulangi. Dua kali: lebih keras.") if begins else ""
            self._say(f"{hint} {_words(screen)}", screen)

    def again(self, screen: Screen[Any]) -> None:
        """Read the whole screen once more."""
        if self._hearing.on:
            self._say(_words(screen), screen)

    def handled(self, event: InputEvent, screen: Screen[Any]) -> None:
        """React to input on a screen that stays: a touch stops the voice, and a key is read aloud."""
        if self._voice is None or not self._hearing.on:
            return
        if isinstance(event, PointerDown):
            self._voice.stop()
        elif isinstance(event, KeyPress):
            self._say(_echo(event.key, screen), screen)

    def silence(self) -> None:
        """Say nothing more, and start anew with the next screen."""
        self._told = None
        if self._voice is not None:
            self._voice.stop()

    def _say(self, text: str, screen: Screen[Any]) -> None:
        if self._voice is not None:
            self._voice.say(text.strip(), screen.say.language, self._hearing.volume)


def _words(screen: Screen[Any]) -> str:
    return aloud(screen.said, screen.stops(), screen.say)


def _echo(key: str, screen: Screen[Any]) -> str:
    """A digit as it is typed, unless it is secret; the button that the focus went to."""
    if key in ("forward", "back"):
        focused = screen.focused()
        return focused.label if focused is not None else ""
    secret = isinstance(screen.view, IdPadView) and screen.view.secret
    return key if key.isdigit() and not secret else ""


def _subject(view: View) -> object:
    """What of a view is worth telling again when it changes: compared by value, as views are."""
    match view:
        case IdleView() | ThanksView():
            return type(view)
        case WaitView():
            return (WaitView, view.doing)
        case TypingView():
            return (TypingView, view.states, view.finished, view.checking, view.countdown is None)
        case RehearsalView():
            return (RehearsalView, view.wrong, view.over)
        case _:
            return view


def digits_aloud(text: str) -> str:
    """ "1234567" becomes "1 2 3 4, 5 6 7": a voice would make millions of it. Stars of a masked name are silent."""
    return _NUMBER.sub(lambda number: _said_in_fours(number.group()), text.replace("*", ""))


def _said_in_fours(digits: str) -> str:
    return ", ".join(" ".join(four) for four in in_fours(digits))


def aloud(texts: Sequence[str], buttons: Sequence[Button], say: Texts) -> str:
    """Everything on a screen, to be listened to."""
    # The tools are the same everywhere, and are named when one comes to them.
    quiet = (Look.KEY, Look.METER_KEY, Look.TOOL)
    names = [button.label for button in buttons if button.look not in quiet and button.label]
    if names:
        texts = [*texts, say("Tombol: {names}", names=", ".join(names))]
    parts = [digits_aloud(text).strip() for text in texts]
    return " ".join(part if part.endswith(_SENTENCE_ENDS) else f"{part}." for part in parts if part)
