"""Putting the rows of many meters on record, as the office would if each of them were asked for.

A thousand meters go in at a time, each lot in one transaction: the same key changes under the same ids, sealed by the
same keeper, with an entry in the audit for each meter, by which kiosks and copies learn of it. Kiosks issue in between.
What is on record is what is done, so nothing else has to be kept: whoever is killed leaves no lot half in, and who
begins again goes on. On PostgreSQL several processes, on several machines, share the work: each takes the next meters
that nobody holds (FOR NO KEY UPDATE SKIP LOCKED), and those of a process that died are free again.
"""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, exists, not_, select

from krn_engine.bulk.batch import IDPEL_DIGITS, NUMBER_DIGITS, Batch, Kind, Position, Refused
from krn_engine.bulk.making import Group, at_once, prepare
from krn_engine.bulk.recipes import Kitchen, states_of
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import STATE_COLUMNS
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.copying.units import Units
from krn_engine.office.local import LocalOffice
from krn_engine.office.new_changes import record_of
from krn_engine.office.remaining import require_unblocked
from krn_engine.register.audit import facts
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note_each
from krn_engine.register.concurrency import Lock, hold, insert_once, is_served_by_many
from krn_engine.register.database import Register
from krn_engine.register.errors import RecordDamaged
from krn_engine.register.ready import ready_states
from krn_engine.register.tables import RowOrigin, customers, key_changes, meters, ready_rows
from krn_engine.register.watch import sound

METERS = 1000
"""Of one transaction."""
LONGEST_PAUSE = 0.25
"""Seconds between two of them; a kiosk that waits looks every tenth of a second."""
_STATE = tuple(meters.c[name] for name in STATE_COLUMNS)
_LISTED = select(customers.c.meter_id, customers.c.unit).order_by(customers.c.meter_id)
_THESE = meters.c.id.in_(bindparam("ids", expanding=True))
_OF_METER = (meters.c.id, meters.c.number, meters.c.blocked, ready_rows.c.set_id, ready_rows.c.sections, *_STATE)
_STATE_FROM = len(_OF_METER) - len(_STATE)
"""Where the key state begins in a record of these."""
_NEW = (
    select(*_OF_METER)
    .select_from(meters.outerjoin(ready_rows, ready_rows.c.meter_id == meters.c.id))
    .where(_THESE, not_(exists().where(key_changes.c.meter_id == meters.c.id)), sound(meters, ready_rows))
    .order_by(meters.c.id)
)
_BEGUN = (
    select(*_OF_METER)
    .select_from(meters.outerjoin(ready_rows, ready_rows.c.meter_id == meters.c.id))
    .where(_THESE, exists().where(key_changes.c.meter_id == meters.c.id), sound(meters, ready_rows))
)
_STATES_OF = select(key_changes.c.meter_id, key_changes.c.from_state, key_changes.c.to_state, key_changes.c.rows).where(
    key_changes.c.meter_id.in_(bindparam("ids", expanding=True)), sound(key_changes)
)


@dataclass(slots=True)
class Issuing:
    """What came of putting rows on record."""

    meters: int = 0
    """That were given key changes by this process."""
    changes: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """How many meters were refused, by code."""

    def refuse(self, code: str, meters: int = 1) -> None:
        """Count so many meters as refused with this code."""
        self.refused[code] += meters


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issues to the meters of `units`, or to all. `clock` gives aware times; `actor` acts, in the audit."""

    register: Register
    campaign: Campaign
    sources: Sources
    units: tuple[str, ...] = ()
    job: str = field(default_factory=lambda: f"bulk-{uuid.uuid4()}")
    """What the entries say in place of a person's request: no two runs say the same."""
    actor: str = LOCAL
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def run(self, progress: Callable[[int, int], None] = lambda _done, _size: None) -> Issuing:
        """Issue all that is not on record; `progress` is told how many meters of how many are done.

        Raises what writing to the register raises, and SourceDown, SourceLocked and AnswerLost; what is in stays in.
        What others hold is waited for at the end: when one process is through, nothing is missing.
        """
        ids = self._listed()
        lots = [ids[start : start + METERS] for start in range(0, len(ids), METERS)]
        done = Issuing()
        alone = [number for lot in lots for number in self._begun(lot)]
        with self.register.read() as connection:
            shared = is_served_by_many(connection)
        if shared and lots:
            # Whoever joins begins elsewhere: no two look through the same meters.
            first = random.randrange(len(lots))  # noqa: S311
            lots = lots[first:] + lots[:first]
            passed = -len(alone)
            for lot in lots:
                passed += len(lot) - len(self._lot(lot, done, skip=True, last=False))
                progress(max(0, passed), len(ids))
        passed = 0
        for lot in lots:
            start = time.monotonic()
            before = done.changes
            alone += self._lot(lot, done, skip=False, last=True)
            passed += len(lot)
            if not shared:
                progress(max(0, passed - len(alone)), len(ids))
            if not shared and done.changes > before:
                # As long as it took: a kiosk that waits comes in between.
                time.sleep(min(LONGEST_PAUSE, time.monotonic() - start))
        self._one_by_one(alone, done, lambda left: progress(len(ids) - left, len(ids)))
        return done

    def _listed(self) -> list[int]:
        """The meters, by the customers who have them."""
        units = Units(self.units)
        with self.register.read() as connection:
            found = connection.execute(_LISTED.execution_options(yield_per=METERS))
            return list(dict.fromkeys(meter for meter, unit in found if units.has(unit)))

    def _lot(self, ids: Sequence[int], done: Issuing, *, skip: bool, last: bool) -> list[str]:
        """Issue to those of these that have no key change; gives the numbers of those that go one by one.

        Refusals are counted in the `last` round.
        """
        try:
            lot = self.register.change(lambda connection: self._put_in(connection, ids, skip=skip))
        except RecordDamaged:
            # Those that are whole are found one by one.
            if len(ids) > 1:
                return [number for id_ in ids for number in self._lot([id_], done, skip=skip, last=last)]
            if last:
                done.refuse(RecordDamaged.code)
            return []
        done.meters += lot.meters
        done.changes += lot.changes
        if last:
            done.refused.update(lot.refused)
        return lot.alone

    def _put_in(self, connection: Connection, ids: Sequence[int], *, skip: bool) -> "_Lot":
        """In one transaction. Raises Overtaken if somebody else has issued to one of them in between."""
        hold(connection, shared=(Lock.ROWS,))
        self.register.require_key(connection)
        question = _NEW
        if is_served_by_many(connection):
            # Not FOR UPDATE: a key change that a kiosk puts in only refers to its meter.
            question = question.with_for_update(of=meters, key_share=True, skip_locked=skip)
        records = connection.execute(question, {"ids": list(ids)}).all()
        lot, at = _Lot(), self.clock()
        if not records:
            return lot
        batch = _batch_of(records, lot)
        # Nobody waits in a transaction for a module, which may take its time: its meters go one by one.
        prepared = prepare(batch, Kitchen(self.campaign, self.sources, at, most=None), asks=False)
        made = prepared.finished(at_once(prepared.together))
        lot.refused.update(why.code for why in made.refused.values())
        # Those of a source that is asked for each meter, or of a kind that is rare here.
        lot.alone += [batch.number(index) for index in made.singles]
        new = [issued for group in made.groups for issued in self._records(records, batch, group, at)]
        if new:
            insert_once(connection, key_changes, [change for of_meter in new for change in of_meter])
            told = ((of_meter[0]["meter_id"], self._told(of_meter)) for of_meter in new)
            note_each(connection, AuditEvent.ISSUED, at, self.actor, told)
        lot.meters, lot.changes = len(new), sum(map(len, new))
        return lot

    def _records(
        self, records: Sequence[Any], batch: Batch, group: Group, at: datetime
    ) -> Iterator[list[dict[str, Any]]]:
        """The key changes of each meter of a group, as they go on record."""
        keeper = self.register.keeper
        states = [states_of(step) for step in group.steps]
        counts = [step.rows for step in group.steps]
        for index, rows in zip(group.members.tolist(), group.rows.tolist(), strict=True):
            each = iter(rows)
            texts = [b" ".join(islice(each, count)).decode("ascii") for count in counts]
            number, meter_id = batch.number(index), records[index].id
            yield [
                record_of(meter_id, number, of_change, RowOrigin.ENGINE, text, keeper, at)
                for of_change, text in zip(states, texts, strict=True)
            ]

    def _told(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        return {"request": self.job, "new": [facts.key_change(change) for change in changes], "again": []}

    def _begun(self, ids: Sequence[int]) -> list[str]:
        """The numbers of meters that have key changes, and need others too, or rows that went with a key."""
        try:
            with self.register.read() as connection:
                records = connection.execute(_BEGUN, {"ids": list(ids)}).all()
                known: dict[int, dict[tuple[str, str], bool]] = {}
                if records:
                    wanted = {"ids": [record.id for record in records]}
                    for meter_id, old, new, rows in connection.execute(_STATES_OF, wanted):
                        known.setdefault(meter_id, {})[old, new] = rows is not None
        except RecordDamaged:
            return [number for id_ in ids for number in self._begun([id_])] if len(ids) > 1 else []
        kitchen = Kitchen(self.campaign, self.sources, self.clock(), most=None)
        return [record.number for record in records if _needs_more(record, known.get(record.id, {}), kitchen)]

    def _one_by_one(self, numbers: Sequence[str], done: Issuing, left: Callable[[int], None]) -> None:
        """As kiosks ask for them; `left` is told how many wait.

        Raises SourceDown, SourceLocked and AnswerLost, which say nothing of a meter: it would be so with the next ones.
        """
        office = LocalOffice(self.register, self.campaign, sources=self.sources, clock=self.clock, actor=self.actor)
        for count, number in enumerate(numbers):
            left(len(numbers) - count)
            try:
                issued = office.issue(number, f"{self.job}-{count}")
            except KrnError as error:
                done.refuse(Refused.by(error).code)
            else:
                done.meters += 1
                done.changes += len(issued.changes)
        left(0)


@dataclass(slots=True)
class _Lot:
    """What became of the meters of one transaction."""

    meters: int = 0
    changes: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    alone: list[str] = field(default_factory=list)
    """Numbers of meters that are issued to one by one."""


def _batch_of(records: Sequence[Any], lot: _Lot) -> Batch:
    batch = Batch(
        Position(),
        0,
        np.array([record.id for record in records], np.int64),
        np.zeros(len(records), f"S{IDPEL_DIGITS}"),
        np.array([record.number for record in records], f"S{NUMBER_DIGITS}"),
        np.full(len(records), -1, np.intp),
        [],
    )
    places: dict[tuple[Any, ...], int] = {}
    for index, record in enumerate(records):
        try:
            require_unblocked(record.blocked)
        except KrnError as error:
            batch.refused[index] = Refused.by(error)
            continue
        if record.set_id is not None:
            lot.alone.append(record.number)
            continue
        alike = tuple(record[_STATE_FROM:])
        if alike not in places:
            places[alike] = len(batch.kinds)
            batch.kinds.append(_kind(alike))
        batch.kind_of[index] = places[alike]
    return batch


def _kind(state: tuple[Any, ...]) -> Kind:
    return Kind("", dict(zip(STATE_COLUMNS, state, strict=True)))


def _needs_more(record: Any, known: dict[tuple[str, str], bool], kitchen: Kitchen) -> bool:
    """Whether `issue` would put anything on record for a meter that has key changes there; in doubt it is asked."""
    if record.blocked:
        return False
    if record.set_id is not None:
        return not all(known.get(states) for states in pairwise(ready_states(record.set_id, record.sections)))
    return not all(map(known.get, kitchen.states(_kind(tuple(record[_STATE_FROM:])))))
