"""A demo meter of four rows behind its optical port, and who is let in to it."""

import time

from hardware.optical.association import Mechanism
from hardware.optical.ciphering import Keys
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.bench import Lock, OpticalBench
from hardware.virtual.optical.cosem import PUBLIC, Client, Sealing
from hardware.virtual.optical.style import USUAL_STYLE, Style
from krn_engine.demo import DemoCase
from tests.support.bench import Typed

PASSWORD = b"a password"
KEYS = Keys(bytes(range(16)), bytes(range(0xD0, 0xE0)))
CHALLENGE = b"sixteen octets !"
BY_PASSWORD, BY_KEY, CIPHERED, READER = 1, 2, 3, 4
"""Clients beside the public one; the last may read everything and enter nothing."""
LOCK = Lock(
    (
        PUBLIC,
        Client(BY_PASSWORD, Mechanism.LLS, PASSWORD, reads_all=True, enters=True),
        Client(BY_KEY, Mechanism.HLS_GMAC, reads_all=True, enters=True),
        Client(CIPHERED, Mechanism.HLS_GMAC, reads_all=True, enters=True, ciphers=True),
        Client(READER, Mechanism.LLS, PASSWORD, reads_all=True),
    ),
    Sealing(KEYS),
    lambda: CHALLENGE,
)


class Optical(OpticalBench):
    """A demo meter with an optical port, on a clock moved by hand, and its rows."""

    def __init__(
        self,
        case: DemoCase = DemoCase.FOUR_ROWS,
        *,
        style: Style = USUAL_STYLE,
        real_time: bool = False,
        **settings: object,
    ) -> None:
        typed = Typed(case)
        self.rows = typed.rows
        self.hand = typed.clock
        clock = time.monotonic if real_time else typed.clock
        meter = VirtualMeter(typed.meter.state, clock)
        super().__init__(meter, clock, style, LOCK, **settings)  # type: ignore[arg-type]
