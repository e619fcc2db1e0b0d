"""The page at home as a part of the service: `/r`. The secret comes in a header, never in an address."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI, Request

from krn_engine.errors import KrnError
from krn_engine.office.access.capabilities import Capability
from krn_engine.office.access.capability_errors import CapabilityUnknown
from krn_engine.office.home.address import PATH
from krn_engine.office.home.endpoint import add_endpoint
from krn_engine.office.home.files import add_files, safe_headers
from krn_engine.office.home.pages import PLACE, HomePage, HomePages
from krn_engine.office.home.shell import shell
from krn_engine.office.home.told import ROWS, SAID, VISIT
from krn_engine.office.server.asking import bearer_of
from krn_engine.office.server.origin import origin_of
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


class _Nothing:
    """Is sent to ask for the rows."""


_NOTHING: Shape[_Nothing] = Object(_Nothing, {})


def home_site(app: FastAPI, service: Service) -> None:
    """Add the page, where the office has one (setting `home_url`)."""
    capabilities = service.office.capabilities
    if capabilities is None:
        return
    pages = HomePages(service.office, capabilities)
    add_files(app, shell(service.help_line), "home-shell", safe_headers(POLICY, camera="()"))

    def add(name: str, shape: Shape[Any], do: Callable[[HomePage, Any], None]) -> None:
        def answered(known: Capability, content: bytes) -> bytes:
            """The rows with what is known of them now, whatever was asked, so that the page need not ask twice."""
            asked = shape.read(from_bytes(content))
            page = pages.open(known)
            do(page, asked)
            return to_bytes(ROWS.write(page.rows()))

        let_in = partial(_let_in, service, pages)
        add_endpoint(app, service, f"{PATH}/{name}", f"home-{name}", MOST_BYTES, let_in, answered)

    add("rows", _NOTHING, lambda _page, _asked: None)
    add("said", SAID, _say)
    add("visit", VISIT, lambda page, visit: page.ask_for_a_visit(visit))


def _say(page: HomePage, asked: Any) -> None:
    for said in asked.said:
        page.say(said)


def _let_in(service: Service, pages: HomePages, request: Request) -> Capability:
    """Who has this secret. Raises CapabilityUnknown and the like, TooManyRequests."""
    trace = request.scope["krn"]
    trace.caller = PLACE
    secret = bearer_of(request)
    try:
        if secret is None:
            raise CapabilityUnknown("the secret of a page is needed, and none was sent")
        known = pages.know(secret)
    except KrnError:
        # Whoever guesses is slow, and whoever has an old page is told.
        service.limits.count(origin_of(request, behind_proxy=service.behind_proxy), service.strangers)
        raise
    trace.meter = service.log.hashed(known.meter_number)
    service.limits.count(f"home {known.digest[:32]}", PER_MINUTE)
    return known
