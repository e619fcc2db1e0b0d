"""Forms, addresses and texts that nobody's page made: each is refused as a page, and nothing comes of it."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.contract import Statement
from krn_engine.office.local import LocalOffice
from krn_engine.office.web.errors import FormBroken, PageOver
from krn_engine.office.web.forms import Field, read
from krn_engine.office.web.pages import PAGES
from krn_engine.office.web.sealing import Seal
from krn_engine.office.wire.asked import Scope
from krn_engine.register.database import Register
from tests.support.office import Demo
from tests.support.places import Files
from tests.support.service import Served
from tests.support.web import PASSWORD, PIN, Person, person, web_on

pytestmark = pytest.mark.slow
EVIL = '"><script>alert(1)</script>{{ 7 * 7 }}{help_line}&amp;'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all: what is refused changes nothing."""
    folder = tmp_path_factory.mktemp("office")
    province = DemoProvince(32)
    url = Files(folder).register(32)
    with Register.open(url) as register:
        made = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        with web_on(Demo(province, register, made, url), folder) as running:
            yield running


@pytest.fixture(scope="module")
def officer(office: Served) -> Person:
    """Somebody who may look meters up."""
    return person(office)


@pytest.fixture(scope="module")
def admin(office: Served) -> Person:
    """Somebody who may load lists."""
    return person(office, "rini", Scope.ADMIN)


def stamp(somebody: Person, path: str = "/web/look-up") -> str:
    """Of this person's session."""
    somebody.go(path)
    return somebody.form("/web/language").values["form"]


def is_page(somebody: Person, status: int, code: str) -> None:
    """A page that tells the refusal, and nothing of the program."""
    answer = somebody.answer
    assert (answer.status_code, somebody.code()) == (status, code)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Traceback" not in answer.text


FORMS: dict[str, tuple[Callable[[str, str], object], int, str]] = {
    "no stamp": (lambda _own, _other: {"number": "1"}, 403, "WEB-01"),
    "another stamp": (lambda _own, _other: {"form": "0" * 64, "number": "1"}, 403, "WEB-01"),
    "another session's stamp": (lambda _own, other: {"form": other, "number": "1"}, 403, "WEB-01"),
    "a stamp beyond ASCII": (lambda _own, _other: {"form": "é", "number": "1"}, 403, "WEB-01"),
    "a field too many": (lambda own, _: {"form": own, "number": "1", "krn": "3"}, 422, "WEB-02"),
    "a field twice": (lambda own, _: [("form", own), ("number", "1"), ("number", "2")], 422, "WEB-02"),
    "a stamp twice": (lambda own, other: [("form", other), ("form", own), ("number", "1")], 422, "WEB-02"),
    "a long field": (lambda own, _: {"form": own, "number": "1" * 65}, 422, "WEB-02"),
    "a field of a megabyte": (lambda own, _: {"form": own, "number": "1" * 2**20}, 422, "WEB-02"),
    "a thousand fields": (lambda own, _: [("form", own), *((f"f{n}", "") for n in range(1000))], 422, "WEB-02"),
    "a control character": (lambda own, _: {"form": own, "number": "1\0"}, 422, "WEB-02"),
    "no UTF-8": (lambda own, _: f"form={own}&number=%ff%fe", 422, "WEB-02"),
    "no pairs": (lambda own, _: f"{own}&&&", 422, "WEB-02"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_this_page_did_not_make(office: Served, officer: Person, admin: Person, name: str) -> None:
    make, status, code = FORMS[name]
    made = make(stamp(officer), stamp(admin, "/web/progress"))
    sent = made if isinstance(made, str) else urlencode(made, encoding="utf-8")  # type: ignore[arg-type]
    officer.post("/web/look-up", sent, headers={"Content-Type": "application/x-www-form-urlencoded"})
    is_page(officer, status, code)


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        ("{own}", True),
        ("{own}:1", False),
        ("https://example.com", False),
        ("null", False),
        ("http://127.0.0.1", False),
        ("{own}, https://example.com", False),
        ("http://[", False),
    ],
)
def test_a_form_that_another_site_sends(officer: Person, origin: str, is_let_in: bool) -> None:
    own = officer.url if "{own}:" not in origin else officer.url.rpartition(":")[0]
    values = {"form": stamp(officer), "number": "991"}
    officer.post("/web/look-up", values, headers={"Origin": origin.format(own=own)})
    is_page(officer, *((422, "") if is_let_in else (403, "WEB-01")))


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_what_is_no_form(officer: Person, kind: str) -> None:
    officer.post("/web/look-up", f"form={stamp(officer)}&number=1", headers={"Content-Type": kind})
    is_page(officer, 422, "WEB-02")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods_that_pages_do_not_know(officer: Person, method: str) -> None:
    officer.answer = officer.line.request(method, f"{officer.url}/web/look-up", timeout=30)
    is_page(officer, 404, "WEB-04")


@pytest.mark.parametrize(
    "path",
    [
        "/web/nothing",
        "/web/meter",
        "/web/look-up/abc",
        "/web/style.css/abc",
        "/web/codes",
        "/web//look-up",
        "/web/look-up//",
        "/web/%2e%2e/v1/ping",
        "/web/..%2f..%2fetc/passwd",
        "/web/meter/..%2f..%2fetc%2fpasswd",
        "/web/Meter/abc",
        "/web/meter/" + "A" * 5000,
        "/web/%00",
    ],
)
def test_addresses_that_there_are_not(officer: Person, path: str) -> None:
    line = socket.create_connection((urlsplit(officer.url).hostname, urlsplit(officer.url).port), timeout=20)
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in officer.line.cookies)
    with line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 404")
    assert "WEB-04" in answer


def test_an_address_is_good_for_one_person_and_one_page(office: Served, officer: Person, admin: Person) -> None:
    officer.go("/web/look-up")
    officer.send("/web/look-up", number=office.demo.first(DemoCase.FOUR_ROWS).idpel)
    handle = officer.path.rpartition("/")[2]
    other = person(office, "budi")
    for somebody, page in ((other, "meter"), (officer, "holds"), (officer, "guide")):
        somebody.go(f"/web/{page}/{handle}")
        is_page(somebody, 404, "WEB-03")
    changed = handle[:-1] + ("A" if handle[-1] != "A" else "B")
    for wrong in (changed, handle[:-4], "A" * 40, "A" * 41, handle * 2):
        officer.go(f"/web/meter/{wrong}")
        is_page(officer, 404, "WEB-03")
    admin.go(f"/web/meter/{handle}")
    is_page(admin, 403, "NET-06")


def test_who_may_what(office: Served) -> None:
    """Every page, for each scope, as the table says; and a person of some units is none of all units."""
    for scope in (Scope.OFFICER, Scope.REPORT, Scope.ADMIN):
        for units in ((), ("99001",)):
            somebody = person(office, f"{scope.value}-{len(units)}", scope, *units)
            for page in PAGES:
                if page.show is None or page.has_handle:
                    continue
                may = scope in page.scopes and not (page.all_units and units)
                somebody.go(f"/web/{page.name}")
                assert somebody.answer.ok is may, (scope, units, page.name)
                assert may or somebody.code() == "NET-06"
                in_menu = page.menu is not None and f'href="/web/{page.name}"' in somebody.answer.text.split("<main")[0]
                assert in_menu == (may and page.menu is not None)


def test_a_person_of_other_units_finds_nobody(office: Served, officer: Person) -> None:
    elsewhere = person(office, "jauh", Scope.OFFICER, "51101")
    customer = office.demo.first(DemoCase.FOUR_ROWS)
    for number in (customer.idpel, customer.meter_number):
        elsewhere.go("/web/look-up")
        assert elsewhere.send("/web/look-up", number=number).status_code == 422
        assert "Tidak ditemukan" in elsewhere.page.text


def test_texts_of_others_are_texts_and_nothing_else(office: Served, officer: Person, admin: Person) -> None:
    """In reasons, names of who says something, places, and what is typed."""
    customer = office.demo.first(DemoCase.FOUR_ROWS)
    office.demo.office.state(customer.meter_number, Statement.said(1, EVIL, EVIL, EVIL))
    officer.go("/web/look-up")
    officer.send("/web/look-up", number=customer.idpel)
    shown = [officer.answer.text]
    officer.follow("Nyatakan KRN")
    officer.send("/web/holds", krn="9", reason=EVIL)
    shown.append(officer.answer.text)
    admin.go("/web/enrol")
    admin.send("/web/enrol", name="a", units=EVIL, scope="kiosk")
    shown.append(admin.answer.text)
    admin.go("/web/audit")
    admin.send("/web/audit", number="", person=EVIL)
    shown.append(admin.answer.text)
    code = office.service.callers.make_code("kios-x", Scope.KIOSK, ["<b>unit</b>"])
    office.service.callers.enrol("kios-x", str(code.code))
    admin.go("/web/kiosks")
    shown.append(admin.answer.text)
    for text in shown:
        assert "<script" not in text
        assert "<b>unit" not in text
        assert "49" not in re.sub("[0-9a-f]{64}|[A-Za-z0-9_-]{40,}", "", text).split("7 * 7")[-1][:3]
    assert "&lt;script&gt;" in shown[0]
    assert "{{ 7 * 7 }}{help_line}" in shown[0]
    assert "&lt;b&gt;unit" in shown[-1]


def part(name: str, value: bytes, file: str | None = None) -> bytes:
    """One part of a form with a file."""
    about = f'; filename="{file}"' if file is not None else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'.encode() + value + b"\r\n"


END = b"--x--\r\n"
LIST = b"IDPEL,NOMOR_METER\n991234567890,99000000018\n"
SENT: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    "no end": (lambda own: part("form", own) + part("file", LIST, "d.csv"), 422, "WEB-02"),
    "no file": (lambda own: part("form", own) + END, 422, "WEB-02"),
    "no stamp": (lambda _: part("file", LIST, "d.csv") + END, 403, "WEB-01"),
    "a stamp behind the file": (lambda own: part("file", LIST, "d.csv") + part("form", own) + END, 403, "WEB-01"),
    "another stamp": (lambda _: part("form", b"0" * 64) + part("file", LIST, "d.csv") + END, 403, "WEB-01"),
    "two files": (lambda own: part("form", own) + 2 * part("file", LIST, "d.csv") + END, 422, "WEB-02"),
    "a file by another name": (lambda own: part("form", own) + part("other", LIST, "d.csv") + END, 422, "WEB-02"),
    "a stamp as a file": (lambda own: part("form", own, "f") + part("file", LIST, "d.csv") + END, 422, "WEB-02"),
    "a long stamp": (lambda _: part("form", b"0" * 2**20) + part("file", LIST, "d.csv") + END, 422, "WEB-02"),
    "no list": (lambda own: part("form", own) + part("file", b"\0\1\2", "d.csv") + END, 422, "REG-07"),
    "nothing": (lambda own: part("form", own) + part("file", b"", "d.csv") + END, 422, "REG-07"),
    "a broken workbook": (lambda own: part("form", own) + part("file", b"PK\3\4", "../d.xlsx") + END, 422, "REG-07"),
    "no form": (lambda _: b"x" * 1000, 422, "WEB-02"),
    "a head without an end": (lambda own: b"--x\r\nA: " + b"a" * 10_000, 422, "WEB-02"),
}


@pytest.mark.parametrize("name", SENT)
def test_a_file_that_is_sent_otherwise(admin: Person, name: str) -> None:
    make, status, code = SENT[name]
    own = stamp(admin, "/web/list").encode()
    admin.post("/web/list", make(own), headers={"Content-Type": "multipart/form-data; boundary=x"})
    is_page(admin, status, code)


def test_a_list_of_who_may_not_is_not_kept(officer: Person) -> None:
    content = part("form", stamp(officer).encode()) + part("file", LIST, "d.csv") + END
    officer.post("/web/list", content, headers={"Content-Type": "multipart/form-data; boundary=x"})
    is_page(officer, 403, "NET-06")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_form_or_are_refused(content: bytes) -> None:
    try:
        values = read(content, {"number": Field(64)})
    except FormBroken:
        return
    assert values.keys() == {"form", "number"}


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]{40,200}", fullmatch=True))
def test_any_text_is_no_sealed_address(text: str) -> None:
    with pytest.raises(PageOver):
        Seal(bytes(32)).open("meter", "sari", text)


def test_the_log_and_the_refusals_name_nobody(office: Served) -> None:
    """Neither numbers, nor names, nor what was typed, nor a session."""
    somebody = person(office, "wati")
    customer = office.demo.first(DemoCase.EA11)
    somebody.send("/web/look-up", number=customer.idpel)
    somebody.send("/web/codes")
    rows = [str(row) for row in office.demo.office.issue(customer.meter_number, "r").rows]
    somebody.send("/web/guide", said="BENAR")
    somebody.go("/web/look-up")
    somebody.send("/web/look-up", number="991234567890123456")
    said = office.logged()
    session = next(cookie.value for cookie in somebody.line.cookies if "session" in cookie.name)
    for secret in (customer.idpel, customer.meter_number, *rows, "wati", PIN, PASSWORD, "991234567890123456", session):
        assert secret is not None
        assert secret not in said
    assert office.service.log.hashed(customer.meter_number) in said


def test_who_asks_too_often_waits_and_who_guesses_sessions_is_a_stranger(demo: Demo, tmp_path: Path) -> None:
    with web_on(demo, tmp_path, per_minute=dict.fromkeys(Scope, 5), strangers=4) as limited:
        somebody = person(limited)
        statuses = [somebody.go("/web/progress").status_code for _ in range(8)]
        assert set(statuses) == {200, 429}
        assert int(somebody.answer.headers["Retry-After"]) <= 60
        is_page(somebody, 429, "NET-07")
        guesser = Person(limited.url)
        codes = []
        for number in range(8):
            guesser.line.cookies.set("krn-session", f"krs_{number:012}_{'A' * 43}")
            codes.append(guesser.go("/web/progress").status_code)
        assert set(codes) == {403, 429}
        # So is who tries names, each of them once.
        guesser.line.cookies.clear()
        assert guesser.sign_in("somebody", "000111").status_code == 429
        assert "Terlalu banyak permintaan" in guesser.page.text
