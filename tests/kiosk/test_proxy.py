"""nginx before the office, by the project's own configuration: who is let through, and what everybody else is told."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.access.database import Database
from krn_engine.office.access.people import People
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Patience, Way
from krn_engine.office.contract import Found
from krn_engine.office.net_errors import (
    CertificateMissing,
    OfficeUnreachable,
    ServiceRefused,
    TooManyRequests,
    WireBroken,
)
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, Scope
from krn_engine.register.database import sqlite_url
from tests.support import certificates, nginx
from tests.support.nginx import KIOSKS, PEOPLE
from tests.support.serving import process, serve, token_of

pytestmark = [pytest.mark.slow, nginx.installed, certificates.installed]
METER = DemoProvince().first(DemoCase.FOUR_ROWS).meter_number
PIN = "271828"
SLOW = "1s"
"""How long the proxy waits for who is slow, here."""
_NUMBERS = count(1)


class Behind:
    """An office behind a proxy."""

    def __init__(self, folder: Path, urls: dict[int, str], office: subprocess.Popen[str], ways: ExitStack) -> None:
        self.folder = folder
        self.urls = urls
        self.process = office
        self.token = (folder / "token").read_text()
        self._ways = ways

    def way(self, certificate: str | None = "kiosk-7", door: int = KIOSKS, patience: Patience | None = None) -> Way:
        """As a kiosk with a certificate of this name comes."""
        files = certificate and (self.folder / f"{certificate}.pem", self.folder / f"{certificate}.key")
        way = Way(self.urls[door], self.folder / "authority.pem", patience, files or None)
        return self._ways.enter_context(closing(way))

    def office(self, certificate: str | None = "kiosk-7", door: int = KIOSKS) -> RemoteOffice:
        """The office at the end of that way."""
        return RemoteOffice(self.way(certificate, door), lambda: self.token)

    def person(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request at the door of people."""
        return requests.request(
            method, self.urls[PEOPLE] + path, verify=str(self.folder / "authority.pem"), timeout=30, **more
        )

    @contextmanager
    def line(self, certificate: str = "kiosk-7") -> Iterator[ssl.SSLSocket]:
        """Bytes at the door of kiosks."""
        context = ssl.create_default_context(cafile=str(self.folder / "authority.pem"))
        context.load_cert_chain(self.folder / f"{certificate}.pem", self.folder / f"{certificate}.key")
        port = urlsplit(self.urls[KIOSKS]).port
        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as line,
        ):
            yield line


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The certificates of an office, made as the page for operators says, and a demo province."""
    # A socket's path is short.
    made = Path(tempfile.mkdtemp(prefix="krn-proxy-"))
    nginx.certificates(made)
    command = [
        sys.executable,
        "-m",
        "kiosk.cli",
        "office",
        "demo",
        "--customers",
        "16",
        "--out",
        str(made / "province"),
    ]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    with Database.of_callers(sqlite_url(made / "province/register.db")) as kept:
        People(kept).add("sari", Scope.OFFICER, (), PIN)
    # The name that its certificate has.
    (made / "token").write_text(token_of(made / "province", name="kiosk-7"))
    yield made
    shutil.rmtree(made)


@contextmanager
def behind(folder: Path, **changed: str) -> Iterator[Behind]:
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket(socket.AF_UNIX))
        path = folder / f"office-{next(_NUMBERS)}.sock"
        listening.bind(str(path))
        listening.listen(64)
        words = serve(folder / "province", "--fd", str(listening.fileno()), "--behind-proxy")
        office, url = stack.enter_context(process(*words, fds=(listening.fileno(),)))
        assert url == f"unix:{path}"
        # The service has it now: when it goes, nobody listens.
        listening.close()
        urls = stack.enter_context(nginx.proxy(folder, path, **changed))
        yield Behind(folder, urls, office, stack)


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Behind]:
    with behind(folder, client_header_timeout=SLOW, client_body_timeout=SLOW) as office:
        yield office


def test_a_kiosk_with_its_certificate_is_served(office: Behind) -> None:
    kiosk = office.office()
    kiosk.ping()
    assert isinstance(kiosk.find(METER), Found)
    issued = kiosk.issue(METER, "r")
    assert len(issued.rows) == 4
    assert kiosk.issue(METER, "r") == issued
    assert kiosk.history(METER) == ()


def test_without_a_certificate_or_with_another_authoritys_it_is_told_so(office: Behind, folder: Path) -> None:
    strangers = folder / "strangers"
    strangers.mkdir(exist_ok=True)
    nginx.certificates(strangers)
    # The proxy's own is for a server.
    for name in (None, "strangers/kiosk-7", "office"):
        kiosk = office.office(name)
        for ask in (kiosk.ping, lambda kiosk=kiosk: kiosk.find(METER)):
            with pytest.raises(CertificateMissing, match="a certificate of this kiosk is needed"):
                ask()


def test_a_kiosks_token_does_not_do_at_the_door_of_people(office: Behind) -> None:
    for name in (None, "kiosk-7"):
        with pytest.raises(CertificateMissing, match="door of kiosks"):
            office.office(name, PEOPLE).ping()
    # What they say themselves of a certificate or an address does not pass the proxy.
    says = {"Authorization": f"Bearer {office.token}", "X-Client-Verify": "SUCCESS"}
    assert office.person("GET", "/v1/ping", headers=says).json()["code"] == "NET-24"


@pytest.mark.parametrize(
    "subject", ["/CN=kiosk-8", "/O=CN=kiosk-7/CN=kiosk-8", "/CN=kiosk-7 b", "/O=kiosk-7", "/CN=x/O=a,CN=kiosk-7"]
)
def test_a_token_does_with_the_certificate_of_its_own_kiosk_alone(office: Behind, folder: Path, subject: str) -> None:
    nginx.certificate(folder, "another", subject)
    with pytest.raises(CertificateMissing, match="not that of the kiosk"):
        office.office("another").ping()
    with office.line("another") as line:
        # What it says itself of its name does not pass the proxy.
        head = f"GET /v1/ping HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {office.token}\r\n"
        line.sendall(f"{head}X-Client-Name: kiosk-7\r\nConnection: close\r\n\r\n".encode())
        assert line.recv(4096)[:12] == b"HTTP/1.1 403"


@pytest.mark.parametrize("subject", ["/CN=kiosk-7", "/O=An office, of many/CN=kiosk-7"])
def test_the_name_of_a_certificate_is_its_cn(office: Behind, folder: Path, subject: str) -> None:
    nginx.certificate(folder, "same", subject)
    office.office("same").ping()


def test_people_need_no_certificate(office: Behind) -> None:
    signed_in = office.person("POST", "/v1/sessions", json={"name": "sari", "secret": PIN})
    assert signed_in.status_code == 200
    bearer = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    assert office.person("POST", "/v1/find", json={"text": METER}, headers=bearer).json()["kind"] == "found"
    assert office.person("DELETE", "/v1/sessions", headers=bearer).status_code == 204


def test_nobody_says_from_where_they_come(office: Behind) -> None:
    """Else five wrong tries from one address would be one each from five."""
    codes = []
    for number in range(7):
        says = {"X-Real-IP": f"192.0.2.{number}", "X-Forwarded-For": f"192.0.2.{number}"}
        wrong = {"name": f"name-{number}", "secret": "000111"}
        codes.append(office.person("POST", "/v1/sessions", json=wrong, headers=says).json()["code"])
    assert codes == ["NET-20"] * 5 + ["NET-21"] * 2


def test_a_large_body_is_refused_as_the_office_refuses_it(office: Behind) -> None:
    for size, says in ((70_000, "65536 bytes"), (600_000, "524288 bytes")):
        with pytest.raises(WireBroken, match=says):
            office.way().ask("POST", "/v1/find", b"x" * size, office.token)
    answer = office.person("POST", "/v1/sessions", data=b"x" * 70_000)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, PROBLEM_TYPE)
    assert PROBLEM.read(answer.json()).code == "NET-08"


def test_who_is_slow_is_hung_up_and_holds_nobody_up(office: Behind) -> None:
    head = f"POST /v1/find HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {office.token}\r\n"
    with ExitStack() as stack:
        began = time.monotonic()
        # More than the service has threads; half of them never end their head, half their body.
        slow = [stack.enter_context(office.line()) for _ in range(16)]
        for number, line in enumerate(slow):
            line.sendall(head.encode())
            if number % 2:
                line.sendall(b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
        office.office().ping()
        for line in slow:
            # Either nothing, or that it was too late.
            assert line.recv(4096)[:12] in (b"", b"HTTP/1.1 408")
        assert time.monotonic() - began < 15.0


def test_too_much_from_one_address_is_told_as_that(folder: Path) -> None:
    with behind(folder, limit_req="zone=krn_asked burst=2 nodelay") as office:

        def ask(_number: int) -> int:
            try:
                office.office().ping()
            except TooManyRequests:
                return 429
            return 204

        with ThreadPoolExecutor(16) as people:
            assert set(people.map(ask, range(64))) == {204, 429}


def test_an_office_that_is_gone_or_stands_still_cannot_be_reached(folder: Path) -> None:
    with behind(folder, proxy_read_timeout=SLOW) as office:
        kiosk = office.office()
        kiosk.ping()
        os.kill(office.process.pid, signal.SIGSTOP)
        with pytest.raises(OfficeUnreachable, match="what stands before the office"):
            kiosk.ping()
        os.kill(office.process.pid, signal.SIGCONT)
        kiosk.ping()
        office.process.kill()
        office.process.wait()
        for ask in (kiosk.ping, lambda: kiosk.find(METER), lambda: kiosk.issue(METER, "s")):
            with pytest.raises(OfficeUnreachable, match="what stands before the office"):
                ask()


def test_files_that_are_no_certificate_are_refused_before_anything_is_sent(folder: Path) -> None:
    for certificate, key in (("none.pem", "none.key"), ("kiosk-7.pem", "office.key"), ("kiosk-7.key", "kiosk-7.pem")):
        with pytest.raises(ServiceRefused, match="certificate and key cannot be used"):
            Way("https://localhost:1", folder / "authority.pem", None, (folder / certificate, folder / key))


@pytest.mark.parametrize(
    ("changed", "seen"), [({}, False), ({"client_body_buffer_size": "8k"}, True)], ids=["as it is", "were it smaller"]
)
def test_no_body_goes_through_a_file_of_the_proxy(folder: Path, changed: dict[str, str], seen: bool) -> None:
    with behind(folder, **changed) as office, pytest.raises(WireBroken, match="65536"):
        office.way().ask("POST", "/v1/find", b'{"text":"' + b"1" * 500_000 + b'"}', office.token)
    log = max(folder.glob("nginx-*/error.log"), key=lambda path: path.stat().st_mtime_ns).read_text()
    assert ("buffered to a temporary file" in log) is seen
