"""Reading aloud: what is handed to which program, what is heard of it, and that nothing of it is ever in the way."""

import shutil
import subprocess
import time
import wave
from io import BytesIO
from pathlib import Path

import pytest

from hardware.voice import AMPLITUDES, ESPEAK, EspeakVoice, find_voice

SECRET = "7378 6976"


def program(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def appeared(path: Path, text: str) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if path.exists() and text in path.read_text():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def voice(tmp_path: Path) -> EspeakVoice:
    espeak = program(tmp_path, "espeak", f'echo "$@" > {tmp_path}/arguments; cat')
    player = program(tmp_path, "player", f'echo "$@" > {tmp_path}/device; cat > {tmp_path}/heard')
    return EspeakVoice("plughw:CARD=Headphones", espeak, player)


def test_it_is_played_on_the_headphones_and_no_other_device(voice: EspeakVoice, tmp_path: Path) -> None:
    voice.say(SECRET, "id", 2)
    assert appeared(tmp_path / "heard", SECRET)
    assert (tmp_path / "device").read_text() == "-q -D plughw:CARD=Headphones -\n"
    voice.stop()


def test_the_text_is_no_argument(voice: EspeakVoice, tmp_path: Path) -> None:
    """Arguments are seen by every user of the machine."""
    voice.say(SECRET, "en", 3)
    assert appeared(tmp_path / "heard", SECRET)
    arguments = (tmp_path / "arguments").read_text()
    assert SECRET not in arguments
    assert "-v en -a 200" in arguments
    voice.stop()


def test_what_is_new_interrupts(tmp_path: Path) -> None:
    espeak = program(tmp_path, "espeak", f"cat >> {tmp_path}/said; exec sleep 60")
    voice = EspeakVoice("default", espeak, program(tmp_path, "player", "exec sleep 60"))
    start = time.monotonic()
    for word in ("satu", "dua", "tiga"):
        voice.say(word, "id", 1)
        assert appeared(tmp_path / "said", word)
        assert len(voice._running) == 2, "the one before has ended"
    voice.stop()
    assert time.monotonic() - start < 10
    assert voice._running == []


def test_a_program_that_fails_is_in_nobodys_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gone = EspeakVoice("default", str(tmp_path / "nothing"), str(tmp_path / "nothing"))
    gone.say(SECRET, "id", 1)
    assert "the voice failed: FileNotFoundError" in caplog.text
    assert SECRET not in caplog.text
    deaf = EspeakVoice("default", program(tmp_path, "espeak", "exit 1"), program(tmp_path, "player", "exit 1"))
    deaf.say(SECRET, "id", 1)
    deaf.stop()


def test_where_a_program_is_missing_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_voice("default") is None
    assert find_voice(None) is None


@pytest.mark.slow
@pytest.mark.skipif(shutil.which(ESPEAK) is None, reason="apt-get install espeak-ng")
class TestEspeak:
    """The real program."""

    def sound(self, text: str, language: str = "id", volume: int = 2) -> tuple[float, int]:
        """Seconds, and the loudest sample."""
        command = EspeakVoice("default").command(language, volume)
        made = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        with wave.open(BytesIO(made.stdout)) as wav:
            samples = memoryview(wav.readframes(2**24)).cast("h")
            return len(samples) / wav.getframerate(), max(abs(sample) for sample in samples)

    def test_both_languages_are_there_and_differ(self) -> None:
        assert self.sound("Selamat datang di kantor.")[0] != self.sound("Selamat datang di kantor.", "en")[0]

    def test_a_row_takes_its_time(self) -> None:
        """Twenty digits in fours: slow enough to be keyed in, two to five digits a second."""
        seconds, loudest = self.sound("7 3 7 8, 6 9 7 6, 2 9 4 8, 3 8 2 0, 6 4 6 3.")
        assert 5 < seconds < 20
        assert loudest > 1000

    def test_each_volume_is_louder_than_the_one_before(self) -> None:
        loudest = [self.sound("Kode satu.", volume=volume)[1] for volume in sorted(AMPLITUDES)]
        assert loudest == sorted(set(loudest))
