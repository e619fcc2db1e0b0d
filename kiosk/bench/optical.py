"""A whole upgrade by light, by a meter process of its own, and the same upgrade by contacts beside it."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hardware.adapter import MeterAdapter
from hardware.client import MeterProcess
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.bench import PASSWORD, OpticalBench
from kiosk.bench.child import krn, resident, running
from kiosk.bench.figure import ROUNDS, Figure, figure
from kiosk.demo.meters import LIGHT_MODEL, Wire
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.upgrade.events import Ending
from kiosk.upgrade.session import UpgradeSession
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Grade

ON_A_CLOCK_OF_ITS_OWN = Wire(gpio=True, real_time=False)
"""Every wait of the keypad counts, and none of them is waited for."""


@dataclass(frozen=True, slots=True)
class _ByLight:
    """One upgrade."""

    seconds: float
    wire: float
    """Seconds of its bits and of the meter's reactions alone."""
    memory: float
    """Megabytes of the meter process, still connected."""


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Four rows by light against the wire's own time, the same four by contacts, and the memory of the process."""
    measured = [_by_light() for _ in range(rounds)]
    yield figure("optical_upgrade", "s", [one.seconds for one in measured])
    yield figure("optical_wire", "s", [one.wire for one in measured])
    yield figure("optical_upgrade_to_wire", "times", [one.seconds / one.wire for one in measured])
    yield figure("optical_upgrade_by_keypad", "s", [_by_keypad()])
    yield figure("optical_memory", "MB", [one.memory for one in measured])


def _by_light() -> _ByLight:
    """From the first call to the meter process until the meter's KRN has proved it, in real time at the port's pace."""
    with tempfile.TemporaryDirectory(prefix="krn-light-") as name, demo_workplace() as here:
        folder = Path(name)
        customer = here.province.first(DemoCase.FOUR_ROWS)
        meter = VirtualMeter(here.province.meter_state(customer), time.monotonic)
        with (
            OpticalBench(meter).port(pace=True, link=folder / "head") as port,
            running(krn("meter", "serve", "--settings", _settings(folder))) as process,
        ):
            start = time.perf_counter()
            with MeterProcess(folder / "socket", LIGHT_MODEL) as adapter:
                _upgrade(here, customer.meter_number, adapter)
                seconds = time.perf_counter() - start
                with port.lock:
                    wire = port.wire_seconds
                return _ByLight(seconds, wire, resident(process.pid))


def _settings(folder: Path) -> Path:
    secret = folder / "password"
    secret.touch(0o600)
    secret.write_bytes(PASSWORD)
    settings = folder / "meter.toml"
    settings.write_text(
        f'socket = "{folder / "socket"}"\njournal = "{folder / "journal"}"\n'
        f'[optical]\nport = "{folder / "head"}"\npassword_file = "{secret}"\n',
        encoding="utf-8",
    )
    return settings


def _by_keypad() -> float:
    """The same by contacts, at the model's safe timing."""
    with demo_workplace(ON_A_CLOCK_OF_ITS_OWN) as here:
        number = here.province.first(DemoCase.FOUR_ROWS).meter_number
        start = here.clock()
        assert here.connect is not None  # noqa: S101  a demo has meters
        with here.connect(number, "") as adapter:
            _upgrade(here, number, adapter)
            return here.clock() - start


def _upgrade(here: DemoWorkplace, number: str, adapter: MeterAdapter) -> None:
    """Raises RuntimeError if it does not end at the new KRN, proved by the meter."""
    issued = here.office.issue(number, "bench-light")
    session = UpgradeSession(
        here.office, issued, adapter, place="bench", word=Grade.TECHNICIAN, clock=here.clock, wait=here.wait
    )
    report = session.run()
    if report.ending is not Ending.UPGRADED or not report.proved or len(report.answers) != len(issued.rows):
        raise RuntimeError(f"the benchmark's upgrade ended otherwise: {report.ending.value}")
