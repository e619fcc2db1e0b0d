"""Reading aloud: what is handed to which program, what is heard of it, and that nothing of it is ever in the way."""

import time
from pathlib import Path

import pytest

from hardware.voice import AMPLITUDES, PACES, EspeakVoice, Phrase, find_voice, ssml
from tests.support import espeak

SECRET = "7378 6976"
PHRASES = [Phrase(SECRET)]


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
    voice.say(PHRASES, "id", 2, 2)
    assert appeared(tmp_path / "heard", SECRET)
    assert (tmp_path / "device").read_text() == "-q -D plughw:CARD=Headphones -\n"
    voice.stop()


def test_the_text_is_no_argument(voice: EspeakVoice, tmp_path: Path) -> None:
    """Arguments are seen by every user of the machine."""
    voice.say(PHRASES, "en", 3, 1)
    assert appeared(tmp_path / "heard", SECRET)
    arguments = (tmp_path / "arguments").read_text()
    assert SECRET not in arguments
    assert "-v en -a 200 -s 100" in arguments
    voice.stop()


def test_what_is_new_interrupts(tmp_path: Path) -> None:
    espeak = program(tmp_path, "espeak", f"cat >> {tmp_path}/said; exec sleep 60")
    voice = EspeakVoice("default", espeak, program(tmp_path, "player", "exec sleep 60"))
    start = time.monotonic()
    for word in ("satu", "dua", "tiga"):
        voice.say([Phrase(word)], "id", 1, 2)
        assert appeared(tmp_path / "said", word)
        assert len(voice._running) == 2, "the one before has ended"
    voice.stop()
    assert time.monotonic() - start < 10
    assert voice._running == []


def test_a_program_that_fails_is_in_nobodys_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gone = EspeakVoice("default", str(tmp_path / "nothing"), str(tmp_path / "nothing"))
    gone.say(PHRASES, "id", 1, 4)
    assert "the voice failed: FileNotFoundError" in caplog.text
    assert SECRET not in caplog.text
    deaf = EspeakVoice("default", program(tmp_path, "espeak", "exit 1"), program(tmp_path, "player", "exit 1"))
    deaf.say(PHRASES, "id", 1, 4)
    deaf.stop()


def test_nothing_to_say_starts_no_program(voice: EspeakVoice) -> None:
    voice.say(PHRASES, "id", 2, 2)
    voice.say([Phrase("")], "id", 2, 2)
    assert voice._running == []


def test_a_phrase_does_not_print_itself() -> None:
    assert SECRET not in repr(PHRASES)


def test_what_is_said_cannot_be_markup() -> None:
    assert ssml([Phrase('<break time="9s"/> A & B', 0.5), Phrase("C")], 1) == (
        '<speak>&lt;break time="9s"/&gt; A &amp; B<break time="700ms"/> C</speak>'
    )


def test_where_a_program_is_missing_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_voice("default") is None
    assert find_voice(None) is None


@espeak.installed
@pytest.mark.slow
class TestEspeak:
    """The real program."""

    def test_both_languages_are_there_and_differ(self) -> None:
        hello = [Phrase("Selamat datang di kantor.")]
        assert espeak.seconds(hello) != espeak.seconds(hello, "en")

    def test_a_silence_lasts_as_long_as_it_says_and_longer_at_a_slower_pace(self) -> None:
        short, long = [Phrase("satu", 0.5), Phrase("dua")], [Phrase("satu", 2.5), Phrase("dua")]
        for pace in PACES:
            more = espeak.seconds(long, pace=pace) - espeak.seconds(short, pace=pace)
            assert more == pytest.approx(2.0 * PACES[2] / PACES[pace], rel=0.1)

    def test_each_pace_is_faster_than_the_one_before(self) -> None:
        taken = [espeak.seconds([Phrase("7 3 7 8, 6 9 7 6.")], pace=pace) for pace in sorted(PACES, reverse=True)]
        assert taken == sorted(set(taken))

    def test_each_volume_is_louder_than_the_one_before(self) -> None:
        loudest = [max(espeak.wav([Phrase("Kode satu.")], volume=volume)[0]) for volume in sorted(AMPLITUDES)]
        assert loudest == sorted(set(loudest))
