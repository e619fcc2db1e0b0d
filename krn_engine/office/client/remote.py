"""`RemoteOffice`: an office across a network. Whoever holds it cannot tell it from one on a register of its own."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from krn_engine.office.audit.checkpoints import Checkpoint
from krn_engine.office.client.fitting import fitting_ending, fitting_row, fitting_statement
from krn_engine.office.client.way import Way, of_office
from krn_engine.office.contract import (
    FindResult,
    HistoryEntry,
    Issued,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.errors import MeterUnknown, OutcomeRefused
from krn_engine.office.identify import NotAnId, identify
from krn_engine.office.net_errors import AnswerBroken, WireBroken
from krn_engine.office.statements import require_said
from krn_engine.office.wire import asked, delivered, sync, values
from krn_engine.office.wire.asked import Enrolled, outcome_name, request_name
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.office.wire.delivered import Fact, Told
from krn_engine.office.wire.heartbeat import HEARTBEAT, Heartbeat
from krn_engine.office.wire.shapes import Shape
from krn_engine.office.wire.sync import CopyKey, Sync, SyncPage
from krn_engine.office.wire.text import to_bytes

T = TypeVar("T")
LONGEST_REQUEST_ID = 64
MOST_PAGES = 100
"""No history is longer; an office that says otherwise is none."""
_UNKNOWN_METER = "this meter is not in the register: check its number, or ask the counter to add it"


class RemoteOffice:
    """An `Office` at the other end of `way`; `token` gives the token of now.

    Each call may raise, beside what `Office` says: OfficeUnreachable, AnswerBroken, OfficeNotTrusted, ClockDiffers,
    CallerUnknown, NotAllowed, TooManyRequests, OfficeFailed, OfficeNotReady, and the refusals of the office's register.
    After any of them the same call may be made again: what was done is not done twice.
    """

    def __init__(self, way: Way, token: Callable[[], str]) -> None:
        self._way = way
        self._token = token

    @property
    def office_time(self) -> datetime | None:
        """What the office's clock tells now, by its last answer; None: it is not known."""
        return self._way.office_time

    def hurried(self) -> AbstractContextManager[None]:
        """Meanwhile nothing that this thread asks takes longer than 6 seconds."""
        return self._way.hurried()

    def find(self, text: str) -> FindResult:
        """See `Office.find`. What cannot be an ID is told here, and asked of nobody."""
        given = identify(text)
        if isinstance(given, NotAnId):
            return given
        body = asked.FIND.write(asked.Find(given.digits))
        return self._ask(values.FIND_RESULT, "POST", "/v1/find", body)

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`. Raises ValueError for a request whose name has not 1 to 64 characters."""
        if not 0 < len(request_id) <= LONGEST_REQUEST_ID:
            raise ValueError("a request id has 1 to 64 characters")
        name = request_name(request_id)
        body = _of_meter(asked.ISSUE, asked.Issue(meter_number))
        issued = self._ask(values.ISSUED, "PUT", f"/v1/issues/{name}", body)
        if issued.meter_number != meter_number or issued.request_id != name.hex:
            raise AnswerBroken("the office answered another request than this: its rows are not shown")
        return replace(issued, request_id=request_id)

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """See `Office.home_page`."""
        body = _of_meter(asked.HOME_PAGE, asked.HomePage(meter_number, digest))
        name = request_name(request_id)
        return self._ask(asked.HOME_ADDRESS, "PUT", f"/v1/home-pages/{name}", body).address

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        try:
            body = values.ROW_RECORD.write(fitting_row(row))
        except WireBroken:
            raise OutcomeRefused("an outcome was reported for a row that this office never issued") from None
        self._do("PUT", f"/v1/outcomes/{outcome_name(row)}", body)

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """See `Office.end`. Without a `delivery` it has one of its own, for what is sent again on the way."""
        body = _of_meter(asked.END, asked.End(meter_number, fitting_ending(session)))
        self._do("PUT", f"/v1/endings/{delivery or uuid.uuid4()}", body)

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """See `Office.state`."""
        require_said(statement)
        body = _of_meter(asked.STATE, asked.State(meter_number, fitting_statement(statement)))
        self._do("PUT", f"/v1/statements/{delivery or uuid.uuid4()}", body)

    def progress(self) -> Progress:
        """See `Office.progress`."""
        return self._ask(values.PROGRESS, "GET", "/v1/progress")

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """See `Office.history`."""
        entries: list[HistoryEntry] = []
        after = ""
        for _ in range(MOST_PAGES):
            try:
                body = asked.HISTORY.write(asked.History(meter_number, after, asked.PAGE))
            except WireBroken:
                return ()
            page = self._ask(asked.HISTORY_PAGE, "POST", "/v1/history", body)
            entries += page.entries
            after = page.next
            if not after:
                return tuple(entries)
        raise AnswerBroken("the office tells a history without end")

    def ping(self) -> None:
        """See `Office.ping`."""
        self._do("GET", "/v1/ping")

    def beat(self, said: Heartbeat) -> None:
        """Tell the office how this kiosk is."""
        self._do("PUT", "/v1/heartbeat", HEARTBEAT.write(said))

    def rotate(self) -> Enrolled:
        """The next token; the one at hand is good until that was used, and a day after: a lost answer loses nothing."""
        return self._ask(asked.ENROLLED, "POST", "/v1/token")

    def copy_key(self) -> CopyKey:
        """A new key for this kiosk's copy: what is sealed under another opens no more."""
        return self._ask(sync.COPY_KEY, "POST", "/v1/copy-key")

    def sync(self, after: str, limit: int = sync.SYNC_PAGE) -> SyncPage:
        """The page of the copy behind `after`, which is empty at first and then the `next` of the page before.

        Raises CopyKeyMissing too.
        """
        return self._ask(sync.PAGE_OF_COPY, "POST", "/v1/sync", sync.SYNC.write(Sync(after, limit)))

    def deliver(self, facts: Sequence[Fact]) -> tuple[Told, ...]:
        """Deliver at most `BATCH` facts in their order; an answer for each. The same again changes nothing."""
        body = delivered.FACTS.write(delivered.Facts(tuple(facts)))
        answers = self._ask(delivered.ANSWERS, "POST", "/v1/deliveries", body).answers
        if [told.n for told in answers] != [fact.n for fact in facts]:
            raise AnswerBroken("the office answered other facts than were delivered")
        return answers

    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint of the office's audit. Raises CheckpointMissing too."""
        return self._ask(CHECKPOINT, "GET", "/v1/checkpoint")

    def witness(self, seen: Checkpoint) -> None:
        """Send back a checkpoint that was seen. Raises CheckpointForeign if the audit is not what it was then."""
        self._do("PUT", "/v1/witness", CHECKPOINT.write(seen))

    def _ask(self, shape: Shape[T], method: str, path: str, body: Any = None) -> T:
        answer = self._way.ask(method, path, None if body is None else to_bytes(body), self._token())
        return of_office(lambda: shape.read(answer))

    def _do(self, method: str, path: str, body: Any = None) -> None:
        if self._way.ask(method, path, None if body is None else to_bytes(body), self._token()) is not None:
            raise AnswerBroken("the office answered something where there is nothing to say")


def enrol(way: Way, name: str, code: str) -> Enrolled:
    """The token for a code that staff made. Raises EnrolmentRefused, WireBroken for what cannot be a name or a code."""
    body = to_bytes(asked.ENROL.write(asked.ENROL.read({"name": name, "code": code.strip().upper()})))
    answer = way.ask("POST", "/v1/enrolments", body)
    return of_office(lambda: asked.ENROLLED.read(answer))


def _of_meter(shape: Shape[T], value: T) -> Any:
    """What is said of a meter, written. Raises MeterUnknown for a number that no meter has."""
    try:
        return shape.write(value)
    except WireBroken:
        if values.METER_NUMBER.fits(getattr(value, "meter_number", "")):
            raise
        raise MeterUnknown(_UNKNOWN_METER) from None
