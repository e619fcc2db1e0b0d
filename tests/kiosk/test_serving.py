"""`krn office serve` as a process: how it begins, how it ends, and where it may listen."""

import json
import multiprocessing
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from kiosk.opening import office_config
from kiosk.serving import service_of
from kiosk.settings.config import Config
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.issuing.errors import KeyNotProtected
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.audit.checkpoints import newest
from krn_engine.office.audit.key import make_key
from krn_engine.office.net_errors import ServiceRefused
from krn_engine.office.server.processes import HANGS_AFTER, STOP_SECONDS, Listening, run_several
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, Scope
from krn_engine.register.audit.entries import head_of
from krn_engine.register.database import sqlite_url
from tests.support.audit import events
from tests.support.cli import Out, krn
from tests.support.postgres import installed, server, template
from tests.support.serving import process, serve, token_of

PERIOD = 20.0
"""Seconds in which everything here happens, also on a busy machine."""
START_SECONDS = 3.0
"""Of work from nothing to the first answer."""
METER = DemoProvince().first(DemoCase.FOUR_ROWS).meter_number


@pytest.fixture
def folder(tmp_path: Path, capsys: Out) -> Path:
    """A demo office."""
    assert krn(capsys, "office", "demo", "--customers", "16", "--out", str(tmp_path / "province"))[0] == 0
    return tmp_path / "province"


def asks(url: str, token: str, **more: Any) -> requests.Response:
    """Rows of one meter, in a connection of its own."""
    return requests.put(
        f"{url}/v1/issues/{uuid.uuid4()}",
        json={"meter_number": METER},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
        **more,
    )


def metrics(url: str, token: str) -> str:
    return requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=30).text


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PERIOD
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_rows_come_from_the_source_that_the_settings_name_and_a_module_that_is_down_is_told(folder: Path) -> None:
    (folder / "sources.toml").write_text(
        '[pkcs11]\nlibrary = "/none.so"\ntoken = "krn"\n[[pkcs11.key]]\nlabel = "a"\nsgc = "999007"\nkrn = 1\n'
        'base_date = 1993\ncheck_value = "000000"\n'
    )
    config = replace(office_config(None, folder / "kiosk.toml"), sources=folder / "sources.toml")
    with service_of(config) as service:
        states = [(health.kind.value, health.code) for health in service.sources.told()]
        assert states == [("vault", ""), ("pkcs11", "SRC-01"), ("ready-made", "")]
        with pytest.raises(KeyNotProtected):
            service.office.issue(METER, "r1")


def refuses(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return False
    except ConnectionRefusedError:
        return True


@pytest.mark.slow
def test_it_starts_tells_systemd_and_ends_what_runs_before_it_goes(folder: Path, tmp_path: Path) -> None:
    token, report = token_of(folder), token_of(folder, Scope.REPORT)
    answers: list[requests.Response] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PERIOD)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000000"}
        with process(*serve(folder, "--port", "0"), told=told) as (running, url):
            assert {systemd.recv(64), systemd.recv(64)} == {b"READY=1", b"WATCHDOG=1"}
            assert worked(running.pid) < START_SECONDS
            held = sqlite3.connect(folder / "register.db", isolation_level=None)
            held.execute("BEGIN IMMEDIATE")
            waits = threading.Thread(target=lambda: answers.append(asks(url, token)))
            waits.start()
            wait_until(lambda: "krn_requests_running 2.0" in metrics(url, report))
            running.send_signal(signal.SIGTERM)
            wait_until(lambda: refuses(url))
            assert running.poll() is None
            held.execute("ROLLBACK")
            held.close()
            waits.join()
            assert running.wait(PERIOD) == 0
    assert answers[0].status_code == 200
    assert len(answers[0].json()["changes"]) == 2


def worked(pid: int) -> float:
    """Seconds that a processor has worked for it: how long it took depends on who else is at work."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
def test_it_listens_on_a_socket_that_systemd_has_opened(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port = opened.getsockname()[1]
        with process(*serve(folder, "--fd", str(opened.fileno())), fds=(opened.fileno(),)) as (_, url):
            assert url == f"http://127.0.0.1:{port}"
            assert asks(url, token_of(folder)).status_code == 200


@pytest.mark.slow
def test_it_speaks_tls_with_the_offices_own_certificate(folder: Path, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate, key, ca = tmp_path / "office.pem", tmp_path / "office.key", tmp_path / "ca.pem"
    leaf = authority.issue_cert("127.0.0.1")
    certificate.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca))
    files = ("--certificate", str(certificate), "--key", str(key))
    with process(*serve(folder, "--port", "0", "--host", "0.0.0.0", *files)) as (running, url):
        assert url.startswith("https://")
        here = url.replace("0.0.0.0", "127.0.0.1")
        assert asks(here, token_of(folder), verify=str(ca)).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            asks(here, "", verify=True)
        with requests.Session() as sleeps:
            assert sleeps.get(f"{here}/healthz", verify=str(ca), timeout=30).status_code == 200
            running.send_signal(signal.SIGTERM)
            # A kiosk that holds its connection and sleeps keeps nobody from going.
            assert running.wait(PERIOD / 2) == 0


@pytest.mark.slow
def test_several_processes_count_together_and_one_that_dies_is_replaced(folder: Path) -> None:
    token, report = token_of(folder), token_of(folder, Scope.REPORT)
    with process("tests.programs.several", str(folder / "kiosk.toml"), "2") as (running, url):
        for _ in range(20):
            # A connection of its own each time: either process may take it.
            assert asks(url, token).status_code == 200
        wait_until(lambda: 'krn_requests_total{operation="issue",status="200"} 20.0' in metrics(url, report))
        before = children(running.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: len(children(running.pid)) == 2 and before[0] not in children(running.pid))
        assert asks(url, token).status_code == 200
        assert "krn_requests_running 1.0" in metrics(url, report)
        running.send_signal(signal.SIGTERM)
        assert running.wait(HANGS_AFTER + STOP_SECONDS + PERIOD) == 0
        assert children(running.pid) == []


def children(pid: int) -> list[int]:
    """The processes that serve: multiprocessing has another one, which only tidies up."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            words = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"spawn_main" in words:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.slow
def test_what_is_no_http_is_answered_with_a_problem(folder: Path) -> None:
    with process(*serve(folder, "--port", "0")) as (_, url):
        host, _, port = url.removeprefix("http://").partition(":")
        for sent in (b"\x16\x03\x01 TLS\r\n\r\n", b"GET\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=10) as line:
                line.sendall(sent)
                answer = whole(line)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 400 ")
            assert PROBLEM_TYPE.encode() in head
            assert PROBLEM.read(json.loads(body)).code == "NET-08"


def whole(line: socket.socket) -> bytes:
    answer = b""
    while part := line.recv(65536):
        answer += part
    return answer


# --- where it may not


def test_plain_http_on_a_network_is_refused(folder: Path, capsys: Out) -> None:
    status, _, err = krn(capsys, *serve(folder, "--host", "0.0.0.0", "--port", "0")[1:])
    assert (status, "[NET-14]" in err) == (1, True)
    with (
        socket.create_server(("0.0.0.0", 0)) as opened,
        pytest.raises(ServiceRefused, match="plain HTTP"),
        Listening(fd=opened.fileno()).opened(),
    ):
        pass


def test_behind_a_proxy_it_listens_on_this_machine_alone(folder: Path, tmp_path: Path, capsys: Out) -> None:
    """Else whoever reaches it says where they come from."""
    status, _, err = krn(capsys, *serve(folder, "--host", "0.0.0.0", "--port", "0", "--behind-proxy")[1:])
    assert (status, "[NET-14]" in err) == (1, True)
    refused = Listening(port=0, certificate=tmp_path, behind_proxy=True)
    with pytest.raises(ServiceRefused, match="behind a proxy"), refused.opened():
        pass
    with Listening(port=0, behind_proxy=True).opened():
        pass


def test_a_port_that_is_taken_and_an_address_of_another_machine_are_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for at in (
            Listening(port=taken.getsockname()[1]),
            Listening(host="192.0.2.1"),
            Listening(host="nowhere.invalid"),
            Listening(port=70_000),
            Listening(fd=9_999),
        ):
            with pytest.raises(ServiceRefused), at.opened():
                pass


def test_no_file_of_the_folder_it_is_started_in_is_run_by_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Supervisor:
        came_up = False

        def __init__(self, *_: object) -> None:
            pass

        def run(self) -> None:
            # As uvicorn's begins each of them.
            process = multiprocessing.get_context("spawn").Process(target=os.getpid)
            process.start()
            process.join()
            self.came_up = process.exitcode == 0

    (tmp_path / "pickle.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    monkeypatch.setattr("krn_engine.office.server.processes._Supervisor", Supervisor)
    with Listening(port=0).opened() as listening:
        run_several("none:app", 2, Listening(), listening, lambda: None, lambda: None)


def test_files_that_are_no_certificate_are_refused(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("none")
    for certificate in (tmp_path / "none.pem", tmp_path / "missing.pem"):
        with pytest.raises(ServiceRefused), Listening(port=0, certificate=certificate).opened():
            pass


def test_a_socket_of_this_machine_needs_no_certificate(tmp_path: Path) -> None:
    for at in (Listening(port=0), Listening(host="::1", port=0)):
        with at.opened() as listening:
            assert at.url(listening).startswith("http://")
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "socket"))
        with Listening(fd=unix.fileno()).opened() as listening:
            assert Listening().url(listening) == f"unix:{tmp_path}/socket"


@pytest.mark.parametrize("workers", ["2", "0", "33"])
def test_several_processes_need_postgresql_and_have_an_end(folder: Path, capsys: Out, workers: str) -> None:
    status, _, err = krn(capsys, *serve(folder, "--port", "0", "--workers", workers)[1:])
    assert (status, "[KSK-04]" in err) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("package", ["cryptography", "fastapi", "uvicorn", "prometheus_client", "structlog"])
def test_a_machine_without_the_server_is_told_what_to_install(folder: Path, package: str) -> None:
    command = [sys.executable, "-m", "tests.programs.without", package, *serve(folder, "--port", "0")[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "install krn-kiosk[server]" in done.stderr


# --- who is enrolled


def test_a_code_is_made_and_callers_are_listed_and_revoked(folder: Path, capsys: Out) -> None:
    register = ("--register", str(folder / "register.db"))
    status, out, _ = krn(capsys, "office", "enrol", "kiosk-1", "--unit", "99001", "--unit", "99002", *register)
    assert status == 0
    code = out.removeprefix("code for kiosk-1: ")[:9]
    with Database.of_callers(sqlite_url(folder / "register.db")) as kept:
        assert Callers(kept).enrol("kiosk-1", code).units == ("99001", "99002")
    assert "99001, 99002: last seen never" in krn(capsys, "office", "kiosks", *register)[1]
    assert "revoked" in krn(capsys, "office", "kiosks", "--revoke", "kiosk-1", *register)[1]
    assert '"revoked_at": "20' in krn(capsys, "office", "kiosks", "--json", *register)[1]
    assert "[NET-15]" in krn(capsys, "office", "kiosks", "--revoke", "nobody", *register)[2]
    assert "[KSK-04]" in krn(capsys, "office", "enrol", "a b", "--all-units", *register)[2]
    assert "[REG-01]" in krn(capsys, "office", "kiosks", "--register", str(folder / "none.db"))[2]


@installed
@pytest.mark.slow
def test_a_service_seals_its_audit_and_signs_it_and_writes_down_who_is_let_in(tmp_path: Path) -> None:
    url = server().url(server().database(template(32)))
    make_key(tmp_path / "key")
    with service_of(Config(url, audit_key=tmp_path / "key")) as service:
        service.callers.make_code("kiosk-7", Scope.KIOSK, ())
        end = time.monotonic() + PERIOD
        made, sealed = None, 0
        while (made is None or sealed < 3) and time.monotonic() < end:
            time.sleep(0.02)
            with service.register.read() as connection:
                made, sealed = newest(connection), head_of(connection)[0]
        assert made is not None
        assert sealed == 3
        assert events(service.register)[:3] == ["began", "taken-over", "code-made"]
