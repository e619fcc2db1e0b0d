"""Whatever stands between a kiosk and its office, or in its place: each wrong answer is a refusal of its own."""

import datetime
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from krn_engine.errors import KrnError
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Patience, Way
from krn_engine.office.net_errors import (
    AnswerBroken,
    CallerUnknown,
    ClockDiffers,
    OfficeFailed,
    OfficeNotReady,
    OfficeNotTrusted,
    OfficeUnreachable,
    RefusalUnknown,
    ServiceRefused,
    TooManyRequests,
)
from krn_engine.office.server.app import build_app
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, Problem
from tests.support.service import Served, running, service_on
from tests.support.strange_servers import Handle, http, says, strange

pytestmark = pytest.mark.slow
HASTY = Patience(connect=1.0, read=0.6, whole=1.5)
TOKEN = "krn_abc_secret"
IDPEL = "990000000000"
SLACK = 8.0
"""Seconds that a busy machine may take beside."""


def problem(status: int, code: str) -> bytes:
    body = json.dumps(PROBLEM.write(Problem(f"urn:krn:error:{code}", "x", status, "said so", code))).encode()
    return http(f"{status} x", PROBLEM_TYPE, body)


def drip(first: bytes, every: float = 0.1) -> Handle:
    def handle(line: socket.socket) -> None:
        line.sendall(first)
        with suppress(OSError):
            while True:
                time.sleep(every)
                line.sendall(b"x")

    return handle


def silence(line: socket.socket) -> None:
    with suppress(OSError):
        line.recv(1)


PAGE = b"<html><body>Please sign in to this network</body></html>"
FOUND = b'{"kind":"not-found","digits":"990000000000","warnings":[]}'
ANSWERS: dict[str, tuple[Handle, type[KrnError]]] = {
    "a proxy's page": (says(http("200 OK", "text/html", PAGE)), AnswerBroken),
    "a page that says it is JSON": (says(http("200 OK", "application/json", PAGE)), AnswerBroken),
    "JSON of another service": (says(http("200 OK", "application/json", b'{"ok":true}')), AnswerBroken),
    "an answer of the right kind and a field more": (
        says(http("200 OK", "application/json", FOUND[:-1] + b',"more":1}')),
        AnswerBroken,
    ),
    "nothing where something must be": (says(http("204 No Content", "text/plain", b"")), AnswerBroken),
    "a redirect": (says(http("302 Found", "text/html", b"", "Location: https://elsewhere.example/")), AnswerBroken),
    "a lasting redirect": (says(http("308 Moved", "text/html", b"", "Location: /v1/find")), AnswerBroken),
    "401 of the office": (says(problem(401, "NET-05")), CallerUnknown),
    "401 of a proxy": (says(http("401 x", "text/html", PAGE)), AnswerBroken),
    "403 of a proxy": (says(http("403 x", "text/html", PAGE)), AnswerBroken),
    "429 of the office": (says(problem(429, "NET-07")), TooManyRequests),
    "429 of a proxy": (says(http("429 x", "text/html", PAGE, "Retry-After: 9999")), TooManyRequests),
    "500 of the office": (says(problem(500, "NET-10")), OfficeFailed),
    "500 of something": (says(http("500 x", "text/plain", b"Internal Server Error")), AnswerBroken),
    "503 of the office": (says(problem(503, "NET-11")), OfficeNotReady),
    "503 of a proxy": (says(http("503 x", "text/html", PAGE, "Retry-After: 9999")), OfficeUnreachable),
    "502 of a proxy": (says(http("502 x", "text/html", PAGE)), OfficeUnreachable),
    "a problem of another status": (says(problem(409, "NET-05").replace(b"409 x", b"401 x")), AnswerBroken),
    "a problem of no known code": (says(problem(409, "ZZZ-99")), RefusalUnknown),
    "a problem of the hardware": (says(problem(409, "HW-01")), RefusalUnknown),
    "half a problem": (says(http("409 x", PROBLEM_TYPE, b'{"code":')), AnswerBroken),
    "half a body": (
        says(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n" + FOUND[:20]),
        AnswerBroken,
    ),
    "half a chunk": (
        says(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        AnswerBroken,
    ),
    "no chunk": (
        says(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"),
        AnswerBroken,
    ),
    "packed bytes that are none": (
        says(http("200 OK", "application/json", FOUND, "Content-Encoding: gzip")),
        AnswerBroken,
    ),
    "two million bytes": (says(http("200 OK", "application/json", b" " * 2_000_000)), AnswerBroken),
    "another protocol": (says(b"220 mail.example ESMTP\r\n"), AnswerBroken),
    "a head without end": (says(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000), AnswerBroken),
    "nothing, and hangs up": (lambda _line: None, OfficeUnreachable),
    "nothing at all": (silence, OfficeUnreachable),
    "a slow drip of a head": (drip(b"HTTP/1.1 200 OK\r\nX: "), OfficeUnreachable),
    "a slow drip of a body": (
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"),
        OfficeUnreachable,
    ),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_of_no_office_is_told_for_what_it_is(what: str) -> None:
    handle, leaf = ANSWERS[what]
    with strange(handle) as (url, came):
        began = time.monotonic()
        with pytest.raises(KrnError) as refused:
            RemoteOffice(Way(url, patience=HASTY), lambda: TOKEN).find(IDPEL)
        assert time.monotonic() - began < HASTY.whole + SLACK
    assert type(refused.value) is leaf, refused.value
    assert came
    for secret in (TOKEN, IDPEL, url, "sign in", "ESMTP"):
        assert secret not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OfficeUnreachable):
            RemoteOffice(Way(url, patience=HASTY), lambda: TOKEN).ping()


def test_who_is_in_a_hurry_waits_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn_engine.office.client.way.HURRIED", Patience(connect=1.0, read=0.2, whole=0.3))
    with strange(lambda _line: time.sleep(20)) as (url, _):
        office = RemoteOffice(Way(url), lambda: TOKEN)
        began = time.monotonic()
        with office.hurried(), pytest.raises(OfficeUnreachable):
            office.find(IDPEL)
        assert time.monotonic() - began < SLACK


def test_a_redirect_gets_no_token() -> None:
    with strange(says(http("200 OK", "application/json", FOUND))) as (elsewhere, came_there):
        moved = says(http("307 Temporary Redirect", "text/html", b"", f"Location: {elsewhere}/v1/find"))
        with strange(moved) as (url, came), pytest.raises(AnswerBroken):
            RemoteOffice(Way(url, patience=HASTY), lambda: TOKEN).find(IDPEL)
    assert came
    assert came_there == []


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proxy there, or a password in ~/.netrc, which requests would put in the token's place."""
    (tmp_path / ".netrc").write_text("machine localhost login somebody password else\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with strange(says(http("200 OK", "application/json", FOUND, "Set-Cookie: a=b"))) as (url, came):
        office = RemoteOffice(Way(url, patience=HASTY), lambda: TOKEN)
        office.find(IDPEL)
        office.find(IDPEL)
    assert all(f"Authorization: Bearer {TOKEN}".encode() in head for head in came)
    assert not any(b"Cookie" in head or IDPEL.encode() in head.partition(b"\r\n")[0] for head in came)


def test_an_office_that_comes_back_is_asked_again_by_itself() -> None:
    tries: list[int] = []

    def second(line: socket.socket) -> None:
        tries.append(1)
        if len(tries) > 1:
            line.sendall(http("200 OK", "application/json", FOUND))

    with strange(second) as (url, _):
        found = RemoteOffice(Way(url, patience=Patience(1.0, 2.0, 10.0)), lambda: TOKEN).find(IDPEL)
    assert found.code == "ID-10"  # type: ignore[union-attr]
    assert len(tries) == 2


def test_a_code_is_brought_once() -> None:
    """The first may have been used up: only a person can know."""
    tries: list[int] = []
    with strange(lambda _line: tries.append(1)) as (url, _), pytest.raises(OfficeUnreachable):
        Way(url, patience=HASTY).ask("POST", "/v1/enrolments", b"{}")
    assert tries == [1]


def test_many_threads_may_ask_and_one_that_waits_stops_none(service: Served) -> None:
    token = service.token()
    office = RemoteOffice(Way(service.url), lambda: token)
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(5):
                office.find(IDPEL)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


# --- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def context(authority: trustme.CA, *names: str, **more: Any) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **more).configure_cert(made)
    return made


def ca_file(authority: trustme.CA, folder: Path) -> Path:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
MUCH_LATER = datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)
CERTIFICATES: dict[str, tuple[Callable[[trustme.CA], ssl.SSLContext], type[KrnError]]] = {
    "of another authority": (lambda _own: context(trustme.CA(), "localhost"), OfficeNotTrusted),
    "of another name": (lambda own: context(own, "elsewhere.example"), OfficeNotTrusted),
    "that has ended": (lambda own: context(own, "localhost", not_after=LONG_AGO), ClockDiffers),
    "that begins later": (
        lambda own: context(own, "localhost", not_before=MUCH_LATER, not_after=MUCH_LATER.replace(year=2201)),
        ClockDiffers,
    ),
}


@pytest.mark.parametrize("what", CERTIFICATES)
def test_a_certificate_that_is_not_the_offices_own_is_refused_and_gets_nothing(
    authority: trustme.CA, tmp_path: Path, what: str
) -> None:
    make, leaf = CERTIFICATES[what]
    answers = says(http("200 OK", "application/json", FOUND))
    with strange(answers, make(authority)) as (url, came), pytest.raises(KrnError) as refused:
        RemoteOffice(Way(url, ca_file(authority, tmp_path), HASTY), lambda: TOKEN).find(IDPEL)
    assert type(refused.value) is leaf, refused.value
    assert came == []


def test_what_speaks_no_tls_is_not_trusted(authority: trustme.CA, tmp_path: Path) -> None:
    with strange(says(http("200 OK", "application/json", FOUND))) as (url, came):
        secure = url.replace("http:", "https:")
        with pytest.raises((OfficeNotTrusted, OfficeUnreachable)):
            RemoteOffice(Way(secure, ca_file(authority, tmp_path), HASTY), lambda: TOKEN).find(IDPEL)
    assert not any(TOKEN.encode() in head for head in came)


def test_a_handshake_that_never_ends_is_ended(authority: trustme.CA, tmp_path: Path) -> None:
    with strange(silence) as (url, _):
        began = time.monotonic()
        with pytest.raises(OfficeUnreachable):
            Way(url.replace("http:", "https:"), ca_file(authority, tmp_path), HASTY).ask("GET", "/v1/ping")
        assert time.monotonic() - began < HASTY.whole + SLACK


def test_the_office_itself_over_tls(authority: trustme.CA, service: Served, tmp_path: Path) -> None:
    leaf = authority.issue_cert("localhost")
    certificate, key = tmp_path / "office.pem", tmp_path / "office.key"
    certificate.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(str(key))
    token = service.token()
    with (
        service_on(service.demo, tmp_path) as (other, _),
        running(build_app(other, "0"), ssl_certfile=certificate, ssl_keyfile=key) as url,
    ):
        office = RemoteOffice(Way(url, ca_file(authority, tmp_path)), lambda: token)
        office.ping()
        assert office.find(IDPEL) == service.demo.office.find(IDPEL)


# --- addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://office.example",
        "http://192.0.2.1:8443",
        "https://office.example",
        "office.example",
        "ftp://127.0.0.1",
        "",
        "http://",
        "http://name:secret@127.0.0.1",
        "http://127.0.0.1?x=1",
    ],
)
def test_addresses_that_may_not_be(url: str) -> None:
    with pytest.raises(ServiceRefused) as refused:
        Way(url)
    assert "secret" not in refused.value.message


def test_an_authority_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("none")
    for ca in (tmp_path / "none.pem", tmp_path / "missing.pem"):
        with pytest.raises(ServiceRefused):
            Way("https://127.0.0.1", ca)
