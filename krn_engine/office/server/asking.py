"""What a request says of itself: who asks, and what kind of content comes; and how long a refused one is to wait."""

from fastapi import Request

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.net_errors import CallerUnknown, SessionOver, SignInLocked, TooManyRequests
from krn_engine.office.server.origin import origin_of
from krn_engine.office.server.refusing import REST_SECONDS
from krn_engine.office.server.service import Service

JSON = "application/json"


def media_type(request: Request) -> str:
    """Of its content, in small letters; empty: it says none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def bearer_of(request: Request) -> str | None:
    """The token or secret in its header `Authorization` (RFC 6750); None: it has none."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def known_of(service: Service, request: Request) -> Known:
    """Whose token came with it; the log knows it from then on.

    Raises CallerUnknown, SessionOver, and TooManyRequests for who tries tokens.
    """
    try:
        known = service.know(bearer_of(request))
    except (CallerUnknown, SessionOver):
        service.limits.count(origin_of(request, behind_proxy=service.behind_proxy), service.strangers)
        raise
    request.scope["krn"].caller = service.log.person(known.name) if known.is_person else known.name
    return known


def rest_of(service: Service, refusal: KrnError) -> int:
    """Seconds to wait, where waiting helps."""
    if isinstance(refusal, SignInLocked):
        return refusal.seconds
    return service.limits.rest() if isinstance(refusal, TooManyRequests) else REST_SECONDS
