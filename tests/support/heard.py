"""A voice that keeps what it says, in the place of one that plays it."""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.voice import Phrase


@dataclass(frozen=True)
class Said:
    """What was said at once, and how."""

    phrases: Sequence[Phrase]
    language: str
    volume: int
    pace: int

    @property
    def text(self) -> str:
        """All of it, without the silences."""
        return " ".join(phrase.text for phrase in self.phrases)


class Heard:
    """What a person heard, in order; `stops` counts how often it was cut off."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.stops = 0

    def say(self, phrases: Sequence[Phrase], language: str, volume: int, pace: int) -> None:
        """See `Voice.say`."""
        self.said.append(Said(phrases, language, volume, pace))

    def stop(self) -> None:
        """See `Voice.stop`."""
        self.stops += 1

    @property
    def last(self) -> str:
        """What was said last; empty before anything was."""
        return self.said[-1].text if self.said else ""
