"""Who sends half of a request: it costs the office no memory, no thread and no end, and is no failure of the office."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from krn_engine.office.server import protocol
from krn_engine.office.wire.asked import Scope
from tests.support.office import Demo
from tests.support.service import Served, served

HALF = b"{" + b" " * 1000
pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@pytest.fixture
def office(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    """It waits half a second for a body."""
    with served(demo, tmp_path, body_seconds=0.5) as running:
        yield running


@contextmanager
def half_sent(office: Served, path: str, token: str = "", length: int = 2000) -> Iterator[socket.socket]:
    host, port = office.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=8) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
        line.sendall(f"{head}Authorization: Bearer {token}\r\n\r\n".encode() + HALF)
        yield line


def answer(line: socket.socket) -> bytes:
    """All that comes until the office closes the connection, or the body of a problem is there."""
    came = b""
    while not came.endswith(b"}") and (part := line.recv(65536)):
        came += part
    return came


def ended(office: Served, operation: str) -> dict[str, object]:
    """The line of the log that tells of it, when it is there."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for event in office.events:
            if event["event"] == "asked" and event["operation"] == operation:
                return event
        time.sleep(0.01)
    raise AssertionError(office.events)


def test_a_stranger_is_told_so_before_the_body_is_there(office: Served) -> None:
    with half_sent(office, "/v1/deliveries", length=500_000) as line:
        came = answer(line)
    assert came.startswith(b"HTTP/1.1 401 ")
    assert b'"NET-05"' in came


def test_strangers_are_counted_before_the_body_is_there(demo: Demo, tmp_path: Path) -> None:
    with served(demo, tmp_path, body_seconds=0.2, strangers=1) as office:
        for status in (b"401", b"429"):
            with half_sent(office, "/v1/deliveries") as line:
                assert answer(line).split()[1] == status


@pytest.mark.parametrize("path", ["/v1/enrolments", "/v1/sessions"])
def test_where_anybody_may_ask_a_body_is_small(office: Served, path: str) -> None:
    assert office.ask("POST", path, b" " * 4096).status_code == 422
    refused = office.ask("POST", path, b" " * 4097)
    assert (refused.status_code, refused.json()["code"]) == (413, "NET-08")


def test_a_body_that_does_not_end_is_waited_for_no_longer(office: Served) -> None:
    with half_sent(office, "/v1/find", office.token()) as line:
        came = answer(line)
        assert came.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in came
        assert b"connection: close" in came.lower()
        assert line.recv(1) == b""


def test_who_breaks_off_is_no_failure_of_the_office(office: Served) -> None:
    with half_sent(office, "/v1/find", office.token()):
        pass
    line = ended(office, "find")
    assert (line["status"], line["level"], line.get("code")) == ("gone", "info", None)
    assert not [event for event in office.events if event["event"] == "failed"]
    told = office.ask("GET", "/metrics", token=office.token(Scope.REPORT)).text
    assert 'krn_requests_total{operation="find",status="gone"} 1.0' in told
    assert 'status="500"' not in told


def test_half_a_request_does_not_hold_the_end_up(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HALF_SECONDS", 0.1)
    with served(demo, tmp_path, body_seconds=6) as office, half_sent(office, "/v1/find", office.token()) as line:
        time.sleep(0.2)
        said, began = office, time.monotonic()
        # The service is told to go, while the line stays open.
        keep = line.dup()
    keep.close()
    assert time.monotonic() - began < 3
    assert not [event for event in said.events if event["event"] == "failed"]
