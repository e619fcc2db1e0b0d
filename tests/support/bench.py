"""A demo meter of four rows on a virtual bench, with an adapter on it."""

import threading
from dataclasses import dataclass, replace

from hardware.adapter import MeterAdapter
from hardware.keypad.forms import Form, LinesForm, MultiplexerForm, place_of
from hardware.keypad.models import read_profile
from hardware.keypad_tools import KeypadTools
from hardware.virtual.bench import MATRIX, Bench, Senses
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import Dice, Fault
from hardware.virtual.meter import ENTER, Habits, VirtualMeter
from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.issuing.plan import plan, rows_of
from krn_engine.sts.identity import Drn, MeterPan

PROVINCE = DemoProvince(16)
GO = threading.Event()
BY_CAMERA = Senses()
PINS = (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23)
FORMS: dict[str, Form] = {
    "lines": LinesForm(27, {}),
    "matrix": MATRIX,
    "multiplexers": MultiplexerForm(27, 25, (16, 17), (20, 21)),
}


class Typed:
    """A demo meter, and fingers."""

    def __init__(self, case: DemoCase = DemoCase.FOUR_ROWS, **settings: object) -> None:
        self.clock = HandClock()
        customer = PROVINCE.first(case)
        self.meter = VirtualMeter(PROVINCE.meter_state(customer), self.clock, **settings)  # type: ignore[arg-type]
        pan = MeterPan.of(Drn(customer.meter_number))
        steps = plan(customer.state, PROVINCE.campaign).steps
        self.rows = [row for step in steps for row in rows_of(step, pan, PROVINCE.vault, DEMO_DAY)]

    def key_in(self, keys: str, *, enter: bool = True, gap: float = 0.3) -> str:
        for key in (*keys, *([ENTER] if enter else [])):
            self.clock.wait(gap)
            self.meter.press(key)
        return self.meter.display


def tools_of(adapter: MeterAdapter) -> KeypadTools:
    """The tools of an adapter that must have them."""
    assert adapter.tools is not None
    return adapter.tools


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
