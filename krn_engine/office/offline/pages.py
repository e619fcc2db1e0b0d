"""A page of the office's list becomes records of the copy. What waits to be delivered is put on top of it again."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from krn_engine.office.contract import Grade, RowOutcome
from krn_engine.office.offline.facts import NOT_MOVED, adopt, orphans_of, put_again
from krn_engine.office.offline.file import fact, keep_fact
from krn_engine.office.offline.key import Opener
from krn_engine.office.offline.tables import Kept, names, outbox, records
from krn_engine.office.wire.sync import COPIED_METER, SIGNED_LEASE, CopiedChange, CopiedMeter, SyncPage
from krn_engine.office.wire.text import to_bytes
from krn_engine.register.tables import (
    RowOrigin,
    key_changes,
    meters,
    outcomes,
    requests,
    statements,
)

_BEGINS = 11
"""A meter number has as many digits as a customer number begins with (`FindWarning.COULD_BE_IDPEL`)."""
_OFFICE = "office"


def apply(connection: Connection, page: SyncPage, opener: Opener, at: Any) -> None:
    """All of a page, in the transaction of its cursor. `at` is this kiosk's time."""
    number = int(fact(connection, Kept.ROUND) or 0)
    if page.anew:
        number += 1
        keep_fact(connection, Kept.ROUND, str(number))
    waits = connection.execute(select(outbox.c.n).where(outbox.c.refused_at.is_(None)).limit(1)).first() is not None
    orphans = orphans_of(connection) if waits else {}
    for told in page.meters:
        meter_id = _put(connection, told, opener, number, at)
        if waits:
            adopt(connection, meter_id, told, orphans)
            put_again(connection, meter_id)
    if page.listed:
        # What the copy has and the list does not name has left.
        gone = connection.execute(select(records.c.meter_id).where(records.c.round < number)).scalars().all()
        for meter_id in gone:
            _forget(connection, meter_id)
            _take_away(connection, meter_id)
    keep_fact(connection, Kept.CURSOR, page.next)
    keep_fact(connection, Kept.LEASE, to_bytes(SIGNED_LEASE.write(page.lease)).decode())
    if page.left_out or page.anew:
        before = 0 if page.anew else int(fact(connection, Kept.LEFT_OUT) or 0)
        keep_fact(connection, Kept.LEFT_OUT, str(before + page.left_out))
    if not page.more:
        keep_fact(connection, Kept.AS_OF, page.as_of.isoformat())


def wipe(connection: Connection) -> None:
    """All that was copied; the outbox stays."""
    for table in (outcomes, requests, statements, key_changes, names, records, meters):
        connection.execute(delete(table))
    for name in (Kept.CURSOR, Kept.LEASE, Kept.AS_OF, Kept.LEFT_OUT):
        keep_fact(connection, name, None)
    connection.execute(update(outbox).values(meter_id=None, local_id=None))


def _put(connection: Connection, told: CopiedMeter, opener: Opener, number: int, at: Any) -> int:
    name = opener.name(told.meter_number)
    meter_id = connection.execute(select(meters.c.id).where(meters.c.number == name)).scalar()
    if meter_id is None:
        meter = {"number": name, **NOT_MOVED}
        meter_id = connection.execute(insert(meters).values(meter).returning(meters.c.id)).scalar_one()
    else:
        _forget(connection, meter_id)
        connection.execute(update(meters).where(meters.c.id == meter_id).values(NOT_MOVED))
    body = opener.close(to_bytes(COPIED_METER.write(told)).decode(), name)
    connection.execute(insert(records).values(meter_id=meter_id, body=body, round=number))
    known_by: dict[str, int] = {}
    for place, found in enumerate(told.found):
        known_by.setdefault(opener.name(found.customer.idpel), place)
    for found in told.found:
        known_by.setdefault(opener.name(found.customer.idpel[:_BEGINS]), -1)
    # A customer who has moved is told of with the new meter, perhaps before the old one is told of.
    whole = [name for name, place in known_by.items() if place >= 0]
    connection.execute(delete(names).where(names.c.name.in_(whole), names.c.place >= 0))
    connection.execute(
        insert_or(names).on_conflict_do_nothing(),
        [{"name": name, "meter_id": meter_id, "place": place} for name, place in known_by.items()],
    )
    if told.changes:
        connection.execute(insert(key_changes), [_change(meter_id, change, at) for change in told.changes])
        known = [one for change in told.changes for one in _known(change, at)]
        if known:
            connection.execute(insert_or(outcomes).on_conflict_do_nothing(), known)
    return int(meter_id)


def _forget(connection: Connection, meter_id: int) -> None:
    """What was known of the meter and its rows; what waits to be delivered keeps their ids, and is put on it again."""
    changes = select(key_changes.c.id).where(key_changes.c.meter_id == meter_id)
    connection.execute(delete(outcomes).where(outcomes.c.key_change_id.in_(changes)))
    connection.execute(delete(requests).where(requests.c.key_change_id.in_(changes)))
    connection.execute(delete(statements).where(statements.c.meter_id == meter_id))
    connection.execute(delete(key_changes).where(key_changes.c.meter_id == meter_id))
    connection.execute(delete(names).where(names.c.meter_id == meter_id))
    connection.execute(delete(records).where(records.c.meter_id == meter_id))


def _take_away(connection: Connection, meter_id: int) -> None:
    connection.execute(delete(meters).where(meters.c.id == meter_id))
    connection.execute(update(outbox).where(outbox.c.meter_id == meter_id).values(meter_id=None))


def _change(meter_id: int, change: CopiedChange, at: Any) -> dict[str, Any]:
    return {
        "id": change.id,
        "meter_id": meter_id,
        "from_state": change.from_state,
        "to_state": change.to_state,
        "source": RowOrigin.ENGINE.value,
        "sections": len(change.outcomes),
        "issued_at": at,
    }


def _known(change: CopiedChange, at: Any) -> Iterable[dict[str, Any]]:
    """Outcomes of which the register's definition says what the office said of each row."""
    known = zip(change.outcomes, change.attempts, change.claims, strict=True)
    for section, (outcome, attempt, claim) in enumerate(known, 1):
        kept = {
            "key_change_id": change.id,
            "section": section,
            "evidence": "",
            "by": _OFFICE,
            "at_place": _OFFICE,
            "recorded_at": at,
        }
        if outcome is not None:
            proved = outcome is RowOutcome.ACCEPTED
            yield kept | {
                "outcome": outcome.value,
                # Whose word proved it is of no account here: only that it was no customer's.
                "grade": Grade.TECHNICIAN.value if proved else None,
                "attempt_id": attempt or f"{change.id}-{section}",
            }
        if claim:
            yield kept | {
                "outcome": RowOutcome.ACCEPTED.value,
                "grade": Grade.CUSTOMER.value,
                "attempt_id": f"claim-{change.id}-{section}",
            }
