"""The real espeak-ng, asked for its phonemes and its sound: what is heard, not what was handed over."""

import shutil
import subprocess
import wave
from collections.abc import Sequence
from io import BytesIO

import pytest

from hardware.voice import ESPEAK, EspeakVoice, Phrase, ssml

installed = pytest.mark.skipif(shutil.which(ESPEAK) is None, reason="apt-get install espeak-ng")
USUAL = 2
"""Volume and pace."""
SILENT = 200
"""Samples, of 32767, below which nothing is heard."""


def phonemes(phrases: Sequence[Phrase], language: str = "id") -> list[str]:
    """Each spoken word, as espeak-ng writes sounds, without its stresses and an r that only links two words."""
    command = [ESPEAK, "-v", language, "-m", "-x", "-q", "--stdin"]
    made = subprocess.run(command, input=ssml(phrases, USUAL), capture_output=True, check=True, text=True)
    return made.stdout.replace("r-", "").translate({ord(sign): None for sign in "',;_!|"}).split()


def digits(language: str = "id") -> dict[str, str]:
    """How each digit sounds alone, to the digit that it is."""
    return {"".join(phonemes([Phrase(digit)], language)): digit for digit in "0123456789"}


def heard_digits(phrases: Sequence[Phrase], language: str = "id") -> str:
    """The digits that are heard; raises KeyError for a word that is no digit, such as "thousand"."""
    sounds = digits(language)
    return "".join(sounds[word] for word in phonemes(phrases, language))


def wav(
    phrases: Sequence[Phrase], language: str = "id", volume: int = USUAL, pace: int = USUAL
) -> tuple[memoryview, int]:
    """The samples, and how many there are in a second."""
    command = EspeakVoice("default").command(language, volume, pace)
    made = subprocess.run(command, input=ssml(phrases, pace).encode(), capture_output=True, check=True)
    with wave.open(BytesIO(made.stdout)) as file:
        return memoryview(file.readframes(2**26)).cast("h"), file.getframerate()


def seconds(phrases: Sequence[Phrase], language: str = "id", pace: int = USUAL) -> float:
    """How long it takes to say."""
    samples, rate = wav(phrases, language, pace=pace)
    return len(samples) / rate


def silences(phrases: Sequence[Phrase], at_least: float, language: str = "id", pace: int = USUAL) -> list[float]:
    """Seconds of each silence that lasts `at_least` so long, in order; that of the end too."""
    samples, rate = wav(phrases, language, pace=pace)
    window = rate // 100
    quiet = [
        max(map(abs, samples[at : at + window]), default=0) < SILENT for at in range(0, len(samples) - window, window)
    ]
    found, run = [], 0
    for silent in [*quiet, False]:
        if silent:
            run += 1
        elif run:
            found.append(run / 100)
            run = 0
    return [silence for silence in found if silence >= at_least]
