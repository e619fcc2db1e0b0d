"""Slips: what goes to a printer, what comes out of it, and what it says when it cannot."""

import os
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.errors import PrintBroken, PrinterNotReady
from hardware.printer import escpos
from hardware.printer.escpos import COVER_OPEN, NO_PAPER, OFFLINE_CAUSE, PAPER_END, EscposPrinter, encode
from hardware.printer.port import PrinterState
from hardware.printer.slip import WIDTHS, SlipLine
from hardware.virtual.printer import Printed, VirtualPrinter, read_escpos

SLIP = (
    SlipLine("KANTOR", bold=True, centre=True),
    SlipLine("8511 5070 4401", bold=True, large=True, centre=True),
    SlipLine("plain"),
)


def test_what_is_encoded_is_what_comes_out() -> None:
    lines = [line for line in read_escpos(encode(SLIP)) if line.text]
    assert lines == [
        Printed("KANTOR", True, True, False, False),
        Printed("8511 5070 4401", True, True, True, True),
        Printed("plain", False, False, False, False),
    ]


def test_what_is_too_wide_on_narrow_paper_is_high_and_not_wide() -> None:
    slip = (SlipLine("6104 4734 8511 5070", large=True),)
    for millimetres, wide in ((80, True), (58, False)):
        (row,) = (line for line in read_escpos(encode(slip, millimetres)) if line.text)
        assert (row.high, row.wide) == (True, wide)


@pytest.mark.parametrize("millimetres", [80, 58])
def test_a_line_fills_its_paper_and_no_more(millimetres: int) -> None:
    width = WIDTHS[millimetres]
    slip = (
        SlipLine("one two three " * 5, band=True),
        SlipLine("Kode 1", tick=True, right="harus BENAR"),
        SlipLine("a label that leaves no room", tick=True, right="harus BENAR"),
        SlipLine(rule=True),
    )
    lines = [line for line in read_escpos(encode(slip, millimetres)) if line.text]
    bands = [line for line in lines if line.inverse]
    assert len(bands) > 1
    assert all(len(line.text) == width and line.text[0] == line.text[-1] == " " for line in bands)
    ticked, *label, rule = lines[len(bands) :]
    assert ticked.text == "[    ] Kode 1" + "harus BENAR".rjust(width - 13)
    assert label[-1].text.endswith("harus BENAR")
    assert all(len(line.text) <= width and line.high for line in label)
    assert rule.text == "-" * width


def test_a_picture_comes_out_dot_by_dot() -> None:
    (picture,) = (line for line in read_escpos(encode((SlipLine(code=((True, False), (False, True))),))) if line.dots)
    # Two modules of seven dots each are fourteen across; two bits of the last byte stay white.
    assert picture.dots == (b"\xfe\x00",) * 7 + (b"\x01\xfc",) * 7
    assert picture.centre


def test_a_printer_is_told_the_margins() -> None:
    for millimetres, margin, area in ((80, 24, 528), (58, 18, 348)):
        made = encode(SLIP, millimetres)
        assert b"\x1dL" + margin.to_bytes(2, "little") + b"\x1dW" + area.to_bytes(2, "little") in made


def test_an_unknown_command_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="no such command"):
        read_escpos(b"\x1bZ")


class TestVirtual:
    def test_it_keeps_its_slips(self) -> None:
        seen: list[list[Printed]] = []
        printer = VirtualPrinter(seen.append)
        printer.print(SLIP)
        assert seen == printer.slips
        assert [line.text for line in seen[0]][:3] == ["KANTOR", "8511 5070 4401", "plain"]

    @pytest.mark.parametrize("state", [PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.GONE])
    def test_one_that_is_not_ready_prints_nothing(self, state: PrinterState) -> None:
        printer = VirtualPrinter(condition=state)
        with pytest.raises(PrinterNotReady, match=state.value):
            printer.print(SLIP)
        assert printer.slips == []

    def test_paper_that_ends_in_the_middle(self) -> None:
        printer = VirtualPrinter(breaks_after=1)
        with pytest.raises(PrintBroken):
            printer.print(SLIP)
        assert printer.state() is PrinterState.PAPER_OUT


class Wire:
    """A printer at the far end of a pseudo-terminal, which answers what it is told to answer."""

    def __init__(self) -> None:
        self._far, near = os.openpty()
        tty.setraw(near)
        self.device = Path(os.ttyname(near))
        self._near = near
        self.cause: int | None = 0x12
        self.sensor: int | None = 0x12
        self.received = bytearray()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        question = b""
        while True:
            try:
                got = os.read(self._far, 4096)
            except OSError:
                return
            if not got:
                return
            for byte in got:
                question = (question + bytes([byte]))[-3:]
                if len(question) == 3 and question[:2] == b"\x10\x04":
                    answer = self.cause if question == OFFLINE_CAUSE else self.sensor
                    question = b""
                    if answer is not None:
                        os.write(self._far, bytes([answer]))
                    continue
                self.received.append(byte)

    def close(self) -> None:
        os.close(self._near)
        os.close(self._far)
        self._thread.join(5)


class TestEscpos:
    @pytest.fixture
    def wire(self) -> Iterator[Wire]:
        wire = Wire()
        yield wire
        wire.close()

    @pytest.mark.parametrize(
        ("cause", "sensor", "state"),
        [
            (0x12, 0x12, PrinterState.READY),
            (0x12 | COVER_OPEN, 0x12, PrinterState.COVER_OPEN),
            (0x12 | PAPER_END, 0x12, PrinterState.PAPER_OUT),
            (0x12, 0x12 | NO_PAPER, PrinterState.PAPER_OUT),
            # The roll is nearly at its end: there is paper still.
            (0x12, 0x12 | 0x0C, PrinterState.READY),
            (None, None, PrinterState.READY),
        ],
    )
    def test_it_is_asked_how_it_is(
        self, wire: Wire, cause: int | None, sensor: int | None, state: PrinterState, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(escpos, "ANSWER_SECONDS", 0.5 if cause else 0.05)
        wire.cause, wire.sensor = cause, sensor
        assert EscposPrinter(wire.device).state() is state

    def test_a_slip_goes_out_whole(self, wire: Wire) -> None:
        EscposPrinter(wire.device).print(SLIP)
        assert encode(SLIP) in bytes(wire.received)

    def test_without_paper_nothing_goes_out(self, wire: Wire) -> None:
        wire.cause = 0x12 | PAPER_END
        with pytest.raises(PrinterNotReady, match="paper out"):
            EscposPrinter(wire.device).print(SLIP)
        assert b"KANTOR" not in wire.received

    def test_a_printer_that_is_not_plugged_in_is_gone(self, tmp_path: Path) -> None:
        printer = EscposPrinter(tmp_path / "lp0")
        assert printer.state() is PrinterState.GONE
        with pytest.raises(PrinterNotReady, match="gone"):
            printer.print(SLIP)
