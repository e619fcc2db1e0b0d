"""Which key a register is sealed under: noted in it, asked for when it is opened, and forgotten when it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from krn_engine.register.applying import interrupted, is_lost, why_half
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.concurrency import Lock, hold
from krn_engine.register.errors import SealedElsewhere
from krn_engine.register.leftovers import note_leftovers
from krn_engine.register.ready import ready_place
from krn_engine.register.seal import MARK, Keeper
from krn_engine.register.staging import alone
from krn_engine.register.tables import Counter, counters, key_changes, meters, ready_rows
from krn_engine.register.transactions import counted, writing

BATCH = 5000
WAIT = 30.0
"""Seconds for another program that seals the same register, or ends a list."""
_ISSUED = update(key_changes).where(key_changes.c.id == bindparam("whose")).values(rows=bindparam("kept"))
_READY = update(ready_rows).where(ready_rows.c.meter_id == bindparam("whose")).values(rows=bindparam("kept"))


@dataclass(frozen=True, slots=True)
class SealedRows:
    """How many rows are kept sealed, by what they are."""

    ready: int
    """Meters with ready-made rows."""
    issued: int
    """Key changes that were issued."""


def require_key(connection: Connection, keeper: Keeper) -> None:
    """Raises SealedElsewhere unless the register is sealed by this keeper, or not at all and this has no key either."""
    if not _is_open_to(connection, keeper):
        raise SealedElsewhere(
            "the rows of this register are sealed, and the key is another or none: is the setting rows_key right, and "
            "is this its own machine? If the key is lost for good: krn office forget-rows (docs/operations.md)"
            if counted(connection, Counter.SEAL) is not None
            else "the rows of this register are not sealed, and here they should be: start this program anew"
        )


def _is_open_to(connection: Connection, keeper: Keeper) -> bool:
    return counted(connection, Counter.SEAL) == keeper.check


def seal_all(connection: Connection, keeper: Keeper) -> None:
    """Seal a register that is not, whole or not at all. Raises SealedElsewhere and RegisterBusy."""
    if keeper.check is not None and counted(connection, Counter.SEAL) is None:
        connection.rollback()
        with _no_list(connection), writing(connection):
            hold(connection, Lock.ROWS)
            if counted(connection, Counter.SEAL) is None:
                connection.execute(insert(counters).values(name=Counter.SEAL.value, value=keeper.check))
                sealed = SealedRows(issued=_seal_issued(connection, keeper), ready=_seal_ready(connection, keeper))
                if sealed.issued or sealed.ready:
                    note_leftovers(connection)
                note(connection, AuditEvent.ROWS_SEALED, datetime.now(UTC), LOCAL, **asdict(sealed))
    connection.rollback()
    require_key(connection, keeper)
    connection.rollback()


@contextmanager
def _no_list(connection: Connection) -> Iterator[None]:
    """No list goes in, in whose file rows would be as they were. Of one whose rest is gone there is no such file."""
    with alone(connection, WAIT):
        if interrupted(connection) and not is_lost(connection) and (half := why_half(connection)):
            raise half
        connection.rollback()
        yield


def _seal_issued(connection: Connection, keeper: Keeper) -> int:
    k = key_changes.c
    asked = (
        select(k.id.label("whose"), meters.c.number, k.from_state, k.to_state, k.rows)
        .select_from(key_changes.join(meters))
        .where(k.id > bindparam("last"))
        .order_by(k.id)
    )
    return _seal(
        connection, asked, "", _ISSUED, lambda row: keeper.close(row.rows, row.number, row.from_state, row.to_state)
    )


def _seal_ready(connection: Connection, keeper: Keeper) -> int:
    r = ready_rows.c
    asked = (
        select(r.meter_id.label("whose"), meters.c.number, r.set_id, r.rows)
        .select_from(ready_rows.join(meters))
        .where(r.meter_id > bindparam("last"))
        .order_by(r.meter_id)
    )
    return _seal(connection, asked, 0, _READY, lambda row: keeper.close(row.rows, *ready_place(row.number, row.set_id)))


def _seal(connection: Connection, asked: Select[Any], last: Any, change: Any, close: Any) -> int:
    sealed = 0
    while found := connection.execute(asked.limit(BATCH), {"last": last}).all():
        last = found[-1].whose
        # Gone ones stay gone, and what is sealed already was sealed by whoever took the note away.
        clear = [row for row in found if row.rows is not None and not row.rows.startswith(MARK)]
        if clear:
            connection.execute(change, [{"whose": row.whose, "kept": close(row)} for row in clear])
        sealed += len(clear)
    return sealed


def count_sealed(connection: Connection) -> SealedRows:
    """How many rows are sealed."""
    ready, issued = (
        connection.execute(select(func.count()).where(table.c.rows.startswith(MARK))).scalar_one()
        for table in (ready_rows, key_changes)
    )
    return SealedRows(ready, issued)


def forget(connection: Connection) -> None:
    """Take the sealed rows out, and the note of their key; all else stays. Raises RegisterBusy, RecordDamaged."""
    with _no_list(connection), writing(connection):
        hold(connection, Lock.ROWS)
        note(connection, AuditEvent.ROWS_FORGOTTEN, datetime.now(UTC), LOCAL, **asdict(count_sealed(connection)))
        for table in (ready_rows, key_changes):
            connection.execute(update(table).where(table.c.rows.startswith(MARK)).values(rows=None))
        connection.execute(delete(counters).where(counters.c.name == Counter.SEAL.value))
