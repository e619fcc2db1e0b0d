"""Results of a list that came back, all of them or none: looked at line by line first, and then put on record."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

from sqlalchemy import bindparam, func, select

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import AnswerLost, SourceDown, SourceLocked
from krn_engine.office.contract import Issued, Office
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.errors import ListRefused, ResultProblem
from krn_engine.office.orders.making import name_of_office, named_after, request_of
from krn_engine.office.orders.marks import Marks
from krn_engine.office.orders.result import Result
from krn_engine.office.orders.returned import Returned, open_returned
from krn_engine.office.orders.taking import ResultImpossible, Said, Taken, require_possible, take
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterError
from krn_engine.register.line_problem import LineProblem, RefusedLine
from krn_engine.register.tables import audit, meters, requests, statements
from krn_engine.register.watch import sound

PLACE = "door"
"""Where a result is from, with the list behind it."""
NOON = time(12)
"""When an officer was at a meter of whom only the day is known."""
_REQUEST = select(requests.c.request_id).where(requests.c.request_id == bindparam("id")).limit(1)
_STATEMENTS = (
    select(statements.c.id, statements.c.recorded_at)
    .join(meters)
    .where(meters.c.number == bindparam("number"), sound(statements))
)
_CAME = select(func.min(audit.c.at)).where(
    audit.c.event == AuditEvent.RESULTS_TAKEN.value, audit.c.body.like(bindparam("file"))
)
"""When a file came first."""


@dataclass(frozen=True, slots=True)
class ResultsReport:
    """What came of a file."""

    taken: int
    """Results that are on record now."""
    known: int
    """Results of meters that were proved without them: they changed nothing."""
    conflicts: int
    """Results that say otherwise than the proof of their meter: kept in its history, where they move nothing."""
    without: int
    """Lines in which nobody has written anything."""
    refused: tuple[RefusedLine, ...]
    stored: bool


class Results:
    """Puts lists on record that came back to an office, for `actor` in the audit, where `marks` know their lines.

    `clock` gives aware times.
    """

    def __init__(
        self,
        register: Register,
        office: LocalOffice,
        marks: Marks,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        actor: str = LOCAL,
    ) -> None:
        self._register = register
        self._office = office
        self._marks = marks
        self._clock = clock
        self._actor = actor

    def take(self, path: Path, *, skip_bad: bool = False) -> ResultsReport:
        """Put the results of a file on record. With a refused line nothing is stored, unless `skip_bad`.

        Raises ListRefused and ImportRefused for a file that is no list, and what the register refuses; if that is in
        the middle, the same file again puts the rest on record, and nothing twice.
        """
        now = self._clock()
        lines: dict[tuple[str, str], Returned] = {}
        refused, without = [], 0
        with open_returned(path, now.astimezone().date(), self._marks) as found:
            checked = _Checked(name_of_office(self._register))
            for line in found:
                problem = line if isinstance(line, RefusedLine) else checked.problem(line) or self._problem(line)
                if problem is not None:
                    refused.append(problem)
                elif isinstance(line, Returned) and line.result.is_nothing:
                    without += 1
                elif isinstance(line, Returned):
                    lines[line.list_id, line.meter_number] = line
        if not (lines or refused or without):
            raise ListRefused("the file has no lines below its first one")
        if refused and not skip_bad:
            return ResultsReport(0, 0, 0, without, tuple(refused), stored=False)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        said = {key: self._said(line, digest) for key, line in lines.items()}
        self._note(digest, now, lines)
        became = Counter(self._take(line, said[key], now) for key, line in lines.items())
        counted = (became[Taken.RECORDED], became[Taken.KNOWN], became[Taken.CONFLICT])
        return ResultsReport(*counted, without, tuple(refused), stored=True)

    def _problem(self, line: Returned) -> RefusedLine | None:
        """What the register has against a line; nothing against one that says nothing."""
        if line.result.is_nothing:
            return None
        refuse = partial(RefusedLine, line.line)
        try:
            require_possible(self._issued(line), line.result)
        except ResultImpossible as problem:
            return refuse(f"HASIL {problem}", ResultProblem.RESULT.value)
        except NotOurs:
            return refuse("this line is of no list that this office made", ResultProblem.NOT_OURS.value)
        except (RegisterError, SourceDown, SourceLocked, AnswerLost):
            raise
        except KrnError as refusal:
            return refuse(f"the office does not take it: {refusal.message}", refusal.code)
        return None

    def _issued(self, line: Returned) -> Issued | None:
        """The codes of a line, with what is known of them now; None: it has none. Raises NotOurs."""
        if not line.rows:
            return None
        issued = issued_by(self._register, self._office, line.list_id, line.meter_number)
        if issued is None or tuple(line.rows[number] for number in sorted(line.rows)) != issued.rows:
            raise NotOurs
        return issued

    def _note(self, digest: str, now: datetime, lines: Collection[tuple[str, str]]) -> None:
        lists = sorted({list_id for list_id, _ in lines})
        self._register.change(
            lambda connection: note(
                connection, AuditEvent.RESULTS_TAKEN, now, self._actor, lists=lists, results=len(lines), file=digest
            )
        )

    def _said(self, line: Returned, digest: str) -> Said:
        """Who says it. After a newer statement of staff the same result is another one, but not by the same file."""
        visited = line.day or line.made_on
        with self._register.read() as connection:
            found = connection.execute(_STATEMENTS, {"number": line.meter_number}).all()
            stated = [said for said in found if said.recorded_at.astimezone().date() <= visited]
            came = connection.execute(_CAME, {"file": f'%"file":"{digest}"%'}).scalar() if stated else None
        newest = max((said.id for said in stated if came is None or said.recorded_at <= came), default=None)
        after = () if newest is None else (newest,)
        return said_of(line.officer, line.list_id, line.meter_number, line.result, line.day, *after)

    def _take(self, line: Returned, said: Said, now: datetime) -> Taken:
        visited = None if line.day is None else min(datetime.combine(line.day, NOON).astimezone(), now)
        office = self._office.acting_for(self._actor, visited)
        return take(office, line.meter_number, self._issued(line), line.result, said)


def said_of(officer: str, list_id: str, meter_number: str, result: Result, *when: object) -> Said:
    """Who says a result, and from where. The same result of the same order, told of the same time, is named alike."""
    name = partial(named_after, list_id, meter_number, result.written, *when)
    return Said(officer, f"{PLACE} {list_id}", name)


class NotOurs(Exception):
    """No list of this office was given these codes."""


def issued_by(register: Register, office: Office, list_id: str, meter_number: str) -> Issued | None:
    """What a list was given for a meter, with what is known of it now; None: nothing. Nothing is issued by asking."""
    request = request_of(list_id, meter_number)
    with register.read() as connection:
        if connection.execute(_REQUEST, {"id": request}).first() is None:
            return None
    return office.issue(meter_number, request)


class _Checked:
    """What lines have against each other, and against the office."""

    def __init__(self, office: str) -> None:
        self._office = office
        self._seen: dict[tuple[str, str], Returned] = {}

    def problem(self, line: Returned) -> RefusedLine | None:
        """Why a line cannot be taken beside those before it."""
        if line.office != self._office:
            told = "this line is of a list of another office: take it back there"
            return RefusedLine(line.line, told, ResultProblem.NOT_OURS.value)
        before = self._seen.setdefault((line.list_id, line.meter_number), line)
        if before is not line and (before.result, before.day) != (line.result, line.day):
            told = f"the same order has another result in line {before.line}"
            return RefusedLine(line.line, told, LineProblem.TWICE.value)
        return None
