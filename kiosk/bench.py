"""The figures that this project promises, measured on this machine. `docs/figures.md` says what each one means."""

import csv
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from krn_engine.office.demo import UNIT, DemoCase, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Dkga, Ea, VendingKey, derive

CUSTOMERS = 662_241
"""Meters of the campaign that this project started from."""
LOOK_UPS = 3000
SECONDS = 2.0
"""How long each rate is measured, five times over."""
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `spread` is the lowest and the highest of its rounds."""

    name: str
    value: float
    unit: str
    spread: tuple[float, float]


def machine() -> str:
    """What it was measured on, without naming it."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def measure(names: list[str]) -> dict[str, object]:
    """The figures of these groups, or of all; raises KeyError for an unknown group."""
    groups = [GROUPS[name] for name in names or GROUPS]
    return {"machine": machine(), "figures": [asdict(figure) for group in groups for figure in group()]}


def _figure(name: str, unit: str, rounds: list[float]) -> Figure:
    values = [round(value, 3) for value in rounds]
    return Figure(name, round(statistics.median(values), 3), unit, (min(values), max(values)))


# --- rows


def _vending_key(dkga: Dkga, krn: int, base: BaseDate) -> VendingKey:
    value = random.Random(krn).randbytes(dkga.vending_key_bytes)  # noqa: S311  a key for timing only
    return VendingKey(Sgc("999007"), Krn(krn), KeyType.DUTK, dkga, base, Ken(255), value)


def rows() -> Iterator[Figure]:
    """Four-row sets a second, on one core."""
    hops = ((1, BaseDate.Y1993), (2, BaseDate.Y1993), (3, BaseDate.Y2014))
    first, second, third = (_vending_key(Dkga.DKGA02, krn, base) for krn, base in hops)
    old, _, new = (_vending_key(Dkga.DKGA04, krn, base) for krn, base in hops)
    pan = MeterPan.of(Drn("11111111115"))
    ti = Ti(1)

    def pairs(keys: tuple[DecoderKey, ...]) -> None:
        KeyChange(keys[0], keys[1]).tokens(SAMPLE_TABLES)
        KeyChange(keys[1], keys[2]).tokens(SAMPLE_TABLES)

    known7 = tuple(derive(key, pan, ti, Ea.EA07) for key in (first, second, third))
    known11 = KeyChange(derive(old, pan, ti, Ea.EA11), derive(new, pan, ti, Ea.EA11))
    yield _rate("rows_ea07_known", lambda: pairs(known7))
    yield _rate(
        "rows_ea07_derived", lambda: pairs(tuple(derive(key, pan, ti, Ea.EA07) for key in (first, second, third)))
    )
    yield _rate("rows_ea11_known", known11.tokens)
    yield _rate(
        "rows_ea11_derived",
        lambda: KeyChange(derive(old, pan, ti, Ea.EA11), derive(new, pan, ti, Ea.EA11)).tokens(),
    )


def _rate(name: str, act: Callable[[], object]) -> Figure:
    rates = []
    for _ in range(ROUNDS):
        done, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < SECONDS:
            for _ in range(50):
                act()
            done += 50
        rates.append(done / spent)
    return _figure(name, "sets/s", rates)


# --- register


def register() -> Iterator[Figure]:
    """Import of the whole campaign, then look-ups with four new rows each, on that database."""
    province = DemoProvince(CUSTOMERS)
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as folder:
        worklist, database = Path(folder) / "worklist.csv", Path(folder) / "register.db"
        _write_worklist(province, worklist)
        command = [sys.executable, "-m", "kiosk.cli", "office", "import", str(worklist), "--register", str(database)]
        seconds, megabytes = _child(command)
        yield _figure("import_seconds", "s", [seconds])
        yield _figure("import_peak_memory", "MB", [megabytes])
        with Register.open(sqlite_url(database)) as opened:
            yield from _look_ups(LocalOffice(opened, province.campaign, province.vault), province)


def _look_ups(office: LocalOffice, province: DemoProvince) -> Iterator[Figure]:
    due = [customer.idpel for customer in province if customer.case is DemoCase.FOUR_ROWS]
    source = random.Random(1)  # noqa: S311
    chosen = source.sample(due, LOOK_UPS * ROUNDS + 100)
    p50s, p99s = [], []
    _timed(office, chosen[:100])
    for number in range(ROUNDS):
        start = 100 + number * LOOK_UPS
        times = sorted(_timed(office, chosen[start : start + LOOK_UPS]))
        p50s.append(1000 * times[len(times) // 2])
        p99s.append(1000 * times[len(times) * 99 // 100])
    yield _figure("find_and_issue_p50", "ms", p50s)
    yield _figure("find_and_issue_p99", "ms", p99s)


def _timed(office: LocalOffice, idpels: list[str]) -> list[float]:
    times = []
    for idpel in idpels:
        start = time.perf_counter()
        found = office.find(idpel)
        issued = office.issue(found.meter_number, f"bench-{idpel}")  # type: ignore[union-attr]
        times.append(time.perf_counter() - start)
        if len(issued.rows) != 4:
            raise RuntimeError("the benchmark expected four rows")
    return times


def _write_worklist(province: DemoProvince, path: Path) -> None:
    columns = "IDPEL NOMOR_METER NAMA TARIF DAYA UNIT EA DKGA SGC TI KRN KT BASE_DATE INSTALLED_ON".split()  # noqa: SIM905
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for customer in province:
            state = customer.state
            writer.writerow(
                (
                    customer.idpel,
                    customer.meter_number,
                    customer.name,
                    customer.tariff,
                    customer.power_va,
                    UNIT,
                    int(state.ea),
                    int(state.dkga),
                    state.sgc,
                    state.ti,
                    state.krn,
                    int(state.kt),
                    int(state.base_date),
                    customer.installed_on.isoformat(),
                )
            )


def _child(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of a process of its own; raises RuntimeError if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the measured command failed: {command[1:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


# --- processes

_FIRST_FRAME = """
from kiosk.app import App, open_window, panel_named
from kiosk.flow.flow import Flow
from kiosk.workplace import demo_workplace
with demo_workplace() as here:
    app = App(Flow(here), open_window(panel_named("10"), fullscreen=False))
    app.step()
    print(app.screen.buttons[0].name, flush=True)
"""


def processes() -> Iterator[Figure]:
    """Whole processes, from their start."""
    upgrade = [sys.executable, "-m", "kiosk.cli", "upgrade", "--demo", "--json"]
    runs = [_child(upgrade) for _ in range(ROUNDS)]
    yield _figure("upgrade_process", "s", [seconds for seconds, _ in runs])
    yield _figure("kiosk_first_frame", "s", [_first_frame() for _ in range(ROUNDS)])


def _first_frame() -> float:
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy"}
    start = time.perf_counter()
    command = [sys.executable, "-c", _FIRST_FRAME]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        line = process.stdout.readline() if process.stdout is not None else ""
        seconds = time.perf_counter() - start
    if not line.strip():
        raise RuntimeError("the kiosk drew no first frame")
    return seconds


GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {"rows": rows, "register": register, "processes": processes}
"""What can be asked for by name."""
