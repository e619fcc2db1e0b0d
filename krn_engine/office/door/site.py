"""The officer's page as a part of the service: `/door`. The token of a session (`/v1/sessions`) comes in a header."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI, Request

from krn_engine.office.access.callers import Known
from krn_engine.office.door.desk import Desk
from krn_engine.office.door.shell import PATH, shell
from krn_engine.office.door.told import ASK, BECAME, LIST, TOLD, AllBecame
from krn_engine.office.home.endpoint import add_endpoint
from krn_engine.office.home.files import add_files, safe_headers
from krn_engine.office.net_errors import NotAllowed
from krn_engine.office.server.asking import known_of
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


def door_site(app: FastAPI, service: Service) -> None:
    """Add the page, and what it asks."""
    desk = Desk(service)
    add_files(app, shell(service.help_line), "door-shell", safe_headers(POLICY, camera="(self)"))

    def add(name: str, asks: Shape[Any], answers: Shape[Any], do: Callable[[Known, Any], Any]) -> None:
        def answered(known: Known, content: bytes) -> bytes:
            return to_bytes(answers.write(do(known, asks.read(from_bytes(content)))))

        let_in = partial(_let_in, service)
        add_endpoint(app, service, f"{PATH}/{name}", f"door-{name}", MOST_BYTES, let_in, answered)

    add("orders", ASK, LIST, desk.orders)
    add("results", TOLD, BECAME, lambda known, all_: AllBecame(desk.take(known, all_.told)))


def _let_in(service: Service, request: Request) -> Known:
    """Which officer it is. Raises CallerUnknown, SessionOver, NotAllowed, TooManyRequests."""
    known = known_of(service, request)
    if not known.is_person or known.scope is not Scope.OFFICER:
        raise NotAllowed("this page is for officers, who sign in by name")
    service.limits.count(f"caller {known.id}", service.per_minute[known.scope])
    return known
