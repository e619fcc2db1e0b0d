"""`OfflineOffice`: the office across the network while it answers, and the kiosk's copy of it while it does not.

What is put on record is on this kiosk's disk first, as a fact in its outbox, and is delivered in order. So a question
to the office waits until what this kiosk knows was delivered: the answer would be older than what stands here.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from krn_engine.errors import KrnError
from krn_engine.office.client.fitting import fitting_ending, fitting_row, fitting_statement
from krn_engine.office.contract import (
    FindResult,
    HistoryEntry,
    Issued,
    NotFound,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.errors import MeterUnknown, OutcomeRefused
from krn_engine.office.identify import NotAnId, identify
from krn_engine.office.net_errors import CallerRevoked, OfficeUnreachable, WireBroken
from krn_engine.office.offline.answers import UNKNOWN, Answers, warnings_of
from krn_engine.office.offline.belonging import Belonging
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.delivering import Deliverer
from krn_engine.office.offline.delivery import Entry
from krn_engine.office.offline.errors import NotInCopy
from krn_engine.office.offline.facts import Body
from krn_engine.office.offline.following import Follower
from krn_engine.office.offline.lease import Times, lease_of, require_lease
from krn_engine.office.offline.line import Line, Remote, is_away
from krn_engine.office.offline.status import OfflineStatus
from krn_engine.office.offline.tables import Kept
from krn_engine.office.statements import require_said
from krn_engine.office.wire.asked import End, State, outcome_name, request_name
from krn_engine.office.wire.values import METER_NUMBER

T = TypeVar("T")
SOON = 50
"""So many facts are delivered before a question is asked; with more the copy answers, which knows all of them."""
OF_LATE = 60.0
"""Seconds since an answer: an office that was there then is waited for as long as it may take."""
HURRY = 5.0
"""Seconds in which somebody waits for what is asked beside."""
_REVOKED = "the office has revoked this kiosk: enrol it again (krn setup), or take it away"


class OfflineOffice:
    """An `Office` that a kiosk holds in the place of `remote`.

    Beside what `Office` says each call may raise what `RemoteOffice` raises, what a disk refuses, and CallerRevoked for
    as long as the office does not let this kiosk in. Where the office gives no answer `issue` may raise NotInCopy,
    RowsNotInCopy, LeaseOver, LeaseBroken, ClockBehind, CopyDamaged.
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
        self._line = Line(clock, self._revoke, self._answered)
        self._belonging = Belonging(remote, copy, self._line)
        self._deliverer = Deliverer(remote, copy, self._line, self._belonging, self._times)
        self._follower = Follower(remote, copy, self._line, self._belonging, self._times)
        self._answers = Answers(copy, self._times)
        self._heard: float | None = None
        self._is_revoked = copy.kept(Kept.REVOKED) is not None

    def on_something(self, wake: Callable[[], None]) -> None:
        """Have `wake` called when there is something to deliver."""
        self._wake = wake

    def on_refused(self, tell: Callable[[str], None]) -> None:
        """Have `tell` called with the code of each fact that the office refuses."""
        self._deliverer.refused = tell

    # --- questions

    def find(self, text: str) -> FindResult:
        """See `Office.find`. From the copy where the office gives no answer, however old that is."""
        given = identify(text)
        if isinstance(given, NotAnId):
            return given
        if not self._asks_office():
            self._wake()
            found = self._answers.find(given)
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
        found = self._answers.find(given)
        if found is not None:
            return found
        if self._copy.as_of is None:
            raise away
        return NotFound(given.digits, warnings_of(given), NotInCopy.code)

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
            issued = self._answers.issue(meter_number, str(name))
            self._wake()
            return replace(issued, request_id=request_id)
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

        A row that the office never issued is refused here, by OutcomeRefused, where the copy knows its key change;
        else by the office, and staff are told.
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
        self._deliverer.deliver()

    def sync(self) -> bool:
        """One page of what is new at the office; True if there is more now.

        Raises what the office answers, what a disk refuses, and LeaseBroken.
        """
        with self._deliverer.alone():
            return self._follower.page(self._taken)

    def bear_witness(self) -> None:
        """Send back the checkpoint of the office's audit that was seen last, and keep the newest.

        One that the office's audit does not hold any more is evidence: it stays, and staff are told. Raises what the
        office answers, and what a disk refuses.
        """
        self._follower.bear_witness(self._deliverer.refused)

    @property
    def refused(self) -> tuple[Entry, ...]:
        """What the office refused, the oldest first. Raises what a disk refuses."""
        return self._copy.entries(refused=True)

    @property
    def glance(self) -> tuple[bool, int]:
        """Whether the office answers, and how many facts it refused: known at once, for what is often drawn."""
        return self._line.up, self._deliverer.not_taken

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
            self._deliverer.deliver(still_up)
            return self._line.ask(question)
        with self._remote.hurried():
            self._deliverer.deliver(still_up, HURRY)
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

    def _taken(self) -> None:
        self._is_revoked = False

    def _revoke(self) -> None:
        self._is_revoked = True
        self._copy.revoke(self._times.now)

    def _issue_there(self, meter_number: str, request_id: str) -> Issued:
        issued = self._asked(lambda: self._remote.issue(meter_number, request_id), self._answers.has_good_lease)
        self._copy.given_there(issued, request_name(request_id).hex)
        return issued


def _own(delivery: str | None) -> str:
    return delivery or str(uuid.uuid4())


def _of_meter(meter_number: str, body: T) -> T:
    """Raises MeterUnknown for a number that no meter has."""
    if not METER_NUMBER.fits(meter_number):
        raise MeterUnknown(UNKNOWN)
    return body
