"""The serial adapter: bytes over a pseudo terminal, and what is said of one that is gone."""

import os
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.errors import LineLost, SettingsInvalid
from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.optical.serial_line import SerialLine, chosen_port, found_ports


class Terminal:
    """Both ends of a pseudo terminal."""

    def __init__(self) -> None:
        self.far, self.near = os.openpty()
        self.port = Path(os.ttyname(self.near))

    def pull(self) -> None:
        """The adapter is pulled out."""
        os.close(self.far)
        self.far = -1

    def close(self) -> None:
        for end in (self.far, self.near):
            if end >= 0:
                os.close(end)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    both = Terminal()
    yield both
    both.close()


def test_bytes_go_out_and_come_in_as_they_are(terminal: Terminal) -> None:
    every = bytes(range(256))
    with SerialLine(terminal.port, LineFormat(9600)) as line:
        line.write(every)
        assert os.read(terminal.far, 1000) == every
        os.write(terminal.far, every)
        got = b""
        while come := line.read(0.2):
            got += come
        assert got == every


def test_a_read_ends_with_the_first_bytes_or_with_its_time(terminal: Terminal) -> None:
    with SerialLine(terminal.port) as line:
        began = time.monotonic()
        assert line.read(0.05) == b""
        assert 0.04 < time.monotonic() - began < 1.0
        threading.Timer(0.05, os.write, (terminal.far, b"/")).start()
        assert line.read(30.0) == b"/"
        assert time.monotonic() - began < 10.0
        assert line.read(-1.0) == b""


def test_speed_and_format_change_while_it_is_open(terminal: Terminal) -> None:
    speeds = {300: termios.B300, 9600: termios.B9600}
    with SerialLine(terminal.port, SIGN_ON_FORMAT) as line:
        for fmt in (SIGN_ON_FORMAT, LineFormat(9600), SIGN_ON_FORMAT):
            line.set_format(fmt)
            attributes = termios.tcgetattr(terminal.near)
            assert attributes[4:6] == [speeds[fmt.baud]] * 2


def test_what_was_not_read_can_be_forgotten(terminal: Terminal) -> None:
    with SerialLine(terminal.port) as line:
        os.write(terminal.far, b"old")
        assert line.read(1.0)[:1] == b"o"
        os.write(terminal.far, b"older")
        time.sleep(0.05)
        line.drop_input()
        assert line.read(0.05) == b""


def test_a_port_that_is_not_there_is_lost() -> None:
    with pytest.raises(LineLost, match="ttyNONE cannot be opened: is it plugged in"):
        SerialLine(Path("/dev/ttyNONE"))


def test_a_port_that_another_holds_is_lost(terminal: Terminal) -> None:
    with SerialLine(terminal.port), pytest.raises(LineLost, match="does another program hold it"):
        SerialLine(terminal.port)


ACTS: list[Callable[[SerialLine], object]] = [
    lambda line: line.read(5.0),
    lambda line: line.set_format(LineFormat(9600)),
    lambda line: line.drop_input(),
    lambda line: line.write(b"12345678901234567890"),
]


@pytest.mark.parametrize("act", ACTS, ids=["read", "format", "drop", "write"])
def test_an_adapter_that_was_pulled_out_is_lost_and_no_byte_is_quoted(
    terminal: Terminal, act: Callable[[SerialLine], object]
) -> None:
    line = SerialLine(terminal.port)
    terminal.pull()
    os.close(terminal.near)
    terminal.near = -1
    with pytest.raises(LineLost) as lost:
        act(line)
    assert "12345" not in str(lost.value)
    assert lost.value.__cause__ is None
    line.close()
    line.close()


@pytest.mark.parametrize("act", ACTS, ids=["read", "format", "drop", "write"])
def test_a_closed_line_is_lost(terminal: Terminal, act: Callable[[SerialLine], object]) -> None:
    line = SerialLine(terminal.port)
    line.close()
    with pytest.raises(LineLost):
        act(line)


def test_the_only_adapter_is_the_head_and_of_two_one_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(LineLost, match="no optical head is plugged in"):
        chosen_port(None, tmp_path / "by-id")
    assert found_ports(tmp_path / "by-id") == ()
    with pytest.raises(LineLost, match="no optical head"):
        chosen_port(None, tmp_path)
    first = tmp_path / "usb-Silicon_Labs_CP2102N-if00-port0"
    first.touch()
    assert chosen_port(None, tmp_path) == first
    (tmp_path / "usb-FTDI_FT232R-if00-port0").touch()
    with pytest.raises(SettingsInvalid, match=r"set port in \[optical\] to one of usb-FTDI.*, usb-Silicon"):
        chosen_port(None, tmp_path)
    assert chosen_port(first, tmp_path) == first
    with pytest.raises(LineLost, match="head ttyNONE is not plugged in"):
        chosen_port(Path("/dev/ttyNONE"), tmp_path)
