"""An ESC/POS receipt printer behind a device file of the kernel's usblp driver, such as /dev/usb/lp0."""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.errors import PrintBroken, PrinterNotReady
from hardware.printer.port import Printer, PrinterState
from hardware.printer.slip import CHARACTER, DOTS, WIDTHS, Modules, Slip, set_lines

OFFLINE_CAUSE = b"\x10\x04\x02"
"""DLE EOT 2: why the printer is off line (ESC/POS command reference, real-time status)."""
COVER_OPEN, PAPER_END = 0x04, 0x20
PAPER_SENSOR = b"\x10\x04\x04"
NO_PAPER = 0x60
LEFT_MARGIN, AREA = b"\x1dL", b"\x1dW"
"""GS L and GS W: the left margin and the width of what is printed, in dots. A printer that knows neither prints from
its edge on, and nothing is cut off."""
RASTER = b"\x1dv0\x00"
"""GS v 0: a picture of dots; then its bytes across and its lines, each as two bytes, the low one first."""
ANSWER_SECONDS = 0.5
WRITE_SECONDS = 10.0


def encode(slip: Slip, millimetres: int = 80) -> bytes:
    """The slip in the printer's language, with a cut at the end."""
    from escpos.printer import Dummy  # type: ignore[import-untyped]  # noqa: PLC0415  slow to import

    # Dummy keeps what it is given: the bytes go out in one piece, or not at all.
    maker = Dummy()
    maker.hw("INIT")
    made = bytearray(maker.output)
    across = WIDTHS[millimetres] * CHARACTER
    made += (
        LEFT_MARGIN + ((DOTS[millimetres] - across) // 2).to_bytes(2, "little") + AREA + across.to_bytes(2, "little")
    )
    for line in set_lines(slip, millimetres):
        maker.clear()
        maker.set_with_default(
            align="center" if line.centre else "left",
            bold=line.bold,
            double_height=line.high,
            double_width=line.wide,
            invert=line.inverse,
        )
        if not line.code:
            maker.textln(line.text)
        made += maker.output
        if line.code:
            made += _raster(line.code, line.module)
    maker.clear()
    maker.set_with_default()
    maker.cut()
    made += maker.output
    return bytes(made)


def _raster(code: Modules, module: int) -> bytes:
    """A picture of dots, `module` of them across and down for each module of a code, and a feed below it."""
    lines = [[dark for dark in line for _ in range(module)] for line in code]
    across = -(-len(lines[0]) // 8)
    made = bytearray(RASTER + across.to_bytes(2, "little") + (len(lines) * module).to_bytes(2, "little"))
    for line in lines:
        bits = "".join("1" if dark else "0" for dark in line).ljust(8 * across, "0")
        made += int(bits, 2).to_bytes(across, "big") * module
    return bytes(made) + b"\n"


class EscposPrinter(Printer):
    """Connect a printer with a USB cable; the kernel makes its device file. For example::

    printer = EscposPrinter(Path("/dev/usb/lp0"))
    if printer.state() is PrinterState.READY:
        printer.print((SlipLine("hello"),))
    """

    def __init__(self, device: Path, millimetres: int = 80) -> None:
        self._device = device
        self._millimetres = millimetres

    def state(self) -> PrinterState:
        """See `Printer.state`. A printer that takes bytes and tells nothing counts as ready."""
        try:
            with self._open() as line:
                cause = _ask(line, OFFLINE_CAUSE)
                sensor = _ask(line, PAPER_SENSOR)
        except OSError:
            return PrinterState.GONE
        if cause is not None and cause & COVER_OPEN:
            return PrinterState.COVER_OPEN
        if (cause is not None and cause & PAPER_END) or (sensor is not None and sensor & NO_PAPER == NO_PAPER):
            return PrinterState.PAPER_OUT
        return PrinterState.READY

    def print(self, slip: Slip) -> None:
        """See `Printer.print`."""
        state = self.state()
        if state is not PrinterState.READY:
            raise PrinterNotReady(f"the printer is not ready: {state.value}")
        content = memoryview(encode(slip, self._millimetres))
        try:
            with self._open() as line:
                while content:
                    _, writable, _ = select.select((), (line,), (), WRITE_SECONDS)
                    if not writable:
                        raise OSError("it takes no more")
                    content = content[os.write(line, content) :]
        except OSError as error:
            raise PrintBroken(f"the printer stopped in the middle of a slip: {error}") from error
        if self.state() is not PrinterState.READY:
            raise PrintBroken("the printer stopped in the middle of a slip: look whether it is whole")

    @contextmanager
    def _open(self) -> Iterator[int]:
        line = os.open(self._device, os.O_RDWR | os.O_NONBLOCK)
        try:
            yield line
        finally:
            os.close(line)


def _ask(line: int, question: bytes) -> int | None:
    """One byte of status, or None from a printer that does not answer. Raises OSError."""
    os.write(line, question)
    readable, _, _ = select.select((line,), (), (), ANSWER_SECONDS)
    answer = os.read(line, 1) if readable else b""
    return answer[0] if answer else None
