"""The technician's PIN: made, kept, tried slowly."""

import errno
import os
from pathlib import Path

import pytest

from hardware.virtual.clock import HandClock
from kiosk.errors import PinRefused
from kiosk.limits.pin import FIRST_PAUSE, FREE_TRIES, LONGEST_PAUSE, Pin, write_pin
from kiosk.settings.config import Config
from kiosk.workplace import configured_workplace
from krn_engine.register.database import Register, sqlite_url

RIGHT, WRONG = "271828", "314159"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "pin"
    write_pin(path, RIGHT)
    return path


def test_the_right_pin_is_right_and_no_other(kept: Path) -> None:
    pin = Pin(kept)
    assert pin.check(RIGHT)
    assert not pin.check(WRONG)
    assert not pin.check("")
    assert pin.check(RIGHT)


def test_neither_the_pin_nor_its_length_is_in_the_file(kept: Path) -> None:
    assert RIGHT not in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    first = kept.read_text()
    write_pin(kept, RIGHT)
    assert kept.read_text() != first


def test_a_pin_is_tried_slowly_and_a_restart_forgives_nothing(kept: Path, tmp_path: Path) -> None:
    clock = HandClock()
    misses = tmp_path / "state" / "misses.json"
    pin = Pin(kept, misses, clock)
    for _ in range(FREE_TRIES):
        assert not pin.check(WRONG)
        assert pin.pause() == 0.0
    assert not pin.check(WRONG)
    assert pin.pause() == FIRST_PAUSE
    again = Pin(kept, misses, clock)
    assert again.pause() == FIRST_PAUSE
    # While the pause lasts even the right one is not tried.
    assert not again.check(RIGHT)
    clock.now += FIRST_PAUSE
    assert not again.check(WRONG)
    assert again.pause() == pytest.approx(2 * FIRST_PAUSE)
    clock.now += LONGEST_PAUSE
    assert again.check(RIGHT)


@pytest.mark.parametrize("pin", ["", "12345", "1" * 13, "12345x", "111111", "121212", "²²²²²²"])
def test_a_pin_that_is_easily_guessed_or_no_pin_is_not_kept(tmp_path: Path, pin: str) -> None:
    with pytest.raises(PinRefused):
        write_pin(tmp_path / "pin", pin)
    assert not (tmp_path / "pin").exists()


@pytest.mark.parametrize("content", ["", "scrypt", "md5 1 2 3 00 00", "scrypt 1 2 3 zz zz", "271828"])
def test_a_file_that_holds_no_pin_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pin"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(PinRefused, match="krn pin"):
        Pin(path)


@pytest.mark.parametrize("part", ["stat", "read_text"])
@pytest.mark.parametrize(("number", "told"), [(errno.EACCES, "Permission denied"), (errno.EIO, "Input/output error")])
def test_a_pin_that_cannot_be_read_is_told_as_it_is_and_opens_nothing(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, number: int, told: str
) -> None:
    """Root may read everything, so the refusal is made."""
    url = sqlite_url(tmp_path / "register.db")
    Register.create(url).close()
    whole = getattr(Path, part)

    def refuse(path: Path, *arguments: object, **named: object) -> object:
        if path == kept:
            raise OSError(number, os.strerror(number), str(path))
        return whole(path, *arguments, **named)

    monkeypatch.setattr(Path, part, refuse)
    with pytest.raises(PinRefused, match=rf"cannot be read \({told}\).*chown krn-kiosk"):
        Pin(kept)
    with pytest.raises(PinRefused), configured_workplace(Config(url, technician_pin=kept)):
        pytest.fail("the kiosk opened without its PIN")


def test_a_pin_file_that_others_may_read_is_refused(kept: Path) -> None:
    kept.chmod(0o644)
    with pytest.raises(PinRefused, match="others can read"):
        Pin(kept)
