"""Is the audit whole? From its first entry to its last: hashes, checkpoints, what kiosks remember, and the facts.

What it needs of memory does not grow with the audit: entries pass by one after the other.
"""

import heapq
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, bindparam, exists, func, select

from krn_engine.office.audit.checkpoints import Checkpoint, content_of, origin_of
from krn_engine.office.audit.comparing import differences
from krn_engine.office.audit.key import PublicKey
from krn_engine.office.audit.odd import UNREADABLE, Unnumbered, is_digest, raw, records_after, require_odd
from krn_engine.register.audit.chain import NOTHING, hash_of, moment
from krn_engine.register.audit.entries import AuditEvent
from krn_engine.register.audit.facts import TELLS, Older
from krn_engine.register.tables import audit, checkpoints

MOST = 2**63 - 1
"""No entry has a higher number."""
FAULTS = 50
"""Facts that do not fit and are told; beyond that they are counted."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What somebody remembers of the chain."""

    seq: int
    hash: bytes
    who: str
    """In words, such as "kiosk-7"."""
    signed: bool | None = None
    """Whether its signature is the office's; None: it has none, or nobody could look."""
    odd: bool = False
    """It is on record, and nobody can read it."""


@dataclass(slots=True)
class Verdict:
    """What came of it."""

    first: int
    """The number of the first entry that was looked at."""
    entries: int = 0
    """How many are whole, from there on."""
    head: str = NOTHING.hex()
    """The hash of the last of them."""
    waiting: int = 0
    """Entries that have no place in the chain yet."""
    checkpoints: int = 0
    """Those that were looked at: the office's own, those that were brought, and what kiosks sent back."""
    fit: int = 0
    bad_seq: int | None = None
    """The first entry that is wrong; None: none is."""
    faults: list[str] = field(default_factory=list)
    """What is wrong, the first first."""
    remarks: list[str] = field(default_factory=list)
    """What could not be looked at."""

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not self.faults


def verify(
    connection: Connection,
    *,
    start: int = 1,
    public: Collection[PublicKey] = (),
    brought: Sequence[Checkpoint] = (),
    remembered: Iterable[Witness] = (),
) -> Verdict:
    """Look at the audit as one moment of the database shows it, from entry `start` on.

    The entry before `start` is believed. Facts are compared where all entries are looked at. `public` are the keys that
    the office had in its time; a checkpoint is signed by one of them. What cannot be read, whatever it is, is a fault.
    Raises BeyondEnd, and what reading a database raises that is gone or damaged.
    """
    return _Verifying(connection, start, public).run(brought, remembered)


class BeyondEnd(Exception):
    """`start` is behind the last entry, and nobody knows of one there. Its argument is the number of the last one."""


class _Broken(Exception):
    """Ends the walk: what comes after a wrong entry cannot be judged."""


class _Verifying:
    def __init__(self, connection: Connection, start: int, public: Collection[PublicKey]) -> None:
        self._connection = connection
        self._start = max(1, start)
        self._public = public
        self._origin = origin_of(connection)
        self._facts_seen = False
        self._older, self._digest = 0, Older().digest
        self.verdict = Verdict(self._start)

    def run(self, brought: Sequence[Checkpoint], remembered: Iterable[Witness]) -> Verdict:
        verdict = self.verdict
        if self._connection.execute(select(exists().where(audit.c.seq < 1))).scalar():
            verdict.faults.append("there are entries below number 1: they were put in by hand")
        if self._connection.execute(select(exists().where(checkpoints.c.seq < 1))).scalar():
            verdict.faults.append("there are checkpoints below number 1: they were put in by hand")
        waiting = select(func.count()).select_from(audit).where(audit.c.seq.is_(None))
        verdict.waiting = self._connection.execute(waiting).scalar_one()
        others = [self._witness(checkpoint) for checkpoint in brought]
        marks = heapq.merge(self._own(), sorted((*others, *remembered), key=_place), key=_place)
        try:
            self._walk(marks)
        except _Broken:
            return verdict
        if not self._public:
            verdict.remarks.append("no public key was given: the signatures of checkpoints were not looked at")
        if not verdict.checkpoints:
            verdict.remarks.append(
                "there is no checkpoint: a chain that was cut off, or made anew, would look the same"
            )
        if self._start == 1:
            self._compare()
        else:
            verdict.remarks.append("facts are compared with entries where all entries are looked at")
        return verdict

    # --- the chain

    def _walk(self, marks: Iterator[Witness]) -> None:
        before = self._before(marks)
        mark = next(marks, None)
        seq = self._start - 1
        for entry in self._entries():
            while mark is not None and mark.seq < entry.seq:
                self._judge(mark, before if mark.seq == seq else None)
                mark = next(marks, None)
            self._require(seq + 1, entry, before)
            seq, before = entry.seq, entry.hash
            self.verdict.entries += 1
            self.verdict.head = before.hex()
        while mark is not None:
            if mark.seq > seq:
                self._fail(seq + 1, f"{mark.who} knows entry {mark.seq}, and the chain ends at {seq}: it was cut off")
            self._judge(mark, before if mark.seq == seq else None)
            mark = next(marks, None)

    def _before(self, marks: Iterator[Witness]) -> bytes:
        if self._start == 1:
            return NOTHING
        found: bytes | None = self._hash_at(self._start - 1)
        if found is None:
            last = self._connection.execute(select(func.max(audit.c.seq)).where(audit.c.seq <= MOST)).scalar() or 0
            if last < self._start and not any(mark.seq >= self._start - 1 for mark in marks):
                raise BeyondEnd(last)
            self._fail(self._start - 1, "there is no such entry")
        if not is_digest(found):
            self._fail(self._start - 1, _CANNOT)
        return found

    def _hash_at(self, seq: int) -> Any:
        try:
            return self._connection.execute(select(raw(audit.c.hash)).where(audit.c.seq == seq)).scalar()
        except UNREADABLE as error:
            require_odd(error)
            return b""

    def _entries(self) -> Iterator[Row[Any]]:
        """Each with a number; what else is wrong with one is for `_require`."""
        last = self._start - 1
        page = select(*_ENTRY).where(audit.c.seq > bindparam("after")).order_by(audit.c.seq)
        try:
            for entry in records_after(self._connection, last, page):
                if not isinstance(entry.seq, int):
                    self._fail(last + 1, "the next one has a number that is none")
                last = entry.seq
                yield entry
        except Unnumbered:
            self._fail(last + 1, _CANNOT)

    def _require(self, seq: int, entry: Row[Any], before: bytes) -> None:
        if entry.seq != seq:
            self._fail(seq, f"this entry is missing: the next one is {entry.seq}")
        if not isinstance(entry.body, str) or not is_digest(entry.hash):
            self._fail(seq, _CANNOT)
        if entry.hash != hash_of(before, seq, entry.body):
            self._fail(seq, "its hash is not that of what it says and of the entries before it")
        told = _told(entry.body)
        if told is None or _columns(entry) != [told.get(name) for name in ("at", "actor", "event", "meter")]:
            self._fail(seq, "its columns are not what its own text says")
        event = told["event"]
        begins = event in (AuditEvent.BEGAN.value, AuditEvent.TAKEN_OVER.value)
        if (event == AuditEvent.BEGAN.value) != (seq == 1) or (begins and self._facts_seen):
            self._fail(seq, "an audit begins once, with its first entry, and takes facts over before it has any")
        if begins:
            self._older, self._digest = told.get("facts", -1), told.get("digest", "")
        self._facts_seen |= event in TELLS

    # --- checkpoints

    def _own(self) -> Iterator[Witness]:
        """Those on record from the start on."""
        last = self._start - 2
        page = select(*_POINT).where(checkpoints.c.seq > bindparam("after")).order_by(checkpoints.c.seq)
        try:
            for row in records_after(self._connection, last, page, page.with_only_columns(checkpoints.c.seq)):
                if not isinstance(row.seq, int):
                    raise Unnumbered(last)
                last = row.seq
                yield self._on_record(row)
        except Unnumbered:
            self._fail(last + 1, "the next checkpoint is at a number that is none")

    def _on_record(self, row: Row[Any]) -> Witness:
        who = f"the checkpoint at entry {row.seq}"
        try:
            content = content_of(self._origin, row.seq, row.hash, row.at)
            signed = self._signed(content, bytes(memoryview(row.signature)))
        except (*UNREADABLE, AttributeError):
            return Witness(row.seq, b"", who, odd=True)
        return Witness(row.seq, row.hash, who, signed)

    def _witness(self, brought: Checkpoint) -> Witness:
        who = f"the checkpoint that was brought, of {moment(brought.at)},"
        if brought.origin != self._origin:
            self.verdict.faults.append(f"{who} is of another chain: {brought.origin}, and this is {self._origin}")
        signed = self._signed(brought.content, bytes.fromhex(brought.signature))
        return Witness(brought.seq, bytes.fromhex(brought.hash), who, signed)

    def _signed(self, content: bytes, signature: bytes) -> bool | None:
        return any(key.signed(content, signature) for key in self._public) if self._public else None

    def _judge(self, mark: Witness, digest: bytes | None) -> None:
        """`digest` is that of the chain there; None: the walk began later."""
        self.verdict.checkpoints += 1
        if mark.odd:
            self._fail(mark.seq, f"{mark.who} cannot be read")
        there = self._hash_at(mark.seq) if digest is None else digest
        if there != mark.hash:
            self._fail(mark.seq, f"{mark.who} knows another hash of it: the chain was made anew")
        if mark.signed is False:
            self._fail(mark.seq, f"{mark.who} was not signed by the office's key")
        self.verdict.fit += 1

    def _fail(self, seq: int, why: str) -> NoReturn:
        self.verdict.bad_seq = seq
        self.verdict.faults.append(f"entry {seq}: {why}")
        raise _Broken

    # --- facts

    def _compare(self) -> None:
        found = 0
        for difference in differences(self._connection, self._older, self._digest):
            found += 1
            if found <= FAULTS:
                self.verdict.faults.append(difference)
        if found > FAULTS:
            self.verdict.faults.append(f"{found - FAULTS} more facts do not fit")


_CANNOT = "it cannot be read"
_ENTRY = (
    raw(audit.c.hash),
    raw(audit.c.body),
    *(audit.c[name] for name in ("seq", "at", "actor", "event", "meter_id")),
)
_POINT = (checkpoints.c.seq, raw(checkpoints.c.hash), checkpoints.c.at, raw(checkpoints.c.signature))


def _place(mark: Witness) -> int:
    return mark.seq


def _told(body: str) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _columns(entry: Row[Any]) -> list[Any]:
    try:
        return [moment(entry.at), entry.actor, entry.event, entry.meter_id]
    except (*UNREADABLE, AttributeError):
        return []
