"""The light between a head and a meter's optical port: speed and format at both ends, and all that can go wrong."""

from dataclasses import dataclass, replace

from hardware.optical.line import LineFormat
from hardware.virtual.optical.face import OpticalFace
from hardware.virtual.optical.faults import OFF_SECONDS, LightDice
from hardware.virtual.optical.style import Burst
from hardware.virtual.optical.uart import heard


@dataclass
class Light:
    """One head in front of one meter. `echo`: the head hears what it sends itself, as some do."""

    face: OpticalFace
    dice: LightDice
    echo: bool = False
    on: bool = True
    """The head is where it belongs. Set it to pull the head off, or to put it back."""
    _dark_until: float = 0.0
    _away_until: float = 0.0

    def send(self, data: bytes, fmt: LineFormat, now: float) -> list[Burst]:
        """The head has sent `data`, the last byte at second `now`: what the meter sends, one burst behind the other."""
        self._power(now)
        if not self.on or now < self._away_until:
            return []
        answers: list[Burst] = []
        for arrived in self.dice.request(data):
            if self.dice.pulled_off():
                self._away_until = now + self.dice.away_seconds
                arrived = arrived[: len(arrived) // 2]  # noqa: PLW2901  what went before the head came off
            answers += self._answers(heard(arrived, fmt, self.face.listens(now), checks=True), now)
        return answers

    def mend(self) -> None:
        """The head is put back, the supply is there, and nothing goes wrong any more."""
        self.on, self._away_until, self._dark_until, self.dice = True, 0.0, 0.0, LightDice()
        self.face.meter.power_on()

    def _power(self, now: float) -> None:
        if not self.face.meter.powered and now >= self._dark_until:
            self.face.meter.power_on()

    def _answers(self, data: bytes, now: float) -> list[Burst]:
        tokens = self.face.gateway.entered
        bursts = self.face.take(data, now)
        if self.face.gateway.entered != tokens and self.face.gateway.entered == self.dice.cut_at_row:
            self.face.power_cut()
            self._dark_until = now + OFF_SECONDS
            bursts = [] if self.dice.cut_before_answer else bursts
        return [arrival for burst in bursts for arrival in self._arrivals(burst, now)]

    def _arrivals(self, burst: Burst, now: float) -> list[Burst]:
        if now < self._away_until:
            return []
        after = self.dice.reaction(burst.after)
        arrived = [replace(burst, data=data, after=after) for data in self.dice.answer(burst.data) if data]
        if self.dice.pulled_off():
            self._away_until = now + self.dice.away_seconds
            arrived = [replace(one, data=one.data[: len(one.data) // 2]) for one in arrived[:1]]
        return arrived
