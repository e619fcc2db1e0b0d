"""The meters of the demo province: virtual, each made once, so that its state persists between sessions."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hardware.adapter import MeterAdapter
from hardware.keypad.models import DEFAULT_MODEL, read_profile
from hardware.virtual.adapter import Pace, VirtualAdapter
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import OF_THE_KEYPAD, Fault
from hardware.virtual.meter import Habits, VirtualMeter
from kiosk.errors import NoMeterHere
from krn_engine.demo import DEMO_DAY, DemoCustomer, DemoProvince
from krn_engine.issuing.plan import plan, rows_of
from krn_engine.sts.identity import Drn, MeterPan
from krn_engine.sts.meter_state import MeterState

if TYPE_CHECKING:
    from hardware.virtual.bench import Bench

LOCKED_SECONDS = 30.0
LIGHT_MODEL = "virtual-optical"
"""The optical model of the demo's meters."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How the demo's meters are connected: straight at their keys, through mock pins and a scanned keypad, by light.

    A meter that is asked for by an optical model is reached by light, however the others are.
    """

    gpio: bool = False
    real_time: bool = True
    """False: everything runs on a clock moved by hand, so that the pace is real and the waiting is not."""
    pace: Pace = field(default_factory=Pace)
    model: str = DEFAULT_MODEL
    faults: frozenset[Fault] = frozenset()
    seed: int = 0


@dataclass
class DemoMeters:
    """Connects to the province's meters by their number."""

    province: DemoProvince
    wire: Wire
    clock: Callable[[], float] = field(init=False)
    wait: Callable[[float], None] = field(init=False)

    def __post_init__(self) -> None:
        hand = None if self.wire.real_time else HandClock()
        self.clock = hand or time.monotonic
        self.wait = hand.wait if hand is not None else time.sleep
        self._customers = {customer.meter_number: customer for customer in self.province}
        self._meters: dict[str, Callable[[], MeterAdapter]] = {}
        self._virtual: dict[str, VirtualMeter] = {}
        self._by_light: dict[str, Callable[[], MeterAdapter]] = {}

    def connect(self, meter_number: str, model: str = "") -> MeterAdapter:
        """The wire knows the model of its keypad. Raises NoMeterHere for a meter that is not of this province."""
        if meter_number not in self._customers:
            raise NoMeterHere("this meter is not one of the demo's: there is nothing to connect to")
        if meter_number not in self._meters:
            meter = self._meter(self._customers[meter_number])
            self._virtual[meter_number], self._meters[meter_number] = meter, self._wired(meter)
        if model != LIGHT_MODEL:
            return self._meters[meter_number]()
        if meter_number not in self._by_light:
            self._by_light[meter_number] = self._lit(self._virtual[meter_number])
        return self._by_light[meter_number]()

    def _meter(self, customer: DemoCustomer) -> VirtualMeter:
        habits = Habits(auto_accept=self.wire.model == "auto-accept")
        return VirtualMeter(faulty_state(self.province, customer, self.wire.faults), self.clock, habits=habits)

    def _wired(self, meter: VirtualMeter) -> Callable[[], MeterAdapter]:
        if not self.wire.gpio:
            return lambda: VirtualAdapter(meter, self.wire.pace, clock=self.clock, wait=self.wait)
        return self._bench(meter).connect

    def _lit(self, meter: VirtualMeter) -> Callable[[], MeterAdapter]:
        """A head on the meter's optical port, behind a serial port of this system."""
        # Only here: a terminal without a head needs no pyserial.
        from kiosk.demo.light import LitMeter  # noqa: PLC0415

        return LitMeter(meter, LIGHT_MODEL, self.clock, self.wait).connect

    def bench(self, meter_number: str) -> "Bench":
        """A meter of the province on a bench of its own, wired to mock pins."""
        return self._bench(self._meter(self._customers[meter_number]))

    def _bench(self, meter: VirtualMeter) -> "Bench":
        # Only here: a terminal that types into no keypad needs no gpiozero.
        from hardware.virtual.bench import Bench  # noqa: PLC0415
        from hardware.virtual.faults import Dice  # noqa: PLC0415

        dice = Dice(self.wire.faults & OF_THE_KEYPAD, self.wire.seed)
        return Bench(meter, read_profile(self.wire.model), self.clock, self.wait, dice=dice)


def faulty_state(province: DemoProvince, customer: DemoCustomer, faults: frozenset[Fault]) -> MeterState:
    """A customer's meter when it is connected, with the faults that are the meter's own and not its keypad's."""
    if Fault.WRONG_METER in faults:
        customer = next(other for other in province if other.meter_number != customer.meter_number)
    state = province.meter_state(customer)
    if Fault.WRONG_KEY_STATE in faults:
        state = _with_first_change(province, customer, state)
    if Fault.PERIKSA in faults:
        state = replace(state, tampered=True)
    if Fault.LOCKED_OUT in faults:
        # The hand clock starts at 1000: the lock-out stands when the session begins.
        state = replace(state, wrong=state.rules.wrong_before_lockout, locked_until=1000.0 + LOCKED_SECONDS)
    return state


def _with_first_change(province: DemoProvince, customer: DemoCustomer, state: MeterState) -> MeterState:
    """The meter has the first key change, and the record does not know it."""
    steps = plan(customer.state, province.campaign).steps
    pan = MeterPan.of(Drn(customer.meter_number))
    for row in rows_of(steps[0], pan, province.vault, DEMO_DAY) if steps else ():
        state, _ = state.enter(row, 0.0)
    return state
