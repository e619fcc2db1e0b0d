"""nginx before the pages and the chats, by the configuration of the project: what it lets through, and how much."""

import json
import re
import socket
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.office.access.database import Database
from krn_engine.office.access.people import People
from krn_engine.office.local import LocalOffice
from krn_engine.office.server.app import build_app
from krn_engine.office.web.site import web_site
from krn_engine.office.web.uploads import LONGEST
from krn_engine.office.wire.asked import Scope
from krn_engine.register.database import Register
from tests.support import certificates, nginx
from tests.support.nginx import KIOSKS, PEOPLE
from tests.support.office import Demo
from tests.support.places import Files
from tests.support.service import running_on, service_on
from tests.support.web import PASSWORD, Person

pytestmark = [pytest.mark.slow, nginx.installed, certificates.installed]
MIB = 2**20


class _Echo(BaseHTTPRequestHandler):
    """Answers with the headers that came, and how much else did."""

    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """One request of any method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        if self.headers.get("Transfer-Encoding") == "chunked":
            length = 0
            while size := int(self.rfile.readline(), 16):
                length += len(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        else:
            length = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        told = {name.lower(): value for name, value in self.headers.items()}
        content = json.dumps({"headers": told, "length": length}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name that the base has
        """Say nothing."""

    def address_string(self) -> str:
        """A Unix socket has none."""
        return ""


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Certificates. A socket's path is short."""
    with tempfile.TemporaryDirectory(prefix="krn-pages-") as made:
        nginx.certificates(Path(made))
        yield Path(made)


@contextmanager
def before_an_echo(folder: Path, **changed: str) -> Iterator[dict[int, str]]:
    path = folder / "echo.sock"
    path.unlink(missing_ok=True)
    with _Server(str(path), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with nginx.proxy(folder, path, **changed) as urls:
                yield urls
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def echo(folder: Path) -> Iterator[dict[int, str]]:
    """What stands behind the proxy tells what came to it."""
    with before_an_echo(folder) as urls:
        yield urls


def ask(folder: Path, url: str, method: str = "POST", **more: Any) -> requests.Response:
    """A request at a door."""
    return requests.request(method, url, verify=str(folder / "authority.pem"), timeout=60, **more)


def test_what_pages_and_chats_need_goes_on_and_nothing_else(folder: Path, echo: dict[int, str]) -> None:
    needed = {
        "cookie": "__Host-krn-session=x",
        "origin": "https://localhost",
        "if-none-match": '"1"',
        "authorization": "Bearer x",
        "x-hub-signature-256": "sha256=00",
        "x-telegram-bot-api-secret-token": "abc",
    }
    other = {"Referer": "https://localhost/web", "X-Forwarded-For": "192.0.2.1", "X-Real-IP": "192.0.2.1", "Foo": "1"}
    for path in ("/web/look-up", "/web/list", "/chat/whatsapp", "/r/rows", "/door/results", "/v1/find"):
        came = ask(folder, echo[PEOPLE] + path, headers=needed | other, data=b"x").json()["headers"]
        assert needed.items() <= came.items()
        assert not {"referer", "x-forwarded-for", "foo"} & came.keys()
        assert came["x-real-ip"] == "127.0.0.1"
        assert f"https://{came['host']}" == echo[PEOPLE]


def test_browsers_come_by_tls_alone_from_then_on(folder: Path, echo: dict[int, str]) -> None:
    name, lasts = "Strict-Transport-Security", "max-age=63072000"
    for path in ("/web/look-up", "/web/list", "/r/rows", "/door/results", "/v1/find"):
        assert ask(folder, echo[PEOPLE] + path, data=b"x").headers[name] == lasts
    assert ask(folder, echo[PEOPLE] + "/web/look-up", data=bytes(65 * 1024)).headers[name] == lasts
    # A header of a location takes the place of all that stand above it.
    for where in re.split(r"location ", nginx.CONFIGURATION.read_text().split("door of people,")[1]):
        assert ("add_header" in where) == (f'add_header {name} "{lasts}" always;' in where)
    assert name not in ask(folder, echo[KIOSKS] + "/v1/find", data=b"x").headers


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/web/look-up", 64 * 1024),
        ("/web/list", 33 * MIB),
        ("/chat/telegram", 3 * MIB),
        ("/door/results", 3 * MIB),
        ("/r/said", 64 * 1024),
        ("/readyz", 64 * 1024),
    ],
)
def test_each_path_takes_so_much_and_no_more_and_none_of_it_goes_through_a_file(
    folder: Path, echo: dict[int, str], path: str, most: int
) -> None:
    assert ask(folder, echo[PEOPLE] + path, data=b"x" * most).json()["length"] == most
    assert ask(folder, echo[PEOPLE] + path, data=b"x" * (most + 1)).status_code == 413
    log = max(folder.glob("nginx-*/error.log"), key=lambda log: log.stat().st_mtime_ns).read_text()
    assert "buffered to a temporary file" not in log


@pytest.mark.parametrize("path", ["/web", "/web/look-up", "/chat/telegram", "/r", "/r/rows", "/door"])
def test_at_the_door_of_kiosks_there_are_no_pages_and_no_chats(folder: Path, echo: dict[int, str], path: str) -> None:
    kiosk = (str(folder / "kiosk-7.pem"), str(folder / "kiosk-7.key"))
    answer = ask(folder, echo[KIOSKS] + path, "GET", cert=kiosk)
    assert (answer.status_code, answer.json()["code"]) == (404, "NET-09")
    assert ask(folder, echo[KIOSKS] + "/readyz", "GET", cert=kiosk).status_code == 200


def test_chats_of_a_whole_province_come_from_one_address(folder: Path, echo: dict[int, str]) -> None:
    """Where a person's requests are held up long since."""
    with requests.Session() as line:
        # Else an authority of the machine would take the place of this one.
        line.trust_env = False
        line.verify = str(folder / "authority.pem")
        for path, statuses in (("/chat/telegram", {200}), ("/v1/find", {200, 429}), ("/web/look-up", {200, 429})):
            assert {line.post(echo[PEOPLE] + path, data=b"x").status_code for _ in range(150)} == statuses


def test_an_administrator_signs_in_and_sends_a_long_list_through_the_proxy(folder: Path, tmp_path: Path) -> None:
    province, path = DemoProvince(32), folder / "office.sock"
    url = Files(tmp_path).register(32)
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        demo = Demo(province, register, office, url)
        with service_on(demo, tmp_path, behind_proxy=True) as (service, _):
            with Database.of_callers(url) as kept:
                People(kept).add("rini", Scope.ADMIN, (), PASSWORD)
            with (
                socket.socket(socket.AF_UNIX) as listening,
                running_on(_bound(listening, path), build_app(service, "0", sites=[web_site])),
                nginx.proxy(folder, path) as urls,
            ):
                admin = Person(urls[PEOPLE])
                admin.line.trust_env = False
                admin.line.verify = str(folder / "authority.pem")
                admin.line.headers["Origin"] = urls[PEOPLE]
                assert admin.sign_in("rini", PASSWORD).ok
                assert admin.path == "/web/progress"
                assert {cookie.name for cookie in admin.line.cookies} == {"__Host-krn-session"}
                admin.go("/web/list")
                form = admin.form("/web/list")
                del form.values["file"]
                line = "991234567890,99000000018,,99001,1" + " " * 1000 + "\n"
                content = ("IDPEL,NOMOR_METER,NAMA,UNIT,KRN\n" + line * 9000).encode()
                for size, status in ((len(content), 200), (LONGEST + 1, 413)):
                    sent = content.ljust(size)[:size]
                    admin.answer = admin.line.post(
                        admin.url + form.action, data=form.values, files={"file": ("d.csv", sent)}, timeout=60
                    )
                    assert admin.answer.status_code == status
                assert admin.code() == "WEB-05"
                admin.line.headers["Origin"] = "https://example.com"
                admin.go("/web/list")
                assert admin.send("/web/sign-out").status_code == 403
                assert re.search("WEB-01", admin.page.text)


def _bound(listening: Any, path: Path) -> Any:
    listening.bind(str(path))
    listening.listen(64)
    return listening
