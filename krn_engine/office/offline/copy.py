"""A kiosk's copy of its units, and its outbox: one file, so that a fact and what is to be delivered of it are one.

The records of a meter are sealed, its numbers are keyed, and its rows are as the office sealed them (`key`). The
outbox needs no key: whatever becomes of the copy, it can be read and delivered.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, delete, func, select, update

from krn_engine.office.contract import Issued, IssuedChange
from krn_engine.office.errors import RequestReused
from krn_engine.office.identify import IDPEL_DIGITS
from krn_engine.office.offline import pages
from krn_engine.office.offline.delivery import DamagedEntry, Entry, entry_of, fact_of_entry
from krn_engine.office.offline.errors import CopyDamaged, CopyLocked
from krn_engine.office.offline.facts import Body, note_given, put, take_back
from krn_engine.office.offline.file import Saved, fact, keep_fact, open_file, renewed, reopened
from krn_engine.office.offline.key import KeyFile, Opener
from krn_engine.office.offline.mark import Mark
from krn_engine.office.offline.processes import Processes
from krn_engine.office.offline.standing import Known
from krn_engine.office.offline.tables import Kept, names, outbox, records
from krn_engine.office.queries import CHANGES_OF_METER, CHANGES_OF_REQUEST, METER
from krn_engine.office.remaining import as_issued
from krn_engine.office.wire.delivered import Fact, Fate, GivenChange, GivenOut, Told
from krn_engine.office.wire.sync import COPIED_METER, SIGNED_LEASE, CopiedMeter, CopyKey, SignedLease, SyncPage
from krn_engine.office.wire.text import from_bytes
from krn_engine.register.errors import RecordDamaged, RegisterDamaged, RegisterFull
from krn_engine.register.tables import KeyStateBy, meters, requests
from krn_engine.register.transactions import explained, reading, writing

T = TypeVar("T")
_GIVEN = 200
"""Key changes that the office gave out are remembered, with their meters: more than anybody enters at a time."""
_DAMAGED = (
    "the copy that this kiosk keeps of its office's data was damaged: it is fetched anew as soon as the office can be "
    "reached. What waits for the office was kept"
)


class Copy:
    """Close it. May be used by several threads, one at a time."""

    def __init__(self, folder: Path, secret: bytes | None = None, damaged: Callable[[], None] = lambda: None) -> None:
        """Open the file in a folder, or make it; `secret` is the machine's, 32 bytes, if it has one.

        `damaged` is called when the file had to be given up. Raises RegisterFull, RegisterReadOnly, RegisterBusy,
        RegisterFailed.
        """
        self._folder = folder
        self._key = KeyFile(folder, secret)
        self._damaged = damaged
        self._lock = threading.RLock()
        self._mark = Mark(folder)
        self._processes = Processes(folder)
        try:
            with self._processes.alone():
                must = self._mark.read()
                self._engine, saved = open_file(folder, must)
                self._file = self._processes.file
                if saved is not None:
                    self._note(saved, must)
                self._mark.fit(self._numbers())
        except BaseException:
            self._processes.close()
            raise
        self.opener: Opener | None = None
        self._given: dict[str, str] = {}
        self.reread_key()

    # --- what is copied

    def look(self, digits: str) -> Known | None:
        """The meter of a customer's number, or of its own; None if the copy has none. Raises CopyDamaged."""
        return self._read(lambda connection: self._look(connection, digits))

    def begins(self, digits: str) -> bool:
        """Whether some customer number begins with these."""
        opener = self.opener
        if opener is None:
            return False
        which = select(names.c.meter_id).where(names.c.name == opener.name(digits), names.c.place < 0).limit(1)
        return self._read(lambda connection: connection.execute(which).first() is not None)

    def give_out(
        self,
        meter_number: str,
        request: str,
        at: datetime,
        newest: datetime,
        changes_of: Callable[[Known], Sequence[IssuedChange]],
    ) -> Issued | None:
        """Rows of the meter under a request (a UUID); that they were given is on disk, and in the outbox, before.

        `changes_of` says which of its key changes, and refuses what may not be. The same request gives the same. None
        if the copy has no such meter. Raises RequestReused, CopyDamaged, RecordDamaged, and what `changes_of` raises.
        """

        def given(connection: Connection) -> tuple[Issued | None, int | None]:
            known, opener = self._look(connection, meter_number), self.opener
            answered = connection.execute(CHANGES_OF_REQUEST, {"request_id": request.replace("-", "")}).all()
            if known is None or opener is None:
                return None, None
            if answered and answered[0].meter_id != known.id:
                raise RequestReused("this request was already answered for another meter: start a new one")
            before = [change.id for change in answered]
            changes = [change for change in known.told if change.id in before] if before else changes_of(known)
            copied = {change.id: change for change in known.meter.changes}
            whole = tuple(
                IssuedChange(
                    change.id,
                    change.old_krn,
                    change.new_krn,
                    opener.rows(copied[change.id], known.meter.meter_number),
                    change.outcomes,
                    change.attempts,
                    change.claims,
                )
                for change in changes
            )
            issued = Issued(
                request.replace("-", ""),
                known.meter.meter_number,
                whole,
                known.meter.minutes_for_a_change,
                known.number_of_first(changes),
                known.krn_before(changes),
            )
            number = None
            if not before:
                of = tuple(
                    GivenChange(change.id, copied[change.id].from_state, copied[change.id].to_state)
                    for change in changes
                )
                number = put(connection, GivenOut(known.meter.meter_number, of), request, at, opener)
                keep_fact(connection, Kept.NEWEST, newest.isoformat())
            return issued, number

        return self._marked(given)

    def given_there(self, issued: Issued, request: str) -> None:
        """The office gave these rows out itself: who comes back is known to come back."""

        def noted(connection: Connection) -> None:
            for position, change in enumerate(issued.changes):
                note_given(connection, change.id, request, position)

        self._write(noted)
        with self._lock:
            self._given = dict(
                [*self._given.items(), *((change.id, issued.meter_number) for change in issued.changes)][-_GIVEN:]
            )

    def _look(self, connection: Connection, digits: str) -> Known | None:
        """By a customer's number, which is longer, or a meter's."""
        opener = self.opener
        if opener is None:
            return None
        name = opener.name(digits)
        place = 0
        if len(digits) == IDPEL_DIGITS:
            where = select(names.c.meter_id, names.c.place).where(names.c.name == name, names.c.place >= 0)
            row = connection.execute(where.limit(1)).first()
            if row is None:
                return None
            meter_id, place = row
        else:
            meter_id = connection.execute(select(meters.c.id).where(meters.c.number == name)).scalar()
        if meter_id is None:
            return None
        kept = _record(connection, meter_id)
        if kept is None:
            return None
        meter = _meter(opener, kept)
        changes = {change.id: change for change in connection.execute(CHANGES_OF_METER, {"meter_id": meter_id})}
        in_order = [changes[change.id] for change in meter.changes]
        answered = select(requests.c.key_change_id).where(requests.c.key_change_id.in_(list(changes)))
        moved = connection.execute(METER, {"meter_id": meter_id}).one()
        return Known(
            meter_id,
            meter,
            place,
            tuple(
                IssuedChange(one.id, copied.old_krn, copied.new_krn, (), one.outcomes, one.attempts, one.claims)
                for one, copied in zip(as_issued(connection, in_order), meter.changes, strict=True)
            ),
            frozenset(connection.execute(answered).scalars()),
            moved.krn,
            moved.key_state_by == KeyStateBy.STATEMENT.value,
        )

    # --- the outbox

    def put(self, body: Body, uuid: str, at: datetime, newest: datetime) -> None:
        """Keep a fact for the office, on disk when this returns. Raises OutcomeRefused, and what a disk refuses.

        `at` is this kiosk's time, `newest` the newest that it has seen.
        """

        def kept(connection: Connection) -> tuple[None, int | None]:
            number = put(
                connection,
                body,
                uuid,
                at,
                self.opener,
                lambda change, meter: self._number_of(connection, change, meter),
            )
            keep_fact(connection, Kept.NEWEST, newest.isoformat())
            return None, number

        _again(lambda: self._marked(kept))

    def _marked(self, work: Callable[[Connection], tuple[T, int | None]]) -> T:
        """What `work` gives, which may put an entry into the outbox: its number is marked after it is there."""
        with self._lock, self._processes.alone():
            given, number = self._write(work)
            if number is not None:
                must = self._mark.read()
                self._mark.write(self._numbers() if must is None else must | {number})
            return given

    def _numbers(self) -> frozenset[int]:
        """Of all entries of the outbox."""
        return self._read(lambda connection: frozenset(connection.execute(select(outbox.c.n)).scalars()))

    def waiting(self, most: int) -> tuple[Fact, ...]:
        """The oldest facts that were not delivered, in order. Raises CopyDamaged."""
        which = select(outbox).where(outbox.c.refused_at.is_(None)).order_by(outbox.c.n).limit(most)

        def read(connection: Connection) -> tuple[Fact, ...]:
            return tuple(fact_of_entry(row) for row in connection.execute(which))

        return _again(lambda: self._read(read))

    def entries(self, *, refused: bool = False) -> tuple[Entry, ...]:
        """All that is in the outbox, or what of it the office refused, in order. Raises what a disk refuses."""
        which = select(outbox).order_by(outbox.c.n)
        if refused:
            which = which.where(outbox.c.refused_at.is_not(None))

        def read(connection: Connection) -> tuple[Entry, ...]:
            return tuple(
                entry_of(row, lambda meter_id: self._number(connection, meter_id)) for row in connection.execute(which)
            )

        return _again(lambda: self._read(read))

    def _number_of(self, connection: Connection, change: str, meter_id: int | None) -> str:
        """A meter's number: the copy knows it, or the office gave this key change out a moment ago."""
        return self._number(connection, meter_id) or self._given.get(change, "")

    def _number(self, connection: Connection, meter_id: int | None) -> str:
        kept = None if meter_id is None else _record(connection, meter_id)
        return "" if kept is None or self.opener is None else _meter(self.opener, kept).meter_number

    def count(self) -> tuple[int, int]:
        """How many facts wait, and how many were refused."""
        both = select(func.count(), func.count(outbox.c.refused_at)).select_from(outbox)

        def read(connection: Connection) -> tuple[int, int]:
            everything, refused = connection.execute(both).one()
            return everything - refused, refused

        return _again(lambda: self._read(read))

    def told(self, answers: Sequence[Told], at: datetime) -> Told | None:
        """What became of facts: done are taken out, refused are kept for staff. Gives the first that is for later."""
        done = [answer.n for answer in answers if answer.fate is Fate.DONE]

        def take(connection: Connection) -> None:
            connection.execute(delete(outbox).where(outbox.c.n.in_(done)))
            for answer in answers:
                if answer.fate is Fate.REFUSED:
                    self._refuse(connection, answer, at)

        with self._lock, self._processes.alone():
            must = self._mark.read()
            self._mark.write((self._numbers() if must is None else must) - set(done))
            self._write(take)
        return next((answer for answer in answers if answer.fate is Fate.LATER), None)

    def _refuse(self, connection: Connection, answer: Told, at: datetime) -> None:
        entry = connection.execute(select(outbox).where(outbox.c.n == answer.n)).first()
        if entry is not None:
            take_back(connection, entry)
            why = {"refused_at": at, "code": answer.code, "message": answer.message, "local_id": None}
            connection.execute(update(outbox).where(outbox.c.n == answer.n).values(why))

    # --- as a whole

    def reread_key(self) -> Opener | None:
        """The key that lies there now. One that does not open is none: with the next all is fetched anew."""
        with self._lock:
            try:
                self.opener = self._key.read()
            except CopyLocked:
                self.opener = None
            return self.opener

    def use_key(self, given: CopyKey) -> None:
        """Another key: what was sealed under the one before it is gone first. Raises RegisterFull."""

        def wiped(connection: Connection) -> None:
            _wiped(connection)
            keep_fact(connection, Kept.OFFICE, given.office_key)

        self._write(wiped)
        try:
            with self._lock:
                self.opener = self._key.keep(given)
        except OSError as error:
            raise RegisterFull(f"the key of the copy cannot be kept: {error.strerror}") from error

    @property
    def office(self) -> str | None:
        """The public key of the office that all of this belongs to; None: of none yet."""
        opener = self.opener
        return self.kept(Kept.OFFICE) or (None if opener is None else opener.office_key)

    def apply(self, page: SyncPage, opener: Opener, at: datetime, newest: datetime) -> None:
        """Take a page of the office's list in, whole or not at all."""

        def applied(connection: Connection) -> None:
            pages.apply(connection, page, opener, at)
            keep_fact(connection, Kept.NEWEST, newest.isoformat())
            keep_fact(connection, Kept.REVOKED, None)

        self._write(applied)

    def revoke(self, at: datetime) -> None:
        """The key first, then the records; the outbox stays for staff."""
        with self._lock:
            self.opener = None
            try:
                self._key.destroy()
            except OSError as error:
                raise RegisterFull(f"the key of the copy cannot be taken away: {error.strerror}") from error

        def revoked(connection: Connection) -> None:
            if fact(connection, Kept.REVOKED) is None:
                _wiped(connection)
                keep_fact(connection, Kept.REVOKED, at.isoformat())

        self._write(revoked)
        with self._opened() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def kept(self, name: Kept) -> str | None:
        """What is known of it as a whole."""
        return _again(lambda: self._read(lambda connection: fact(connection, name)))

    @property
    def newest(self) -> datetime | None:
        """The newest time that this kiosk has seen; None: it has not noted any."""
        return self.time(Kept.NEWEST)

    @property
    def as_of(self) -> datetime | None:
        """The office's time that it is of; None: there is no whole copy, or none that opens."""
        return None if self.opener is None else self.time(Kept.AS_OF)

    def time(self, name: Kept) -> datetime | None:
        """The same, of a time."""
        kept = self.kept(name)
        return None if kept is None else datetime.fromisoformat(kept)

    def keep(self, name: Kept, value: str | None) -> None:
        """Keep it; None takes it away."""
        self._write(lambda connection: keep_fact(connection, name, value))

    def keep_cursor(self, after: str) -> None:
        """Where the next page begins; empty: with the whole list."""
        self.keep(Kept.CURSOR, after)

    def lease(self) -> SignedLease | None:
        """As the office signed it."""
        kept = self.kept(Kept.LEASE)
        return None if kept is None else SIGNED_LEASE.read(from_bytes(kept.encode()))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._engine.dispose()
            self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # ---

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._opened() as connection, reading(connection):
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._opened() as connection, writing(connection):
            return work(connection)

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        """A connection to the file that has the name now. Damage that is met ends in another, and in CopyDamaged."""
        with self._lock:
            try:
                with self._processes.together():
                    if self._processes.file != self._file:
                        # Another process met damage.
                        self._engine.dispose()
                        self._engine, self._file = reopened(self._folder), self._processes.file
                    with explained(), self._engine.connect() as connection:
                        yield connection
            except (RegisterDamaged, RecordDamaged, DamagedEntry):
                self._renew()
                raise CopyDamaged(_DAMAGED) from None

    def _renew(self) -> None:
        """Another file in the place of a damaged one."""
        self._engine.dispose()
        with self._processes.alone():
            if self._processes.file == self._file:
                must = self._mark.read()
                self._engine, saved = renewed(self._folder)
                self._file = self._processes.file
                self._note(saved, must)
                self._mark.fit(self._numbers())
            else:
                self._engine = reopened(self._folder)
                self._file = self._processes.file

    def _note(self, saved: Saved, must: frozenset[int] | None) -> None:
        """What was lost, before the mark lets go of it."""
        if saved.damaged:
            self._damaged()
        lost, uncounted = saved.lost_of(must)

        def noted(connection: Connection) -> None:
            before = int(fact(connection, Kept.LOST) or 0)
            keep_fact(connection, Kept.LOST, str(before + lost))
            if uncounted:
                keep_fact(connection, Kept.UNCOUNTED, datetime.now(UTC).isoformat())

        if lost or uncounted:
            self._write(noted)


def _record(connection: Connection, meter_id: int) -> Any:
    """What is kept of a meter, sealed, and the name under which it is; None: nothing."""
    both = select(records.c.body, meters.c.number).select_from(records.join(meters, meters.c.id == records.c.meter_id))
    return connection.execute(both.where(records.c.meter_id == meter_id)).first()


def _meter(opener: Opener, kept: Any) -> CopiedMeter:
    return COPIED_METER.read(from_bytes(opener.open(kept.body, kept.number).encode()))


def _again(work: Callable[[], T]) -> T:
    """What a damaged file cannot keep from being done: there is another one the second time."""
    try:
        return work()
    except CopyDamaged:
        return work()


def _wiped(connection: Connection) -> None:
    pages.wipe(connection)
