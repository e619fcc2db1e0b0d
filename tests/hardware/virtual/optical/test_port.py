"""The virtual meter's optical port as a serial port of the system (a pty), in real time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from hardware.errors import SettingsInvalid
from hardware.virtual.optical.port import PtyPort
from hardware.virtual.optical.style import USUAL_STYLE, Confirms
from tests.support.optical import Optical

IDENTIFICATION = b"/VRT5\\2VIRTUAL\r\n"
QUICK = replace(USUAL_STYLE, reaction=0.02)


@pytest.fixture(name="optical")
def _optical() -> Optical:
    return Optical(style=QUICK, real_time=True)


@pytest.fixture(name="port")
def _port(optical: Optical) -> Iterator[PtyPort]:
    with optical.port() as port:
        yield port


def opened(port: PtyPort, baud: int = 300, quiet: float = 5.0) -> serial.Serial:
    return serial.Serial(str(port.path), baud, timeout=quiet)


def test_a_program_opens_it_as_it_opens_a_head(port: PtyPort) -> None:
    for _ in range(2):
        with opened(port) as head:
            head.write(b"/?!\r\n")
            assert head.read_until(b"\n") == IDENTIFICATION
    # What was sent is counted when it has gone, and so perhaps a moment after it is here.
    end = time.monotonic() + 5
    while port.bytes_sent < 2 * len(IDENTIFICATION) and time.monotonic() < end:
        time.sleep(0.005)
    assert (port.bytes_heard, port.bytes_sent) == (10, 2 * len(IDENTIFICATION))


def test_a_request_at_another_speed_is_not_answered(port: PtyPort) -> None:
    with opened(port, 2400, 1.5) as head:
        head.write(b"/?!\r\n")
        assert head.read(1) == b""


def test_a_head_that_listens_at_another_speed_hears_something_else() -> None:
    optical = Optical(style=replace(QUICK, reaction=0.2, confirms=Confirms.OLD), real_time=True)
    with optical.port() as port, opened(port) as head:
        head.write(b"/?!\r\n")
        head.flush()
        time.sleep(0.05)
        head.baudrate = 1200
        head.timeout = 1.5
        assert IDENTIFICATION not in head.read(100)


def test_a_speed_that_no_meter_has_is_not_heard(port: PtyPort) -> None:
    with opened(port, 110, 0.5) as head:
        head.write(b"/?!\r\n")
        assert head.read(1) == b""


def test_paced_it_takes_the_time_of_every_bit(optical: Optical) -> None:
    with optical.port(pace=True) as port, opened(port) as head:
        start = time.monotonic()
        head.write(b"/?!\r\n")
        assert head.read(len(IDENTIFICATION)) == IDENTIFICATION
        taken = time.monotonic() - start
    floor = (5 + len(IDENTIFICATION)) * 10 / 300 + QUICK.reaction
    assert floor <= taken < floor + 2
    assert port.wire_seconds == pytest.approx(floor)


def test_an_echo_comes_before_the_answer() -> None:
    optical = Optical(style=QUICK, echo=True, real_time=True)
    with optical.port() as port, opened(port) as head:
        head.write(b"/?!\r\n")
        assert head.read(5 + len(IDENTIFICATION)) == b"/?!\r\n" + IDENTIFICATION


def test_a_link_names_it_and_goes_with_it(optical: Optical, tmp_path: Path) -> None:
    link = tmp_path / "head"
    with optical.port(link=link) as port:
        assert link.resolve() == port.path
        with serial.Serial(str(link), 300, timeout=5) as head:
            head.write(b"/?!\r\n")
            assert head.read_until(b"\n") == IDENTIFICATION
    assert not link.exists()
    port.close()


def test_a_link_that_cannot_be_made_is_a_refusal(optical: Optical, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="name a folder"):
        optical.port(link=tmp_path / "nowhere" / "head")


def test_a_port_that_is_taken_away_is_gone_for_the_program(optical: Optical) -> None:
    port = optical.port()
    head = opened(port)
    port.close()
    with pytest.raises((serial.SerialException, OSError)):
        head.write(b"/?!\r\n")
    head.close()


def test_who_does_not_read_stops_nobody() -> None:
    optical = Optical(style=replace(USUAL_STYLE, reaction=0.0), real_time=True)
    with optical.port() as port:
        with opened(port) as head:
            # More answers than a pty keeps.
            for _ in range(10):
                head.write(b"/?!\r\n" * 100)
                time.sleep(0.01)
        with opened(port) as head:
            while port.bytes_heard < 5000:
                time.sleep(0.01)
            # What a pty kept of the answers, and then the one to this.
            head.timeout = 0.5
            while head.read(4096):
                pass
            head.timeout = 5
            head.write(b"/?!\r\n")
            assert head.read(len(IDENTIFICATION)) == IDENTIFICATION
    assert port.bytes_heard == 5005


def test_a_port_is_closed_at_once_whatever_the_meter_still_has_to_say() -> None:
    optical = Optical(style=replace(USUAL_STYLE, reaction=30.0), real_time=True)
    port = optical.port()
    with opened(port) as head:
        head.write(b"/?!\r\n" * 5)
        time.sleep(0.05)
    start = time.monotonic()
    port.close()
    assert time.monotonic() - start < 5


def test_a_program_that_is_quicker_than_the_port_is_heard_at_the_speed_at_which_it_wrote(
    port: PtyPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It selects HDLC and has changed its speed before the port's thread has even looked up from what it gave."""
    with opened(port) as head:
        give = port._give

        def at_once(data: bytes) -> None:
            give(data)
            if data == IDENTIFICATION:
                head.write(b"\x06252\r\n")
                head.baudrate = 9600

        monkeypatch.setattr(port, "_give", at_once)
        head.write(b"/?!\r\n")
        assert head.read(len(IDENTIFICATION) + 6) == IDENTIFICATION + b"\x06252\r\n"
