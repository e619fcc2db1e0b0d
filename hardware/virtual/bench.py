"""A virtual meter on a bench, wired to a Pi of mock pins: everything between `MeterAdapter` and the meter is real."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.forms import Form, MatrixForm
from hardware.keypad.loopback import LoopBackPlug
from hardware.keypad.profile import Profile
from hardware.keypad.sensors.base import Sensor
from hardware.keypad.sensors.camera import CameraSensor, SegmentReader
from hardware.keypad.sensors.tone import ToneSensor
from hardware.virtual.camera import MOUNTED, VirtualCamera
from hardware.virtual.faults import Dice
from hardware.virtual.keypad import Scan, ScannedKeypad
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.pins import WiredFactory, Wires
from hardware.virtual.wiring import Wiring

MATRIX = MatrixForm(enable=27, rows=(16, 17, 18, 19), columns=(20, 21, 22, 23))
"""The form that is wired if no other is asked for."""
TONE_PIN, LOOP_PIN = 26, 24


@dataclass(frozen=True, slots=True)
class Senses:
    """Which sensors the bench has."""

    names: tuple[str, ...] = ("camera",)
    noise: int = 0
    """Grain of the camera's pictures."""


@dataclass
class Bench:
    """A meter, its keypad, the wires to it, and adapters at their other end."""

    meter: VirtualMeter
    profile: Profile
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    form: Form = MATRIX
    scan: Scan = field(default_factory=Scan)
    senses: Senses = Senses()
    dice: Dice = field(default_factory=Dice)

    def __post_init__(self) -> None:
        keypad = ScannedKeypad(self.meter, self.profile.layout, self.clock, self.scan, self.dice)
        self.wiring = Wiring(self.form, self.profile.layout, keypad, self.clock, tone_pin=TONE_PIN, loop_pin=LOOP_PIN)

    def display(self) -> str:
        """What the meter shows now."""
        return self.wiring.keypad.meter.display

    def connect(self) -> KeypadAdapter:
        """A new adapter on this meter; close it before you connect another."""
        return wired_adapter(self.wiring, self.display, self.profile, self.form, self.senses, self.clock, self.wait)


def wired_adapter(
    wires: Wires,
    display: Callable[[], str],
    profile: Profile,
    form: Form,
    senses: Senses,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> KeypadAdapter:
    """A keypad adapter with its sensors, on wires that end in a virtual meter, here or in another process."""
    factory = WiredFactory(wires)
    contacts = ContactMatrix(form, profile.layout, pin_factory=factory)
    sensors: list[Sensor] = []
    if "camera" in senses.names:
        reader = SegmentReader(MOUNTED, profile.words)
        sensors.append(CameraSensor(VirtualCamera(display, noise=senses.noise), reader, profile.words))
    if "tone" in senses.names:
        sensors.append(ToneSensor(TONE_PIN, profile.tones, pin_factory=factory))
    plug = LoopBackPlug(LOOP_PIN, pin_factory=factory)
    return KeypadAdapter(contacts, profile, sensors, clock=clock, wait=wait, plug=plug)
