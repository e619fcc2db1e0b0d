"""The page at home as a part of the service: `/r`. The secret comes in a header, never in an address."""

from collections.abc import Callable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request, Response

from krn_engine.errors import KrnError
from krn_engine.office.access.capabilities import Capability
from krn_engine.office.access.capability_errors import CapabilityUnknown
from krn_engine.office.home.address import PATH
from krn_engine.office.home.files import add_files
from krn_engine.office.home.pages import PLACE, HomePage, HomePages
from krn_engine.office.home.shell import shell
from krn_engine.office.home.told import ROWS, SAID, VISIT
from krn_engine.office.net_errors import TooManyRequests, WireBroken
from krn_engine.office.server.body import content_of, throw_away
from krn_engine.office.server.origin import origin_of
from krn_engine.office.server.refusing import REST_SECONDS, noted
from krn_engine.office.server.service import Service
from krn_engine.office.wire.shapes import Object, Shape
from krn_engine.office.wire.text import from_bytes, to_bytes

MOST_BYTES = 8 * 1024
PER_MINUTE = 60
"""Requests with one secret. A customer's page needs a handful."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Of the page: nothing but its own files, and nothing in line."""
_SAFE = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _Nothing:
    """Is sent to ask for the rows."""


_NOTHING: Shape[_Nothing] = Object(_Nothing, {})


def home_site(app: FastAPI, service: Service) -> None:
    """Add the page, where the office has one (setting `home_url`)."""
    capabilities = service.office.capabilities
    if capabilities is None:
        return
    pages = HomePages(service.office, capabilities)
    add_files(app, shell(service.help_line), PATH, "home-shell", _SAFE)
    for name, shape, do in (
        ("rows", _NOTHING, lambda _page, _asked: None),
        ("said", SAID, _say),
        ("visit", VISIT, lambda page, visit: page.ask_for_a_visit(visit)),
    ):
        app.add_api_route(f"{PATH}/{name}", _endpoint(service, pages, name, shape, do), methods=["POST"])


def _say(page: HomePage, asked: Any) -> None:
    for said in asked.said:
        page.say(said)


def _endpoint(
    service: Service, pages: HomePages, name: str, shape: Shape[Any], do: Callable[[HomePage, Any], None]
) -> Callable[..., Any]:
    """What is answered to each: the rows with what is known of them now, so that the page need not ask twice."""

    def answered(known: Capability, content: bytes) -> bytes:
        asked = shape.read(from_bytes(content))
        page = pages.open(known)
        do(page, asked)
        return to_bytes(ROWS.write(page.rows()))

    async def endpoint(request: Request) -> Response:
        request.scope["krn"].operation = f"home-{name}"
        try:
            known = await run_sync(_let_in, service, pages, request)
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


def _let_in(service: Service, pages: HomePages, request: Request) -> Capability:
    """Who has this secret. Raises CapabilityUnknown and the like, TooManyRequests."""
    trace = request.scope["krn"]
    trace.caller = PLACE
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    try:
        if kind.lower() != "bearer":
            raise CapabilityUnknown("the secret of a page is needed, and none was sent")
        known = pages.know(secret.strip())
    except KrnError:
        # Whoever guesses is slow, and whoever has an old page is told.
        service.limits.count(origin_of(request, behind_proxy=service.behind_proxy), service.strangers)
        raise
    trace.meter = service.log.hashed(known.meter_number)
    service.limits.count(f"home {known.digest[:32]}", PER_MINUTE)
    return known


def _require_json(request: Request) -> None:
    """A page of another site cannot send that without asking first. Raises WireBroken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise WireBroken("this reads application/json")


def _refused(service: Service, request: Request, refusal: KrnError) -> Response:
    rest = service.limits.rest() if isinstance(refusal, TooManyRequests) else REST_SECONDS
    return noted(request, refusal, None, rest)
