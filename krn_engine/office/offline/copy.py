"""A kiosk's copy of its units, and its outbox: one file, so that a fact and what is to be delivered of it are one.

The records of a meter are sealed, its numbers are keyed, and its rows are as the office sealed them (`key`). The
outbox needs no key: whatever becomes of the copy, it can be read and delivered.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, delete, func, select, update

from krn_engine.office.contract import Issued, IssuedChange
from krn_engine.office.errors import RequestReused
from krn_engine.office.offline import pages
from krn_engine.office.offline.delivery import Entry, entry_of, fact_of_entry
from krn_engine.office.offline.errors import CopyLocked
from krn_engine.office.offline.facts import Body, note_given, put, take_back
from krn_engine.office.offline.file import fact, keep_fact
from krn_engine.office.offline.key import KeyFile, Opener
from krn_engine.office.offline.looking import look, meter_number_of
from krn_engine.office.offline.shared_file import SharedFile, again
from krn_engine.office.offline.standing import Known
from krn_engine.office.offline.tables import Kept, names, outbox
from krn_engine.office.queries import CHANGES_OF_REQUEST
from krn_engine.office.wire.delivered import Fact, Fate, GivenChange, GivenOut, Told
from krn_engine.office.wire.sync import SIGNED_LEASE, CopyKey, SignedLease, SyncPage
from krn_engine.office.wire.text import from_bytes
from krn_engine.register.errors import RegisterFull

_GIVEN = 200
"""Key changes that the office gave out are remembered, with their meters: more than anybody enters at a time."""


class Copy:
    """What a kiosk keeps of its office. Close it. May be used by several threads, one at a time.

    Each method may raise what a disk refuses, and CopyDamaged where the file was made anew: the copy is then empty.
    """

    def __init__(self, folder: Path, secret: bytes | None = None, damaged: Callable[[], None] = lambda: None) -> None:
        """Open the file in a folder, or make it; `secret` is the machine's, 32 bytes, if it has one.

        `damaged` is called when the file had to be given up. Raises RegisterFull, RegisterReadOnly, RegisterBusy,
        RegisterFailed.
        """
        self._key = KeyFile(folder, secret)
        self._file = SharedFile(folder, damaged)
        self.opener: Opener | None = None
        self._given: dict[str, str] = {}
        self.reread_key()

    # --- what is copied

    def look(self, digits: str) -> Known | None:
        """The meter of a customer's number, or of its own; None if the copy has none. Raises CopyDamaged."""
        return self._file.read(lambda connection: look(connection, self.opener, digits))

    def begins(self, digits: str) -> bool:
        """Whether some customer number begins with these."""
        opener = self.opener
        if opener is None:
            return False
        which = select(names.c.meter_id).where(names.c.name == opener.name(digits), names.c.place < 0).limit(1)
        return self._file.read(lambda connection: connection.execute(which).first() is not None)

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
            known, opener = look(connection, self.opener, meter_number), self.opener
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

        return self._file.put(given)

    def given_there(self, issued: Issued, request: str) -> None:
        """Note that the office gave these rows out itself: who comes back is known to come back."""

        def noted(connection: Connection) -> None:
            for position, change in enumerate(issued.changes):
                note_given(connection, change.id, request, position)

        self._file.write(noted)
        with self._file.lock:
            self._given = dict(
                [*self._given.items(), *((change.id, issued.meter_number) for change in issued.changes)][-_GIVEN:]
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

        again(lambda: self._file.put(kept))

    def waiting(self, most: int) -> tuple[Fact, ...]:
        """The oldest facts that were not delivered, in order. Raises CopyDamaged."""
        which = select(outbox).where(outbox.c.refused_at.is_(None)).order_by(outbox.c.n).limit(most)

        def read(connection: Connection) -> tuple[Fact, ...]:
            return tuple(fact_of_entry(row) for row in connection.execute(which))

        return again(lambda: self._file.read(read))

    def entries(self, *, refused: bool = False) -> tuple[Entry, ...]:
        """All that is in the outbox, or what of it the office refused, in order. Raises what a disk refuses."""
        which = select(outbox).order_by(outbox.c.n)
        if refused:
            which = which.where(outbox.c.refused_at.is_not(None))

        def read(connection: Connection) -> tuple[Entry, ...]:
            return tuple(
                entry_of(row, lambda meter_id: meter_number_of(connection, self.opener, meter_id))
                for row in connection.execute(which)
            )

        return again(lambda: self._file.read(read))

    def _number_of(self, connection: Connection, change: str, meter_id: int | None) -> str:
        """A meter's number: the copy knows it, or the office gave this key change out a moment ago."""
        return meter_number_of(connection, self.opener, meter_id) or self._given.get(change, "")

    def count(self) -> tuple[int, int]:
        """How many facts wait, and how many were refused."""
        both = select(func.count(), func.count(outbox.c.refused_at)).select_from(outbox)

        def read(connection: Connection) -> tuple[int, int]:
            everything, refused = connection.execute(both).one()
            return everything - refused, refused

        return again(lambda: self._file.read(read))

    def told(self, answers: Sequence[Told], at: datetime) -> Told | None:
        """What became of facts: done are taken out, refused are kept for staff. Gives the first that is for later."""
        done = [answer.n for answer in answers if answer.fate is Fate.DONE]

        def take(connection: Connection) -> None:
            connection.execute(delete(outbox).where(outbox.c.n.in_(done)))
            for answer in answers:
                if answer.fate is Fate.REFUSED:
                    self._refuse(connection, answer, at)

        self._file.take_out(set(done), take)
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
        with self._file.lock:
            try:
                self.opener = self._key.read()
            except CopyLocked:
                self.opener = None
            return self.opener

    def use_key(self, given: CopyKey) -> None:
        """Another key: what was sealed under the one before it is gone first. Raises RegisterFull."""

        def wiped(connection: Connection) -> None:
            pages.wipe(connection)
            keep_fact(connection, Kept.OFFICE, given.office_key)

        self._file.write(wiped)
        try:
            with self._file.lock:
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

        self._file.write(applied)

    def revoke(self, at: datetime) -> None:
        """Destroy the key first, then the records; the outbox stays for staff. Raises RegisterFull."""
        with self._file.lock:
            self.opener = None
            try:
                self._key.destroy()
            except OSError as error:
                raise RegisterFull(f"the key of the copy cannot be taken away: {error.strerror}") from error

        def revoked(connection: Connection) -> None:
            if fact(connection, Kept.REVOKED) is None:
                pages.wipe(connection)
                keep_fact(connection, Kept.REVOKED, at.isoformat())

        self._file.write(revoked)
        self._file.empty_log()

    def kept(self, name: Kept) -> str | None:
        """What is known of the copy as a whole, under this name; None: nothing."""
        return again(lambda: self._file.read(lambda connection: fact(connection, name)))

    @property
    def newest(self) -> datetime | None:
        """The newest time that this kiosk has seen; None: it has not noted any."""
        return self.time(Kept.NEWEST)

    @property
    def as_of(self) -> datetime | None:
        """The office's time that it is of; None: there is no whole copy, or none that opens."""
        return None if self.opener is None else self.time(Kept.AS_OF)

    def time(self, name: Kept) -> datetime | None:
        """A time that is known of the copy as a whole; None: it is not."""
        kept = self.kept(name)
        return None if kept is None else datetime.fromisoformat(kept)

    def keep(self, name: Kept, value: str | None) -> None:
        """Keep something that is known of the copy as a whole; None takes it away."""
        self._file.write(lambda connection: keep_fact(connection, name, value))

    def keep_cursor(self, after: str) -> None:
        """Where the next page begins; empty: with the whole list."""
        self.keep(Kept.CURSOR, after)

    def lease(self) -> SignedLease | None:
        """The lease, as the office signed it; None: there is none."""
        kept = self.kept(Kept.LEASE)
        return None if kept is None else SIGNED_LEASE.read(from_bytes(kept.encode()))

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
