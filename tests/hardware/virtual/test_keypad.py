"""The keypad in front of the virtual meter: scan, debounce, ghosts, held keys, and the monostable before it."""

import pytest

from hardware.keypad.forms import MatrixForm, place_of
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import OFF_SECONDS, Dice, Fault
from hardware.virtual.keypad import Scan, ScannedKeypad
from hardware.virtual.meter import Habits, VirtualMeter
from hardware.virtual.wiring import MONOSTABLE_SECONDS, Wiring
from tests.support.bench import PROVINCE

COMMON = Scan()
LAYOUT = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("backspace", "0", "enter"))


class Fingers:
    """Closes contacts of a scanned keypad by hand."""

    def __init__(
        self, scan: Scan = COMMON, faults: frozenset[Fault] = frozenset(), seed: int = 0, phase: float = 0.5
    ) -> None:
        self.clock = HandClock()
        self.meter = VirtualMeter(PROVINCE.meter_state(next(iter(PROVINCE))), self.clock, habits=Habits())
        dice = Dice(faults, seed)
        dice.phase = phase
        self.dice = dice
        self.keypad = ScannedKeypad(self.meter, LAYOUT, self.clock, scan, dice)

    def hold(self, keys: str, seconds: float, gap: float = 0.2) -> None:
        """Close the contacts of all these keys at once, then open them."""
        self.keypad.close(frozenset(place_of(key, LAYOUT) for key in keys), self.clock())
        self.clock.wait(seconds)
        self.keypad.close(frozenset(), self.clock())
        self.clock.wait(gap)
        self.keypad.pass_time(self.clock())

    def tap(self, keys: str, press: float = 0.12, gap: float = 0.15) -> str:
        """One key after the other; what stands in the entry then."""
        for key in keys:
            self.hold(key, press, gap)
        return self.meter.entry


class TestDebounce:
    @pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.75, 0.99])
    def test_a_press_and_a_gap_over_the_floor_are_always_seen(self, phase: float) -> None:
        fingers = Fingers(phase=phase)
        floor = Scan().floor
        assert fingers.tap("0011223344556677889", floor + 0.001, floor + 0.001) == "0011223344556677889"

    @pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.75, 0.99])
    def test_a_press_of_two_scans_is_never_seen(self, phase: float) -> None:
        assert Fingers(phase=phase).tap("123", 0.039, 0.2) == ""

    def test_repeated_digits_merge_when_the_gap_is_too_short(self) -> None:
        assert Fingers().tap("55", 0.12, 0.03) == "5"
        assert Fingers().tap("56", 0.12, 0.03) == "56"

    def test_a_faster_scan_has_a_lower_floor(self) -> None:
        quick = Scan(0.002, 3)
        assert quick.floor == pytest.approx(0.006)
        assert Fingers(quick).tap("1122", 0.008, 0.008) == "1122"
        assert Fingers().tap("1122", 0.008, 0.008) == ""


class TestMatrix:
    def test_two_keys_at_once_are_no_press(self) -> None:
        fingers = Fingers()
        fingers.hold("19", 0.2)
        assert fingers.meter.entry == ""
        assert fingers.tap("5") == "5"

    def test_three_corners_close_the_fourth(self) -> None:
        """1, 3 and 9 held together also show 7: a keypad without diodes cannot tell them apart."""
        fingers = Fingers()
        fingers.hold("139", 0.2)
        assert fingers.meter.entry == ""
        seen = fingers.keypad._conducting()
        fingers.keypad.close(frozenset({(0, 0), (0, 2), (2, 2)}), fingers.clock())
        assert (2, 0) not in seen
        assert (2, 0) in fingers.keypad._conducting()

    def test_a_held_nought_switches_the_alarm_once(self) -> None:
        fingers = Fingers()
        fingers.hold("0", Habits().hold_seconds - 0.5)
        assert fingers.meter.alarm_switched == 0
        fingers.hold("0", 3 * Habits().hold_seconds)
        assert fingers.meter.alarm_switched == 1
        fingers.hold("5", 3 * Habits().hold_seconds)
        assert fingers.meter.alarm_switched == 1


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "shorter", "longer"),
        [(Fault.LOST_KEY, True, False), (Fault.DOUBLED_KEY, False, True), (Fault.MERGED_REPEAT, True, False)],
    )
    def test_keys_are_lost_doubled_and_merged(self, fault: Fault, shorter: bool, longer: bool) -> None:
        lengths = [len(Fingers(faults=frozenset({fault}), seed=seed).tap("1122334455667788")) for seed in range(40)]
        assert any(length < 16 for length in lengths) is shorter
        assert any(length > 16 for length in lengths) is longer
        assert 16 in lengths

    def test_the_same_seed_throws_the_same_dice(self) -> None:
        faults = frozenset({Fault.LOST_KEY, Fault.DOUBLED_KEY})
        typed = [Fingers(faults=faults, seed=seed).tap("12345678901234567") for seed in (7, 7, 8, 9, 10, 11)]
        assert typed[0] == typed[1]
        assert len(set(typed)) > 1

    def test_a_dead_row_gives_nothing(self) -> None:
        fingers = Fingers(faults=frozenset({Fault.DEAD_ROW}))
        fingers.dice.dead_row = 1
        assert fingers.tap("123456789") == "123789"

    def test_a_stuck_contact_hides_every_other_key(self) -> None:
        fingers = Fingers(faults=frozenset({Fault.STUCK_CONTACT}))
        fingers.dice._stuck_at = 3
        fingers.dice.stuck_place = (1, 1)
        assert fingers.tap("123789") == "123"

    def test_a_slow_scan_needs_four_times_as_long(self) -> None:
        slow = frozenset({Fault.SLOW_SCAN})
        assert Fingers(faults=slow).tap("123", 0.12, 0.15) == ""
        assert Fingers(faults=slow).tap("123", 0.26, 0.26) == "123"

    def test_a_power_cut_takes_the_entry_and_two_seconds(self) -> None:
        fingers = Fingers(faults=frozenset({Fault.POWER_CUT}))
        fingers.dice._cut_at = 4
        assert fingers.tap("1234") == ""
        assert not fingers.meter.powered
        assert fingers.tap("56") == ""
        fingers.clock.wait(OFF_SECONDS)
        assert fingers.tap("78") == "78"

    def test_a_mute_beeper_makes_no_sound(self) -> None:
        for fault, sounds in ((frozenset[Fault](), True), (frozenset({Fault.MUTE}), False)):
            fingers = Fingers(faults=fault)
            fingers.hold("1", 0.12, 0.0)
            assert fingers.meter.beeper.sounds(fingers.meter._last_key + 0.01) is sounds


class TestWiring:
    """The monostable behind ENABLE: a line that is left driven lets go by itself."""

    FORM = MatrixForm(27, (16, 17, 18, 19), (20, 21, 22))

    @pytest.fixture
    def wired(self) -> tuple[Wiring, Fingers]:
        fingers = Fingers()
        return Wiring(self.FORM, LAYOUT, fingers.keypad, fingers.clock, tone_pin=26), fingers

    def kick(self, wiring: Wiring) -> None:
        wiring.drive(27, True)
        wiring.drive(27, False)

    def test_without_enable_nothing_closes(self, wired: tuple[Wiring, Fingers]) -> None:
        wiring, fingers = wired
        wiring.drive(16, True)
        wiring.drive(20, True)
        fingers.clock.wait(0.3)
        assert wiring.keypad.meter.entry == ""
        assert wiring.closures == []

    def test_enable_feeds_the_contacts_for_a_second(self, wired: tuple[Wiring, Fingers]) -> None:
        wiring, fingers = wired
        self.kick(wiring)
        wiring.drive(16, True)
        wiring.drive(20, True)
        # The process is killed here: both lines stay high for ever.
        fingers.clock.wait(60.0)
        assert "kWh" in wiring.keypad.meter.display  # the 1 that it saw is forgotten after 20 s
        assert wiring.keypad.meter.alarm_switched == 0
        [closure] = wiring.closures
        assert closure.places == frozenset({(0, 0)})
        assert closure.up - closure.down == pytest.approx(MONOSTABLE_SECONDS)

    def test_the_level_of_enable_does_not_count_only_its_edge(self, wired: tuple[Wiring, Fingers]) -> None:
        wiring, fingers = wired
        wiring.drive(27, True)
        wiring.drive(16, True)
        wiring.drive(20, True)
        fingers.clock.wait(10.0)
        assert wiring.keypad is fingers.keypad
        assert [closure.up - closure.down for closure in wiring.closures] == pytest.approx([MONOSTABLE_SECONDS])

    def test_the_tone_line_is_the_beeper(self, wired: tuple[Wiring, Fingers]) -> None:
        wiring, fingers = wired
        assert not wiring.level(26)
        fingers.meter.press("1")
        assert wiring.level(26)
        assert not wiring.level(25)
