"""Reads screens aloud when a person asks for it: what is new, what a key did, a number alone, or all once more."""

from collections.abc import Sequence
from typing import Any

from hardware.voice import PACES, Phrase, Voice
from kiosk.screens.base import Screen
from kiosk.screens.overlays import INTRODUCTION
from kiosk.ui.explore import Explorer, Touch
from kiosk.ui.input import InputEvent, KeyPress, PointerDown, PointerMove, PointerUp
from kiosk.ui.texts import Texts
from kiosk.ui.widgets import Look
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import SILENT, Hearing
from kiosk.view.spoken import WRITING_SECONDS, phrases, spelled
from kiosk.view.views import IdleView, IdPadView, RehearsalView, ThanksView, TypingView, View, WaitView
from krn_engine.row import in_fours

TWICE_SECONDS = 1.0
"""The key that repeats, pressed again within this, makes it louder."""
NUMBER_KEY = "0"
_GROUP_KEYS = {"7": -1, "8": 0, "9": 1}
"""The four digits before, those once more, and the next."""


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
        self._hearing = SILENT
        self._told: object = None
        self._before: View | None = None
        self._language = ""
        self._group = -1
        """Which four digits of this screen's numbers were heard last; -1: none."""
        self._explorer = Explorer()

    @property
    def can(self) -> bool:
        """True if there is a voice."""
        return self._voice is not None

    @property
    def on(self) -> bool:
        """True while somebody listens."""
        return self.can and self._hearing.on

    # --- what is seen

    def shown(self, view: View, screen: Screen[Any], hearing: Hearing) -> None:
        """A screen was drawn: read it if it is new to the person."""
        if self._voice is None:
            return
        begins = hearing.on and not self._hearing.on
        if self._hearing.on and not hearing.on:
            self._voice.stop()
        self._hearing = hearing
        if not hearing.on:
            self._told = self._before = None
        elif begins or (self._told, self._language) != (_subject(view), screen.say.language):
            before = None if begins or self._language != screen.say.language else self._before
            news = None if before is None else screen.news(before)
            self._told, self._before, self._group = _subject(view), view, -1
            self._language = screen.say.language
            said = _whole(screen) if news is None else phrases(news, screen.say.help_line)
            self._say([*(phrases([screen.say(INTRODUCTION)]) if begins else ()), *said], screen)

    def again(self, screen: Screen[Any]) -> None:
        """Read the whole screen once more."""
        if self._hearing.on:
            self._say(_whole(screen), screen)

    # --- what was done

    def interrupt(self) -> None:
        """A key or a touch: whatever is being said, it ends now."""
        if self._voice is not None and self._hearing.on:
            self._voice.stop()

    def takes(self, event: InputEvent, screen: Screen[Any]) -> bool:
        """True if an event was there to be heard, and must do nothing else."""
        if not self.on:
            return isinstance(event, PointerMove)
        if isinstance(event, KeyPress):
            return self._takes_key(event.key, screen)
        spot = screen.spot(event.x, event.y)
        touch = self._explorer.touched(event, spot, screen)
        if touch is Touch.PRESSES:
            return False
        screen.release()
        if touch is Touch.NAMES and spot is not None:
            self._say(phrases([spot.said], screen.say.help_line), screen)
        elif spot is None and isinstance(event, PointerUp):
            self.again(screen)
        return True

    def _takes_key(self, key: str, screen: Screen[Any]) -> bool:
        numbers = screen.numbers()
        if not numbers:
            return False
        if key == NUMBER_KEY:
            self._group = -1
            self._say(_dictated(numbers), screen)
        elif screen.group_keys and key in _GROUP_KEYS:
            self._say(self._next_group(numbers, _GROUP_KEYS[key], screen.say), screen)
        else:
            return False
        return True

    def _next_group(self, numbers: Sequence[tuple[str, str]], step: int, say: Texts) -> list[Phrase]:
        """The four digits that a key asks for; the first of a number after its name."""
        groups = [(name if place == 0 else "", four) for name, of in numbers for place, four in enumerate(in_fours(of))]
        wanted = max(self._group, 0) + step if self._group >= 0 else 0
        if wanted >= len(groups):
            return phrases([say("Sudah angka terakhir. Nol: dari awal.")])
        self._group = max(wanted, 0)
        name, four = groups[self._group]
        return [*phrases([name]), *spelled(four)]

    def handled(self, event: InputEvent, screen: Screen[Any]) -> None:
        """Say what an input did on a screen that stays; a key that did nothing is explained."""
        echo, screen.echo = screen.echo, ""
        if not self.on or isinstance(event, PointerDown | PointerMove):
            return
        if isinstance(event, KeyPress) and not echo:
            echo = _explained(event.key, screen)
        self._say(phrases([echo]), screen)

    def adjusted(self, answer: Answer, screen: Screen[Any], hearing: Hearing) -> None:
        """Volume or pace was chosen: say how it is now, as it is now."""
        self._hearing = hearing
        if answer is Choice.LOUDER:
            text = screen.say("Suara {step} dari {steps}", step=hearing.volume, steps=3)
        elif answer is Choice.SLOWER:
            text = screen.say("Lebih lambat: {step} dari {steps}", step=hearing.pace, steps=len(PACES))
        else:
            text = screen.say("Lebih cepat: {step} dari {steps}", step=hearing.pace, steps=len(PACES))
        self._say(phrases([text]), screen)

    def stayed(self, answer: Answer, screen: Screen[Any]) -> None:
        """Something was chosen, and the same is still to be seen: nobody is left to wonder in silence."""
        if answer in (Choice.LARGER, Choice.STRONGER):
            self._say(phrases([screen.say("Tampilan berubah.")]), screen)
        else:
            self.again(screen)

    def silence(self) -> None:
        """Say nothing more, and start anew with the next screen."""
        self._told = self._before = None
        if self._voice is not None:
            self._voice.stop()

    def _say(self, said: Sequence[Phrase], screen: Screen[Any]) -> None:
        if self._voice is not None and self._hearing.on:
            self._voice.say(said, screen.say.language, self._hearing.volume, self._hearing.pace)


def _dictated(numbers: Sequence[tuple[str, str]]) -> list[Phrase]:
    """One number alone, in fours; of several, each under its name and slowly enough to be written down."""
    if len(numbers) == 1:
        return spelled(numbers[0][1])
    return [phrase for name, digits in numbers for phrase in (*phrases([name]), *spelled(digits, WRITING_SECONDS))]


def _explained(key: str, screen: Screen[Any]) -> str:
    """The button that the focus went to, or why a key did nothing."""
    say = screen.say
    if key in ("forward", "back"):
        focused = screen.focused()
        return focused.label if focused is not None else say("Tidak ada pilihan di sini.")
    if key == "enter":
        return say("Tekan plus untuk memilih, lalu Enter.")
    return say("Tombol ini tidak dipakai di sini.")


def _subject(view: View) -> object:
    """What of a view is worth telling again when it changes: compared by value, as views are."""
    match view:
        case IdleView() | ThanksView():
            return type(view)
        case WaitView():
            return (WaitView, view.doing.text)
        case IdPadView(secret=True, problem=problem):
            # Of a pause the seconds are not told one by one.
            return (IdPadView, None if problem is None else problem.text)
        case TypingView():
            return (TypingView, view.states, view.finished, view.checking, view.countdown is None)
        case RehearsalView():
            return (RehearsalView, view.row, view.done, view.wrong, view.over)
        case _:
            return view


def _whole(screen: Screen[Any]) -> list[Phrase]:
    """Everything on a screen, to be listened to: its texts, its buttons, what Enter does, and its keys for numbers."""
    say = screen.say
    texts = list(screen.said)
    # The tools are the same everywhere, and are named when one comes to them.
    quiet = (Look.KEY, Look.METER_KEY, Look.TOOL)
    names = [button.label for button in screen.stops() if button.look not in quiet and button.label]
    if names:
        texts.append(say("Tombol: {names}", names=", ".join(names)))
    enter = screen.enter_says()
    if enter:
        texts.append(say("Enter: {name}", name=enter))
    if screen.numbers():
        texts.append(say("Nol: angkanya saja."))
    if screen.numbers() and screen.group_keys:
        texts.append(say("9: empat angka berikutnya. 8: sekali lagi. 7: sebelumnya. 5: lebih lambat. 6: lebih cepat."))
    return phrases(texts, say.help_line)
