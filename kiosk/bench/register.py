"""The register with the whole campaign in it."""

import csv
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import cycle, pairwise
from pathlib import Path

from kiosk.bench.child import krn, spent
from kiosk.bench.figure import ROUNDS, Figure, figure
from krn_engine.demo import UNIT, DemoCase, DemoProvince
from krn_engine.office.contract import RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url

CUSTOMERS = 662_241
"""Meters of the campaign that this project started from."""
LOOK_UPS = 3000
KNOWN_BEFORE = 1000
"""Customers of a small register, such as that which a kiosk works with while the campaign's list is imported."""
BETWEEN = 0.02
"""Seconds between two customers of that kiosk."""
OPENINGS = 3
"""Of each register in each round."""
NOT_COUNTED = 30
"""Look-ups before those, which fill the caches."""


def figures(rounds: int = ROUNDS, customers: int = CUSTOMERS, look_ups: int = LOOK_UPS) -> Iterator[Figure]:
    """Import of the whole campaign, then look-ups with four new rows each, on that database."""
    province = DemoProvince(customers)
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as folder:
        worklist, database = Path(folder) / "worklist.csv", Path(folder) / "register.db"
        _write_worklist(province, worklist)
        taken = spent(krn("office", "import", "--new", worklist, "--register", database))
        yield figure("import_seconds", "s", [taken.seconds])
        yield figure("import_work", "s", [taken.work])
        yield figure("import_peak_memory", "MB", [taken.megabytes])
        few, small = DemoProvince(KNOWN_BEFORE), Path(folder) / "small.db"
        with Register.create(sqlite_url(small)) as made:
            few.load(made)
        yield from _openings(rounds, {"open_small": small, "open": database})
        offices = {"find_and_issue_small": (few, small), "find_and_issue": (province, database)}
        yield from _look_ups(offices, rounds, look_ups)
        yield from _beside_import(worklist, Path(folder) / "kiosk.db")


def _openings(rounds: int, files: Mapping[str, Path]) -> Iterator[Figure]:
    """Until a register that was closed well can be asked."""
    times: dict[str, list[float]] = {name: [] for name in files}
    for _ in range(rounds * OPENINGS):
        for name, file in files.items():
            start = time.perf_counter()
            opened = Register.open(sqlite_url(file))
            times[name].append(1000 * (time.perf_counter() - start))
            opened.close()
    for name, found in times.items():
        yield figure(name, "ms", found)


def _look_ups(offices: Mapping[str, tuple[DemoProvince, Path]], rounds: int, look_ups: int) -> Iterator[Figure]:
    """Look-ups with four new rows each, in registers of different sizes, in turn."""
    p50s: dict[str, list[float]] = {name: [] for name in offices}
    p99s: dict[str, list[float]] = {name: [] for name in offices}
    with ExitStack() as stack:
        asked = {}
        for name, (province, file) in offices.items():
            register = stack.enter_context(Register.open(sqlite_url(file)))
            due = [customer.idpel for customer in province if customer.case is DemoCase.FOUR_ROWS]
            random.Random(1).shuffle(due)  # noqa: S311
            counted = min(look_ups, (len(due) - NOT_COUNTED) // rounds)
            asked[name] = (LocalOffice(register, province.campaign, province.vault), due, counted)
            _timed(asked[name][0], due[:NOT_COUNTED])
        for number in range(rounds):
            for name, (office, due, counted) in asked.items():
                start = NOT_COUNTED + number * counted
                times = sorted(_timed(office, due[start : start + counted]))
                p50s[name].append(1000 * times[len(times) // 2])
                p99s[name].append(1000 * times[len(times) * 99 // 100])
    for name in offices:
        yield figure(f"{name}_p50", "ms", p50s[name])
        yield figure(f"{name}_p99", "ms", p99s[name])


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
