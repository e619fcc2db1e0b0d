"""The service as an ASGI application: FastAPI over the table of operations, each in a thread of its own."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

import anyio.to_thread
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.chat.figures import ChatFigures
from krn_engine.office.net_errors import NotAllowed, WireBroken
from krn_engine.office.server.asking import JSON, known_of, media_type, rest_of
from krn_engine.office.server.body import TooLarge, TooSlow, content_of, throw_away
from krn_engine.office.server.bounded import Bounded
from krn_engine.office.server.document import document
from krn_engine.office.server.front import Front, Trace
from krn_engine.office.server.metrics import CONTENT_TYPE
from krn_engine.office.server.operations import OPERATIONS
from krn_engine.office.server.operations.operation import Asked, Operation
from krn_engine.office.server.origin import origin_of, require_certificate
from krn_engine.office.server.refusing import noted, of_framework
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.wire.asked import CALLER_NAME, Scope
from krn_engine.office.wire.text import from_bytes, to_bytes

THREADS = 10
"""Requests of one process that work at the same time: each may hold one connection to the database."""
_LONGEST_NUMBER = 24
"""Digits."""


Site = Callable[[FastAPI, Service], None]
"""Adds what people see beside the operations of `/v1`, under paths of its own: pages, and where chats come in.

Its answers may have a Content-Security-Policy and a Cache-Control of their own; what has none gets the strictest.
"""


def build_app(
    service: Service, version: str, close: Callable[[], object] = lambda: None, sites: Sequence[Site] = ()
) -> FastAPI:
    """The application. `version` is that of the program, for the OpenAPI document; `close` is called at its end."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        service.log.note(ServiceEvent.STARTED)
        yield
        service.log.note(ServiceEvent.STOPPED)
        close()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, redirect_slashes=False)
    app.add_middleware(Front, service=service)
    for kind in (HTTPException, RequestValidationError):
        app.add_exception_handler(kind, of_framework)
    for operation in OPERATIONS:
        app.add_api_route(operation.path, _endpoint(service, operation), methods=[operation.method])
    for site in sites:
        site(app, service)
    _add_states(app, service, version)
    return app


def _add_states(app: FastAPI, service: Service, version: str) -> None:
    """What machines ask of the service itself."""
    described = to_bytes(document(version))
    ready = Bounded(service.ready, service.ready_seconds)

    @app.get("/openapi.json")
    def openapi(request: Request) -> Response:
        _trace(request).operation = "openapi"
        return Response(described, media_type="application/json")

    @app.get("/healthz")
    async def healthz(request: Request) -> Response:
        """Whether this process lives: it asks nothing, and waits for no thread."""
        _trace(request).operation = "healthz"
        return Response(b'{"alive":true}', media_type="application/json")

    @app.get("/readyz")
    def readyz(request: Request) -> Response:
        _trace(request).operation = "readyz"
        try:
            told = ready()
        except KrnError as refusal:
            return noted(request, refusal)
        return Response(to_bytes(told), media_type="application/json")

    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        _trace(request).operation = "metrics"
        try:
            _let_in(service, request, frozenset({Scope.REPORT, Scope.ADMIN}))
            kiosks = service.callers.heartbeats.count()
            of_chats = () if service.chats is None else (ChatFigures(service.chats.store),)
        except KrnError as refusal:
            return noted(request, refusal)
        service.metrics.sources(service.sources.told())
        return Response(service.metrics.text(kiosks, *of_chats), media_type=CONTENT_TYPE)


class _NoJson(WireBroken):
    """The body is of another type."""


@dataclass(frozen=True, slots=True)
class _Come:
    """Who asks, and what came of the body; or why nobody looks at it."""

    known: Known | None = None
    content: bytes = b""
    refusal: KrnError | None = None


def _reading(service: Service, operation: Operation) -> Callable[..., Any]:
    """The dependency that lets somebody in, and reads what they send after that: what strangers send is not kept."""

    def let_in(request: Request) -> _Come:
        _trace(request).operation = operation.id
        try:
            return _Come(_let_in(service, request, operation.scopes))
        except KrnError as refusal:
            return _Come(refusal=refusal)

    async def come(request: Request, who: Annotated[_Come, Depends(let_in)]) -> _Come:
        if who.refusal is not None:
            await throw_away(request, operation.most_bytes, service.body_seconds)
            return who
        try:
            return replace(who, content=await content_of(request, operation.most_bytes, service.body_seconds))
        except (TooLarge, TooSlow) as refusal:
            return replace(who, refusal=refusal)

    return come


def _endpoint(service: Service, operation: Operation) -> Callable[..., Response]:
    """The function that FastAPI calls, in a thread; its parameters are those of the path."""
    come = Depends(_reading(service, operation))
    if "{uuid}" in operation.path:

        def named(request: Request, uuid: UUID, come: _Come = come) -> Response:
            return _answered(service, operation, request, come, name=uuid)

        return named
    if "{name}" in operation.path:

        def of_caller(request: Request, name: str, come: _Come = come) -> Response:
            return _answered(service, operation, request, come, caller=name)

        return of_caller

    def plain(request: Request, come: _Come = come) -> Response:
        return _answered(service, operation, request, come)

    return plain


def _answered(service: Service, operation: Operation, request: Request, come: _Come, **of_path: Any) -> Response:
    trace = _trace(request)
    try:
        if come.refusal is not None:
            raise come.refusal
        if "caller" in of_path:
            CALLER_NAME.read(of_path["caller"], "name")
        asked = Asked(
            service,
            come.known,
            body=_body(operation, request, come.content),
            query=_query(operation, request),
            address=origin_of(request, behind_proxy=service.behind_proxy),
            **of_path,
        )
        meter = getattr(asked.body, "meter_number", None)
        trace.meter = None if meter is None else service.log.hashed(meter)
        value = operation.do(asked)
    except KrnError as refusal:
        answer = noted(request, refusal, _STATUS.get(type(refusal)), rest_of(service, refusal))
        if isinstance(refusal, TooSlow):
            # The rest of it would be taken for the next request.
            answer.headers["Connection"] = "close"
        return answer
    if operation.answer is None:
        return Response(status_code=204)
    return Response(to_bytes(operation.answer.write(value)), media_type="application/json")


_STATUS: Mapping[type, int] = {TooLarge: 413, _NoJson: 415, TooSlow: 408}


def _let_in(service: Service, request: Request, scopes: frozenset[Scope]) -> Known | None:
    """Who asks, if they may and not too often.

    Raises CallerUnknown, SessionOver, NotAllowed, CertificateMissing, TooManyRequests.
    """
    if not scopes:
        service.limits.count(origin_of(request, behind_proxy=service.behind_proxy), service.strangers)
        return None
    known = known_of(service, request)
    if known.scope not in scopes:
        raise NotAllowed(f"a token of scope {known.scope.value} does not reach that far")
    service.limits.count(f"caller {known.id}", service.per_minute[known.scope])
    require_certificate(request, known, behind_proxy=service.behind_proxy)
    return known


def _body(operation: Operation, request: Request, content: bytes) -> Any:
    if operation.body is None:
        return None
    if media_type(request) != JSON:
        raise _NoJson("this operation reads application/json")
    return operation.body.read(from_bytes(content))


def _query(operation: Operation, request: Request) -> dict[str, Any]:
    given = request.query_params.multi_items()
    if len(dict(given)) != len(given) or not dict(given).keys() <= operation.query.keys():
        raise WireBroken("the address has a parameter that this operation does not know, or one twice")
    return {
        name: shape.read(_of_text(dict(given)[name], default), name) if name in dict(given) else default
        for name, (shape, default) in operation.query.items()
    }


def _of_text(given: str, default: Any) -> Any:
    """A parameter whose default is a number is one, if it is written as one."""
    is_number = isinstance(default, int) and given.isascii() and given.isdigit() and len(given) < _LONGEST_NUMBER
    return int(given) if is_number else given


def _trace(request: Request) -> Trace:
    trace: Trace = request.scope["krn"]
    return trace
