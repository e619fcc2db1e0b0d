"""What every sensor has in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from hardware.adapter import Evidence, Outcome, Source
from hardware.keypad.profile import Words


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a sensor made of the meter's answer, and how it is known."""

    outcome: Outcome
    evidence: Evidence
    locked_for: float | None = None
    """Seconds of a lock-out, where they were told."""
    tampered: bool = False
    """The meter refused because of its tamper state."""


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
    """What a display's text says of the last row, in upper or lower case; None for any other text."""
    evidence = Evidence(source, text, by)
    said = text.upper()
    if said in words.accepted:
        return Sighting(Outcome.ACCEPTED, evidence)
    if said in words.rejected:
        return Sighting(Outcome.REJECTED, evidence)
    if said in words.tampered:
        return Sighting(Outcome.REJECTED, evidence, tampered=True)
    first, _, rest = said.partition(" ")
    if first in words.locked:
        return Sighting(Outcome.LOCKED_OUT, evidence, float(rest) if rest.isdigit() else None)
    return None


def agreed(sightings: list[Sighting]) -> Sighting | None:
    """The sighting that all agree on, or None: sensors that contradict each other know nothing."""
    told = {(sighting.outcome, sighting.tampered) for sighting in sightings}
    refused = all(outcome in (Outcome.REJECTED, Outcome.LOCKED_OUT) for outcome, _ in told)
    if refused and len(told) > 1:
        # A tone cannot tell a lock-out or PERIKSA from a refusal; a display that says so is the better witness.
        return next(sighting for sighting in sightings if sighting.outcome is not Outcome.REJECTED or sighting.tampered)
    return sightings[0] if len(told) == 1 else None
