"""A meter of the demo behind its optical port: a head on a serial port of this system, and the real adapter on it."""

from collections.abc import Callable

from hardware.optical.adapter import OpticalAdapter
from hardware.optical.echo import EchoLine
from hardware.optical.line import Line
from hardware.optical.models import read_model
from hardware.optical.secrets import Secrets
from hardware.optical.serial_line import SerialLine
from hardware.virtual.clock import HandClock
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.bench import PASSWORD, OpticalBench
from hardware.virtual.optical.port import PtyPort


class LitMeter:
    """One meter under one head."""

    def __init__(
        self, meter: VirtualMeter, model: str, clock: Callable[[], float], wait: Callable[[float], None]
    ) -> None:
        self._bench = OpticalBench(meter, clock)
        self._clock, self._wait = clock, wait
        self._model = read_model(model)

    def connect(self) -> OpticalAdapter:
        """A new adapter on this meter; close it before you connect another."""
        return OpticalAdapter(self._line, self._model, Secrets(PASSWORD), clock=self._clock, wait=self._wait)

    def _line(self) -> Line:
        """A serial port, which is there as long as it is open; on a clock moved by hand no port and no waiting."""
        if isinstance(self._clock, HandClock):
            return self._bench.line()
        port = self._bench.port()
        try:
            return _OnPort(port, SerialLine(port.path, self._model.start))
        except Exception:
            port.close()
            raise


class _OnPort(EchoLine):
    """The line whose other end is of this process too, and goes with it."""

    def __init__(self, port: PtyPort, line: Line) -> None:
        super().__init__(line)
        self._port = port

    def close(self) -> None:
        super().close()
        self._port.close()
