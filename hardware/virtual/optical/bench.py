"""A virtual meter with a head on its optical port: everything between a `Line` and the meter is real."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hardware.optical.association import Mechanism
from hardware.optical.frames import Address
from hardware.optical.model import TokenForm
from hardware.virtual.clock import HandClock
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.cosem import DEVICE, LONGEST, PUBLIC, Client, CosemServer, Sealing
from hardware.virtual.optical.face import OpticalFace
from hardware.virtual.optical.faults import LightDice
from hardware.virtual.optical.light import Light
from hardware.virtual.optical.line import VirtualLine
from hardware.virtual.optical.link import USUAL_LIMITS, Limits
from hardware.virtual.optical.objects import meter_objects
from hardware.virtual.optical.port import PtyPort
from hardware.virtual.optical.style import USUAL_STYLE, Style
from hardware.virtual.optical.token_gateway import TokenGateway

PASSWORD = b"virtual!"
"""The password of the virtual meter's client 1. It protects nothing: it is printed here."""
TECHNICIAN = Client(1, Mechanism.LLS, PASSWORD, reads_all=True, enters=True)


@dataclass(frozen=True, slots=True)
class Lock:
    """Who is let in to a meter, and by which keys."""

    clients: Sequence[Client] = (PUBLIC, TECHNICIAN)
    sealing: Sealing | None = None
    challenge: Callable[[], bytes] = lambda: secrets.token_bytes(16)


USUAL_LOCK = Lock()


@dataclass
class OpticalBench:
    """One meter, its optical port, and a head. `clock` is the meter's own, so it must be the one handed in here."""

    meter: VirtualMeter
    clock: Callable[[], float] = time.monotonic
    style: Style = USUAL_STYLE
    lock: Lock = USUAL_LOCK
    limits: Limits = USUAL_LIMITS
    device: Address = DEVICE
    longest: int = LONGEST
    form: TokenForm = TokenForm.ASCII
    processing: float = 0.0
    """Seconds for which a token is received, but not yet processed."""
    echo: bool = False
    dice: LightDice = field(default_factory=LightDice)

    def __post_init__(self) -> None:
        self.gateway = TokenGateway(self.meter, self.clock, self.form, self.processing)
        self.server = CosemServer(
            meter_objects(self.meter, self.gateway, self.style.maker),
            self.lock.clients,
            self.lock.sealing,
            device=self.device,
            longest=self.longest,
            challenge=self.lock.challenge,
        )
        self.face = OpticalFace(self.meter, self.gateway, self.server, self.style, self.limits)
        self.light = Light(self.face, self.dice, self.echo)

    def line(self) -> VirtualLine:
        """A line from the head to a program, on a clock moved by hand. Raises TypeError with any other clock."""
        if not isinstance(self.clock, HandClock):
            raise TypeError("a line on this bench needs a clock that is moved by hand: take a port")
        return VirtualLine(self.light, self.clock)

    def port(self, *, pace: bool = False, link: Path | None = None) -> PtyPort:
        """A serial port of the system. With a clock moved by hand all times pass, and take none; else see `PtyPort`."""
        if isinstance(self.clock, HandClock):
            return PtyPort(self.light, clock=self.clock, wait=self.clock.wait, pace=True, link=link)
        return PtyPort(self.light, clock=self.clock, pace=pace, link=link)
