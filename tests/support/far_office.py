"""An office far away, in memory: what it tells a kiosk, what it takes, and when it gives no answer."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from krn_engine.errors import KrnError
from krn_engine.issuing.urgency import Assessment, Reason, Urgency
from krn_engine.office.audit.checkpoints import ORIGIN, Checkpoint
from krn_engine.office.audit.errors import CheckpointForeign, CheckpointMissing
from krn_engine.office.contract import (
    Customer,
    Due,
    FindResult,
    Found,
    Grade,
    HistoryEntry,
    Issued,
    NotFound,
    Progress,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.lease import Signer
from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.lease import Times
from krn_engine.office.offline.office import OfflineOffice
from krn_engine.office.wire.delivered import Fact, Fate, Told
from krn_engine.office.wire.sync import CopiedChange, CopiedMeter, CopyKey, Lease, SyncPage
from krn_engine.register.seal import Seal
from krn_engine.row import Hidden
from krn_engine.sts.identity import luhn_digit

NOON = datetime(2026, 1, 15, 5, 0, tzinfo=UTC)
NAME = "Bu C****h"
STATES = ("07/02/999007/01/1/2/1993", "07/02/999007/01/2/2/2014", "07/02/999007/01/3/2/2035")


def number(place: int) -> str:
    """A meter number that fits its check digit."""
    body = f"01{place:08d}"
    return body + luhn_digit(body)


def idpel(place: int) -> str:
    """A customer number."""
    return f"5{place:011d}"


def row(place: int, change: int, section: int) -> str:
    """A row that belongs to nobody else."""
    return f"77{place:08d}{change:05d}{section:05d}"


@dataclass
class FarOffice:
    """A `Remote` with so many meters that need two key changes."""

    meters: int = 3
    key: bytes = b"k" * 32
    away: KrnError | None = None
    """What each question ends in; None: answers."""
    lost: int = 0
    """So many answers are lost on the way after what was asked is done."""
    refuses: dict[str, tuple[Fate, str]] = field(default_factory=dict)
    """What becomes of facts of these UUIDs."""
    now: datetime = NOON
    lasts: timedelta = timedelta(days=7)
    copy: str = "a" * 16
    facts: list[Fact] = field(default_factory=list)
    """What it has, each once, in the order of arrival."""
    deliveries: int = 0
    asked: list[str] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    page: int = 500
    at_once: int = 200
    """It is too slow for more facts of a batch."""
    audit: Checkpoint | None = None
    witnessed: list[int] = field(default_factory=list)
    office_time: datetime | None = None
    """What its answers say of the time; None: nothing."""
    pages: str | None = None
    """Where home pages are; None: there are none."""
    in_hurry: bool = False
    hurries: list[str] = field(default_factory=list)
    """What was asked with little patience."""

    def __post_init__(self) -> None:
        self.signer = Signer(b"s" * 32)

    def _answers(self, what: str) -> None:
        self.asked.append(what)
        if self.in_hurry:
            self.hurries.append(what)
        if self.away is not None:
            raise self.away

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Notes what is asked meanwhile."""
        self.in_hurry = True
        try:
            yield
        finally:
            self.in_hurry = False

    # --- Office

    def found(self, place: int) -> Found:
        """What it says of a customer."""
        return Found(
            Customer(NAME, idpel(place), "R1", 900),
            number(place),
            1,
            Due(4),
            Assessment(Urgency.ROUTINE, (Reason.BEHIND_TARGET,)),
        )

    def find(self, text: str) -> FindResult:
        self._answers("find")
        for place in range(self.meters):
            if text in (idpel(place), number(place)):
                return self.found(place)
        return NotFound(text)

    def issue(self, meter_number: str, request_id: str) -> Issued:
        self._answers("issue")
        raise NotImplementedError

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        self._answers("home-page")
        return self.pages

    def record(self, row: RowRecord) -> None:
        raise NotImplementedError

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        raise NotImplementedError

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        raise NotImplementedError

    def progress(self) -> Progress:
        self._answers("progress")
        raise NotImplementedError

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        self._answers("history")
        return ()

    def ping(self) -> None:
        self._answers("ping")

    def checkpoint(self) -> Checkpoint:
        self._answers("checkpoint")
        if self.audit is None:
            raise CheckpointMissing("there is none")
        return self.audit

    def witness(self, seen: Checkpoint) -> None:
        self._answers("witness")
        self.witnessed.append(seen.seq)
        if seen.hash != "a" * 64:
            raise CheckpointForeign("the audit is not what it was")

    # --- what a kiosk keeps

    def copied(self, place: int) -> CopiedMeter:
        """What it tells of a meter, with rows sealed for this kiosk."""
        seal = Seal(self.key)
        changes = []
        for at in range(2):
            rows = " ".join(row(place, at, section) for section in (1, 2))
            bound = (number(place), STATES[at], STATES[at + 1], self.copy)
            changes.append(
                CopiedChange(
                    f"{place:030d}{at:02d}",
                    STATES[at],
                    STATES[at + 1],
                    at + 1,
                    at + 2,
                    seal.close(rows, *bound),
                    (None, None),
                    (None, None),
                    (False, False),
                    on_record=False,
                )
            )
        return CopiedMeter(number(place), (self.found(place),), tuple(changes), "", 1, 1, 90)

    def copy_key(self) -> CopyKey:
        self._answers("copy_key")
        return CopyKey("kiosk-1", self.copy, Hidden(self.key.hex()), self.signer.public)

    def sync(self, after: str, limit: int = 500) -> SyncPage:
        self._answers("sync")
        limit = min(limit, self.page)
        first = int(after or 0)
        all_meters = [place for place in range(self.meters) if place not in self.gone]
        told = all_meters[first : first + limit]
        listed = first < self.meters <= first + limit or not after
        lease = Lease("kiosk-1", self.copy, (), self.now, self.now + self.lasts)
        return SyncPage(
            self.copy,
            not after,
            listed and first + limit >= len(all_meters),
            tuple(self.copied(place) for place in told),
            str(min(first + limit, self.meters)),
            first + limit < len(all_meters),
            0,
            self.now,
            self.signer.sign(lease),
        )

    def deliver(self, facts: tuple[Fact, ...]) -> tuple[Told, ...]:
        self._answers("deliver")
        self.deliveries += 1
        if len(facts) > self.at_once:
            raise OfficeUnreachable("no whole answer in time")
        known = {fact.uuid for fact in self.facts}
        answers = []
        for fact in facts:
            fate, code = self.refuses.get(fact.uuid, (Fate.DONE, ""))
            if fate is Fate.DONE and fact.uuid not in known:
                self.facts.append(fact)
                known.add(fact.uuid)
            answers.append(Told(fact.n, fate, code, "" if fate is Fate.DONE else "so it is"))
            if fate is Fate.LATER:
                break
        if self.lost:
            self.lost -= 1
            raise OfficeUnreachable("the answer was cut")
        return tuple(answers)


def checkpoint(seq: int, digit: str = "a") -> Checkpoint:
    """One of its audit."""
    return Checkpoint(ORIGIN + "0" * 32, seq, digit * 64, NOON, "0" * 128)


@dataclass
class Clock:
    """A time that is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Kiosk:
    """A kiosk of a far office."""

    far: FarOffice
    folder: Path
    clock: Clock = field(default_factory=Clock)
    secret: bytes | None = None
    damages: int = 0

    def __post_init__(self) -> None:
        self.ticks = 0.0
        self.open()

    def open(self) -> None:
        """As after a start."""
        self.copy = Copy(self.folder, self.secret, self._damaged)
        times = Times(self.clock, self.copy.newest, lambda: self.ticks)
        self.office = OfflineOffice(self.far, self.copy, self.clock, times)

    def restart(self) -> None:
        """With the files as they are."""
        self.copy.close()
        self.open()

    def sync(self) -> None:
        """All that is new."""
        while self.office.sync():
            pass

    def _damaged(self) -> None:
        self.damages += 1


def outcome(
    change: str, section: int, attempt: str, what: RowOutcome = RowOutcome.ACCEPTED, grade: Grade | None = Grade.SENSOR
) -> RowRecord:
    """An outcome of a row."""
    return RowRecord(change, section, what, "BENAR", "camera", "kiosk-1", attempt, grade)


def bodies(facts: Iterable[Fact]) -> str:
    """All that is delivered, as text."""
    return " ".join(str(fact.body) for fact in facts)
