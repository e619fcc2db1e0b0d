"""What tells the answer: a tone line, a camera over seven segments, and what they say together."""

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device

from hardware.adapter import Evidence, Outcome, Source
from hardware.errors import PinTaken, PinUnsafe
from hardware.keypad.lockout import LockoutMemory
from hardware.keypad.models import models, read_profile
from hardware.keypad.profile import Lockout, Tones, Words
from hardware.keypad.sensors.base import Sighting, agreed, meaning
from hardware.keypad.sensors.camera import CameraSensor, Picture, SegmentReader
from hardware.keypad.sensors.seven_segment import Geometry
from hardware.keypad.sensors.tone import ToneSensor
from hardware.virtual.camera import MOUNTED, VirtualCamera

WORDS = Words()
TONES = Tones(accepted=(0.8,), rejected=(0.2, 0.2, 0.2))


ACCEPTED, REJECTED, LOCKED = (Outcome.ACCEPTED, False), (Outcome.REJECTED, False), (Outcome.LOCKED_OUT, False)
TAMPERED = (Outcome.REJECTED, True)
Told = tuple[Outcome, bool]
"""What an answer means, and whether it is the tamper state."""


def sighted(told: Told, seen: str = "x") -> Sighting:
    outcome, tampered = told
    return Sighting(outcome, Evidence(Source.PICTURE, seen, "test"), tampered=tampered)


def told_by(sighting: Sighting | None) -> Told | None:
    return None if sighting is None else (sighting.outcome, sighting.tampered)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "said", "seconds"),
        [
            ("BENAR", ACCEPTED, None),
            ("SALAH", REJECTED, None),
            ("PERIKSA", TAMPERED, None),
            # As seven segments write it when the meter's cover was opened.
            ("rUSAk", TAMPERED, None),
            ("USANG", REJECTED, None),
            ("USAng", REJECTED, None),
            ("AccEPt", ACCEPTED, None),
            ("Locked 5", LOCKED, 5.0),
            ("TERKUNCI 30", LOCKED, 30.0),
            ("LOCKED", LOCKED, None),
            ("12,3 kWh", None, None),
            ("", None, None),
            ("BENAR 1", None, None),
        ],
    )
    def test_a_known_word_is_an_answer_and_nothing_else_is(
        self, text: str, said: Told | None, seconds: float | None
    ) -> None:
        told = meaning(text, WORDS, Source.DISPLAY, "test")
        assert (told_by(told), told and told.locked_for) == (said, seconds)

    def test_a_profile_may_write_its_words_as_its_display_does(self) -> None:
        words = Words(rejected=("rEJEct",), tampered=("bUkA",))
        for text in ("bUkA", "BUKA", "buka"):
            told = meaning(text, words, Source.DISPLAY, "test")
            assert told is not None
            assert (told_by(told), told.evidence.seen) == (TAMPERED, text)
        # The reader of seven segments knows one shape for each letter, whatever its case.
        assert SegmentReader(MOUNTED, words).read(VirtualCamera(lambda: "rEJEct").frame()) == "REJECT"

    @pytest.mark.parametrize(
        ("shown", "state"),
        [("PERIKSA", True), ("inscek", True), ("rUSAk", True), ("Normal", False), ("USANG", None), ("", None)],
    )
    def test_the_tamper_state_is_told_by_the_models_own_words(self, shown: str, state: bool | None) -> None:
        assert WORDS.tamper_state(shown) is state
        assert Words(tampered=(), sound=()).tamper_state(shown) is None


class TestAgreement:
    @pytest.mark.parametrize(
        ("all_said", "together"),
        [
            ([], None),
            ([ACCEPTED], ACCEPTED),
            ([ACCEPTED, ACCEPTED], ACCEPTED),
            ([ACCEPTED, REJECTED], None),
            ([LOCKED, ACCEPTED], None),
            # The beeper has one tone for all that is not accepted; the display says which it was.
            ([REJECTED, LOCKED], LOCKED),
            ([TAMPERED, REJECTED], TAMPERED),
            ([REJECTED, TAMPERED], TAMPERED),
            ([TAMPERED, ACCEPTED], None),
        ],
    )
    def test_sensors_that_contradict_each_other_know_nothing(self, all_said: list[Told], together: Told | None) -> None:
        told = agreed([sighted(said) for said in all_said])
        assert told_by(told) == together


def test_what_a_tampered_meter_refuses_is_no_step_towards_its_lock_out() -> None:
    """The meter does not read the row then, so it counts none; ordinary refusals are counted up to the rule's third."""
    memory = LockoutMemory(Lockout(wrong_entries=3, first=10.0))
    for told, left in ((REJECTED, 0.0), (TAMPERED, 0.0), (TAMPERED, 0.0), (REJECTED, 0.0), (REJECTED, 10.0)):
        memory.saw(sighted(told), 100.0)
        assert memory.left(100.0) == left
    memory.saw(sighted(ACCEPTED), 100.0)
    assert memory.left(100.0) == 0.0


class Beeps:
    """A tone line that is played to the sensor in steps of ten milliseconds."""

    def __init__(self, factory: Any) -> None:
        self.sensor = ToneSensor(26, TONES, pin_factory=factory)
        self._pin = factory.pin(26)
        self.now = 0.0

    def play(self, *lengths: float) -> Sighting | None:
        """Sound and silence in turn, in seconds; says what the sensor makes of them."""
        for index, length in enumerate(lengths):
            (self._pin.drive_low if index % 2 else self._pin.drive_high)()
            end = self.now + length
            while self.now < end - 0.001:
                self.sensor.sample(self.now)
                self.now += 0.01
        return self.sensor.sighting()


class TestTone:
    @pytest.fixture
    def beeps(self, mock_factory: Any) -> Iterator[Beeps]:
        mock_factory.pin(26).drive_low()
        played = Beeps(mock_factory)
        yield played
        played.sensor.close()

    @pytest.mark.parametrize(
        ("lengths", "said"),
        [
            ((0.8, 0.6), ACCEPTED),
            ((0.2, 0.15, 0.2, 0.15, 0.2, 0.6), REJECTED),
            # A key's own beep before the answer is none of it.
            ((0.05, 0.15, 0.8, 0.6), ACCEPTED),
            # Another number of beeps, another length, and an alarm that goes on: not known.
            ((0.2, 0.15, 0.2, 0.6), None),
            ((0.4, 0.6), None),
            ((3.0,), None),
            ((0.8, 0.3), None),
        ],
    )
    def test_a_pattern_is_known_when_it_is_over(
        self, beeps: Beeps, lengths: tuple[float, ...], said: Told | None
    ) -> None:
        told = beeps.play(*lengths)
        assert told_by(told) == said
        if told is not None:
            assert told.evidence.source is Source.TONE

    def test_silence_is_no_answer(self, beeps: Beeps) -> None:
        beeps.sensor.begin()
        assert beeps.play(0.0, 5.0) is None

    def test_what_sounds_when_the_row_is_submitted_is_waited_out(self, beeps: Beeps, mock_factory: Any) -> None:
        mock_factory.pin(26).drive_high()
        beeps.sensor.begin()
        told = beeps.play(0.3, 0.15, 0.8, 0.6)
        assert told is not None
        assert told_by(told) == ACCEPTED

    def test_its_line_is_checked(self, mock_factory: Any) -> None:
        with pytest.raises(PinUnsafe):
            ToneSensor(14, TONES, pin_factory=mock_factory)
        first = ToneSensor(26, TONES, pin_factory=mock_factory)
        try:
            with pytest.raises(PinTaken):
                ToneSensor(26, TONES, pin_factory=mock_factory)
        finally:
            first.close()
            first.close()
        assert Device.pin_factory is mock_factory


class Frames:
    """A camera that shows these displays, one a frame, and the last for ever; None is a camera that fails."""

    def __init__(self, *shown: str | None, geometry: Geometry = MOUNTED, noise: int = 0) -> None:
        self._shown = list(shown)
        self._camera = VirtualCamera(lambda: self._shown[0] or "", geometry, noise=noise)

    def frame(self) -> Picture:
        shown = self._shown[0]
        picture = self._camera.frame()
        if len(self._shown) > 1:
            self._shown.pop(0)
        if shown is None:
            raise OSError("no camera")
        return picture


def camera_on(*shown: str | None, noise: int = 0) -> CameraSensor:
    return CameraSensor(Frames(*shown, noise=noise), SegmentReader(MOUNTED, WORDS), WORDS)


class TestCamera:
    @pytest.mark.parametrize("noise", [0, 12])
    @pytest.mark.parametrize(
        "shown",
        [
            "",
            "01234567890123456789",
            "8800",
            "BENAR",
            "SALAH",
            "TERKUNCI 30",
            "PERIKSA",
            "NORMAL",
            "USANG",
            "RUSAK",
            "12,3",
            "1234 5678 9012 3456 7890",
            "-",
        ],
    )
    def test_it_reads_what_a_display_shows(self, shown: str, noise: int) -> None:
        assert camera_on(shown, noise=noise).text() == shown

    @pytest.mark.parametrize("model", models())
    def test_every_word_of_every_model_can_be_read(self, model: str) -> None:
        words = read_profile(model).words
        for word in (*words.accepted, *words.rejected, *words.locked, *words.tampered, *words.sound):
            reader = SegmentReader(MOUNTED, words)
            assert reader.read(VirtualCamera(lambda word=word: word).frame()) == word  # type: ignore[misc]

    def test_free_text_is_not_guessed_at(self) -> None:
        assert camera_on("HELLO").text() is None

    def test_a_grey_segment_makes_it_unsure(self) -> None:
        picture = VirtualCamera(lambda: "8").frame()
        pixels = bytearray(picture.pixels)
        x, y = MOUNTED.points(0, "g")[0]
        for row in range(y - 2, y + 3):
            for column in range(x - 4, x + 5):
                pixels[row * picture.width + column] = 155
        reader = SegmentReader(MOUNTED, WORDS)
        assert reader.read(picture) == "8"
        assert reader.read(Picture(picture.width, picture.height, bytes(pixels))) is None

    def test_pictures_of_noise_are_never_read_wrong(self) -> None:
        for shown in ("11111", "BENAR", "SALAH", "80"):
            assert camera_on(shown, noise=120).text() in (shown, None)

    def test_three_equal_frames_or_not_sure(self) -> None:
        assert camera_on("BENAR", "BENAR", "SALAH").text() is None
        assert camera_on("BENAR", None, "BENAR").text() is None
        assert camera_on("BENAR", "BENAR", "BENAR").text() == "BENAR"

    def test_the_answer_is_the_first_that_stood_for_three_frames(self) -> None:
        sensor = camera_on("1234", "BENAR", "SALAH", "BENAR", "BENAR", "BENAR", "SALAH")
        sensor.begin()
        for frame in range(20):
            sensor.sample(frame * 0.01)
        assert sensor.sighting() is None
        for frame in range(20, 60):
            sensor.sample(frame * 0.01)
        told = sensor.sighting()
        assert told is not None
        assert (told_by(told), told.evidence.seen, told.evidence.source) == (
            ACCEPTED,
            "BENAR",
            Source.PICTURE,
        )
        sensor.begin()
        assert sensor.sighting() is None

    def test_a_camera_that_is_gone_knows_nothing(self) -> None:
        sensor = camera_on(None)
        sensor.begin()
        for frame in range(100):
            sensor.sample(frame * 0.06)
        assert (sensor.sighting(), sensor.text()) == (None, None)
