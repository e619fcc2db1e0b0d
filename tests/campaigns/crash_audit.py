"""What a register holds after a kill, held against what a person saw and what their meter really took."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hardware.virtual.meter import Entry
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import Grade, RowOutcome
from krn_engine.office.errors import NoUpgradeNeeded
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from tests.campaigns.crash_person import Seen

SINS = (
    "register damaged",
    "impossible history of a row",
    "record advanced without its rows",
    "record ahead of the meter",
    "typed without a record of its start",
    "on record as taken, and the meter did not",
    "on record as not taken, and the meter did",
    "shown row lost",
    "shown row issued otherwise",
    "told ACCEPTED, and not so on record",
    "told ACCEPTED, and the meter did not take it",
    "told that all is done, and it is not",
    "row of another pair typed",
    "fact refused by the office",
    "fact not delivered",
    "audit not whole",
    "process ended of itself",
    "kiosk stuck",
    "no good end",
)
TAKEN = (RowOutcome.ACCEPTED.value, RowOutcome.PARTIAL.value)
STARTED, UNKNOWN, ACCEPTED = RowOutcome.STARTED.value, RowOutcome.UNKNOWN.value, RowOutcome.ACCEPTED.value


@dataclass(frozen=True)
class Kept:
    """One outcome as it stands on disk."""

    row: str
    attempt: str
    outcome: str
    claim: bool = False
    """By a customer's word alone."""


@dataclass(frozen=True)
class Change:
    """One key change as it stands on disk. `new_krn` 0: it is not known, the rows came ready-made."""

    rows: tuple[str, ...]
    new_krn: int


@dataclass(frozen=True)
class History:
    """All that a register has about one meter."""

    krn: int
    changes: tuple[Change, ...]
    """In the order in which they were issued."""
    outcomes: tuple[Kept, ...]
    """In the order in which they were recorded."""

    def done(self, change: Change) -> bool:
        """True if every row of a key change was taken, and better evidence than a customer's word says so."""
        last = {kept.row: kept.outcome for kept in self.outcomes if not (kept.claim and kept.outcome == ACCEPTED)}
        return all(last.get(row) == ACCEPTED for row in change.rows)

    def said(self, change: Change) -> bool:
        """True if every row of a key change was taken, by whatever evidence."""
        last = {kept.row: kept.outcome for kept in self.outcomes}
        return self.done(change) or all(last.get(row) == ACCEPTED for row in change.rows)

    @property
    def left(self) -> tuple[Change, ...]:
        """Key changes that nothing proves. One that is proved proves those before it: it is made of their key."""
        proved = [number for number, change in enumerate(self.changes, 1) if self.done(change)]
        return self.changes[max(proved, default=0) :]


@dataclass(frozen=True)
class Truth:
    """What the meter really went through. `krn` is what it holds, `old_krn` what the record began with."""

    old_krn: int
    krn: int
    entries: tuple[Entry, ...]

    def taken(self, row: str) -> int:
        """How often the meter took a row."""
        return sum(entry.result.accepted for entry in self.entries if entry.digits == row)


def judge(history: History, truth: Truth, seen: Seen) -> Iterator[str]:
    """Every sin that these three show."""
    yield from _attempts(history)
    yield from _record(history, truth)
    yield from _rows(history, truth, seen)
    yield from _told(history, truth, seen)
    yield from _order(history, truth)


def _attempts(history: History) -> Iterator[str]:
    """An attempt begins, may be in doubt, and ends once; without a beginning it is somebody's word, and they saw it."""
    attempts: dict[str, list[Kept]] = defaultdict(list)
    for kept in history.outcomes:
        attempts[kept.attempt].append(kept)
    for outcomes in attempts.values():
        words = [kept.outcome for kept in outcomes]
        begun = words[0] == STARTED
        ended = words[1:] if begun else words
        ended = ended[1:] if begun and ended[:1] == [UNKNOWN] else ended
        of_one_row = len({kept.row for kept in outcomes}) == 1
        right = len(ended) <= 1 and STARTED not in ended and UNKNOWN not in ended if begun else words == [ACCEPTED]
        if not (right and of_one_row):
            yield "impossible history of a row"


def _record(history: History, truth: Truth) -> Iterator[str]:
    done = [change.new_krn for change in history.changes if history.done(change)]
    if history.krn != max([truth.old_krn, *done]):
        yield "record advanced without its rows"
    if history.krn > truth.krn:
        yield "record ahead of the meter"


def _rows(history: History, truth: Truth, seen: Seen) -> Iterator[str]:
    """Counts of one row: what its attempts came to, and how often the meter was given it, and took it."""
    last: dict[str, tuple[str, str]] = {}
    begun = set()
    for kept in history.outcomes:
        last[kept.attempt] = kept.row, kept.outcome
        if kept.outcome == STARTED:
            begun.add(kept.attempt)
    for row in {row for change in history.changes for row in change.rows} | {e.digits for e in truth.entries}:
        ends = [outcome for attempt, (of, outcome) in last.items() if of == row and attempt in begun]
        word = any(of == row and attempt not in begun for attempt, (of, _) in last.items())
        given = sum(entry.digits == row for entry in truth.entries) - seen.by_hand[row]
        taken = truth.taken(row) - seen.by_hand[row]
        sure = sum(end in TAKEN for end in ends)
        open_ends = sum(end in (STARTED, UNKNOWN) for end in ends)
        if given > len(ends):
            yield "typed without a record of its start"
        if sure > taken or (word and not truth.taken(row)):
            yield "on record as taken, and the meter did not"
        if taken > sure + open_ends and given <= len(ends):
            yield "on record as not taken, and the meter did"


def _told(history: History, truth: Truth, seen: Seen) -> Iterator[str]:
    kept = {row for change in history.changes for row in change.rows}
    if not kept.issuperset(row for rows in seen.lists for row in rows):
        yield "shown row lost"
    accepted = {outcome.row for outcome in history.outcomes if outcome.outcome in TAKEN}
    if not accepted >= seen.accepted:
        yield "told ACCEPTED, and not so on record"
    if not all(truth.taken(row) for row in seen.accepted):
        yield "told ACCEPTED, and the meter did not take it"
    if seen.good_news and not (all(map(history.said, history.left)) and truth.krn == 3):
        yield "told that all is done, and it is not"


def _order(history: History, truth: Truth) -> Iterator[str]:
    """The meter is given rows of the pair that it waits for, and of no other."""
    waiting = list(history.changes)
    for entry in truth.entries:
        if not waiting or entry.digits not in waiting[0].rows:
            yield "row of another pair typed"
            return
        if entry.key_changed:
            waiting.pop(0)


def issued_otherwise(history: History, seen: Seen, again: tuple[str, ...]) -> Iterator[str]:
    """What is issued now, beside what was shown before: the same rows, but for key changes that are done."""
    if not seen.lists:
        return
    done = {row for change in history.changes if change not in history.left for row in change.rows}
    if tuple(row for row in seen.rows if row not in done) != again:
        yield "shown row issued otherwise"


def read(path: Path, meter_number: str) -> History:
    """What a register file has about one meter. Raises sqlite3.DatabaseError for one that is damaged."""
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError("quick_check finds something")
        meter, krn = connection.execute("SELECT id, krn FROM meters WHERE number = ?", (meter_number,)).fetchone()
        found = connection.execute(
            "SELECT id, rows, to_state, source FROM key_changes WHERE meter_id = ? AND id != ? ORDER BY rowid",
            (meter, f"{meter:032x}"),
        ).fetchall()
        rows = {change: tuple(rows.split()) for change, rows, _, _ in found}
        kept = connection.execute("SELECT key_change_id, section, attempt_id, outcome, grade FROM outcomes ORDER BY id")
        outcomes = tuple(
            Kept(rows[change][section - 1], attempt, outcome, grade == Grade.CUSTOMER.value)
            for change, section, attempt, outcome, grade in kept
            if change in rows
        )
    finally:
        connection.close()
    changes = (Change(rows[change], _krn(state, source)) for change, _, state, source in found)
    return History(krn, tuple(changes), outcomes)


def _krn(state: str, source: str) -> int:
    """The KRN of a state that is written out: its fifth part."""
    return int(state.split("/")[4]) if source == "engine" else 0


def issued_again(path: Path, meter_number: str, vault: Vault) -> tuple[str, ...]:
    """The rows that an office on this register file issues now, to a new request."""
    with Register.open(sqlite_url(path)) as register:
        try:
            return LocalOffice(register, Campaign.default(), vault).issue(meter_number, "asked-after-a-kill").rows
        except NoUpgradeNeeded:
            return ()


def sins_on_disk(path: Path, meter_number: str, vault: Vault, truth: Truth, seen: Seen) -> tuple[History, list[str]]:
    """Everything that is wrong in a register file; its history is empty if nothing can be read of it."""
    try:
        history = read(path, meter_number)
        again = issued_again(path, meter_number, vault)
    except (sqlite3.DatabaseError, KrnError):
        return History(truth.old_krn, (), ()), ["register damaged"]
    return history, [*judge(history, truth, seen), *issued_otherwise(history, seen, again)]
