"""The contacts, on mock pins: what is driven when, and that nothing stays closed."""

import inspect
import textwrap
import time
from typing import Any

import pytest
from gpiozero import Device

from hardware.errors import ContactHeld, GpioUnavailable, NoSuchKey, PinTaken, PinUnsafe
from hardware.keypad.contacts import Contact, ContactMatrix, Enable
from hardware.keypad.forms import Form, LinesForm, MatrixForm, MultiplexerForm, closed_places, place_of
from hardware.keypad.header import SAFE_PINS
from hardware.keypad.loopback import LoopBackPlug
from hardware.keypad.pins import open_factory
from hardware.keypad.sensors.tone import ToneSensor

LAYOUT = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("backspace", "0", "enter"))
KEYS = [key for row in LAYOUT for key in row]
PINS = (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22)
FORMS: dict[str, Form] = {
    "lines": LinesForm(27, dict(zip(KEYS, PINS, strict=True))),
    "matrix": MatrixForm(27, (16, 17, 18, 19), (20, 21, 22)),
    "multiplexers": MultiplexerForm(27, 26, (16, 17), (20, 21)),
}


def high(factory: Any) -> frozenset[int]:
    """The lines that are driven now."""
    return frozenset(
        int(info.name.removeprefix("GPIO"))
        for info, pin in factory.pins.items()
        if pin.function == "output" and pin.state
    )


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("key", KEYS)
def test_a_key_closes_its_own_place_and_no_other(mock_factory: Any, form: Form, key: str) -> None:
    with ContactMatrix(form, LAYOUT, pin_factory=mock_factory) as contacts:
        assert high(mock_factory) == frozenset()
        with contacts.pressed(key):
            assert closed_places(form, LAYOUT, high(mock_factory)) == {place_of(key, LAYOUT)}
        assert high(mock_factory) == frozenset()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_other_place_is_closed_on_the_way(mock_factory: Any, form: Form) -> None:
    """Every state of the lines, in the order in which they change: nothing, then the key, then nothing."""
    contacts = ContactMatrix(form, LAYOUT, pin_factory=mock_factory)
    seen: list[frozenset[tuple[int, int]]] = []
    for pin in mock_factory.pins.values():
        change = pin._change_state

        def note(value: bool, change: Any = change) -> Any:
            changed = change(value)
            seen.append(closed_places(form, LAYOUT, high(mock_factory)))
            return changed

        pin._change_state = note
    with contacts.pressed("9"):
        pass
    assert set(seen) == {frozenset(), frozenset({(2, 2)})}
    contacts.close()


def test_every_press_kicks_the_monostable_before_it_closes(mock_factory: Any) -> None:
    with ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory) as contacts:
        enable = mock_factory.pin(27)
        for presses in (1, 2, 3):
            with contacts.pressed("5"):
                assert not enable.state, "left high it would not start the monostable again"
            assert [state.state for state in enable.states] == [False] + [True, False] * presses


def test_lines_start_low_and_active_high(mock_factory: Any) -> None:
    with Contact(17, pin_factory=mock_factory) as contact:
        pin = mock_factory.pin(17)
        assert (pin.function, pin.state) == ("output", False)
        contact.on()
        assert pin.state
    assert pin.function == "input"


def test_a_second_closure_is_refused(mock_factory: Any) -> None:
    with ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory) as contacts:
        with contacts.pressed("1"):
            before = high(mock_factory)
            with pytest.raises(ContactHeld), contacts.pressed("2"):
                pass
            assert high(mock_factory) == before
        with contacts.pressed("2"):
            assert high(mock_factory) != before


def test_an_exception_opens_the_contact(mock_factory: Any) -> None:
    with (
        ContactMatrix(FORMS["lines"], LAYOUT, pin_factory=mock_factory) as contacts,
        pytest.raises(ZeroDivisionError),
        contacts.pressed("0"),
    ):
        raise ZeroDivisionError
    assert high(mock_factory) == frozenset()


def test_a_contact_that_is_held_too_long_opens_by_itself(mock_factory: Any) -> None:
    with ContactMatrix(FORMS["matrix"], LAYOUT, longest_hold=0.05, pin_factory=mock_factory) as contacts:
        with contacts.pressed("0") as hold:
            end = time.monotonic() + 5
            while high(mock_factory) and time.monotonic() < end:
                time.sleep(0.005)
            assert high(mock_factory) == frozenset()
            assert hold.broken
        with contacts.pressed("0") as hold:
            pass
        assert not hold.broken


def test_release_opens_everything_and_says_so_to_who_holds(mock_factory: Any) -> None:
    with ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory) as contacts:
        contacts.release()
        with contacts.pressed("0") as hold:
            contacts.release()
            assert high(mock_factory) == frozenset()
        assert hold.broken


def test_closing_opens_first_and_gives_the_lines_back(mock_factory: Any) -> None:
    contacts = ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory)
    with contacts.pressed("1"):
        states = [mock_factory.pin(pin) for pin in (16, 20)]
        contacts.close()
        assert [pin.states[-1].state for pin in states] == [False, False]
        assert {pin.function for pin in mock_factory.pins.values()} == {"input"}
    contacts.close()
    with ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory):
        pass


def test_unknown_keys_are_refused(mock_factory: Any) -> None:
    few = LinesForm(27, {"1": 16, "2": 17})
    with ContactMatrix(few, LAYOUT, pin_factory=mock_factory) as contacts:
        assert contacts.keys == ("1", "2")
        for key in ("3", "A", ""):
            with pytest.raises(NoSuchKey), contacts.pressed(key):
                pass
    small = MultiplexerForm(27, 26, (16,), (20,))
    with ContactMatrix(small, LAYOUT, pin_factory=mock_factory) as contacts:
        assert contacts.keys == ("1", "2", "4", "5")


@pytest.mark.parametrize("pin", [0, 2, 8, 14, 15, 28, 40, -1])
def test_unsafe_pins_are_refused(mock_factory: Any, pin: int) -> None:
    with pytest.raises(PinUnsafe, match=rf"GPIO{pin} .*choose from 9, 10"):
        ContactMatrix(LinesForm(27, {"1": pin}), LAYOUT, pin_factory=mock_factory)


def test_doubles_are_refused_by_name(mock_factory: Any) -> None:
    with pytest.raises(PinTaken, match="GPIO27 is used twice, for enable and key_1"):
        ContactMatrix(LinesForm(27, {"1": 27}), LAYOUT, pin_factory=mock_factory)
    with pytest.raises(PinTaken, match="row_1 and column_0"):
        ContactMatrix(MatrixForm(27, (16, 17), (17, 18)), LAYOUT, pin_factory=mock_factory)


def test_a_line_that_is_held_is_refused_and_nothing_stays_open(mock_factory: Any) -> None:
    with Contact(17, pin_factory=mock_factory), pytest.raises(PinTaken, match="held already"):
        ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory)
    with ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory):
        pass


def test_a_busy_line_of_another_program_is_told_apart(mock_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """lgpio says "GPIO busy" with an error of its own."""

    class LgpioError(Exception):
        pass

    class Claimed(mock_factory.pin_class):  # type: ignore[misc]
        def __init__(self, *_args: object) -> None:
            raise LgpioError("'GPIO busy'")

    monkeypatch.setattr(mock_factory, "pin_class", Claimed)
    with pytest.raises(PinTaken, match="krn-meter"):
        ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory)


def test_a_pin_that_the_board_lacks_is_refused() -> None:
    from gpiozero.pins.mock import MockFactory  # noqa: PLC0415

    first_pi = MockFactory(revision="0002")
    with pytest.raises(PinUnsafe, match=r"GPIO26 .* is not on this board"):
        ContactMatrix(LinesForm(17, {"1": 26}), LAYOUT, pin_factory=first_pi)


def test_only_lgpio_and_mock() -> None:
    assert open_factory("mock") is not None
    for name in ("rpigpio", "pigpio", "native", ""):
        with pytest.raises(GpioUnavailable, match="choose lgpio"):
            open_factory(name)
    # On this machine there is no Pi: whatever is missing is said in words.
    with pytest.raises(GpioUnavailable, match=r"lgpio is not installed|cannot be opened"):
        open_factory("lgpio")


def test_the_safe_set_is_what_the_boards_pull_down_at_start() -> None:
    assert {9, 13, 16, 27} <= SAFE_PINS
    assert not SAFE_PINS & {*range(9), 14, 15}


@pytest.mark.parametrize("device", [Contact, Enable, ContactMatrix, LoopBackPlug, ToneSensor])
def test_the_examples_run(mock_factory: Any, device: type, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Connect" in (device.__doc__ or "")
    example = inspect.cleandoc(device.__doc__ or "").split("example::\n")[1].split("\n:param")[0].split("\nRaises")[0]
    monkeypatch.setattr(Device, "pin_factory", mock_factory)
    exec(textwrap.dedent(example), {"sleep": lambda _seconds: None})
    assert high(mock_factory) == frozenset()


def test_a_line_that_another_process_holds_is_said(mock_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """lgpio has an error of its own for it, which is none of gpiozero's."""
    busy = type("error", (Exception,), {"__module__": "lgpio"})

    def refuse(*_: Any, **__: Any) -> None:
        raise busy("'GPIO busy'")

    monkeypatch.setattr(Enable, "__init__", refuse)
    with pytest.raises(PinTaken, match="GPIO busy"):
        ContactMatrix(FORMS["matrix"], LAYOUT, pin_factory=mock_factory)
    assert high(mock_factory) == frozenset()
