"""What every sensor has in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum

from hardware.adapter import Evidence, Source
from hardware.keypad.profile import Words


class Verdict(Enum):
    """What an answer means."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LOCKED = "locked"
    TAMPERED = "tampered"


@dataclass(frozen=True, slots=True)
class Sighting:
    """An answer, how it is known, and the seconds of a lock-out where they were told."""

    verdict: Verdict
    evidence: Evidence
    locked_for: float | None = None


class Sensor(ABC):
    """Watches one meter. `begin` when the row was submitted, then `sample` every few milliseconds, then `sighting`."""

    @abstractmethod
    def begin(self) -> None:
        """The row was submitted just now: forget what was before."""

    @abstractmethod
    def sample(self, now: float) -> None:
        """Look or listen once; `now` in seconds."""

    @abstractmethod
    def sighting(self) -> Sighting | None:
        """What the answer is, as far as is known."""

    def text(self) -> str | None:
        """What the display shows now, from a sensor that can read it and is sure."""
        return None

    def close(self) -> None:
        """Give the line or the device back. May be called twice."""


def meaning(text: str, words: Words, source: Source, by: str) -> Sighting | None:
    """What a display's text says of the last row, in upper or lower case; None for anything that is no answer."""
    evidence = Evidence(source, text, by)
    said = text.upper()
    if said in words.accepted:
        return Sighting(Verdict.ACCEPTED, evidence)
    if said in words.rejected:
        return Sighting(Verdict.REJECTED, evidence)
    if said in words.tampered:
        return Sighting(Verdict.TAMPERED, evidence)
    first, _, rest = said.partition(" ")
    if first in words.locked:
        return Sighting(Verdict.LOCKED, evidence, float(rest) if rest.isdigit() else None)
    return None


def agreed(sightings: list[Sighting]) -> Sighting | None:
    """The sighting that all agree on, or None: sensors that contradict each other know nothing."""
    verdicts = {sighting.verdict for sighting in sightings}
    # A tone cannot tell a lock-out or PERIKSA from a refusal; a display that says so is the better witness.
    if verdicts <= {Verdict.REJECTED, Verdict.LOCKED, Verdict.TAMPERED} and len(verdicts) > 1:
        return next(sighting for sighting in sightings if sighting.verdict is not Verdict.REJECTED)
    return sightings[0] if len(verdicts) == 1 else None
