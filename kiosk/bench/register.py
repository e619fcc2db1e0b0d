"""The register with the whole campaign in it."""

import csv
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, pairwise
from pathlib import Path

from kiosk.bench.child import krn, measured
from kiosk.bench.figure import ROUNDS, Figure, figure
from krn_engine.demo import UNIT, DemoCase, DemoProvince
from krn_engine.office.contract import RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url

CUSTOMERS = 662_241
"""Meters of the campaign that this project started from."""
LOOK_UPS = 3000
KNOWN_BEFORE = 1000
"""Customers of the register that a kiosk works with while the campaign's list is imported."""
BETWEEN = 0.02
"""Seconds between two customers of that kiosk."""
NOT_COUNTED = 100
"""Look-ups before those, which fill the caches."""


def figures(rounds: int = ROUNDS, customers: int = CUSTOMERS, look_ups: int = LOOK_UPS) -> Iterator[Figure]:
    """Import of the whole campaign, then look-ups with four new rows each, on that database."""
    province = DemoProvince(customers)
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as folder:
        worklist, database = Path(folder) / "worklist.csv", Path(folder) / "register.db"
        _write_worklist(province, worklist)
        seconds, megabytes = measured(krn("office", "import", "--new", worklist, "--register", database))
        yield figure("import_seconds", "s", [seconds])
        yield figure("import_peak_memory", "MB", [megabytes])
        with Register.open(sqlite_url(database)) as opened:
            yield from _look_ups(LocalOffice(opened, province.campaign, province.vault), province, rounds, look_ups)
        yield from _beside_import(worklist, Path(folder) / "kiosk.db")


def _look_ups(office: LocalOffice, province: DemoProvince, rounds: int, look_ups: int) -> Iterator[Figure]:
    due = [customer.idpel for customer in province if customer.case is DemoCase.FOUR_ROWS]
    source = random.Random(1)  # noqa: S311
    chosen = source.sample(due, look_ups * rounds + NOT_COUNTED)
    p50s, p99s = [], []
    _timed(office, chosen[:NOT_COUNTED])
    for number in range(rounds):
        start = NOT_COUNTED + number * look_ups
        times = sorted(_timed(office, chosen[start : start + look_ups]))
        p50s.append(1000 * times[len(times) // 2])
        p99s.append(1000 * times[len(times) * 99 // 100])
    yield figure("find_and_issue_p50", "ms", p50s)
    yield figure("find_and_issue_p99", "ms", p99s)


def _beside_import(worklist: Path, database: Path) -> Iterator[Figure]:
    """A kiosk issues and records, without a stop, on a register into which all those customers are imported."""
    province = DemoProvince(KNOWN_BEFORE)
    with Register.create(sqlite_url(database)) as opened:
        province.load(opened)
        office = LocalOffice(opened, province.campaign, province.vault)
        due = cycle([customer.meter_number for customer in province if customer.case is DemoCase.FOUR_ROWS])
        waits: list[float] = []
        command = krn("office", "import", worklist, "--register", database)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                while process.poll() is None:
                    waits += _served(office, next(due), f"beside-{len(waits)}")
                    time.sleep(BETWEEN)
            finally:
                process.kill()
        if process.returncode:
            raise RuntimeError("the import beside the kiosk failed")
    waits.sort()
    yield figure("beside_import_p99", "ms", [1000 * waits[len(waits) * 99 // 100]])
    yield figure("beside_import_longest", "ms", [1000 * waits[-1]])


def _served(office: LocalOffice, meter_number: str, request: str) -> list[float]:
    """The seconds that a kiosk waits for its rows, and for the records of one that the meter refused."""
    times = [time.perf_counter()]
    change = office.issue(meter_number, request).changes[0]
    times.append(time.perf_counter())
    for outcome in (RowOutcome.STARTED, RowOutcome.REJECTED):
        office.record(RowRecord(change.id, 1, outcome, "", "bench", "bench", request))
        times.append(time.perf_counter())
    return [end - start for start, end in pairwise(times)]


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
