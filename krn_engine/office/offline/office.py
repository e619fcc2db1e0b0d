"""`OfflineOffice`: the office across the network while it answers, and the kiosk's copy of it while it does not.

What is put on record is on this kiosk's disk first, as a fact in its outbox, and is delivered in order. So a question
to the office waits until what this kiosk knows was delivered: the answer would be older than what stands here.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from krn_engine.errors import KrnError
from krn_engine.office.audit.errors import CheckpointForeign, CheckpointMissing
from krn_engine.office.client.fitting import fitting_ending, fitting_row, fitting_statement
from krn_engine.office.contract import (
    Blocked,
    Due,
    FindResult,
    FindWarning,
    HistoryEntry,
    Issued,
    IssuedChange,
    NotFound,
    NothingToDo,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.errors import CopyKeyMissing, MeterBlocked, MeterUnknown, NoUpgradeNeeded, OutcomeRefused
from krn_engine.office.identify import Idpel, IdProblem, MeterNumber, NotAnId, identify
from krn_engine.office.net_errors import CallerRevoked, OfficeNotReady, OfficeUnreachable, TooManyRequests, WireBroken
from krn_engine.office.offline.belonging import Belonging
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.delivery import Entry
from krn_engine.office.offline.errors import ClockBehind, LeaseOver, NotInCopy, RowsNotInCopy
from krn_engine.office.offline.facts import Body
from krn_engine.office.offline.lease import Times, lease_of, require_lease
from krn_engine.office.offline.line import AWAY, Line, Remote, is_away
from krn_engine.office.offline.standing import Known
from krn_engine.office.offline.status import OfflineStatus
from krn_engine.office.offline.tables import Kept
from krn_engine.office.statements import require_said
from krn_engine.office.wire.asked import End, State, outcome_name, request_name
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.office.wire.delivered import BATCH, Fact, Fate, Told
from krn_engine.office.wire.text import from_bytes, to_bytes
from krn_engine.office.wire.values import METER_NUMBER
from krn_engine.sts.identity import is_digits

T = TypeVar("T")
FIRST_BATCH = 25
"""Facts that are delivered together at first; an office that takes them quickly gets twice as many the next time."""
QUICK = 2.0
"""Seconds."""
SOON = 50
"""So many facts are delivered before a question is asked; with more the copy answers, which knows all of them."""
OF_LATE = 60.0
"""Seconds since an answer: an office that was there then is waited for as long as it may take."""
HURRY = 5.0
"""Seconds in which somebody waits for what is asked beside."""
PAGE = 100
"""Meters of a page: while they are taken in nobody can look anything up."""
_NOT_HERE = (
    "the office cannot be reached, and this kiosk's copy has no such meter: check the number, or ask when the kiosk is "
    "connected again"
)
_NO_ROWS = (
    "the office cannot be reached, and it gave this kiosk no rows for this meter: ask when the kiosk is connected again"
)
_UNKNOWN = "this meter is not in the register: check its number, or ask the counter to add it"
_REVOKED = "the office has revoked this kiosk: enrol it again (krn setup), or take it away"


class OfflineOffice:
    """An `Office` that a kiosk holds in the place of `remote`.

    Beside what `Office` says each call may raise what `RemoteOffice` raises, and what a disk refuses. Where the office
    gives no answer `issue` may raise NotInCopy, RowsNotInCopy, LeaseOver, LeaseBroken, ClockBehind, CopyDamaged.
    """

    def __init__(
        self,
        remote: Remote,
        copy: Copy,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        times: Times | None = None,
    ) -> None:
        self._remote = remote
        self._copy = copy
        self._times = times or Times(clock, copy.newest)
        self._wake: Callable[[], None] = lambda: None
        self._refused: Callable[[str], None] = lambda _code: None
        self._line = Line(clock, self._revoke, self._answered)
        self._belonging = Belonging(remote, copy, self._line)
        self._delivering = threading.RLock()
        self._heard: float | None = None
        self._not_taken = copy.count()[1]
        self._is_revoked = copy.kept(Kept.REVOKED) is not None
        self._batch = FIRST_BATCH

    def on_something(self, wake: Callable[[], None]) -> None:
        """Have `wake` called when there is something to deliver."""
        self._wake = wake

    def on_refused(self, tell: Callable[[str], None]) -> None:
        """Have `tell` called with the code of each fact that the office refuses."""
        self._refused = tell

    # --- questions

    def find(self, text: str) -> FindResult:
        """See `Office.find`. From the copy where the office gives no answer, however old that is."""
        given = identify(text)
        if isinstance(given, NotAnId):
            return given
        if not self._asks_office():
            self._wake()
            found = self._find_here(given)
            if found is not None:
                return found
            # The copy does not know it, and the office may be there again.
        try:
            return self._asked(lambda: self._remote.find(text), self._copy.as_of is not None)
        except KrnError as error:
            if not is_away(error):
                raise
            away = error
            self._wake()
        found = self._find_here(given)
        if found is not None:
            return found
        if self._copy.as_of is None:
            raise away
        return NotFound(given.digits, _warnings(given), NotInCopy.code)

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`. From the copy, under the lease, where the office gives no answer."""
        name = request_name(request_id)
        asked = self._asks_office()
        if asked:
            try:
                return self._issue_there(meter_number, request_id)
            except KrnError as error:
                if not is_away(error):
                    raise
        try:
            return replace(self._issue_here(meter_number, str(name)), request_id=request_id)
        except KrnError as refusal:
            if asked:
                raise
            # Nobody has asked the office for it, and it may be there again.
            try:
                return self._issue_there(meter_number, request_id)
            except KrnError as error:
                raise (refusal if is_away(error) else error) from None

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """See `Office.home_page`. None too where the office gives no answer: it has to know the page."""
        if not self._asks_office():
            return None
        try:
            return self._line.ask(lambda: self._remote.home_page(meter_number, request_id, digest))
        except KrnError as error:
            if not is_away(error):
                raise
            return None

    def progress(self) -> Progress:
        """See `Office.progress`. The office's alone: a copy of some units does not know it."""
        return self._line.ask(self._remote.progress)

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """See `Office.history`. The office's alone."""
        return self._asked(lambda: self._remote.history(meter_number))

    def ping(self) -> None:
        """See `Office.ping`. A kiosk with a whole copy can go on without the office."""
        try:
            self._line.ask(self._remote.ping)
        except KrnError as error:
            if not is_away(error) or self._copy.as_of is None:
                raise
        else:
            self._let_in()

    # --- records

    def record(self, row: RowRecord) -> None:
        """See `Office.record`. On this kiosk's disk when it returns; the office has it a moment later, or when it can.

        A row that the office never issued is refused here where the copy knows its key change; else by the office,
        and staff are told.
        """
        fitting = fitting_row(row)
        try:
            self._put(fitting, str(outcome_name(row)))
        except WireBroken:
            raise OutcomeRefused("an outcome was reported for a row that this office never issued") from None

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """See `Office.end`."""
        self._put(_of_meter(meter_number, End(meter_number, fitting_ending(session))), _own(delivery))

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """See `Office.state`. If the office answers and refuses it, who says it is told."""
        require_said(statement)
        name = _own(delivery)
        self._put(_of_meter(meter_number, State(meter_number, fitting_statement(statement))), name)
        if not self._asks_office():
            return
        with suppress(KrnError):
            # It is on this kiosk's disk, and is delivered later.
            self.deliver()
        refused = next((entry for entry in self.refused if entry.fact.uuid == name), None)
        if refused is not None:
            raise (KrnError.of_code(refused.code) or OutcomeRefused)(refused.message)

    # --- what goes on beside

    def meet(self) -> None:
        """Ask an office that gave no answer whether it is there again. Raises why it is not."""
        if not self._line.up:
            self._line.ask(self._remote.ping)

    def deliver(self) -> None:
        """Deliver what waits, in order, until nothing is left. Raises what the office answers, if it cannot now."""
        self._deliver(lambda: None)

    def _deliver(self, may: Callable[[], None], patience: float = -1.0) -> None:
        """`may` raises why nothing is asked any more; somebody else may have asked in vain since.

        Raises OfficeUnreachable if somebody else is at it for longer than `patience`, in seconds; negative: for ever.
        """
        while self._copy.count()[0]:
            with self._at_it(patience):
                may()
                self._belonging.require()
                answers = self._delivered(self._copy.waiting(self._batch))
                later = self._copy.told(answers, self._times.now)
            refused = [answer.code for answer in answers if answer.fate is Fate.REFUSED]
            if refused:
                self._not_taken = self._copy.count()[1]
            for code in refused:
                self._refused(code)
            if later is not None:
                raise OfficeNotReady(later.message or "the office cannot put this on record now")

    @contextmanager
    def _at_it(self, patience: float) -> Iterator[None]:
        if not self._delivering.acquire(timeout=patience):
            raise OfficeUnreachable("the office does not answer what was asked before this: try again")
        try:
            yield
        finally:
            self._delivering.release()

    def _delivered(self, facts: tuple[Fact, ...]) -> tuple[Told, ...]:
        """What became of the first of these, at least of one."""
        if not facts:
            return ()
        began = time.monotonic()
        try:
            answers = self._line.ask(lambda: self._remote.deliver(facts))
            if time.monotonic() - began < QUICK:
                self._batch = min(BATCH, self._batch * 2)
            return answers
        except AWAY as error:
            if not isinstance(error, TooManyRequests):
                # A busy office may need longer for so many than anybody waits.
                self._batch = max(1, self._batch // 2)
            raise
        except WireBroken as error:
            # This office cannot read one of them. Which one it is shows by itself, and it holds no other up.
            if len(facts) == 1:
                return (Told(facts[0].n, Fate.REFUSED, error.code, error.message),)
            return self._delivered(facts[: len(facts) // 2])

    def sync(self) -> bool:
        """One page of what is new at the office; True if there is more now.

        Raises what the office answers, what a disk refuses, and LeaseBroken.
        """
        with self._delivering:
            opener = self._copy.opener
            if opener is None:
                self._belonging.use_key()
                return True
            after = self._copy.kept(Kept.CURSOR) or ""
            try:
                page = self._line.ask(lambda: self._remote.sync(after, PAGE))
            except CopyKeyMissing:
                # The office knows this kiosk anew.
                self._belonging.use_key()
                return True
            if page.copy != opener.copy:
                # Somebody asked for another key since: another process of this kiosk, or rows do not open here.
                opener = self._copy.reread_key()
                if opener is None or opener.copy != page.copy:
                    self._belonging.use_key()
                return True
            lease = lease_of(page.lease, opener)
            if lease is not None:
                self._times.said(lease.begins)
                self._belonging.proved = True
            self._copy.apply(page, opener, self._times.now, self._times.newest)
            self._is_revoked = False
            return page.more

    def bear_witness(self) -> None:
        """Send back the checkpoint of the office's audit that was seen last, and keep the newest.

        One that the office's audit does not hold any more is evidence: it stays, and staff are told. Raises what the
        office answers.
        """
        kept = self._copy.kept(Kept.WITNESS)
        if kept is not None:
            try:
                self._line.ask(lambda: self._remote.witness(CHECKPOINT.read(from_bytes(kept.encode()))))
            except CheckpointForeign as error:
                if self._copy.kept(Kept.DIFFERS) is None:
                    self._copy.keep(Kept.DIFFERS, self._times.now.isoformat())
                    self._refused(error.code)
                return
            self._copy.keep(Kept.DIFFERS, None)
        with suppress(CheckpointMissing):
            newest = self._line.ask(self._remote.checkpoint)
            self._copy.keep(Kept.WITNESS, to_bytes(CHECKPOINT.write(newest)).decode())

    @property
    def refused(self) -> tuple[Entry, ...]:
        """What the office refused, the oldest first. Raises what a disk refuses."""
        return self._copy.entries(refused=True)

    @property
    def glance(self) -> tuple[bool, int]:
        """Whether the office answers, and how many facts it refused: known at once, for what is often drawn."""
        return self._line.up, self._not_taken

    @property
    def is_revoked(self) -> bool:
        """Whether the office has revoked this kiosk, as far as it has heard: known at once, also after a start."""
        return self._is_revoked

    @property
    def status(self) -> OfflineStatus:
        """How it stands now. Raises what a disk refuses."""
        waiting, refused = self._copy.count()
        uncounted = self._copy.kept(Kept.UNCOUNTED) is not None
        until, why_not = None, ""
        try:
            lease = lease_of(self._copy.lease(), self._copy.opener)
            until = None if lease is None else lease.until
            require_lease(lease, self._times)
        except KrnError as error:
            why_not = error.code
        return OfflineStatus(
            online=self._line.up,
            since=self._line.since,
            code=self._line.code,
            as_of=self._copy.as_of,
            lease_until=until,
            lease_good=not why_not,
            lease_code=why_not,
            waiting=waiting,
            refused=refused,
            lost=max(int(self._copy.kept(Kept.LOST) or 0), int(uncounted)),
            left_out=int(self._copy.kept(Kept.LEFT_OUT) or 0),
            audit_differs=self._copy.time(Kept.DIFFERS),
            revoked=self._copy.kept(Kept.REVOKED) is not None,
            other=self._belonging.other,
            uncounted=uncounted,
        )

    # ---

    def _asks_office(self) -> bool:
        """Whether a question goes to the office first.

        Not while it gives no answer, until who delivers finds that it does; nor before a long outbox was delivered.
        """
        if self._copy.kept(Kept.REVOKED) is not None:
            return True
        return self._line.up and self._copy.count()[0] <= SOON

    def _asked(self, question: Callable[[], T], known_here: bool = False) -> T:
        """The office's answer, after all that waits was delivered.

        `known_here`: the copy has an answer, so nobody waits long for an office of which nothing was heard of late.
        """
        if self._copy.kept(Kept.REVOKED) is not None:
            return self._asked_revoked(question)
        was_up = self._line.up

        def still_up() -> None:
            if was_up and not self._line.up:
                raise OfficeUnreachable("the office gave no answer to what was delivered just now")

        if not known_here or self._heard_of_late:
            self._deliver(still_up)
            return self._line.ask(question)
        with self._remote.hurried():
            self._deliver(still_up, HURRY)
            return self._line.ask(question)

    def _asked_revoked(self, question: Callable[[], T]) -> T:
        """A revoked kiosk serves nobody; one that was enrolled again does."""
        try:
            answer = self._line.ask(question)
        except KrnError as error:
            if is_away(error):
                raise CallerRevoked(_REVOKED) from None
            raise
        self._let_in()
        return answer

    def _put(self, body: Body, name: str) -> None:
        self._copy.put(body, name, self._times.now, self._times.saw())
        self._wake()

    @property
    def _heard_of_late(self) -> bool:
        return self._heard is not None and self._times.ticks() - self._heard < OF_LATE

    @property
    def _lease_is_good(self) -> bool:
        try:
            require_lease(lease_of(self._copy.lease(), self._copy.opener), self._times)
        except KrnError:
            return False
        return True

    def _answered(self) -> None:
        """The office's clock counts more than one of this kiosk that was ahead, which offline work had to go by."""
        self._heard = self._times.ticks()
        now = self._remote.office_time
        if now is not None and self._times.said(now):
            with suppress(KrnError):
                # A disk that takes nothing now takes nothing from the answer; the next fact brings it.
                self._copy.keep(Kept.NEWEST, self._times.newest.isoformat())

    def _let_in(self) -> None:
        """The office answers this kiosk: one that it had revoked was enrolled again."""
        if self._copy.kept(Kept.REVOKED) is not None:
            self._copy.keep(Kept.REVOKED, None)
        self._is_revoked = False

    def _revoke(self) -> None:
        self._is_revoked = True
        self._copy.revoke(self._times.now)

    def _find_here(self, given: Idpel | MeterNumber) -> FindResult | None:
        """From the copy; None where it does not know the number."""
        known = self._copy.look(given.digits)
        if isinstance(given, Idpel):
            return None if known is None else known.found
        could_be_idpel = self._copy.begins(given.digits)
        if known is None:
            return NotAnId(IdProblem.ONE_DIGIT_SHORT) if could_be_idpel else None
        warnings = (*_warnings(given), *((FindWarning.COULD_BE_IDPEL,) if could_be_idpel else ()))
        return replace(known.found, warnings=warnings)

    def _issue_there(self, meter_number: str, request_id: str) -> Issued:
        issued = self._asked(lambda: self._remote.issue(meter_number, request_id), self._lease_is_good)
        self._copy.given_there(issued, request_name(request_id).hex)
        return issued

    def _issue_here(self, meter_number: str, request: str) -> Issued:
        if not is_digits(meter_number):
            raise MeterUnknown(_UNKNOWN)
        lease = lease_of(self._copy.lease(), self._copy.opener)

        def changes_of(known: Known) -> Sequence[IssuedChange]:
            changes = _needed(known)
            require_lease(lease, self._times)
            return changes

        newest = self._times.saw()
        try:
            issued = self._copy.give_out(meter_number, request, self._times.now, newest, changes_of)
        except (LeaseOver, ClockBehind):
            # A start forgets no time that was seen: a clock that is turned back makes no lease good, and the doctor
            # says what a customer is told.
            with suppress(KrnError):
                self._copy.keep(Kept.NEWEST, newest.isoformat())
            raise
        if issued is None:
            raise NotInCopy(_NOT_HERE)
        self._wake()
        return issued


def _needed(known: Known) -> Sequence[IssuedChange]:
    """The key changes that may be given out. Raises why none may."""
    standing = known.found.standing
    match standing:
        case Blocked(reason):
            raise MeterBlocked(f"the office has blocked this meter: {reason}")
        case NothingToDo():
            raise NoUpgradeNeeded("this meter is up to date: it needs no rows, and nothing is to be paid")
        case Due() if known.needed:
            return known.needed
        case Due():
            raise (KrnError.of_code(known.meter.code) or RowsNotInCopy)(_NO_ROWS)
        case _:
            raise (KrnError.of_code(standing.code) or RowsNotInCopy)(standing.message)


def _warnings(given: Idpel | MeterNumber) -> tuple[FindWarning, ...]:
    wrong = isinstance(given, MeterNumber) and not given.check_digit_fits
    return (FindWarning.CHECK_DIGIT,) if wrong else ()


def _own(delivery: str | None) -> str:
    return delivery or str(uuid.uuid4())


def _of_meter(meter_number: str, body: T) -> T:
    """Raises MeterUnknown for a number that no meter has."""
    if not METER_NUMBER.fits(meter_number):
        raise MeterUnknown(_UNKNOWN)
    return body
