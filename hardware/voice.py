"""Reading aloud, into one pair of headphones: espeak-ng makes the sound, aplay plays it. A kiosk needs neither.

Rows and numbers are spoken, so nothing here may end at a loudspeaker: the device is the headphone jack's.
"""

import contextlib
import logging
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Protocol

AMPLITUDES = {1: 60, 2: 110, 3: 200}
"""By volume: espeak-ng's own measure, 0 to 200."""
PACES = {1: 100, 2: 140, 3: 190, 4: 250}
"""By pace: words a minute."""
USUAL_PACE = 2
ESPEAK, PLAYER = "espeak-ng", "aplay"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something to say, and the silence after it."""

    text: str = field(repr=False)
    """Kept out of `repr`: it may be the digits of a row."""
    pause: float = 0.0
    """Seconds at the usual pace; a slower one has longer silences."""


class Voice(Protocol):
    """Says one thing at a time; what is new interrupts what is being said."""

    def say(self, phrases: Sequence[Phrase], language: str, volume: int, pace: int) -> None:
        """Say them, in "id" or "en", at a volume of 1 to 3 and a pace of 1 to 4. Never waits, never raises.

        Without phrases, or with empty ones, it says nothing more, as `stop`.
        """
        ...

    def stop(self) -> None:
        """Say nothing more."""
        ...


class EspeakVoice:
    """Plays on one ALSA device, such as "plughw:CARD=Headphones".

    Plug headphones into the 3.5 mm jack of the Pi. For example::

        voice = EspeakVoice("plughw:CARD=Headphones")
        voice.say([Phrase("Selamat datang.")], "id", volume=2, pace=2)
    """

    def __init__(self, device: str, espeak: str = ESPEAK, player: str = PLAYER) -> None:
        self._device = device
        self._espeak = espeak
        self._player = player
        self._running: list[subprocess.Popen[bytes]] = []

    def command(self, language: str, volume: int, pace: int) -> list[str]:
        """The program that turns its input, SSML, into sound (a WAV file) on its output.

        The text is no argument: anybody on the machine may see those.
        """
        amplitude, speed = str(AMPLITUDES[volume]), str(PACES[pace])
        return [self._espeak, "-v", language, "-a", amplitude, "-s", speed, "-b", "1", "-m", "--stdin", "--stdout"]

    def say(self, phrases: Sequence[Phrase], language: str, volume: int, pace: int) -> None:
        """See `Voice.say`."""
        self.stop()
        if not any(phrase.text for phrase in phrases):
            return
        try:
            self._start(ssml(phrases, pace), self.command(language, volume, pace))
        except OSError as error:
            log.error("the voice failed: %s", type(error).__name__)
            self.stop()

    def _start(self, text: str, command: list[str]) -> None:
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        maker = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere)  # noqa: S603  our own arguments
        self._running.append(maker)
        assert maker.stdin is not None  # noqa: S101  pipes were asked for
        assert maker.stdout is not None  # noqa: S101  as above
        playing = [self._player, "-q", "-D", self._device, "-"]
        self._running.append(subprocess.Popen(playing, stdin=maker.stdout, stdout=nowhere, stderr=nowhere))  # noqa: S603
        maker.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            maker.stdin.write(text.encode())
            maker.stdin.close()

    def stop(self) -> None:
        """See `Voice.stop`."""
        for process in self._running:
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        self._running.clear()


def ssml(phrases: Sequence[Phrase], pace: int) -> str:
    """Speech Synthesis Markup (W3C, version 1.1): the texts, and the silences, stretched for a pace of 1 to 4."""
    stretch = 1000 * PACES[USUAL_PACE] / PACES[pace]
    parts = (
        escape(phrase.text, quote=False)
        + (f'<break time="{round(phrase.pause * stretch)}ms"/>' if phrase.pause else "")
        for phrase in phrases
    )
    return f"<speak>{' '.join(parts)}</speak>"


def find_voice(device: str | None) -> Voice | None:
    """The voice of this machine; None where no device is set, or a program for it is not installed."""
    if device is None:
        return None
    missing = [program for program in (ESPEAK, PLAYER) if shutil.which(program) is None]
    if missing:
        log.warning("nothing is read aloud: %s is not installed", " and ".join(missing))
        return None
    return EspeakVoice(device)
