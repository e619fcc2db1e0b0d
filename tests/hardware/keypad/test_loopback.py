"""Every contact proves itself on the test plug; without the plug nothing is pressed."""

import threading
from dataclasses import replace

import pytest

from hardware.errors import AdapterClosed, PinTaken, PinUnsafe
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.build import KeypadBuilder
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.forms import Form, MatrixForm, MultiplexerForm
from hardware.keypad.loopback import LoopBackPlug
from hardware.keypad.models import read_profile
from hardware.keypad.settings import KeypadSettings
from hardware.keypad_tools import LoopBack
from hardware.virtual.bench import LOOP_PIN, MATRIX
from hardware.virtual.clock import HandClock
from hardware.virtual.keypad import Places, ScannedKeypad
from hardware.virtual.pins import WiredFactory
from hardware.virtual.wiring import Wiring
from tests.support.bench import FORMS, OnBench, Typed
from tests.support.meter_settings import keypad_of

SETTINGS = (
    '{pins}\n[keypad.contacts]\nform = "matrix"\nenable = 27\nrows = [16, 17, 18, 19]\ncolumns = [20, 21, 22, 23]\n'
)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_contact_closes_and_opens(form: Form) -> None:
    on_bench = OnBench(form=form)
    on_bench.bench.wiring.plug = True
    with on_bench.bench.connect() as adapter:
        found = adapter.loop_back()
    assert found is not None
    assert found.good == found.keys
    assert len(found.keys) >= 12
    assert found.bad == ()
    closures = on_bench.bench.wiring.closures
    assert len(closures) == len({closure.places for closure in closures}) == len(found.keys)
    assert all(closure.up - closure.down < 0.2 for closure in closures)


def test_without_the_plug_nothing_is_pressed() -> None:
    on_bench = OnBench()
    with on_bench.bench.connect() as adapter:
        assert adapter.loop_back() is None
    assert on_bench.bench.wiring.closures == []


def test_the_plug_is_no_keypad() -> None:
    on_bench = OnBench()
    on_bench.bench.wiring.plug = True
    with on_bench.bench.connect() as adapter:
        before = on_bench.meter.display
        adapter.loop_back()
    assert on_bench.meter.display == before


def proved(wired: Form, driven: Form = MATRIX, wiring: type[Wiring] = Wiring) -> LoopBack | None:
    """What the adapter finds that drives one form, on electronics of another."""
    clock = HandClock()
    profile = read_profile("generic-4x3")
    keypad = ScannedKeypad(Typed().meter, profile.layout, clock)
    wires = wiring(wired, profile.layout, keypad, clock, loop_pin=LOOP_PIN)
    wires.plug = True
    factory = WiredFactory(wires)
    contacts = ContactMatrix(driven, profile.layout, pin_factory=factory)
    plug = LoopBackPlug(LOOP_PIN, pin_factory=factory)
    with KeypadAdapter(contacts, profile, clock=clock, wait=clock.wait, plug=plug) as adapter:
        return adapter.loop_back()


def test_a_line_that_is_broken_is_told_by_its_keys() -> None:
    found = proved(MatrixForm(27, (16, 17, 18, 19), (20, 25, 22, 23)))
    assert found is not None
    assert found.bad
    assert {key for row in read_profile("generic-4x3").layout for key in row[1:2]} == set(found.bad)
    assert set(found.good) | set(found.bad) == set(found.keys)


def test_without_the_monostable_no_contact_closes() -> None:
    found = proved(MatrixForm(9, MATRIX.rows, MATRIX.columns))
    assert found is not None
    assert (found.good, found.bad) == ((), found.keys)


class Sticking(Wiring):
    """The third contact that closes does not open again."""

    def _change(self, places: Places, at: float) -> None:
        if len(self.closures) < 2 or places:
            super()._change(places, at)


def test_after_a_contact_that_sticks_nothing_more_is_pressed() -> None:
    found = proved(MATRIX, wiring=Sticking)
    assert found is not None
    assert (len(found.good), len(found.bad)) == (2, 1)
    assert found.bad == found.keys[2:3]


def test_the_plug_sees_that_a_key_is_closed_and_not_which() -> None:
    """An address line that is broken: column 3 closes column 1. The hardware page says that a keypad must show it."""
    found = proved(MultiplexerForm(27, 25, (16, 17), (20, 9)), MultiplexerForm(27, 25, (16, 17), (20, 21)))
    assert found is not None
    assert found.bad == ()


def test_an_adapter_that_was_closed_proves_nothing() -> None:
    on_bench = OnBench()
    adapter = on_bench.bench.connect()
    adapter.close()
    with pytest.raises(AdapterClosed):
        adapter.loop_back()


def test_abort_ends_it_before_the_next_key() -> None:
    on_bench = OnBench()
    on_bench.bench.wiring.plug = True
    adapter = on_bench.bench.connect()
    presses = threading.Event()
    real = on_bench.bench.wiring.drive

    def drive(pin: int, high: bool, at: float | None = None) -> None:
        real(pin, high, at)
        if len(on_bench.bench.wiring.closures) == 3 and not presses.is_set():
            presses.set()
            adapter.abort()

    on_bench.bench.wiring.drive = drive  # type: ignore[method-assign]
    with adapter:
        found = adapter.loop_back()
    assert found is not None
    assert (len(found.good), found.bad) == (3, ())
    assert len(found.keys) > 3


class TestBuilder:
    def settings(self, pins: str) -> KeypadSettings:
        return keypad_of('[keypad]\npin_factory = "mock"\n' + SETTINGS.format(pins=pins))

    def build(self, pins: str) -> KeypadAdapter:
        return KeypadBuilder(self.settings(pins)).open("generic-4x3")

    @pytest.mark.parametrize("pins", ["", "loop_pin = 24"])
    def test_a_plug_that_is_not_wired_or_not_there(self, pins: str) -> None:
        with self.build(pins) as adapter:
            assert adapter.loop_back() is None

    def test_the_line_is_given_back(self) -> None:
        builder = KeypadBuilder(keypad_of('[keypad]\npin_factory = "mock"\n' + SETTINGS.format(pins="loop_pin = 24")))
        opened = []
        for _ in range(2):
            opened.append(builder.open("generic-4x3"))
            opened[-1].close()

    @pytest.mark.parametrize(
        ("pin", "refusal", "says"),
        [(16, PinTaken, "used twice"), (27, PinTaken, "used twice"), (14, PinUnsafe, "loop")],
    )
    def test_a_line_that_may_not_be_used(self, pin: int, refusal: type[Exception], says: str) -> None:
        """A file that says so is refused when it is read; the devices hold to it all the same."""
        with pytest.raises(refusal, match=says):
            KeypadBuilder(replace(self.settings(""), loop_pin=pin)).open("generic-4x3").close()
