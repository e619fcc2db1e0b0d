"""A job: the rows of a whole worklist, or of the meters of a register, in one file that only its recipients read.

The file is there, whole, or it is not there. What is done of it is kept closed beside it (`journal`), so the same
command goes on after a kill: no line is in it twice, and none is missing.
"""

import errno
import hashlib
import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from krn_engine.bulk.batch import Batch, Position
from krn_engine.bulk.composing import HEADER, REPORT_HEADER, lines_of, report_of
from krn_engine.bulk.digits import Digits
from krn_engine.bulk.errors import MetersChanged, NoMeters, OutputExists, OutputFailed
from krn_engine.bulk.journal import Counts, Journal, Part, journal_key
from krn_engine.bulk.making import ArraysAtWork, Made, Prepared, at_once, prepare
from krn_engine.bulk.recipes import Kitchen
from krn_engine.bulk.recipients import encrypt
from krn_engine.bulk.told import settle
from krn_engine.bulk.workers import Workers
from krn_engine.durable import left_beside, making, name_beside
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.vault import Vault, VaultEntry, check_value
from krn_engine.office.copying.ahead import SourcesAhead
from krn_engine.sts.ea07 import Ea07Tables

_ID_DIGITS = 32
"""Of a job's name, that tell it from others in the audit."""
Progress = Callable[[int, int], None]
"""Told how much of how much is done."""


class MeterSource(Protocol):
    """Where meters come from."""

    @property
    def has_record(self) -> bool:
        """Whether these meters have a register: then a source that counts what it makes is asked by issuing alone."""
        ...

    @property
    def size(self) -> int:
        """How much there is in all, in the measure of `Batch.done`; 0: not known."""
        ...

    def name(self) -> str:
        """A name of this source: the same for the same meters in the same order, of which nothing else is known."""
        ...

    def batches(self, after: Position, *, small: bool = False) -> Iterator[Batch]:
        """The meters behind a place, in order; `small`: few at once, since each of them is asked for.

        Raises what reading its list or register raises.
        """
        ...

    def note_export(self, job: str, meters: int, recipients: int) -> None:
        """Put on record, where there is one, that rows of so many meters leave in a file that so many can read.

        `recipients` 0: whoever has it.
        """
        ...


def report_beside(out: Path) -> Path:
    """Where the meters without rows of a file are told."""
    return out.parent / f"{out.name}.refused.csv"


def require_free(out: Path) -> None:
    """Raises OutputExists if there is a file where the rows, or their report, should go; OutputFailed: no file can."""
    try:
        # The longest name that the job will need.
        name_beside(report_beside(out)).lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise OutputFailed(
                f"the name of the file is too long ({len(os.fsencode(out.name))} bytes): its report, and what is half "
                "written, have longer ones. Name a shorter one"
            ) from None
    for path in (out, report_beside(out)):
        # A link that leads nowhere is something too.
        if os.path.lexists(path):
            raise OutputExists(f"there is a file at {path} already: nothing was written. Move it, or name another")


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked for. `recipients` are public keys; None: the file can be read by whoever has it."""

    source: MeterSource
    campaign: Campaign
    sources: Sources
    vault: Vault | None
    out: Path
    recipients: tuple[str, ...] | None
    arrays: ArraysAtWork = field(default=at_once)
    """How rows are made in this process."""
    workers: Workers | None = None
    """Others that make them instead."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def report(self) -> Path:
        """Where the meters without rows are told."""
        return report_beside(self.out)

    @property
    def journal(self) -> Path:
        """Where its parts are kept until it is done."""
        return self.out.parent / f".{self.out.name}.job"

    @property
    def goes_on(self) -> bool:
        """Whether what is done of it can be kept for who runs it again after a kill: that takes vending keys here."""
        return journal_key(self.vault) is not None

    def name(self) -> bytes:
        """A digest of all that its rows follow from, and of who may read them."""
        vault = self.vault
        told = {
            "meters": self.source.name(),
            "campaign": repr(self.campaign),
            "keys": [] if vault is None else sorted(map(_told, vault.keys)),
            "tables": None if vault is None or vault.tables is None else _digest_of_tables(vault.tables),
            "recipients": self.recipients,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


def _told(entry: VaultEntry) -> list[str]:
    """All of an entry but its key."""
    return [repr(entry.key), str(entry.expires), check_value(entry.key)]


def _digest_of_tables(tables: Ea07Tables) -> str:
    return hashlib.sha256(repr((tables.s1, tables.s2, tables.p)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job."""

    counts: Counts
    continued: bool
    """Some of it was done by an earlier run."""


def run(
    job: Job, progress: Progress = lambda _done, _size: None, *, begun_anew: Callable[[], None] = lambda: None
) -> Done:
    """Do it, or the rest of it. `begun_anew` is called first where what was begun under its name was another job.

    Raises NoMeters, MetersChanged, OutputExists, JobRuns, OutputFailed, ArraysWrong, WorkerLost, what reading its
    meters raises, and SourceDown, SourceLocked and AnswerLost of a source that cannot be asked now.
    """
    with _explained(job):
        return _run(job, progress, begun_anew)


def _run(job: Job, progress: Progress, begun_anew: Callable[[], None]) -> Done:
    require_free(job.out)
    name = job.name()
    with Journal(job.journal, name, journal_key(job.vault)) as journal, _of_use(journal):
        # Who had the journal until now may have put its file there.
        require_free(job.out)
        if journal.was_of_another:
            begun_anew()
        _take_away_half_written(job)
        continued = journal.end != Position()
        size = job.source.size
        sources = SourcesAhead(job.sources) if job.source.has_record else job.sources
        kitchen = Kitchen(job.campaign, sources, job.at)
        for batch, made in _in_order(job, kitchen, journal.end):
            journal.add(_part(batch, made))
            progress(batch.done, size)
        if not journal.counts.of_any:
            raise NoMeters(
                "there is no meter of which rows could be asked: no file was written. Is it the right unit?"
                if job.source.has_record
                else "no file was written: the list has no lines below its header, or all of them name other units. Is "
                "it the right list, saved as CSV UTF-8, and the right unit?"
            )
        if job.name() != name:
            raise MetersChanged(
                "a list came in while rows were made, or the worklist is another file now: no file was written. Run "
                "the same again, which begins anew"
            )
        # Before anything that somebody could read is on the disk. Who is killed in between leaves a second entry of
        # the same name.
        job.source.note_export(f"bulk-{name.hex()[:_ID_DIGITS]}", journal.counts.made, len(job.recipients or ()))
        _finish(job, journal)
        journal.remove()
        return Done(journal.counts, continued)


def _in_order(job: Job, kitchen: Kitchen, after: Position) -> Iterator[tuple[Batch, Made]]:
    """The batches in their order. Workers are told of some ahead, so that none of them waits."""
    ahead = 0 if job.workers is None else job.workers.number
    waiting: deque[tuple[Batch, Prepared, Callable[[], list[Digits]]]] = deque()

    def first() -> tuple[Batch, Made]:
        batch, prepared, rows = waiting.popleft()
        return batch, prepared.finished(rows())

    for batch in job.source.batches(after, small=job.sources.waits):
        prepared = prepare(batch, kitchen)
        together = prepared.together
        begun = partial(job.arrays, together) if job.workers is None else job.workers.begin(together)
        waiting.append((batch, prepared, begun))
        if len(waiting) > ahead:
            yield first()
    while waiting:
        yield first()


def _part(batch: Batch, made: Made) -> Part:
    given = settle(batch, made)
    lines, count = lines_of(batch, made, given)
    refused = Counter(why.code for why in made.refused.values())
    return Part(batch.end, Counts(count, dict(refused)), lines, report_of(batch, made.refused))


def _finish(job: Job, journal: Journal) -> None:
    # The report gets its place first: who sees the file of rows has both. If that cannot be put there, neither is.
    rows, has_report = None, False
    try:
        with making(job.out) as file:
            rows = os.fstat(file.fileno())
            with making(job.report) as report:
                content = _Content(journal.parts(), report)
                if job.recipients is None:
                    _copy(content, file)
                else:
                    encrypt(content, file, job.recipients)
            has_report = True
    except BaseException as error:
        if has_report and not _is_at(job.out, rows):
            job.report.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise OutputExists(
                f"a file came to {error.filename2 or error.filename} meanwhile, and it is left as it is: move it, and "
                "run the same again, which goes on with what is done"
            ) from None
        raise


def _is_at(path: Path, file: os.stat_result | None) -> bool:
    try:
        return file is not None and os.path.samestat(path.lstat(), file)
    except OSError:
        return False


class _Content:
    """The lines of all parts, read bit by bit; what they report is written meanwhile, so that each is opened once."""

    def __init__(self, parts: Iterator[Part], report: BinaryIO) -> None:
        report.write(REPORT_HEADER)
        self._parts = parts
        self._report = report
        self._here = memoryview(HEADER)

    def read(self, size: int = -1) -> bytes:
        """See `Readable`."""
        while not len(self._here):
            following = next(self._parts, None)
            if following is None:
                return b""
            self._report.write(following.report)
            self._here = memoryview(following.lines)
        taken = self._here if size < 0 else self._here[:size]
        self._here = self._here[len(taken) :]
        return bytes(taken)


def _copy(content: _Content, file: BinaryIO) -> None:
    while some := content.read(1 << 20):
        file.write(some)


def _take_away_half_written(job: Job) -> None:
    """What a kill left of the two files; who holds the journal is alone with them."""
    for path in (job.out, job.report):
        with suppress(OSError):
            for left in left_beside(path):
                left.unlink(missing_ok=True)


@contextmanager
def _of_use(journal: Journal) -> Iterator[None]:
    """A journal of nothing is not left behind."""
    try:
        yield
    except BaseException:
        if journal.is_bare:
            journal.remove()
        raise


@contextmanager
def _explained(job: Job) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, KrnError):
            raise
        raise OutputFailed(
            f"a file in {job.out.parent.absolute()} could not be written or read ({error.strerror}): see to it, and "
            "run the same again, which goes on with what is done"
        ) from None
