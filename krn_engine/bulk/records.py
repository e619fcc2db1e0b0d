"""The meters of a register as batches, with what is on record of their rows."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from krn_engine.bulk.batch import IDPEL_DIGITS, NUMBER_DIGITS, Batch, Kind, Position, Refused
from krn_engine.bulk.errors import NoMeters
from krn_engine.bulk.recipes import require_room
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import STATE_COLUMNS
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.copying.ahead import made_ahead
from krn_engine.office.copying.units import Units
from krn_engine.office.errors import MeterUnknown
from krn_engine.office.queries import BY_METER
from krn_engine.office.remaining import Given, require_any, require_unblocked
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.concurrency import is_served_by_many
from krn_engine.register.database import Register
from krn_engine.register.errors import RecordDamaged, RegisterDamaged
from krn_engine.register.schema import DAMAGED
from krn_engine.register.tables import audit, customers, key_changes, meters, ready_rows
from krn_engine.register.transactions import explained
from krn_engine.register.watch import sound

CUSTOMERS = 20_000
"""That are read at once."""
FEW_CUSTOMERS = 500
"""Where each of them is asked for."""
_OF_METER = (
    meters.c.id,
    meters.c.number,
    meters.c.blocked,
    ready_rows.c.set_id,
    *(meters.c[name] for name in STATE_COLUMNS),
)
_MARKS = select(customers.c.id).where(customers.c.id > bindparam("after")).order_by(customers.c.id)
_NEXT = (
    select(customers.c.id.label("customer"), customers.c.idpel, customers.c.unit, *_OF_METER)
    .select_from(customers.join(meters).outerjoin(ready_rows, ready_rows.c.meter_id == meters.c.id))
    .where(customers.c.id > bindparam("after"), customers.c.id <= bindparam("last"))
    .where(sound(customers, meters, ready_rows))
    .order_by(customers.c.id)
)
_CHANGES = select(key_changes.c.meter_id, key_changes.c.from_state, key_changes.c.to_state, key_changes.c.rows).where(
    key_changes.c.meter_id.in_(
        select(customers.c.meter_id).where(customers.c.id > bindparam("after"), customers.c.id <= bindparam("last"))
    ),
    sound(key_changes),
)
_BEGAN = select(audit.c.body).order_by(audit.c.id).limit(1)
"""The entry with which a register begins is in no other."""
_LISTS = (AuditEvent.LIST_BEGUN, AuditEvent.LIST_LINES, AuditEvent.RESTORED, AuditEvent.TAKEN_OVER)
_CHANGED_BY_LIST = select(func.max(audit.c.id)).where(
    audit.c.meter_id.is_(None), audit.c.event.in_([event.value for event in _LISTS])
)
"""The last entry that tells of many meters what was not known of them before."""
_UNITS = select(customers.c.unit).distinct()
_HOW_MANY = select(func.count()).select_from(customers)


def require_units(register: Register, units: Collection[str]) -> None:
    """Raises NoMeters for one to which no customer of the register belongs: it is written otherwise, or another's."""
    if not units:
        return
    with register.read() as connection:
        known = {unit.casefold() for unit in connection.execute(_UNITS).scalars()}
    unknown = sorted(unit for unit in set(units) if unit.casefold() not in known)
    if unknown:
        raise NoMeters(
            f"no customer in the register belongs to {', '.join(unknown)}: is it the name of the unit, as the "
            "worklists have it?"
        )


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """The customers of a register in the order of their records, those of `units` or all.

    No row is put on record; that rows leave is (`note_export`).
    """

    register: Register
    campaign: Campaign
    sources: Sources
    at: datetime
    units: tuple[str, ...] = ()
    url: str = ""
    """What tells this register from others."""

    @property
    def size(self) -> int:
        """See `MeterSource`: customers."""
        with self.register.read() as connection:
            return int(connection.execute(_HOW_MANY).scalar_one())

    def name(self) -> str:
        """See `MeterSource`."""
        with self.register.read() as connection:
            began = connection.execute(_BEGAN).scalar() or ""
            changed = connection.execute(_CHANGED_BY_LIST).scalar()
        digest = hashlib.sha256(began.encode()).hexdigest()
        return f"register {self.url} {digest} {changed} {sorted(self.units)}"

    @property
    def has_record(self) -> bool:
        """See `MeterSource`."""
        return True

    def batches(self, after: Position, *, small: bool = False) -> Iterator[Batch]:
        """See `MeterSource`. Raises what reading the register raises, but for records that are damaged."""
        done, units = after.offset, Units(self.units)
        marks = _MARKS.limit(FEW_CUSTOMERS if small else CUSTOMERS)
        while True:
            with self.register.read() as connection:
                self.register.require_key(connection)
                ids = connection.execute(marks, {"after": after.place}).scalars().all()
                if not ids:
                    _require_all(connection, done)
                    return
                done += len(ids)
                batch = self._batch(connection, after.place, ids, units, Position(ids[-1], done))
            after = batch.end
            yield batch

    def note_export(self, job: str, meters: int, recipients: int) -> None:
        """See `MeterSource`. Raises what writing to the register raises."""
        told: dict[str, Any] = {"job": job, "units": sorted(self.units), "meters": meters, "recipients": recipients}
        now = datetime.now(UTC)
        self.register.change(lambda connection: note(connection, AuditEvent.ROWS_EXPORTED, now, LOCAL, **told))

    def _batch(self, connection: Connection, after: int, ids: Sequence[int], units: Units, end: Position) -> Batch:
        window = {"after": after, "last": ids[-1]}
        records, damaged = _read(connection, _NEXT, window, ids)
        # A customer of whose meter an index says that there is none.
        damaged += sorted(set(ids).difference(damaged, (record.customer for record in records)))
        records = [record for record in records if units.has(record.unit)]
        batch = Batch(
            end,
            end.offset,
            np.array([record.customer for record in records] + damaged, np.int64),
            np.array([record.idpel for record in records] + [""] * len(damaged), f"S{IDPEL_DIGITS}"),
            np.array([record.number for record in records] + [""] * len(damaged), f"S{NUMBER_DIGITS}"),
            np.full(len(records) + len(damaged), -1, np.intp),
            [],
        )
        why = Refused.by(RecordDamaged("what is stored about this customer is damaged: restore the last copy"))
        batch.refused |= dict.fromkeys(range(len(records), len(batch)), why)
        known = self._known(connection, window)
        places: dict[tuple[Any, ...], int] = {}
        for index, record in enumerate(records):
            on_record = None if known is None else known.get(record.id, _NOTHING)
            if on_record is None or record.blocked or record.set_id is not None or None in on_record.values():
                self._put_alone(connection, batch, index, record)
                continue
            if on_record:
                try:
                    batch.known[index] = self._opened(record.number, on_record)
                except KrnError as error:
                    batch.refused[index] = Refused.by(error)
                    continue
            alike = (record.unit, *record[_STATE_FROM:])
            place = places.get(alike)
            if place is None:
                place = places[alike] = len(batch.kinds)
                batch.kinds.append(Kind(record.unit, dict(zip(STATE_COLUMNS, record[_STATE_FROM:], strict=True))))
            batch.kind_of[index] = place
        return batch

    def _known(
        self, connection: Connection, window: Mapping[str, int]
    ) -> dict[int, dict[tuple[str, str], str | None]] | None:
        """The rows on record of each meter; None if one of these records is damaged."""
        found: dict[int, dict[tuple[str, str], str | None]] = {}
        try:
            with explained():
                for meter_id, old, new, rows in connection.execute(_CHANGES, window):
                    found.setdefault(meter_id, {})[old, new] = rows
        except RecordDamaged:
            return None
        return found

    def _opened(self, number: str, on_record: Mapping[tuple[str, str], str | None]) -> dict[tuple[str, str], str]:
        keeper = self.register.keeper
        return {states: keeper.open(rows, number, *states) for states, rows in on_record.items() if rows is not None}

    def _put_alone(self, connection: Connection, batch: Batch, index: int, record: Any) -> None:
        """A meter that arrays are not for: blocked, with ready-made rows, or with rows that went with a key."""
        kind = Kind(record.unit, dict(zip(STATE_COLUMNS, record[_STATE_FROM:], strict=True)))
        try:
            with explained():
                batch.ready[index] = kind, self._alone(connection, record.number)
        except KrnError as error:
            batch.refused[index] = Refused.by(error)

    def _alone(self, connection: Connection, number: str) -> tuple[str, ...]:
        """What `issue` would give for one meter. Raises what it raises."""
        meter = connection.execute(BY_METER, {"digits": number}).first()
        if meter is None:
            raise MeterUnknown("this meter is not in the register any more")
        require_unblocked(meter.blocked)
        made = made_ahead(connection, meter, self.campaign, Given(self.sources, self.at, self.register.keeper))
        changes = () if made is None else made.changes
        require_any(changes)
        rows = tuple(row for change in changes for row in change.rows.split())
        require_room(len(rows))
        return rows


_NOTHING: Mapping[tuple[str, str], str | None] = {}
_STATE_FROM = 3 + len(_OF_METER) - len(STATE_COLUMNS)
"""Where the key state begins in a record of `_NEXT`."""


def _require_all(connection: Connection, seen: int) -> None:
    """Raises RegisterDamaged if the table has lost a customer that an index of it still has."""
    # On PostgreSQL, which has checksums of its own, somebody may have put one in since.
    if not is_served_by_many(connection) and connection.execute(_HOW_MANY).scalar_one() != seen:
        raise RegisterDamaged(f"not every customer of the register can be read. {DAMAGED}")


def _read(
    connection: Connection, question: Any, window: Mapping[str, int], ids: Sequence[int]
) -> tuple[list[Any], list[int]]:
    """Records, and which of these ids have one that is damaged: the others are read all the same."""
    together = _sound(partial(_all, connection, question, window))
    if together is not None:
        return together, []
    records, damaged = [], []
    for id_ in ids:
        one = _sound(partial(_all, connection, question, {"after": id_ - 1, "last": id_}))
        if one is None:
            damaged.append(id_)
        else:
            records += one
    return records, damaged


def _all(connection: Connection, question: Any, window: Mapping[str, int]) -> list[Any]:
    return list(connection.execute(question, window))


def _sound(read: Any) -> list[Any] | None:
    try:
        with explained():
            found: list[Any] = read()
            return found
    except RecordDamaged:
        return None
