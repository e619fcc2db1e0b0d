"""People sign in and out."""

from typing import Any

from krn_engine.office.net_errors import NotAllowed, SignInLocked, SignInRefused
from krn_engine.office.server.operations.operation import EVERYBODY, NOBODY, Asked, Operation
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.wire import people


def _sign_in(a: Asked) -> Any:
    who = a.service.log.person(a.body.name.lower())
    try:
        signed_in = a.service.sessions.sign_in(a.body.name, str(a.body.secret), a.address)
    except (SignInRefused, SignInLocked) as refusal:
        a.service.log.note(ServiceEvent.SIGN_IN_REFUSED, caller=who, code=refusal.code)
        raise
    a.service.log.note(ServiceEvent.SIGNED_IN, caller=who)
    return signed_in


def _sign_out(a: Asked) -> None:
    if a.known is None or not a.known.is_person:
        raise NotAllowed("this token is not of a session: whoever is enrolled is revoked, and does not sign out")
    a.service.sessions.sign_out(a.known)
    a.service.log.note(ServiceEvent.SIGNED_OUT, caller=a.service.log.person(a.known.name))


OF_PEOPLE: tuple[Operation, ...] = (
    Operation(
        "sign-in",
        "POST",
        "/v1/sessions",
        "A person's name and PIN or password, for a token that lasts 8 hours, or 30 minutes without use.",
        NOBODY,
        _sign_in,
        people.SIGN_IN,
        people.SIGNED_IN,
        refusals=(403, 409),
    ),
    Operation(
        "sign-out",
        "DELETE",
        "/v1/sessions",
        "End this session, from the next request on.",
        EVERYBODY,
        _sign_out,
    ),
)
