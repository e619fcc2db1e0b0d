"""What it costs to keep rows sealed: a list of ready-made rows, and their issue, under a seal and without one."""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.bench.figure import ROUNDS, Figure, figure
from krn_engine.issuing.campaign import Campaign
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.importer import import_worklist
from krn_engine.register.seal import KEY_BYTES, Seal
from krn_engine.sts.framing import MAX_TOKEN

LINES = 20_000
ISSUES = 500
NOT_COUNTED = 20
"""Issues before those, which fill the caches."""


def figures(rounds: int = ROUNDS, lines: int = LINES, issues: int = ISSUES) -> Iterator[Figure]:
    """Imports into new registers, one after the other, clear and sealed in turn; then issues from the last of each."""
    seals = {"clear": None, "sealed": Seal(random.Random(1).randbytes(KEY_BYTES))}  # noqa: S311  it seals nothing real
    imports: dict[str, list[float]] = {name: [] for name in seals}
    p50s: dict[str, list[float]] = {name: [] for name in seals}
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as folder:
        worklist = Path(folder) / "list.csv"
        numbers = _write_worklist(worklist, lines)
        for number in range(rounds):
            for name, seal in seals.items():
                with Register.create(sqlite_url(Path(folder) / f"{name}-{number}.db"), seal) as register:
                    start = time.perf_counter()
                    import_worklist(register, worklist)
                    imports[name].append(time.perf_counter() - start)
                    p50s[name].append(_issue_p50(register, numbers[: issues + NOT_COUNTED]))
    for name in seals:
        yield figure(f"{name}_import_seconds", "s", imports[name])
    pairs = zip(imports["sealed"], imports["clear"], strict=True)
    yield figure("sealed_import_to_clear", "", [sealed / clear for sealed, clear in pairs])
    for name in seals:
        yield figure(f"{name}_issue_p50", "ms", p50s[name])


def _issue_p50(register: Register, numbers: list[str]) -> float:
    office = LocalOffice(register, Campaign.default())
    times = []
    for number in numbers:
        start = time.perf_counter()
        office.issue(number, f"bench-{number}")
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times[NOT_COUNTED:] or times)


def _write_worklist(path: Path, lines: int) -> list[str]:
    """Invented rows, which open no meter; gives the meter numbers."""
    source = random.Random(1)  # noqa: S311
    numbers = [f"{99100000000 + number}" for number in range(lines)]
    with path.open("w", encoding="utf-8") as file:
        file.write("IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT,KCT1A,KCT1B,KCT2A,KCT2B\n")
        for number, meter in enumerate(numbers):
            rows = ",".join(f"{source.randrange(MAX_TOKEN):020d}" for _ in range(4))
            file.write(f"{990000000000 + number},{meter},CONTOH SATU,R1,1300,99001,{rows}\n")
    return numbers
