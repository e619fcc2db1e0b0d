"""A fact of this kiosk: kept for the office, and put on what the copy knows, in one transaction.

What is known of rows then follows by the register's own definition. A fact whose key change the copy does not have is
kept for the office alone: it was issued by the office itself, which knows better.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from krn_engine.office.contract import RowOutcome, RowRecord
from krn_engine.office.offline.file import digest_of_entry, numbered
from krn_engine.office.offline.key import Opener
from krn_engine.office.offline.tables import outbox
from krn_engine.office.queries import CHANGE, CHANGES_OF_METER, METER_ID, NEWEST_OUTCOME
from krn_engine.office.remaining import as_issued, krn_of
from krn_engine.office.seen import require_seen
from krn_engine.office.statements import Record
from krn_engine.office.wire.asked import End, State
from krn_engine.office.wire.delivered import SHAPES, GivenOut, Kind
from krn_engine.office.wire.sync import CopiedMeter
from krn_engine.office.wire.text import from_bytes, to_bytes
from krn_engine.register.tables import KeyStateBy, meters, outcomes, requests, statements

Body = RowRecord | End | State | GivenOut
_KINDS: dict[type, Kind] = {
    RowRecord: Kind.OUTCOME,
    End: Kind.ENDING,
    State: Kind.STATEMENT,
    GivenOut: Kind.ISSUE,
}
NOT_MOVED = {"krn": None, "key_state_by": KeyStateBy.IMPORT.value}
"""A meter of the copy of which nothing was proved or said here: the office's word counts."""
_MADE: dict[Kind, Table] = {Kind.OUTCOME: outcomes, Kind.STATEMENT: statements}
"""Where the record stands that a fact makes in the copy."""


def put(
    connection: Connection,
    body: Body,
    uuid: str,
    at: datetime,
    opener: Opener | None,
    number_of: Callable[[str, int | None], str] = lambda _change, _meter: "",
) -> int | None:
    """Keep a fact under its name (UUID). Its number in the outbox; None: it is kept already, and not again.

    `number_of` tells the meter number of a key change, and may have the meter's id in the copy for it.
    Raises OutcomeRefused, and WireBroken for what no office would read.
    """
    kind = _KINDS[type(body)]
    text = to_bytes(SHAPES[kind].write(body)).decode()
    meter_id = _meter_of(connection, body, opener)
    entry = {"kind": kind.value, "uuid": uuid, "at": at, "body": text, "digest": 0, "meter_id": meter_id}
    made = connection.execute(insert_or(outbox).on_conflict_do_nothing().values(entry).returning(outbox.c.n)).scalar()
    if made is None:
        return None
    local = _put_on_copy(connection, body, uuid, at, meter_id)
    digest = digest_of_entry(made, kind.value, uuid, at, text)
    kept = {"digest": digest, "local_id": local}
    if isinstance(body, RowRecord):
        kept |= numbered(made, number_of(body.key_change_id, meter_id))
    connection.execute(update(outbox).where(outbox.c.n == made).values(kept))
    return int(made)


def put_again(connection: Connection, meter_id: int) -> None:
    """Put what waits to be delivered on what the office told of a meter, which did not know it."""
    waiting = select(outbox).where(outbox.c.meter_id == meter_id, outbox.c.refused_at.is_(None)).order_by(outbox.c.n)
    for entry in connection.execute(waiting).all():
        body = SHAPES[Kind(entry.kind)].read(from_bytes(entry.body.encode()))
        local = _put_on_copy(connection, body, entry.uuid, entry.at, meter_id)
        connection.execute(update(outbox).where(outbox.c.n == entry.n).values(local_id=local))


def orphans_of(connection: Connection) -> Mapping[str, Sequence[int]]:
    """What waits and belongs to no meter of the copy yet: by the key change, or the meter number, that it names."""
    found: dict[str, list[int]] = {}
    waiting = select(outbox).where(outbox.c.meter_id.is_(None), outbox.c.refused_at.is_(None))
    for entry in connection.execute(waiting):
        body = SHAPES[Kind(entry.kind)].read(from_bytes(entry.body.encode()))
        named = body.key_change_id if isinstance(body, RowRecord) else body.meter_number
        found.setdefault(named, []).append(entry.n)
    return found


def adopt(connection: Connection, meter_id: int, told: CopiedMeter, orphans: Mapping[str, Sequence[int]]) -> None:
    """Facts that wait, and named this meter before the copy had it, belong to it from now on."""
    for named in (told.meter_number, *(change.id for change in told.changes)):
        if named in orphans:
            for n in orphans[named]:
                kept = {"meter_id": meter_id, **numbered(n, told.meter_number)}
                connection.execute(update(outbox).where(outbox.c.n == n).values(kept))


def take_back(connection: Connection, entry: Any) -> None:
    """The office refused it: the copy goes by it no more."""
    table = _MADE.get(Kind(entry.kind))
    if table is not None and entry.local_id is not None:
        connection.execute(delete(table).where(table.c.id == entry.local_id))
    if entry.meter_id is not None:
        # What moved the meter may have been this.
        connection.execute(update(meters).where(meters.c.id == entry.meter_id).values(NOT_MOVED))
        for change in connection.execute(CHANGES_OF_METER, {"meter_id": entry.meter_id}).all():
            _advance(connection, change)
    if Kind(entry.kind) is Kind.ISSUE:
        connection.execute(delete(requests).where(requests.c.request_id == entry.uuid.replace("-", "")))


def _meter_of(connection: Connection, body: Body, opener: Opener | None) -> int | None:
    """Its number in the copy; None for a meter, or a key change, that the copy does not have."""
    found: int | None
    if isinstance(body, RowRecord):
        change = connection.execute(CHANGE, {"change": body.key_change_id}).first()
        require_seen(body, None if change is None else change.sections)
        found = None if change is None else change.meter_id
    elif opener is None:
        found = None
    else:
        found = connection.execute(METER_ID, {"digits": opener.name(body.meter_number)}).scalar()
    return found


def _put_on_copy(connection: Connection, body: Body, uuid: str, at: datetime, meter_id: int | None) -> int | None:
    """The number of the record that it makes there, if it makes one."""
    if meter_id is None:
        return None
    if isinstance(body, RowRecord):
        change = connection.execute(CHANGE, {"change": body.key_change_id}).first()
        if change is None:
            return None
        made = _made(
            connection,
            outcomes,
            {
                "key_change_id": body.key_change_id,
                "section": body.section,
                "outcome": body.outcome.value,
                "evidence": body.evidence,
                "by": body.by,
                "grade": None if body.grade is None else body.grade.value,
                "at_place": body.place,
                "attempt_id": body.attempt,
                "recorded_at": at,
            },
        )
        proves = body.outcome is RowOutcome.ACCEPTED and body.grade is not None and body.grade.proves
        if made is not None and proves:
            _advance(connection, change)
        return made
    if isinstance(body, State):
        said = body.statement
        if said.krn is not None:
            moved = {"krn": said.krn, "key_state_by": KeyStateBy.STATEMENT.value}
            connection.execute(update(meters).where(meters.c.id == meter_id).values(moved))
        return _made(
            connection,
            statements,
            {
                "meter_id": meter_id,
                "krn": said.krn,
                "reason": said.reason,
                "by": said.by,
                "at_place": said.place,
                "after_outcome": connection.execute(NEWEST_OUTCOME).scalar_one(),
                "recorded_at": at,
            },
        )
    if isinstance(body, GivenOut):
        for position, given in enumerate(body.changes):
            note_given(connection, given.id, uuid.replace("-", ""), position)
    return None


def _advance(connection: Connection, change: Record) -> None:
    """A key change that is proved moves the meter, as in a register, and what is told later moves it back no more."""
    krn = krn_of(change.to_state)
    if krn is None or not as_issued(connection, [change])[0].done:
        return
    further = or_(meters.c.krn.is_(None), meters.c.krn < krn)
    moved = {"krn": krn, "key_state_by": KeyStateBy.OUTCOME.value}
    connection.execute(update(meters).where(meters.c.id == change.meter_id, further).values(moved))


def note_given(connection: Connection, change_id: str, request: str, position: int) -> None:
    """A key change was given out under a request; nothing, if the copy does not have it."""
    if connection.execute(CHANGE, {"change": change_id}).first() is not None:
        answered = {"request_id": request, "position": position, "key_change_id": change_id}
        connection.execute(insert_or(requests).on_conflict_do_nothing().values(answered))


def _made(connection: Connection, table: Table, values: dict[str, Any]) -> int | None:
    """None where it was there before: the office had told of it."""
    statement = insert_or(table).on_conflict_do_nothing().values(values).returning(table.c.id)
    found: int | None = connection.execute(statement).scalar()
    return found
