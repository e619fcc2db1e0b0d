"""Worklists of a demo province, and files of rows that a test can read."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyrage

from krn_engine.bulk.job import Job, MeterSource, run
from krn_engine.bulk.reading import WorklistSource
from krn_engine.demo import DEMO_DAY, UNIT, DemoCase, DemoProvince
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.audit.verify import verify
from krn_engine.register.audit.sealer import seal_now
from tests.support.office import Demo

HEADER = "IDPEL NOMOR_METER NAMA TARIF DAYA UNIT EA DKGA SGC TI KRN KT BASE_DATE INSTALLED_ON BLOCKED".split()  # noqa: SIM905
IDENTITY: Any = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())


def worklist(path: Path, province: DemoProvince) -> Path:
    """The list of a province as the utility writes one; without the rows of those that have them ready-made."""
    write(path, [HEADER, *_lines(province)])
    return path


def write(path: Path, lines: Iterable[Sequence[object]]) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def _lines(province: DemoProvince) -> Iterable[Sequence[object]]:
    for customer in province:
        state = [str(value) for value in customer.state.to_record().values()]
        yield (
            customer.idpel,
            customer.meter_number,
            customer.name,
            customer.tariff,
            customer.power_va,
            UNIT,
            *([""] * len(state) if customer.case is DemoCase.UNKNOWN_STATE else state),
            customer.installed_on,
            "diblokir oleh kantor" if customer.case is DemoCase.BLOCKED else "",
        )


def job(province: DemoProvince, source: Path | MeterSource, out: Path, **changed: Any) -> Job:
    """What a test asks for."""
    meters = WorklistSource(source) if isinstance(source, Path) else source
    vault = province.vault
    asked: dict[str, Any] = {"recipients": (RECIPIENT,), "at": DEMO_DAY} | changed
    return Job(meters, province.campaign, Sources.of_vault(vault), vault, out, **asked)


def opened(path: Path) -> list[dict[str, str]]:
    """The lines of a file of rows."""
    text: bytes = pyrage.decrypt(path.read_bytes(), [IDENTITY])
    return list(csv.DictReader(text.decode("utf-8").splitlines()))


def rows_in(line: dict[str, str]) -> tuple[str, ...]:
    """The rows of a line."""
    return tuple(digits for name, digits in line.items() if name.startswith("TOKEN_") and digits)


def refusals(asked: Job) -> dict[str, str]:
    """The code of each meter in the report."""
    lines = csv.DictReader(asked.report.read_text(encoding="utf-8").splitlines())
    return {line["NOMOR_METER"]: line["CODE"] for line in lines}


def written(asked: Job) -> dict[str, tuple[str, ...] | str]:
    """What the file, or its report, says of each meter."""
    run(asked)
    return {line["NOMOR_METER"]: rows_in(line) for line in opened(asked.out)} | refusals(asked)


def changes(demo: Demo) -> list[tuple[object, ...]]:
    """The key changes on record, as the table has them."""
    columns = "meter_id, from_state, to_state, id, source, sections, rows, issued_at"
    with demo.register.read() as connection:
        found = connection.exec_driver_sql(f"SELECT {columns} FROM key_changes ORDER BY meter_id, from_state")
        return [tuple(row) for row in found]


def require_whole_audit(demo: Demo) -> None:
    """The chain is whole, and fits the facts."""
    seal_now(demo.register)
    with demo.register.read() as connection:
        assert verify(connection).faults == []
