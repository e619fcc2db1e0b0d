"""Guiding somebody who keys rows in at home: where to go on, and what their word of it is on record as.

Kiosk, chat, telephone page and counter go by this, each in words of its own. A customer's word is a claim: it leads on,
and closes nothing. Row numbers are those of the slip, from `Issued.first`.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from krn_engine.office.contract import (
    Attempt,
    Ended,
    Grade,
    HistoryEntry,
    Issued,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Stated,
)
from krn_engine.office.reasons import HandOff
from krn_engine.row import GAGAL, PERIKSA, SALAH

AT_HOME = "at-home"
"""The ending on record of what was tried at home, as a customer tells it: no session of a kiosk ends so."""
VISIT_ASKED = "visit-asked"
"""The ending on record of a visit that a customer asked for; its code is the reason (`reasons.HandOff`)."""
VISIT_REASONS = (
    HandOff.REFUSED,
    HandOff.KEYPAD_BROKEN,
    HandOff.DISPLAY_BROKEN,
    HandOff.PERIKSA,
    HandOff.OTHER_METER,
    HandOff.OTHER,
)
"""Those that a customer can know."""
AT_DOOR = "at-door"
"""The ending on record of what an officer found at a meter, where it is not upgraded; its code is the reason."""
AGAINST_PROOF = "against-proof"
"""The ending on record of what an officer saw at a meter against its proof: it moves nothing, somebody has to look."""
LONGEST_TOLD = 16
"""Characters of what is told: as many as the register and the wire have for the code of an ending."""
BY_CUSTOMER = "customer"
_TOLD = re.compile("[A-Za-z0-9 -]*")
GOES_ON = "accepts again"
"""What is told of a meter that refused codes, and was waited for since."""
_REFUSED = re.compile(f"({SALAH}|{GAGAL}) [0-9]+( twice)?")
_REFUSALS_LAST = timedelta(hours=24)
KRN_CHOICES = range(1, 5)
"""KRNs that somebody may have read from a display; more than any campaign leads to, so that none is given away."""


def begins_after(issued: Issued, done: int) -> int:
    """The last row that need not be keyed in again, where row `done` was the last that went in; before the first: none.

    A key change that was left in the middle begins anew: the meter has forgotten its first rows by now.
    """
    return max((last for _, last in issued.pairs if last <= done), default=issued.first - 1)


def known_in(issued: Issued) -> int:
    """The last row up to which key changes are in by what is known, claims counted; before the first: none."""
    done = issued.first - 1
    for change, (_, last) in zip(issued.changes, issued.pairs, strict=True):
        if not (change.done or change.claimed):
            break
        done = last
    return done


def claims(
    issued: Issued,
    done: int,
    seen: str,
    place: str,
    attempt: Callable[[int], str] = lambda _number: uuid.uuid4().hex,
) -> tuple[RowRecord, ...]:
    """A customer's word that the rows up to number `done` are in: of each row that no proof says so of, to be recorded.

    `seen` is what they say that the meter showed; `attempt` names the claim of a row by its number: the same name twice
    is one claim.
    """
    said = []
    number = issued.first - 1
    for change in issued.changes:
        for section, outcome in enumerate(change.outcomes, 1):
            number += 1
            if number <= done and outcome is not RowOutcome.ACCEPTED:
                accepted = RowOutcome.ACCEPTED
                said.append(
                    RowRecord(change.id, section, accepted, seen, BY_CUSTOMER, place, attempt(number), Grade.CUSTOMER)
                )
    return tuple(said)


def told(what: str, place: str, krn: int | None = None) -> SessionEnding:
    """What a customer tells of their meter at home, with the KRN that they read, to be kept by `Office.end`.

    `what` is of letters, digits, hyphens and spaces. It moves nothing. Raises ValueError for what is too long, or has
    other characters.
    """
    if len(what) > LONGEST_TOLD or _TOLD.fullmatch(what) is None:
        raise ValueError(f"what is told is at most {LONGEST_TOLD} letters, digits, hyphens and spaces")
    return SessionEnding(AT_HOME, what, krn, Grade.CUSTOMER, proved=False, place=place)


def visit(reason: HandOff, place: str) -> SessionEnding:
    """A customer asks for an officer's visit, to be kept by `Office.end`. It moves nothing."""
    return SessionEnding(VISIT_ASKED, reason.value, None, Grade.CUSTOMER, proved=False, place=place)


@dataclass(frozen=True, slots=True)
class Refusals:
    """What customers told of codes that their meter did not take, and it took none since."""

    number: int
    """How many it refused."""
    is_periksa: bool
    """It showed PERIKSA."""


def refusals(history: Iterable[HistoryEntry], now: datetime) -> Refusals:
    """Those of the last 24 hours, by what is on record of a meter, the newest first.

    None of them counts any more where a code went in since, staff said which KRN it holds, or it accepts again.
    """
    number, is_periksa = 0, False
    over = now - _REFUSALS_LAST
    for entry in history:
        if entry.at < over or _goes_on(entry):
            break
        if isinstance(entry, Attempt) and entry.outcome is RowOutcome.ACCEPTED:
            # Of one moment nobody knows what came first.
            over = entry.at
        if isinstance(entry, Ended) and entry.session.ending == AT_HOME:
            number += _REFUSED.fullmatch(entry.session.code) is not None
            is_periksa = is_periksa or entry.session.code == PERIKSA
    return Refusals(number, is_periksa)


def _goes_on(entry: HistoryEntry) -> bool:
    if isinstance(entry, Stated):
        return entry.statement.krn is not None
    return isinstance(entry, Ended) and entry.session.ending == AT_HOME and entry.session.code == GOES_ON


class Meaning(Enum):
    """What the KRN on a display makes of somebody's word that all rows are in."""

    RIGHT = auto()
    """It is the one that the rows lead to."""
    NOT_YET = auto()
    """It is one from before the last key change."""
    OTHER = auto()
    """The rows lead to it in no case: another meter, or one that has a newer key."""
    UNCHANGED = auto()
    """It is as before; no row says which KRN it leads to."""
    NOT_ALL = auto()
    """It rose, by less than there are key changes."""
    ROSE = auto()
    """It rose by as much as there are key changes."""
    NOTHING_TO_COMPARE = auto()
    """Neither rows nor record say which it should be, or was."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a KRN that was read means."""

    meaning: Meaning
    done: int
    """The last row that is in by this number, to be claimed; before the first: none."""
    before: int | None = None
    """What the meter showed before, by its record."""
    wanted: int | None = None
    """What it shows when all is done; None where no row says so."""


def read_krn(issued: Issued, shown: int) -> Read:
    """What the KRN `shown` on the display means; 0 stands for a number that none of `KRN_CHOICES` is."""
    none, last, wanted = issued.first - 1, issued.pairs[-1][1], issued.changes[-1].new_krn
    if wanted is None:
        return _by_change(issued, shown)
    if shown == wanted:
        return Read(Meaning.RIGHT, last, issued.krn_before, wanted)
    if shown > wanted or shown not in KRN_CHOICES:
        return Read(Meaning.OTHER, none, issued.krn_before, wanted)
    ends = zip(issued.pairs, issued.changes, strict=True)
    done = max((end for (_, end), change in ends if change.new_krn == shown), default=none)
    return Read(Meaning.NOT_YET, done, issued.krn_before, wanted)


def _by_change(issued: Issued, shown: int) -> Read:
    """The same where no code names its KRN: what tells something is whether the number is another one than before.

    The hops of a campaign rise, each by one at least: no number goes back, and one that rose by less than there are
    key changes tells that some are not in. Even one that rose enough is a claim: somebody says that they read it.
    """
    none, last, before = issued.first - 1, issued.pairs[-1][1], issued.krn_before
    if before is None or before not in KRN_CHOICES:
        return Read(Meaning.NOTHING_TO_COMPARE, last, before)
    if shown < before:
        return Read(Meaning.OTHER, none, before)
    if shown == before:
        return Read(Meaning.UNCHANGED, none, before)
    rose = shown - before
    if rose < len(issued.pairs):
        return Read(Meaning.NOT_ALL, issued.pairs[rose - 1][1], before)
    return Read(Meaning.ROSE, last, before)
