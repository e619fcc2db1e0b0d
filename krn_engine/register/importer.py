"""Putting a worklist into the register, whole or not at all.

The file is read and checked beside the register, into tables of its own. What the list would take away is told first.
Once that is accepted the list goes in, a little at a time (`applying`): kiosks issue and record meanwhile.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from krn_engine.register.applying import begin, finish, interrupted, is_lost, note_list, put_in, store_all
from krn_engine.register.audit.entries import LOCAL
from krn_engine.register.database import Register
from krn_engine.register.errors import ImportRefused, RegisterError
from krn_engine.register.half_made import ACCEPTED, beside
from krn_engine.register.line_problem import LineProblem, RefusedLine
from krn_engine.register.staging import (
    alone,
    file_of,
    forget_what_is_known,
    index,
    keep,
    stage,
    staging,
)
from krn_engine.register.takings import Taken, masked, require_sound, takings
from krn_engine.register.transactions import explained, reading, version, writing
from krn_engine.register.worklist import Worklist, open_worklist
from krn_engine.register.worklist_line import WorklistLine
from krn_engine.sts.identity import fits_check_digit

BATCH = 5000
REASONS_KEPT = 10_000
"""Reasons that are kept of refused lines; beyond that they are only counted."""
_LONG, _ABOVE_ALL = 13, 10**13
Progress = Callable[[int, int], None]
"""Told how much of how much has been read."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would have done."""

    taken: int
    refused: tuple[RefusedLine, ...]
    refused_count: int
    odd_check_digits: int
    """Meter numbers that do not fit their check digit; taken all the same."""
    other_units: int
    """Lines that name a unit which is not asked for: they were left out."""
    ignored_columns: tuple[str, ...]
    takes_away: tuple[Taken, ...]
    """What the list took away, or would take away if it were accepted."""
    stored: bool
    good: int = 0
    """Lines that can be stored, whether they were or not."""


def import_worklist(
    register: Register,
    path: Path,
    *,
    skip_bad: bool = False,
    accept: bool | Collection[Taken] = False,
    look: bool = False,
    actor: str = LOCAL,
    progress: Progress | None = None,
    today: date | None = None,
    units: Collection[str] = (),
) -> ImportReport:
    """Read a file into the register; the report tells what became of it.

    With a refused line nothing is stored, unless `skip_bad`. Where the list takes something away nothing is stored,
    unless `accept`: all of it, or what was told before, and then no more than that. `look` stores nothing, whatever the
    list would do. `actor` is who accepts it, in the audit. `today` is the last day that a date of the list may tell.
    With `units`, lines that name another one are left out. If half of a list is in whose rest is gone, only a list that
    is accepted goes in: in its place, from its first line. Raises ImportRefused for a file that is no worklist, and the
    register's own refusals; nothing is stored then.
    """
    with open_worklist(path, today, units) as worklist, register.unhurried() as connection, alone(connection):
        register.require_key(connection)
        if interrupted(connection) and not (accept and is_lost(connection)):
            finish(connection)
        with staging(connection):
            collector = _Collector(worklist)
            good = collector.good(iter(worklist))
            while batch := list(islice(good, BATCH)):
                stage(connection, batch, register.keeper)
                if progress is not None:
                    progress(worklist.done, worklist.size)
            if not collector.taken and not collector.refused_count:
                raise _nothing_in(worklist)
            if collector.refused_count and not skip_bad:
                return collector.report((), stored=False)
            index(connection)
            if look:
                return collector.report(_looked_up(connection)[1], stored=False)
            taken_away, stored = _accepted(connection, _digest(path), collector.taken, accept, actor)
            if stored:
                _put_in(connection)
            return collector.report(taken_away, stored=stored)


def _digest(path: Path) -> str:
    """Of a file that was just read. Raises ImportRefused."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImportRefused(f"the file cannot be read again ({error.strerror}): nothing was stored") from error


def _looked_up(connection: Connection) -> tuple[int | None, tuple[Taken, ...]]:
    """What the staged lines take away, and of which version of the register that is said."""
    with reading(connection):
        seen = version(connection)
        forget_what_is_known(connection)
        require_sound(connection)
        taken_away = takings(connection)
        # This ends what was done to the list's tables; the register was only read.
        connection.commit()
    return seen, taken_away


def _is_accepted(taken_away: Collection[Taken], accept: bool | Collection[Taken]) -> bool:
    """Whether all of it was accepted; of what was told before, so much of each kind, and no more."""
    if isinstance(accept, bool):
        return accept or not taken_away
    told = {taken.kind: taken.count for taken in accept}
    return all(taken.count <= told.get(taken.kind, 0) for taken in taken_away)


def _accepted(
    connection: Connection, digest: str, number: int, accept: bool | Collection[Taken], actor: str
) -> tuple[tuple[Taken, ...], bool]:
    """What the staged lines take away, and whether they go in; if so, that is on the disk, and in the audit.

    It is looked up before the register is locked, and again under the lock if somebody wrote in between.
    """
    seen, taken_away = _looked_up(connection)
    if not _is_accepted(taken_away, accept):
        return taken_away, False
    register = file_of(connection)
    kept = None if register is None else keep(register)
    try:
        with writing(connection):
            if seen is None or version(connection) != seen:
                taken_away = takings(connection)
                if not _is_accepted(taken_away, accept):
                    raise _NothingStored
            note_list(connection, digest, number, {taken.kind: taken.count for taken in taken_away}, actor)
            if kept is None:
                store_all(connection)
            else:
                begin(connection)
    except BaseException as error:
        if kept is not None:
            kept.unlink(missing_ok=True)
        if isinstance(error, _NothingStored):
            return taken_away, False
        raise
    return taken_away, True


def _put_in(connection: Connection) -> None:
    """Put the accepted lines in. Raises the register's refusals, which say that the list is not lost."""
    register = file_of(connection)
    if register is None:
        return
    try:
        with explained():
            put_in(connection)
    except RegisterError as error:
        raise type(error)(
            f"the list was accepted and is in by part ({error.code}): the rest follows when the register is opened next"
        ) from None
    beside(register, ACCEPTED).unlink(missing_ok=True)


def _nothing_in(worklist: Worklist) -> ImportRefused:
    if worklist.left_out:
        return ImportRefused(
            f"all {worklist.left_out} lines of the file name other units than this register is for: is it the right "
            "list, and is the setting units right?"
        )
    return ImportRefused("the file has no lines below its header")


def customer_twice(idpel: str) -> str:
    """Why a line is refused whose customer stands in an earlier one."""
    return f"IDPEL {masked(idpel)} stands in an earlier line too"


def meter_twice(number: str) -> str:
    """Why a line is refused whose meter stands in an earlier one."""
    return f"meter {masked(number)} belongs to another IDPEL in an earlier line"


class _NothingStored(Exception):
    """Rolls the transaction back."""


class _Collector:
    """Lets good lines through, and keeps account of the others."""

    def __init__(self, worklist: Worklist) -> None:
        self.taken = 0
        self.refused_count = 0
        self._worklist = worklist
        self._refused: list[RefusedLine] = []
        self._odd = 0
        self._idpels: set[int] = set()
        self._meters: set[int] = set()
        """Those of 13 digits above all of 11: leading zeros count."""

    def good(self, found: Iterator[WorklistLine | RefusedLine]) -> Iterator[WorklistLine]:
        """The lines that can be stored."""
        for line in found:
            if isinstance(line, RefusedLine):
                self._refuse(line)
                continue
            idpel, meter = int(line.idpel), int(line.meter_number)
            if len(line.meter_number) == _LONG:
                meter += _ABOVE_ALL
            if idpel in self._idpels:
                self._refuse_second(line, customer_twice(line.idpel))
            elif meter in self._meters:
                self._refuse_second(line, meter_twice(line.meter_number))
            else:
                self._idpels.add(idpel)
                self._meters.add(meter)
                self._odd += not fits_check_digit(meter % _ABOVE_ALL)
                self.taken += 1
                yield line

    def _refuse_second(self, line: WorklistLine, reason: str) -> None:
        self._refuse(RefusedLine(line.number, reason, LineProblem.TWICE.value))

    def _refuse(self, line: RefusedLine) -> None:
        self.refused_count += 1
        if len(self._refused) < REASONS_KEPT:
            self._refused.append(line)

    def report(self, taken_away: tuple[Taken, ...], *, stored: bool) -> ImportReport:
        return ImportReport(
            taken=self.taken if stored else 0,
            refused=tuple(self._refused),
            refused_count=self.refused_count,
            odd_check_digits=self._odd,
            other_units=self._worklist.left_out,
            ignored_columns=self._worklist.header.ignored,
            takes_away=taken_away,
            stored=stored,
            good=self.taken,
        )
