"""The officer's page as a part of the service: `/door`. The token of a session (`/v1/sessions`) comes in a header."""

from collections.abc import Callable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request, Response

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.door.desk import Desk
from krn_engine.office.door.shell import PATH, shell
from krn_engine.office.door.told import ASK, BECAME, LIST, TOLD, AllBecame
from krn_engine.office.home.files import add_files
from krn_engine.office.net_errors import CallerUnknown, NotAllowed, SessionOver, TooManyRequests, WireBroken
from krn_engine.office.server.body import content_of, throw_away
from krn_engine.office.server.origin import origin_of
from krn_engine.office.server.refusing import REST_SECONDS, noted
from krn_engine.office.server.service import Service
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.shapes import Shape
from krn_engine.office.wire.text import from_bytes, to_bytes

MOST_BYTES = 64 * 1024
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # A photograph that was just taken is shown before it is counted; it goes nowhere.
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_SAFE = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def door_site(app: FastAPI, service: Service) -> None:
    """Add the page, and what it asks."""
    desk = Desk(service)
    add_files(app, shell(service.help_line), PATH, "door-shell", _SAFE)
    for name, asks, answers, do in (
        ("orders", ASK, LIST, desk.orders),
        ("results", TOLD, BECAME, lambda known, all_: AllBecame(desk.take(known, all_.told))),
    ):
        app.add_api_route(f"{PATH}/{name}", _endpoint(service, name, asks, answers, do), methods=["POST"])


def _endpoint(
    service: Service, name: str, asks: Shape[Any], answers: Shape[Any], do: Callable[[Known, Any], Any]
) -> Callable[..., Any]:
    def answered(known: Known, content: bytes) -> bytes:
        return to_bytes(answers.write(do(known, asks.read(from_bytes(content)))))

    async def endpoint(request: Request) -> Response:
        request.scope["krn"].operation = f"door-{name}"
        try:
            known = await run_sync(_let_in, service, request)
        except KrnError as refusal:
            await throw_away(request, MOST_BYTES, service.body_seconds)
            return _refused(service, request, refusal)
        try:
            _require_json(request)
            content = await content_of(request, MOST_BYTES, service.body_seconds)
            answer = await run_sync(answered, known, content)
        except KrnError as refusal:
            return _refused(service, request, refusal)
        return Response(answer, media_type="application/json")

    return endpoint


def _let_in(service: Service, request: Request) -> Known:
    """Which officer it is. Raises SessionOver, NotAllowed, TooManyRequests."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        known = service.know(token.strip() if kind.lower() == "bearer" else None)
    except (CallerUnknown, SessionOver):
        service.limits.count(origin_of(request, behind_proxy=service.behind_proxy), service.strangers)
        raise
    trace = request.scope["krn"]
    trace.caller = service.log.person(known.name) if known.is_person else known.name
    if not known.is_person or known.scope is not Scope.OFFICER:
        raise NotAllowed("this page is for officers, who sign in by name")
    service.limits.count(f"caller {known.id}", service.per_minute[known.scope])
    return known


def _require_json(request: Request) -> None:
    """A page of another site cannot send that without asking first. Raises WireBroken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise WireBroken("this reads application/json")


def _refused(service: Service, request: Request, refusal: KrnError) -> Response:
    rest = service.limits.rest() if isinstance(refusal, TooManyRequests) else REST_SECONDS
    return noted(request, refusal, None, rest)
