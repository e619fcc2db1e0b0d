"""What the scripts of a page ask of the service: JSON by POST, with a secret in a header and never in an address."""

from collections.abc import Callable
from typing import TypeVar

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request, Response

from krn_engine.errors import KrnError
from krn_engine.office.net_errors import WireBroken
from krn_engine.office.server.asking import JSON, media_type, rest_of
from krn_engine.office.server.body import content_of, throw_away
from krn_engine.office.server.refusing import noted
from krn_engine.office.server.service import Service

Who = TypeVar("Who")


def add_endpoint(
    app: FastAPI,
    service: Service,
    path: str,
    operation: str,
    most_bytes: int,
    let_in: Callable[[Request], Who],
    answered: Callable[[Who, bytes], bytes],
) -> None:
    """Add one such operation; `operation` is what the log calls it.

    `let_in` says who asks, before anything that strangers send is kept; `answered` makes JSON of JSON. Both run in a
    thread. What they refuse, and what is no JSON (WireBroken), is answered as a problem detail.
    """

    async def endpoint(request: Request) -> Response:
        request.scope["krn"].operation = operation
        try:
            who = await run_sync(let_in, request)
        except KrnError as refusal:
            await throw_away(request, most_bytes, service.body_seconds)
            return noted(request, refusal, rest=rest_of(service, refusal))
        try:
            _require_json(request)
            content = await content_of(request, most_bytes, service.body_seconds)
            answer = await run_sync(answered, who, content)
        except KrnError as refusal:
            return noted(request, refusal, rest=rest_of(service, refusal))
        return Response(answer, media_type=JSON)

    app.add_api_route(path, endpoint, methods=["POST"])


def _require_json(request: Request) -> None:
    """A page of another site cannot send that without asking first. Raises WireBroken."""
    if media_type(request) != JSON:
        raise WireBroken("this reads application/json")
