"""The shapes of the office's values, as `/v1` of the service has them. A change of a shape is a new version."""

from collections.abc import Mapping
from typing import Any

from krn_engine.issuing.urgency import Assessment, Reason, Urgency
from krn_engine.office.contract import (
    Attempt,
    Blocked,
    Customer,
    Day,
    Due,
    Ended,
    FindResult,
    FindWarning,
    Found,
    Grade,
    HistoryEntry,
    Issued,
    IssuedChange,
    NotFound,
    NothingToDo,
    Progress,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Stated,
    Statement,
    Unclear,
)
from krn_engine.office.identify import IdProblem, NotAnId
from krn_engine.office.wire.shapes import Date, Flag, Maybe, Moment, Object, OneOf, Several, Shape, Text, Whole, Word
from krn_engine.row import ROW_DIGITS, Row

_TO_COUNT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps (RFC 8259, 6)."""
PLACE = 64
"""Characters of the name of a place or a person."""
REASON = 200
EVIDENCE = 200
METER_NUMBER = Text(11, 13, "[0-9]{11}([0-9]{2})?")
ID_TEXT = Text(0, 64, r"[^\x00]*")
"""What somebody typed or scanned: it may be anything."""
KRN = Whole(1, 9)
_NAME = r"[\x21-\x7e]*"
CODE = Text(0, 16, "([A-Z]+-[0-9]+)?")
ENDED_BY = Text(0, 16, "[A-Za-z0-9 -]*")
"""Why a session ended: a code, or a few words of what was told (`guide.told`)."""
_GRADE = Maybe(Word(Grade))

_CUSTOMER = Object(
    Customer,
    {
        "masked_name": Text(0, 100),
        "idpel": Text(12, 12, "[0-9]{12}"),
        "tariff": Text(0, 8),
        "power_va": Maybe(Whole(0, _TO_COUNT)),
    },
)
_STANDING = OneOf(
    (
        Object(Due, {"rows": Whole(0, 16), "handed_out": Flag(), "claimed": Flag(), "partly_claimed": Flag()}, "due"),
        Object(NothingToDo, {"krn": Maybe(KRN)}, "nothing-to-do"),
        Object(Blocked, {"reason": Text(0, REASON)}, "blocked"),
        Object(Unclear, {"code": CODE, "message": Text(0, 500)}, "unclear"),
    )
)
_ASSESSMENT = Object(Assessment, {"urgency": Word(Urgency), "reasons": Several(Word(Reason), len(Reason))})
_WARNINGS = Several(Word(FindWarning), len(FindWarning))
FOUND = Object(
    Found,
    {
        "customer": _CUSTOMER,
        "meter_number": METER_NUMBER,
        "krn": Maybe(KRN),
        "standing": _STANDING,
        "assessment": _ASSESSMENT,
        "warnings": _WARNINGS,
    },
    "found",
)
FIND_RESULT: Shape[FindResult] = OneOf(
    (
        FOUND,
        Object(NotFound, {"digits": Text(11, 12, "[0-9]*"), "warnings": _WARNINGS}, "not-found"),
        Object(NotAnId, {"problem": Word(IdProblem)}, "not-an-id"),
    )
)


def _one_of_each(change: IssuedChange) -> str:
    same = len(change.rows) == len(change.outcomes) == len(change.attempts) == len(change.claims)
    return "" if same else "one outcome, attempt and claim for each row are needed"


ROWS_OF_CHANGE = 4
_OF_CHANGE = {"most": ROWS_OF_CHANGE, "least": 1}
CHANGE_ID = Text(1, 32, _NAME)
KNOWN_OF_ROWS: Mapping[str, Shape[Any]] = {
    "outcomes": Several(Maybe(Word(RowOutcome)), **_OF_CHANGE),
    "attempts": Several(Maybe(Text(1, 64, _NAME)), **_OF_CHANGE),
    "claims": Several(Flag(), **_OF_CHANGE),
}
"""What is known of each row of a key change."""
_CHANGE = Object(
    IssuedChange,
    {
        "id": CHANGE_ID,
        "old_krn": Maybe(KRN),
        "new_krn": Maybe(KRN),
        "rows": Several(Text(ROW_DIGITS, ROW_DIGITS, "[0-9]*", Row), **_OF_CHANGE),
        **KNOWN_OF_ROWS,
    },
    check=_one_of_each,
)
MINUTES = Whole(1, 10_000)
FIRST = Whole(1, 16)
ISSUED = Object(
    Issued,
    {
        "request_id": Text(1, 64, _NAME),
        "meter_number": METER_NUMBER,
        "changes": Several(_CHANGE, 4, 1),
        "minutes_for_a_change": MINUTES,
        "first": FIRST,
        "krn_before": Maybe(KRN),
    },
)
ROW_RECORD = Object(
    RowRecord,
    {
        "key_change_id": CHANGE_ID,
        "section": Whole(1, ROWS_OF_CHANGE),
        "outcome": Word(RowOutcome),
        "evidence": Text(0, EVIDENCE),
        "by": Text(0, PLACE),
        "place": Text(0, PLACE),
        "attempt": Text(1, 64, _NAME),
        "grade": _GRADE,
    },
)
SESSION_ENDING = Object(
    SessionEnding,
    {
        "ending": Text(1, 16, _NAME),
        "code": ENDED_BY,
        "krn": Maybe(KRN),
        "grade": _GRADE,
        "proved": Flag(),
        "place": Text(0, PLACE),
    },
)
STATEMENT = Object(
    Statement,
    {"krn": Maybe(KRN), "reason": Text(1, REASON), "by": Text(1, PLACE), "place": Text(0, PLACE)},
)
_AT = Moment()
HISTORY_ENTRY: Shape[HistoryEntry] = OneOf(
    (
        Object(
            Attempt,
            {
                "at": _AT,
                "old_krn": Maybe(KRN),
                "new_krn": Maybe(KRN),
                "section": Whole(1, ROWS_OF_CHANGE),
                "outcome": Word(RowOutcome),
                "by": Text(0, PLACE),
                "place": Text(0, PLACE),
                "grade": _GRADE,
            },
            "attempt",
        ),
        Object(Ended, {"at": _AT, "session": SESSION_ENDING}, "ended"),
        Object(Stated, {"at": _AT, "statement": STATEMENT}, "stated"),
    )
)
COUNT: Shape[Any] = Whole(0, _TO_COUNT)
PROGRESS = Object(
    Progress,
    {
        **dict.fromkeys(("meters", "upgraded", "claimed", "due", "blocked", "unclear"), COUNT),
        "days": Several(Object(Day, {"day": Date(), "rows_accepted": COUNT}), 400, 1),
        "last_outcome_at": Maybe(_AT),
    },
)
