"""The fingers: pace, measured presses, and what is not pressed after a fault."""

from collections.abc import Callable
from typing import Any

import pytest

from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.forms import MatrixForm
from hardware.keypad.models import read_profile
from hardware.keypad.typist import Typist
from hardware.virtual.clock import HandClock

FORM = MatrixForm(27, (16, 17, 18, 19), (20, 21, 22))
PROFILE = read_profile("generic-4x3")


class Stretched(HandClock):
    """A clock on which waits last as long as somebody says: the n-th wait, or as asked for."""

    def __init__(self, stretch: Callable[[int, float], float]) -> None:
        super().__init__()
        self._stretch = stretch
        self._waits = 0

    def wait(self, seconds: float) -> None:
        self._waits += 1
        self.now += self._stretch(self._waits, seconds)


@pytest.fixture
def contacts(mock_factory: Any) -> Any:
    with ContactMatrix(FORM, PROFILE.layout, pin_factory=mock_factory) as matrix:
        yield matrix


def test_presses_and_gaps_are_the_profiles(contacts: ContactMatrix) -> None:
    clock = HandClock()
    typed = Typist(contacts, PROFILE, clock=clock, wait=clock.wait).type(("1", "2", "2", "enter"))
    assert typed.fault is None
    assert [press.key for press in typed.presses] == ["1", "2", "2", "enter"]
    assert [press.length for press in typed.presses] == pytest.approx([0.12] * 4)
    ends = [press.at + press.length for press in typed.presses]
    gaps = [later.at - end for end, later in zip(ends, typed.presses[1:], strict=False)]
    assert gaps == pytest.approx([0.15, 0.15, 0.3])


def test_the_gap_is_kept_between_two_rows_too(contacts: ContactMatrix) -> None:
    """A meter that takes a row with its last digit may see the same digit next, as the first of another row."""
    clock = HandClock()
    typist = Typist(contacts, PROFILE, clock=clock, wait=clock.wait)
    typist.type(("5",))
    released = clock.now
    typist.type(("5",))
    assert clock.now - released == pytest.approx(0.15 + 0.12)
    typist.take_back(2)
    assert clock.now - released == pytest.approx(3 * (0.15 + 0.12))


@pytest.mark.parametrize(
    ("stretch", "fault", "presses"),
    [
        (lambda n, s: 0.55 if n == 3 else s, "too long", 2),
        (lambda n, s: 0.05 if n == 3 else s, "too short", 2),
        (lambda n, s: 10.0 if n == 4 else s, "near the meter's time-out", 2),
    ],
)
def test_a_press_or_gap_out_of_bounds_ends_it(
    contacts: ContactMatrix, stretch: Callable[[int, float], float], fault: str, presses: int
) -> None:
    clock = Stretched(stretch)
    typed = Typist(contacts, PROFILE, clock=clock, wait=clock.wait).type(("1", "2", "3", "enter"))
    assert typed.fault is not None
    assert fault in typed.fault
    assert len(typed.presses) == presses


def test_a_contact_that_somebody_opened_ends_it(contacts: ContactMatrix) -> None:
    clock = HandClock()

    def wait(seconds: float) -> None:
        clock.wait(seconds)
        contacts.release()

    typed = Typist(contacts, PROFILE, clock=clock, wait=wait).type(("1", "2"))
    assert (typed.fault, len(typed.presses)) == ("a contact was opened before its time", 1)


def test_a_check_stops_before_the_key(contacts: ContactMatrix) -> None:
    clock = HandClock()
    asked: list[tuple[str, int]] = []
    told: list[tuple[str, int]] = []

    def check(key: str, pressed: int) -> str | None:
        asked.append((key, pressed))
        return "no more" if pressed == 2 else None

    typist = Typist(contacts, PROFILE, clock=clock, wait=clock.wait)
    typed = typist.type("1234", check=check, pressed=lambda key, count: told.append((key, count)))
    assert (typed.fault, [press.key for press in typed.presses]) == ("no more", ["1", "2"])
    assert asked == [("1", 0), ("2", 1), ("3", 2)]
    assert told == [("1", 1), ("2", 2)]


def test_what_is_done_between_two_keys_counts_as_gap(contacts: ContactMatrix) -> None:
    """A display that takes time to be read must not make the gaps longer than they need be."""
    clock = HandClock()

    def slow(_key: str, _count: int) -> None:
        clock.wait(0.1)

    typed = Typist(contacts, PROFILE, clock=clock, wait=clock.wait).type("12", pressed=slow)
    first, second = typed.presses
    assert second.at - (first.at + first.length) == pytest.approx(0.15)
