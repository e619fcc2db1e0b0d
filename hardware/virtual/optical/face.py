"""The meter behind its optical port: the sign-on or the HDLC link takes what comes in, and says what goes out."""

from hardware.optical.frames import FrameKind, FrameReader
from hardware.optical.line import LineFormat
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.link import USUAL_LIMITS, Application, Limits, Link
from hardware.virtual.optical.objects import READ_OUT
from hardware.virtual.optical.sign_on import Fields, SignOn
from hardware.virtual.optical.style import USUAL_STYLE, Burst, Closing, Style
from hardware.virtual.optical.token_gateway import TokenGateway


class OpticalFace:
    """Everything that one meter does at its optical port. No thread, no timer: time comes with the bytes."""

    def __init__(
        self,
        meter: VirtualMeter,
        gateway: TokenGateway,
        application: Application,
        style: Style = USUAL_STYLE,
        limits: Limits = USUAL_LIMITS,
    ) -> None:
        self.meter = meter
        self.gateway = gateway
        self.style = style
        self._sign_on = SignOn(style, lambda: str(meter.state.drn), self._fields)
        self._link = Link(application, limits)
        self._frames = FrameReader()
        self._active = 0.0
        """When something was understood for the last time."""
        self._deaf_until = 0.0

    def listens(self, now: float) -> LineFormat:
        """What the port listens in at second `now`."""
        if self._sign_on.entered and now - self._active > self.style.inactivity:
            self._leave()
        return self._sign_on.fmt

    def take(self, data: bytes, now: float) -> list[Burst]:
        """Bytes that the port has heard, in its own format, the last of them at second `now`."""
        self.gateway.pass_time()
        if not self.meter.powered or self._closed():
            return []
        fmt = self.listens(now)
        if not self._sign_on.entered:
            return self._signed_on(data, now)
        return self._linked(data, fmt, now) if now >= self._deaf_until else []

    def power_cut(self) -> None:
        """The supply goes: the connection, and what was not processed. It comes back with `meter.power_on`."""
        self.gateway.power_cut()
        self.meter.power_off()
        self._leave()

    # --- what came in

    def _signed_on(self, data: bytes, now: float) -> list[Burst]:
        bursts = self._sign_on.take(data, now)
        if self._sign_on.entered:
            self._active = now + sum(burst.after + burst.seconds for burst in bursts)
            self._deaf_until = self._active + self.style.settle if self.style.settle else 0.0
        return bursts

    def _linked(self, data: bytes, fmt: LineFormat, now: float) -> list[Burst]:
        bursts: list[Burst] = []
        # Between two bursts there is silence: what was cut off before this one never comes to its end.
        for frame in [*self._frames.feed(data), *self._frames.silence()]:
            self._active = now
            answers = self._link.take(frame)
            bursts += [Burst(bytes(answer), fmt, self.style.reaction) for answer in answers]
            if frame.kind is FrameKind.DISC and answers:
                self._leave()
                break
        return bursts

    def _leave(self) -> None:
        """Back to the start."""
        self._link.drop()
        self._frames = FrameReader()
        self._sign_on.reset()

    def _closed(self) -> bool:
        if self.style.closing is not Closing.CLOSED or not self.gateway.locked_for:
            return False
        self._leave()
        return True

    def _fields(self) -> Fields:
        return [(address, self.meter.register(register)) for register, address in READ_OUT.items()]
