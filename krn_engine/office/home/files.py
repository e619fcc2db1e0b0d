"""The files of a page that goes on without a network, as a part of the service."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from krn_engine.office.home.shell import File, Shell

_ASK_AGAIN = {"Cache-Control": "no-cache"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def safe_headers(policy: str, camera: str) -> dict[str, str]:
    """What is sent with each file of a page: its Content-Security-Policy, and who may use the camera ("()": nobody)."""
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": f"camera={camera}, geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def add_files(app: FastAPI, made: Shell, operation: str, safe: Mapping[str, str]) -> None:
    """Add all files of a page to the service, below the page's path: each by GET, and 404 for one of another build.

    `operation` is what the log calls them; `safe` are headers that go with each.
    """
    tag = f'"{made.build}"'
    path = made.path

    def sent(request: Request, file: File | None, headers: dict[str, str]) -> Response:
        request.scope["krn"].operation = operation
        if file is None:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**safe, **headers})
        return Response(file.content, headers={**safe, **headers}, media_type=file.type)

    async def page(request: Request) -> Response:
        # Headers of a 304 take the place of those that the telephone kept: the policy of the page is one of them.
        known = request.headers.get("if-none-match") == tag
        return sent(request, None if known else made.page, {"ETag": tag} | _ASK_AGAIN)

    async def worker(request: Request) -> Response:
        return sent(request, made.worker, {"Service-Worker-Allowed": path} | _ASK_AGAIN)

    async def part(request: Request, build: str, name: str) -> Response:
        request.scope["krn"].operation = operation
        if build != made.build or name not in made.parts:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return sent(request, made.parts[name], _FOR_EVER)

    app.add_api_route(path, page, methods=["GET"])
    app.add_api_route(f"{path}/worker.js", worker, methods=["GET"])
    app.add_api_route(f"{path}/{{build}}/{{name}}", part, methods=["GET"])
