"""Every error of the service as a problem detail (RFC 9457), the framework's own too."""

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from krn_engine.errors import KrnError
from krn_engine.issuing import errors as issuing
from krn_engine.office import errors as office
from krn_engine.office import net_errors as net
from krn_engine.office.access import capability_errors as capability
from krn_engine.office.audit import errors as audit
from krn_engine.office.chat import errors as chat
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, problem_of
from krn_engine.office.wire.text import to_bytes
from krn_engine.register import errors as register

_STATUS: tuple[tuple[type[KrnError], HTTPStatus], ...] = (
    (net.CallerUnknown, HTTPStatus.UNAUTHORIZED),
    (net.CertificateMissing, HTTPStatus.FORBIDDEN),
    (net.NotAllowed, HTTPStatus.FORBIDDEN),
    (net.EnrolmentRefused, HTTPStatus.FORBIDDEN),
    (net.SessionOver, HTTPStatus.UNAUTHORIZED),
    (net.SignInRefused, HTTPStatus.FORBIDDEN),
    (net.SignInLocked, HTTPStatus.TOO_MANY_REQUESTS),
    (net.TooManyRequests, HTTPStatus.TOO_MANY_REQUESTS),
    (net.WireBroken, HTTPStatus.UNPROCESSABLE_ENTITY),
    (net.NoSuchOperation, HTTPStatus.NOT_FOUND),
    (net.CallerMissing, HTTPStatus.NOT_FOUND),
    (capability.CapabilityUnknown, HTTPStatus.UNAUTHORIZED),
    (capability.CapabilityOver, HTTPStatus.GONE),
    (capability.CapabilityEnded, HTTPStatus.GONE),
    (capability.CapabilityProved, HTTPStatus.GONE),
    (chat.ChatNotSigned, HTTPStatus.FORBIDDEN),
    (office.MeterUnknown, HTTPStatus.NOT_FOUND),
    (audit.CheckpointMissing, HTTPStatus.NOT_FOUND),
    (net.OfficeNotReady, HTTPStatus.SERVICE_UNAVAILABLE),
    (register.RegisterBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (register.RegisterUnreachable, HTTPStatus.SERVICE_UNAVAILABLE),
    (register.RegisterFull, HTTPStatus.SERVICE_UNAVAILABLE),
    (register.RegisterReadOnly, HTTPStatus.SERVICE_UNAVAILABLE),
    (issuing.SourceDown, HTTPStatus.SERVICE_UNAVAILABLE),
    (issuing.AnswerLost, HTTPStatus.SERVICE_UNAVAILABLE),
    (register.RecordDamaged, HTTPStatus.CONFLICT),
    (register.RegisterError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (net.OfficeFailed, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""The first that fits counts; anything else that an office refuses is in conflict with what it knows."""
REST_SECONDS = 2
"""What a client is told to wait that found the office busy or not ready."""
STRANGE = "the office cannot do this: its log has the reason"


def status_of(refusal: KrnError) -> HTTPStatus:
    """The status that a refusal is answered with."""
    return next((status for leaf, status in _STATUS if isinstance(refusal, leaf)), HTTPStatus.CONFLICT)


def problem(refusal: KrnError, rest: int = REST_SECONDS, status: int | None = None) -> Response:
    """The answer to what was refused. `rest`: seconds to wait, where waiting helps."""
    answered = HTTPStatus(status or status_of(refusal))
    headers: dict[str, str] = {}
    if answered is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if answered in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = str(rest)
    content = to_bytes(PROBLEM.write(problem_of(refusal, answered, answered.phrase)))
    return Response(content, answered, headers, PROBLEM_TYPE)


def of_framework(request: Request, error: Exception) -> Response:
    """What FastAPI and Starlette refuse by themselves: no such path or method, a path that is none."""
    if isinstance(error, RequestValidationError):
        return noted(request, net.WireBroken("the address has no UUID where one must be"))
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    headers: Any = getattr(error, "headers", None) or {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        refusal: KrnError = net.NoSuchOperation("the service does not do that at this address")
        headers = {"Allow": ", ".join(sorted(_allowed(request)))}
    elif status == HTTPStatus.NOT_FOUND:
        refusal = net.NoSuchOperation("the service has nothing at this address")
    else:
        refusal = net.WireBroken("the service cannot read this request")
    answer = noted(request, refusal, status)
    answer.headers.update(headers)
    return answer


def _allowed(request: Request) -> set[str]:
    """The methods of all operations at this address: the framework tells those of the first alone."""
    here = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return {method for route in here if isinstance(route, Route) for method in route.methods or ()}


def noted(request: Request, refusal: KrnError, status: int | None = None, rest: int = REST_SECONDS) -> Response:
    """The problem; its code goes into the log and the metrics."""
    request.scope["krn"].code = refusal.code
    return problem(refusal, rest, status)
