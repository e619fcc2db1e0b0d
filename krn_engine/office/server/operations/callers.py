"""Who may ask: codes, tokens, and letting somebody in no more."""

from typing import Any

from krn_engine.office.access.callers import Revoked
from krn_engine.office.net_errors import CallerUnknown, EnrolmentRefused, NotAllowed
from krn_engine.office.server.operations.operation import ADMIN, EVERYBODY, NOBODY, Asked, Operation
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.wire import asked
from krn_engine.office.wire.shapes import Whole


def _enrol(a: Asked) -> Any:
    enrolled = a.service.callers.enrol(a.body.name, str(a.body.code))
    a.service.log.note(ServiceEvent.CALLER_ENROLLED, caller=a.body.name)
    return enrolled


def _rotate(a: Asked) -> Any:
    if a.known is None:
        raise EnrolmentRefused("a token is needed to fetch the next one")
    if a.known.is_person:
        raise NotAllowed("a session has no next token: sign in again")
    a.service.log.note(ServiceEvent.TOKEN_ROTATED, caller=a.known.name)
    return a.service.callers.rotate(a.known)


def _make_code(a: Asked) -> Any:
    code = a.service.callers.make_code(a.body.name, a.body.scope, a.body.units, a.actor, _within(a))
    a.service.log.note(ServiceEvent.CODE_MADE, caller=a.body.name)
    return code


def _page(a: Asked) -> Any:
    return a.service.callers.page(a.query["after"], a.query["limit"], _within(a))


def _revoke(a: Asked) -> None:
    event = _REVOKED.get(a.service.callers.revoke(a.caller, a.actor, _within(a)))
    if event is not None:
        a.service.log.note(event, caller=a.caller)


def _within(a: Asked) -> tuple[str, ...]:
    """The units whose callers who asks has to do with; none: all."""
    if a.known is None:
        raise CallerUnknown("a token is needed, and none was sent")
    return a.known.units


_REVOKED = {Revoked.CALLER: ServiceEvent.CALLER_REVOKED, Revoked.CODE: ServiceEvent.CODE_WITHDRAWN}


OF_CALLERS: tuple[Operation, ...] = (
    Operation(
        "enrol",
        "POST",
        "/v1/enrolments",
        "Bring a code that staff made, and get a token. Both are shown once.",
        NOBODY,
        _enrol,
        asked.ENROL,
        asked.ENROLLED,
        refusals=(403,),
    ),
    Operation(
        "rotate",
        "POST",
        "/v1/token",
        "The next token of this caller; the one at hand is good until the next one was used, and for a day after.",
        EVERYBODY,
        _rotate,
        answer=asked.ENROLLED,
    ),
    Operation(
        "make-code",
        "POST",
        "/v1/codes",
        "A code for a new caller of units of this administrator, good for 15 minutes and 5 tries.",
        ADMIN,
        _make_code,
        asked.NEW_CODE,
        asked.NEW_CODE_ANSWER,
    ),
    Operation(
        "callers",
        "GET",
        "/v1/callers",
        "Who is enrolled, by name, in pages; of units of this administrator alone.",
        ADMIN,
        _page,
        answer=asked.CALLERS_PAGE,
        query={"after": (asked.AFTER_NAME, ""), "limit": (Whole(1, asked.PAGE), 100)},
    ),
    Operation(
        "revoke",
        "DELETE",
        "/v1/callers/{name}",
        "Let this caller in no more, from the next request on; a code for it that nobody has brought is void.",
        ADMIN,
        _revoke,
        refusals=(404,),
    ),
)
