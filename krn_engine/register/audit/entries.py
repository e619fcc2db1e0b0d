"""Writing an entry: in the transaction of what it tells of, so that neither is there without the other.

SQLite has one writer, and an entry gets its place in the chain at once. On PostgreSQL many write at once; to give
each its place there they would have to wait for each other's commits, so entries are sealed a little later, by one
(`sealer`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, LargeBinary, bindparam, column, func, insert, select, update

from krn_engine.register.audit.chain import NOTHING, canonical, hash_of, moment
from krn_engine.register.concurrency import is_served_by_many
from krn_engine.register.tables import audit

LOCAL = "local"
"""Who acts where nobody came across a network: whoever sits at this machine."""
LONGEST_ACTOR = 64
BATCH = 1000
"""Entries that are sealed in one transaction."""


class AuditEvent(Enum):
    """What was done. The value stands in the entry, and stays for ever."""

    BEGAN = "began"
    """The audit began, with so many facts on record."""
    TAKEN_OVER = "taken-over"
    """Facts were put into an empty register as a whole."""
    ISSUED = "issued"
    """A request was answered: with new key changes, with some that were issued before, or both."""
    GIVEN_AGAIN = "given-again"
    """Rows that had gone with a key were put back on record."""
    RECORDED = "recorded"
    """The outcome of a row."""
    ENDED = "ended"
    """How a session ended."""
    STATED = "stated"
    """What staff say of a meter."""
    LIST_BEGUN = "list-begun"
    """A worklist was accepted, and goes in from here on."""
    LIST_LINES = "list-lines"
    """Some of its lines went in; the last ones of a list say so."""
    ROWS_SEALED = "rows-sealed"
    """All rows of the register were sealed under a key."""
    RESTORED = "restored"
    """A copy was put back, of which the entry before this one was the last; what came since then is not in it."""
    ROWS_FORGOTTEN = "rows-forgotten"
    """Sealed rows whose key is lost were taken out."""
    CODE_MADE = "code-made"
    """A code for a new caller."""
    ENROLLED = "enrolled"
    """A caller brought its code and got a token."""
    ROTATED = "rotated"
    """A caller got its next token."""
    COPY_KEY_MADE = "copy-key-made"
    """A kiosk got a key for its copy."""
    REVOKED = "revoked"
    """A caller is let in no more."""
    CODE_WITHDRAWN = "code-withdrawn"
    """Nobody is enrolled any more by the code that was made for a caller."""
    PERSON_ADDED = "person-added"
    """Somebody can sign in."""
    PERSON_CHANGED = "person-changed"
    """Somebody got another PIN or password."""
    PERSON_REMOVED = "person-removed"
    """Somebody can sign in no more."""
    ORDERS_LISTED = "orders-listed"
    """A list of work orders was made for an officer; its rows have entries of their own."""
    RESULTS_TAKEN = "results-taken"
    """Results of a list came back, and are put on record from here on."""
    ROWS_EXPORTED = "rows-exported"
    """Rows of so many meters leave the office in one file, which is written from here on."""
    HOME_PAGE_MADE = "home-page-made"
    """Whoever has the secret of a home page may see the rows of a request."""
    HOME_PAGES_ENDED = "home-pages-ended"
    """Nobody is let in any more to the home pages of a meter."""
    DIFFERENCE_ACCEPTED = "difference-accepted"
    """Somebody answers for what callers know of the audit and this office does not hold."""


_HEAD = select(audit.c.seq, audit.c.hash).where(audit.c.seq.is_not(None)).order_by(audit.c.seq.desc()).limit(1)

_WAITING = select(audit.c.id, audit.c.body).where(audit.c.seq.is_(None)).order_by(audit.c.id).limit(BATCH)
_PLACES = (
    func.unnest(
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("seqs", type_=ARRAY(BigInteger)),
        bindparam("hashes", type_=ARRAY(LargeBinary)),
    )
    .table_valued(column("id", BigInteger), column("seq", BigInteger), column("hash", LargeBinary))
    .render_derived("places")
)
_SEAL = update(audit).where(audit.c.id == _PLACES.c.id).values(seq=_PLACES.c.seq, hash=_PLACES.c.hash)


def head_of(connection: Connection) -> tuple[int, bytes]:
    """The number and the hash of the last sealed entry; 0 and zeros: there is none."""
    row = connection.execute(_HEAD).first()
    return (0, NOTHING) if row is None else (row.seq, row.hash)


def note(
    connection: Connection,
    event: AuditEvent,
    at: datetime,
    actor: str,
    meter_id: int | None = None,
    *,
    entry_id: int | None = None,
    **told: Any,
) -> None:
    """Write an entry, in the transaction of the connection; the database gives its id, unless `entry_id` does.

    `told` are ids, codes, counts and states, as JSON has them: never rows, nor names or numbers of customers.
    """
    entry = _entry(event, at, actor, meter_id, told)
    if entry_id is not None:
        entry["id"] = entry_id
    _write(connection, [entry])


def note_each(
    connection: Connection, event: AuditEvent, at: datetime, actor: str, of_meters: Iterable[tuple[int, dict[str, Any]]]
) -> None:
    """Write an entry for each of these meters, with what is told of it, as `note` would one after the other."""
    entries = [_entry(event, at, actor, meter_id, told) for meter_id, told in of_meters]
    if entries:
        _write(connection, entries)


def _entry(
    event: AuditEvent, at: datetime, actor: str, meter_id: int | None, told: Mapping[str, Any]
) -> dict[str, Any]:
    actor = actor[:LONGEST_ACTOR]
    body = canonical({**told, "event": event.value, "at": moment(at), "actor": actor, "meter": meter_id})
    return {"at": at, "actor": actor, "event": event.value, "meter_id": meter_id, "body": body}


def _write(connection: Connection, entries: list[dict[str, Any]]) -> None:
    if not is_served_by_many(connection):
        seq, before = head_of(connection)
        for entry in entries:
            seq += 1
            before = hash_of(before, seq, entry["body"])
            entry |= {"seq": seq, "hash": before}
    connection.execute(insert(audit), entries)


def seal_next(connection: Connection) -> int:
    """Seal the next batch, in the transaction of a connection that holds `Lock.AUDIT`; says how many those were.

    Within a batch the order is that of the entries' ids: an entry that was written after another one was committed has
    the higher id.
    """
    waiting = connection.execute(_WAITING).all()
    if not waiting:
        return 0
    seq, before = head_of(connection)
    sealed = []
    for entry in waiting:
        seq += 1
        before = hash_of(before, seq, entry.body)
        sealed.append((entry.id, seq, before))
    connection.execute(_SEAL, dict(zip(("ids", "seqs", "hashes"), map(list, zip(*sealed, strict=True)), strict=True)))
    return len(sealed)
