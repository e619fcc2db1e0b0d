"""What a UART makes of bytes that were sent at another speed or in another format: the line bit by bit.

A byte is a start bit (0), its data bits, the lowest first, a parity bit if there is one, and a stop bit (1); the line
rests at 1. A receiver waits for an edge from 1 to 0 and looks at the middle of each bit as long as it takes its own
bits to be.
"""

from bisect import bisect_right
from dataclasses import dataclass

from hardware.optical.line import LineFormat


@dataclass(frozen=True, slots=True)
class _Signal:
    """A line that is 1 before `edges[0]`, 0 from there to `edges[1]`, and so on. Seconds from the first start bit."""

    edges: tuple[float, ...]

    def level(self, at: float) -> int:
        return 1 - bisect_right(self.edges, at) % 2

    def next_fall(self, at: float) -> float | None:
        """The first edge from 1 to 0 at `at` or later, once the line is at 1."""
        index = bisect_right(self.edges, at)
        if index and self.edges[index - 1] == at:
            index -= 1
        index += index % 2
        return self.edges[index] if index < len(self.edges) else None


def _parity(byte: int, fmt: LineFormat) -> int:
    return (byte.bit_count() + (fmt.parity == "O")) % 2


def _bits(byte: int, fmt: LineFormat) -> list[int]:
    byte &= (1 << fmt.data_bits) - 1
    parity = [] if fmt.parity == "N" else [_parity(byte, fmt)]
    return [0, *(byte >> place & 1 for place in range(fmt.data_bits)), *parity, 1]


def _signal(data: bytes, fmt: LineFormat) -> _Signal:
    levels = [bit for byte in data for bit in _bits(byte, fmt)]
    steps = enumerate(zip([1, *levels], levels, strict=False))
    return _Signal(tuple(at / fmt.baud for at, (old, new) in steps if old != new))


def heard(data: bytes, sent: LineFormat, listening: LineFormat, *, checks: bool) -> bytes:
    """What is received of `data`.

    `checks`: bytes with a wrong parity or stop bit are dropped, as a meter does; without it they are handed on as they
    were sampled, as Linux does with a serial port that is told to check nothing.
    """
    if sent == listening:
        mask = (1 << sent.data_bits) - 1
        return data if sent.data_bits == 8 else bytes(byte & mask for byte in data)
    signal, got, at = _signal(data, sent), bytearray(), 0.0
    bit = 1 / listening.baud
    while (start := signal.next_fall(at)) is not None:
        if signal.level(start + bit / 2):
            at = start + bit / 2  # too short for a start bit
            continue
        samples = [signal.level(start + (1.5 + n) * bit) for n in range(listening.bits - 1)]
        byte = sum(level << place for place, level in enumerate(samples[: listening.data_bits]))
        good = samples[-1] == 1 and (listening.parity == "N" or samples[-2] == _parity(byte, listening))
        if good or not checks:
            got.append(byte)
        at = start + (listening.bits - 0.5) * bit
    return bytes(got)
