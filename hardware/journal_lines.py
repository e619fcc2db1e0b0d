"""One line of the meter process's journal: a JSON object that ends in a checksum of itself.

`{"request":"a1","at":1790000000.0,"row":"…","begun":true,"sum":"0a1b2c3d"}`, or the outcome in the place of `begun`.
The checksum is the CRC-32 of all bytes before `,"sum"`: it tells damage, not malice. `row` is a keyed digest, from
which nobody can guess the row.

Release 0.1 has neither `sum` nor `row`. Its lines are read, and it reads these, if it is put back: it takes the names
that it knows.
"""

import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from hardware.adapter import Submission
from hardware.errors import ProtocolBroken
from hardware.protocol import read_object, submission_from, submission_to

NAME = "request"
"""What a line calls its attempt: the word of the first release."""
_SUMMED = re.compile(rb'(.+),"sum":"([0-9a-f]{8})"\}', re.DOTALL)
_NAMED = re.compile(rb'(?:request|\{.[^"]{7}).{3}((?:[^"\\]|\\.){1,400})"', re.DOTALL)
"""A name, also where a byte of `{"request":"` before it is another one."""
_BEGUN = frozenset({NAME, "at", "begun"})
_ENDED = frozenset({NAME, "at", "outcome", "evidence", "result", "locked_for"})
_OF_THE_FIRST_RELEASE = (_BEGUN, _ENDED, _ENDED | {"tampered"})


class LineDamaged(ValueError):
    """A line that does not say what was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line says: an attempt was begun, or what became of it."""

    attempt: str
    at: float
    """Seconds since 1970, by whatever the clock told: for people, and for release 0.1, which needs it."""
    submission: Submission | None
    """None: it was begun."""
    row: str | None
    """The keyed digest of the row that it was for; None where nobody can tell any more."""


def written(entry: Entry) -> bytes:
    """The line of an entry, with its end."""
    told: dict[str, Any] = {NAME: entry.attempt, "at": entry.at}
    if entry.row is not None:
        told["row"] = entry.row
    if entry.submission is None:
        told["begun"] = True
    else:
        told |= submission_to(entry.submission, presses=False)
    body = json.dumps(told, separators=(",", ":")).encode()[:-1]
    return b'%s,"sum":"%08x"}\n' % (body, zlib.crc32(body))


def read(line: bytes) -> Entry:
    """The entry of a line without its end; raises LineDamaged."""
    summed = _SUMMED.fullmatch(line)
    if summed is not None and zlib.crc32(summed[1]) != int(summed[2], 16):
        raise LineDamaged("the checksum is that of another line")
    try:
        told = read_object(line)
    except ProtocolBroken as error:
        raise LineDamaged("this is no object") from error
    # Without a checksum it is of the first release, or its checksum was hit: then it has names that were not there.
    if summed is None and set(told) not in _OF_THE_FIRST_RELEASE:
        raise LineDamaged("this is no line of a journal")
    try:
        return _entry(told)
    except (KeyError, TypeError, ValueError, OverflowError, ProtocolBroken) as error:
        raise LineDamaged("this is no line of a journal") from error


def _entry(told: dict[str, Any]) -> Entry:
    attempt, row = told[NAME], told.get("row")
    if not isinstance(attempt, str) or not isinstance(row, str | None):
        raise TypeError
    return Entry(attempt, float(told["at"]), None if "begun" in told else submission_from(told), row)


def attempts_named(line: bytes) -> tuple[str, ...]:
    """The attempts that a damaged line still names, rightly or not; two, where the end between two lines was hit."""
    found = []
    for name in _NAMED.findall(line):
        try:
            found.append(str(json.loads(b'"%s"' % name)))
        except ValueError:
            continue
    return tuple(found)
