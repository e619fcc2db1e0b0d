"""The office as a service on PostgreSQL: rows over HTTP beside the database's own tool, and what a kiosk waits for.

The database is on this machine and its commits are on the disk. Service, database, clients and pgbench share the
machine's cores, so only what stands in one line can be compared.
"""

import io
import json
import os
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from kiosk.bench.child import program, resident
from kiosk.bench.figure import ROUNDS, Figure, figure
from kiosk.bench.postgres import USER, Server
from kiosk.bench.statements import FLEETING, Heard, asked, listening
from kiosk.demo.line import Line
from kiosk.demo.office import make_demo_office
from kiosk.demo.service import OfficeProcess
from kiosk.opening import office_config
from kiosk.serving import app_of, service_of
from krn_engine.demo import DemoProvince, numbered
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.contract import Found, Office
from krn_engine.office.local import LocalOffice
from krn_engine.office.server.log import ServiceLog
from krn_engine.office.server.service import PER_MINUTE
from krn_engine.office.wire.asked import Scope
from krn_engine.register.database import Register, sqlite_url

METERS = 40_000
"""The campaign has 662,241: `krn bench office --meters 662241`."""
REQUESTS = 500
"""Of one round, over HTTP and by pgbench each."""
SESSIONS = 300
"""Of a kiosk in one round, from ID to rows."""
CLIENTS = 8
DELAY = 0.0025
"""Seconds that each way to the office takes for a kiosk: 5 ms there and back."""
DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
_DUE, _TURN = 3, 16
"""The province's customers come in turns of 16, of whom the first three need four rows."""
_BEFORE = 60
"""Customers before the first who is asked for: his meter's number in the database is that of nothing else."""
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


def figures(
    rounds: int = ROUNDS, meters: int = METERS, requests: int = REQUESTS, sessions: int = SESSIONS
) -> Iterator[Figure]:
    """A province on a PostgreSQL of its own, its service, and those who ask it. Raises RuntimeError without one."""
    server = Server(in_memory=False, **DURABLE)
    try:
        with tempfile.TemporaryDirectory(prefix="krn-bench-") as folder:
            yield from _Bench(Path(folder), server, meters).figures(rounds, requests, sessions)
    finally:
        server.remove()


@dataclass(frozen=True)
class _Measured:
    """One round of requests."""

    rate: float
    """Requests a second."""
    p50: float
    """Milliseconds."""
    p99: float


class _Bench:
    """A service on a database. Each meter that needs four rows is asked for once."""

    def __init__(self, folder: Path, server: Server, meters: int) -> None:
        self._folder = folder
        self._server = server
        self._name = server.database()
        self._url = server.url(self._name)
        self._province = DemoProvince(meters)
        self._settings = make_demo_office(folder, self._province, self._url)
        # Before anybody asks, as a server that is on all day has done.
        server.ask(self._name, "VACUUM ANALYZE")
        self._due = count(_BEFORE)
        self._most = meters // _TURN * _DUE
        self._workers = os.cpu_count() or 1

    def figures(self, rounds: int, requests: int, sessions: int) -> Iterator[Figure]:
        script = self._script()
        process = OfficeProcess(self._settings, self._folder / "log", workers=self._workers)
        starts = []
        for _ in range(rounds):
            process.kill()
            began = time.perf_counter()
            process.start()
            starts.append(time.perf_counter() - began)
        yield figure("office_start", "s", starts)
        with process:
            self._over_http(process, min(requests, 100))
            http, pgbench = [], []
            for _ in range(rounds):
                http.append(self._over_http(process, requests))
                pgbench.append(self._by_pgbench(script, requests))
            yield figure("office_issue_rate", "/s", [one.rate for one in http])
            yield figure("office_issue_p50", "ms", [one.p50 for one in http])
            yield figure("office_issue_p99", "ms", [one.p99 for one in http])
            yield figure("pgbench_issue_rate", "/s", pgbench)
            ratios = [rate / one.rate for rate, one in zip(pgbench, http, strict=True)]
            yield figure("office_issue_to_pgbench", "times", ratios)
            yield figure("office_worker_memory", "MB", [resident(pid) for pid in process.workers()])
            yield from self._kiosks(process, rounds, sessions)

    # --- rows over HTTP, and by pgbench

    def _number(self) -> int:
        """Which meter is asked for next. Raises RuntimeError if there are not enough."""
        number = next(self._due)
        if number >= self._most:
            raise RuntimeError("the benchmark's province has too few meters for so many requests")
        return number

    def _callers(self, requests: int) -> list[str]:
        """Tokens enough for so many requests: of one caller only so many are answered in a minute."""
        wanted = requests // (PER_MINUTE[Scope.KIOSK] // 2) + 1
        with Database.of_callers(self._url) as kept:
            callers = Callers(kept)
            codes = [callers.make_code(f"bench-{uuid.uuid4().hex[:16]}", Scope.KIOSK, ()) for _ in range(wanted)]
            return [str(callers.enrol(code.name, str(code.code)).token) for code in codes]

    def _over_http(self, process: OfficeProcess, requests: int) -> _Measured:
        # No two clients are one caller, as no two kiosks are.
        tokens = [self._callers(requests // CLIENTS + 1) for _ in range(CLIENTS)]
        told = {
            "host": "127.0.0.1",
            "port": process.port,
            "clients": CLIENTS,
            "asked": [(_turn(tokens[each % CLIENTS], each), meter_of(self._number())) for each in range(requests)],
        }
        done = subprocess.run(program("issues"), input=json.dumps(told), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the benchmark's clients were refused: {done.stderr[-300:]}")
        said = json.loads(done.stdout)
        waits = said["waits"]
        return _Measured(requests / said["seconds"], waits[len(waits) // 2], waits[len(waits) * 99 // 100])

    def _script(self) -> Path:
        """What the service says to the database for one request, for pgbench."""
        config = office_config(None, self._settings)
        token = self._callers(2)[0]
        with service_of(config) as service:
            app = app_of(replace(service, log=ServiceLog(b"", io.StringIO())))
            asked(app, f"/v1/issues/{uuid.uuid4()}", token, {"meter_number": meter_of(self._number())})
            number, request = self._number(), uuid.uuid4()
            with listening() as heard:
                answer = asked(app, f"/v1/issues/{request}", token, {"meter_number": meter_of(number)})
        script = self._folder / "issue.pgbench"
        script.write_text(_written(heard, number, request.hex, [change["id"] for change in answer["changes"]]))
        return script

    def _by_pgbench(self, script: Path, requests: int) -> float:
        """Transactions a second. Raises RuntimeError unless each of them has issued the rows of one meter."""
        each = requests // CLIENTS
        first = self._number()
        for _ in range(each * CLIENTS - 1):
            self._number()
        before = self._issued()
        variables = [word for name in (("n", -1), ("first", first)) for word in ("-D", f"{name[0]}={name[1]}")]
        tool = str(self._server.programs / "pgbench")
        command = [tool, "-h", str(self._server.folder), "-U", USER, "-n", "-M", "prepared"]
        load = ["-c", str(CLIENTS), "-j", "2", "-t", str(each), *variables, "-f", str(script), self._name]
        environment = os.environ | {"PGOPTIONS": FLEETING}
        done = subprocess.run([*command, *load], env=environment, capture_output=True, text=True, check=False)
        found = _TPS.search(done.stdout)
        if done.returncode or found is None or self._issued() != before + 2 * each * CLIENTS:
            raise RuntimeError(f"pgbench did not do what the service does: {done.stderr[-500:]}")
        return float(found.group(1))

    def _issued(self) -> int:
        return int(str(self._server.ask(self._name, "SELECT count(*) FROM key_changes")))

    # --- a kiosk

    def _kiosks(self, process: OfficeProcess, rounds: int, sessions: int) -> Iterator[Figure]:
        province = DemoProvince((rounds * sessions // _DUE + 1) * _TURN)
        numbers, p99s = count(), []
        with Register.create(sqlite_url(self._folder / "kiosk.db")) as register:
            province.load(register)
            office = LocalOffice(register, province.campaign, province.vault)
            for _ in range(rounds):
                p99s.append(_p99([_session(office, next(numbers)) for _ in range(sessions)]))
        yield figure("kiosk_local_p99", "ms", p99s)
        with Line(process.url, DELAY) as line:
            yield figure("kiosk_remote_p99", "ms", [self._remote(line.url, sessions) for _ in range(rounds)])

    def _remote(self, url: str, sessions: int) -> float:
        """One kiosk after the other, for none may ask as much as all of them."""
        waits: list[float] = []
        tokens = self._callers(2 * sessions)
        for which, token in enumerate(tokens):
            with closing(Way(url)) as way:
                office = RemoteOffice(way, lambda token=token: token)  # type: ignore[misc]
                office.ping()
                waits += [_session(office, self._number()) for _ in range(which, sessions, len(tokens))]
        return _p99(waits)


def _session(office: Office, number: int) -> float:
    """Milliseconds from an ID to its four rows."""
    began = time.perf_counter()
    found = office.find(numbered(_index(number))[0])
    issued = office.issue(found.meter_number, uuid.uuid4().hex) if isinstance(found, Found) else None
    took = 1000 * (time.perf_counter() - began)
    if issued is None or len(issued.rows) != 4:
        raise RuntimeError("the benchmark expected four rows")
    return took


def _turn(tokens: list[str], each: int) -> str:
    return tokens[each // CLIENTS % len(tokens)]


def _p99(waits: list[float]) -> float:
    return sorted(waits)[len(waits) * 99 // 100]


def _index(number: int) -> int:
    """Which customer of the province it is, of those who need four rows."""
    return number // _DUE * _TURN + number % _DUE


def meter_of(number: int) -> str:
    """The number of the meter of one of those customers, counted from 0 on."""
    return numbered(_index(number))[1]


def _written(heard: Heard, number: int, request: str, changes: list[str]) -> str:
    """What was heard of the request for one meter, for pgbench to say of one meter after the other (its manual)."""
    meter_id, meter = _index(number) + 1, meter_of(number)
    variables: dict[object, str] = {meter: "meter", meter_id: "meter_id", request: "request"}
    variables |= {change: f"change{place}" for place, change in enumerate(changes)}
    # Who asks is counted: each client is a caller of its own.
    counted = next(value for _, said in heard.said for value in said.values() if str(value).startswith("caller "))
    variables[counted] = "client_id"
    digits = [f"(:payload / {10**place}) % 10" for place in range(10)]
    # Every second digit from the right is doubled, and the digits of what comes of it are added (ISO/IEC 7812-1).
    luhn = " + ".join(f"({d}) * 2 / 10 + ({d}) * 2 % 10" if not n % 2 else f"({d})" for n, d in enumerate(digits))
    sets = {
        "n": ":n + 1",
        "number": f":first + :n * {CLIENTS} + :client_id",
        "index": f":number / {_DUE} * {_TURN} + :number % {_DUE}",
        "meter_id": ":index + 1",
        "payload": "9910000000 + :index * 37 % 90000000",
        "meter": f":payload * 10 + (10 - ({luhn}) % 10) % 10",
        **dict.fromkeys(("request", *(f"change{place}" for place in range(len(changes)))), f"random(1, {2**62})"),
    }
    lines = [f"\\set {name} {expression}" for name, expression in sets.items()]
    return "\n".join([*lines, *heard.script(variables)]) + "\n"
