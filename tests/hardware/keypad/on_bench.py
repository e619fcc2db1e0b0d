"""A demo meter of four rows on a virtual bench, with an adapter on it."""

import threading
from dataclasses import dataclass, replace

from hardware.keypad.forms import Form, LinesForm, MultiplexerForm, place_of
from hardware.keypad.models import read_profile
from hardware.virtual.bench import MATRIX, Bench, Senses
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import Dice, Fault
from hardware.virtual.meter import Habits, VirtualMeter
from tests.hardware.virtual.test_meter import Typed

GO = threading.Event()
BY_CAMERA = Senses()
PINS = (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23)
FORMS: dict[str, Form] = {
    "lines": LinesForm(27, {}),
    "matrix": MATRIX,
    "multiplexers": MultiplexerForm(27, 25, (16, 17), (20, 21)),
}


@dataclass
class OnBench:
    """A demo meter of four rows on a bench, and the adapter on it."""

    model: str = "generic-4x3"
    form: Form = MATRIX
    senses: Senses = BY_CAMERA
    faults: frozenset[Fault] = frozenset()
    seed: int = 0

    def __post_init__(self) -> None:
        typed = Typed()
        self.rows = typed.rows
        self.clock = HandClock()
        state = typed.meter.state
        meter = VirtualMeter(state, self.clock, habits=Habits(auto_accept=self.model == "auto-accept"))
        form = self.form
        profile = read_profile(self.model)
        if isinstance(form, LinesForm):
            keys = [key for row in profile.layout for key in row if key]
            form = replace(form, keys=dict(zip(keys, PINS, strict=False)))
        self.bench = Bench(
            meter,
            profile,
            self.clock,
            self.clock.wait,
            form=form,
            senses=self.senses,
            dice=Dice(self.faults, self.seed),
        )

    @property
    def meter(self) -> VirtualMeter:
        return self.bench.wiring.keypad.meter

    def pressed(self, key: str) -> int:
        """How often a key's contacts were closed."""
        place = place_of(key, self.bench.profile.layout)
        return sum(place in closure.places for closure in self.bench.wiring.closures)
