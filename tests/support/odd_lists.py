"""Two lists with every odd line that an import meets, and all that a register has on record after them."""

import json
import random
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from krn_engine.register import applying
from krn_engine.register.database import Register
from krn_engine.register.importer import ImportReport, import_worklist

TODAY = date(2026, 1, 15)
COLUMNS = (
    "IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT,EA,DKGA,SGC,TI,KRN_LAMA,KT,BASE_DATE,KEN,VKRN,INSTALLED_ON,BLOCKED,"
    "KCT1A,KCT1B,KCT2A,KCT2B,ALAMAT,WARNA"
)
_PLACE = {name: at for at, name in enumerate(COLUMNS.split(","))}
PART = 7
"""Lines of one transaction: some have only new meters, some only known ones, some both."""


def _line(index: int, **cells: str) -> str:
    chance = random.Random(index)
    told = [
        f"99{index:010d}",
        f"{99100000000 + index * 37 % 1000}" if index % 5 else f"{9910000000000 + index}",
        chance.choice(("SITI CONTOH", "Budi", "a b c d", "  dua  spasi ", "ß kecil", "*", "O'NEIL, S")),
        chance.choice(("R1", "R1M", "")),
        chance.choice(("1300", "1.300 VA", "900,0", "")),
        chance.choice(("99001", "99002", "")),
        chance.choice(("7", "EA07", "11", "")),
        chance.choice(("2", "DKGA2", "")),
        "999007",
        chance.choice(("1", "01", "")),
        chance.choice(("1", "2", "KRN 2", "")),
        "2",
        chance.choice(("1993", "2014", "")),
        chance.choice(("255", "")),
        chance.choice(("41", "")),
        chance.choice(("2019-08-17", "17-08-2019", "17/8/2019", "")),
        "",
        *_rows(chance),
        chance.choice(("", "Jl. Contoh 1")),
        "",
    ]
    for name, cell in cells.items():
        told[_PLACE[name]] = cell
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in told)


def _rows(chance: random.Random) -> list[str]:
    rows = [f"{chance.randrange(7 * 10**19):020d}" for _ in range(4)]
    return chance.choice((["", "", "", ""], [*rows[:2], "", ""], rows))


def first_list() -> str:
    """A list of what is not there yet, with what cannot be taken."""
    wrong = [
        {"IDPEL": "1.3E+11"},
        {"IDPEL": "99000000001"},
        {"IDPEL": "990000000001"},
        {"NOMOR_METER": "9910000000x"},
        {"NAMA": "x" * 101},
        {"NAMA": "a\x01b"},
        {"NAMA": "#N/A"},
        {"TARIF": "R1 TERLALU"},
        {"DAYA": "0"},
        {"DAYA": "banyak"},
        {"EA": "9"},
        {"KRN_LAMA": "0"},
        {"INSTALLED_ON": "31-12-1980"},
        {"INSTALLED_ON": "45000"},
        {"INSTALLED_ON": "2027-01-01"},
        {"BLOCKED": "YA"},
        {"KCT1A": "1" * 20, "KCT1B": "1" * 20, "KCT2A": "", "KCT2B": ""},
        {"KCT1A": "9" * 20},
        {"IDPEL": "HAPUS"},
    ]
    odd = [
        {"NAMA": "ganda\u00a0spasi"},
        {"NAMA": "HAPUS"},
        {"NAMA": "CLEARANCE"},
        {"BLOCKED": "hilang, dilaporkan"},
        {"IDPEL": "#99 0000 0009-99"},
        {"DAYA": "1300.0"},
        {"KCT1A": "HAPUS", "KCT1B": "", "KCT2A": "", "KCT2B": ""},
        {"TI": "7"},
        {"UNIT": "unit satu"},
    ]
    lines = [_line(index) for index in range(40)]
    lines += [_line(100 + index, **cells) for index, cells in enumerate((*wrong, *odd))]
    lines += [_line(3), _line(200, NOMOR_METER="9910000000005"), "", "1,2,3", _line(201) + ",x", '"offen,1,2']
    return "\n".join((COLUMNS, *lines, *(_line(index) for index in range(300, 320)))) + "\n"


def second_list() -> str:
    """News of those, moves, and what is taken away, among new ones."""
    lines = [_line(index) for index in range(0, 20, 3)]
    lines += [_line(index, KRN_LAMA="1", DAYA="2200", UNIT="99003") for index in range(1, 20, 3)]
    lines += [_line(21, NOMOR_METER="99100009999"), _line(22, NOMOR_METER=f"{99100000000 + 23 * 37 % 1000}")]
    lines += [_line(24, NAMA="HAPUS", VKRN="CLEAR"), _line(26, BLOCKED="HAPUS"), _line(27, BLOCKED="rusak")]
    lines += [_line(index, KCT1A="HAPUS", KCT1B="", KCT2A="", KCT2B="") for index in (28, 29)]
    lines += [_line(31, KCT1A="0" * 19 + "1", KCT1B="0" * 19 + "2", KCT2A="", KCT2B=""), _line(32, SGC="999011")]
    return "\n".join((COLUMNS, *lines, *(_line(index) for index in range(400, 420)))) + "\n"


def imported(register: Register, folder: Path) -> dict[str, Any]:
    """Import both, and tell what was reported and all that is on record then."""
    reports = []
    applying.CHUNK = PART
    for name, content in (("first.csv", first_list()), ("second.csv", second_list())):
        (folder / name).write_text(content, encoding="utf-8")
        done = import_worklist(register, folder / name, skip_bad=True, accept=True, today=TODAY)
        reports.append(_told(done))
    return {"reports": reports, **on_record(register)}


def _told(report: ImportReport) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(asdict(report)))
    return told


_ASKED = {
    "meters": "SELECT * FROM meters ORDER BY number",
    "customers": "SELECT * FROM customers ORDER BY idpel",
    "ready_rows": "SELECT * FROM ready_rows ORDER BY meter_id",
    "tallies": "SELECT * FROM tallies WHERE meters != 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8",
    "audit": "SELECT actor, event, meter_id, body FROM audit WHERE event LIKE 'list-%' ORDER BY id",
}


def on_record(register: Register) -> dict[str, Any]:
    """Every record of these tables, digests and ids too; of the audit all but the times."""
    told: dict[str, Any] = {}
    with register.read() as connection:
        for table, asked in _ASKED.items():
            told[table] = [_plain(dict(row._mapping)) for row in connection.execute(text(asked))]
    return told


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    if "body" in record:
        record["body"] = {name: value for name, value in json.loads(record["body"]).items() if name != "at"}
    plain: dict[str, Any] = json.loads(json.dumps(record, default=str))
    return plain
