"""A process that makes rows for another: it is told what one batch needs over its standard input, and no more.

It has no vault, no register and no file. Of each task it gets the vending keys of that task's chains and the meters'
PANs, gives rows, and writes over what it was told. It ends when whoever began it does.

python -m krn_engine.bulk.worker
"""

import json
import struct
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from krn_engine.bulk.chains import Chain, Link, rows_of
from krn_engine.bulk.derive import DigitRows
from krn_engine.bulk.digits import Digits
from krn_engine.row import ROW_DIGITS
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import Ken, Ti
from krn_engine.sts.keys import Ea, VendingKey

LENGTHS = struct.Struct(">QQ")
"""Of what a task says in JSON, and of the keys and PANs behind it."""
_PAN_DIGITS = 18


def write_task(target: BinaryIO, together: Sequence[tuple[Chain, DigitRows]]) -> None:
    """Tell a worker what to make."""
    told = json.dumps([_told(chain, len(pans)) for chain, pans in together]).encode("ascii")
    body = bytearray()
    for chain, pans in together:
        for link in chain.links:
            body += link.key.value
        body += np.ascontiguousarray(pans).data
    target.write(LENGTHS.pack(len(told), len(body)) + told)
    target.write(body)
    target.flush()
    body[:] = bytes(len(body))


def read_rows(source: BinaryIO, together: Sequence[tuple[Chain, DigitRows]]) -> list[Digits] | None:
    """The rows that a process made for a task, shape (n, `chain.rows`) for each chain; None: it ended before that."""
    made = []
    for chain, pans in together:
        size = len(pans) * chain.rows * ROW_DIGITS
        content = source.read(size)
        if len(content) < size:
            return None
        made.append(np.frombuffer(content, f"S{ROW_DIGITS}").reshape(len(pans), chain.rows))
    return made


def _told(chain: Chain, meters: int) -> dict[str, Any]:
    tables = chain.tables
    return {
        "ea": int(chain.ea),
        "tables": None if tables is None else {"S1": tables.s1, "S2": tables.s2, "P": tables.p},
        "links": [{"key": link.key.attributes, "ti": link.ti.number, "ken": int(link.ken)} for link in chain.links],
        "meters": meters,
    }


class _Work:
    """Chains as they were told; tables are made once for all tasks that have the same."""

    def __init__(self) -> None:
        self._tables: dict[str, Ea07Tables] = {}

    def tables(self, told: dict[str, Any] | None) -> Ea07Tables | None:
        if told is None:
            return None
        name = json.dumps(told)
        if name not in self._tables:
            self._tables[name] = Ea07Tables.parse(told)
        return self._tables[name]

    def rows(self, told: list[dict[str, Any]], body: memoryview) -> list[Digits]:
        made, place = [], 0
        for each in told:
            links = []
            for link in each["links"]:
                size = 8 if link["key"]["dkga"] == 2 else 20
                key = VendingKey.of_attributes(link["key"], bytes(body[place : place + size]))
                links.append(Link(key, Ti(link["ti"]), Ken(link["ken"])))
                place += size
            end = place + _PAN_DIGITS * each["meters"]
            pans: DigitRows = np.frombuffer(body[place:end], np.uint8).reshape(-1, _PAN_DIGITS)
            place = end
            made.append(rows_of(Chain(Ea(each["ea"]), self.tables(each["tables"]), tuple(links)), pans))
        return made


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Do one task after the other, read from `source` and answered to `target`, until there is none."""
    work = _Work()
    while len(lengths := source.read(LENGTHS.size)) == LENGTHS.size:
        told_size, body_size = LENGTHS.unpack(lengths)
        told, body = source.read(told_size), bytearray(body_size)
        if len(told) < told_size or source.readinto(body) < body_size:  # type: ignore[attr-defined]
            return
        for digits in work.rows(json.loads(told), memoryview(body)):
            target.write(np.ascontiguousarray(digits).data)
        target.flush()
        body[:] = bytes(body_size)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
