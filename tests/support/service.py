"""A real service on loopback, with a demo province behind it, in a thread of the test's own process."""

import io
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests
import uvicorn

from krn_engine.issuing.sources.router import Sources
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.limits import Limits
from krn_engine.office.access.people import People
from krn_engine.office.access.sessions import Sessions
from krn_engine.office.audit.telling import Teller
from krn_engine.office.server.app import Site, build_app
from krn_engine.office.server.front import QUIET
from krn_engine.office.server.log import ServiceLog
from krn_engine.office.server.protocol import ProblemProtocol
from krn_engine.office.server.service import Service, checks_of
from krn_engine.office.server.source_states import SourceStates
from krn_engine.office.wire.asked import Scope
from tests.support.office import Demo

OFTEN = 1_000_000
ASKED = '"event": "asked"'
LINE_SECONDS = 2.0
"""Longer than a line of the log is behind its answer; not every request has one."""
UUID = "00000000-0000-4000-8000-000000000001"


@dataclass
class Served:
    """A service that runs, and tokens for it."""

    url: str
    service: Service
    demo: Demo
    said: io.StringIO
    """Its log."""
    answered: list[str] = field(default_factory=list, init=False, repr=False)
    """The paths of all that was asked here."""

    def token(self, scope: Scope = Scope.KIOSK, name: str = "", *units: str) -> str:
        """A token of a new caller."""
        name = name or f"a-{scope.value}"
        code = self.service.callers.make_code(name, scope, units)
        return str(self.service.callers.enrol(name, str(code.code)).token)

    @contextmanager
    def people(self) -> Iterator[People]:
        """Who signs in, as somebody on the office's machine changes them."""
        with Database.of_callers(self.demo.url) as kept:
            yield People(kept)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request; a body that is no bytes is sent as JSON."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        all_headers = {} if sent is None else {"Content-Type": "application/json"}
        if token is not None:
            all_headers["Authorization"] = f"Bearer {token}"
        answer = requests.request(
            method,
            self.url + path,
            data=sent,
            headers={**all_headers, **(headers or {})},
            timeout=30,
            allow_redirects=False,
        )
        self.answered.append(path.strip("/"))
        return answer

    def logged(self) -> str:
        """All of its log: a line comes when its answer has gone, and so perhaps a moment after that is here."""
        wanted = sum(path not in QUIET for path in self.answered)
        end = time.monotonic() + LINE_SECONDS
        while self.said.getvalue().count(ASKED) < wanted and time.monotonic() < end:
            time.sleep(0.005)
        return self.said.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of its log, those of all that was asked here among them."""
        return [json.loads(line) for line in self.logged().splitlines()]


@contextmanager
def service_on(demo: Demo, folder: Path, **other: Any) -> Iterator[tuple[Service, io.StringIO]]:
    """The parts of a service on a demo, and its log; `other` takes the place of parts."""
    said = io.StringIO()
    with Database.of_callers(demo.url) as kept, Database.of_counts(demo.url) as counted:
        callers = Callers(kept, tell=Teller(demo.register))
        states = SourceStates(demo.register, Sources.of_vault(demo.province.vault))
        made = Service(
            demo.office,
            demo.register,
            callers,
            Limits(counted),
            ServiceLog(callers.log_key(), said),
            checks_of(demo.office, demo.register, states, folder),
            Sessions(kept),
            states,
            per_minute=dict.fromkeys(Scope, OFTEN),
            strangers=OFTEN,
        )
        yield replace(made, **other), said


@contextmanager
def running(app: Any, at: int = 0, **options: Any) -> Iterator[str]:
    """An ASGI application on a port of loopback, a free one unless `at` names it; gives its URL."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", at))
        port = listening.getsockname()[1]
        with running_on(listening, app, **options) as config:
            scheme = "https" if config.is_ssl else "http"
            yield f"{scheme}://localhost:{port}" if config.is_ssl else f"{scheme}://127.0.0.1:{port}"


@contextmanager
def running_on(listening: socket.socket, app: Any, **options: Any) -> Iterator[uvicorn.Config]:
    """The same on a socket that listens, or will."""
    config = uvicorn.Config(app, http=ProblemProtocol, log_config=None, access_log=False, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.005)
        yield config
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def served(demo: Demo, folder: Path, *, sites: Sequence[Site] = (), **other: Any) -> Iterator[Served]:
    """A service that runs on a demo, with what it shows beside its operations."""
    with service_on(demo, folder, **other) as (service, said), running(build_app(service, "0", sites=sites)) as url:
        yield Served(url, service, demo, said)
