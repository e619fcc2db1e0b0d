"""Signing in at the pages: cookies, the same words whatever is wrong, the lock, and coming back."""

import re
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.wire.asked import Scope
from tests.support.office import Demo
from tests.support.service import Served
from tests.support.web import PASSWORD, PIN, Person, person, web_on

pytestmark = pytest.mark.slow


def test_who_signs_in_comes_to_the_first_page_of_their_scope(office: Served) -> None:
    for name, scope, path in (
        ("sari", Scope.OFFICER, "/web/look-up"),
        ("rudi", Scope.REPORT, "/web/progress"),
    ):
        somebody = person(office, name, scope)
        assert somebody.path == path
        assert name in somebody.page.text
        somebody.send("/web/sign-out")
        assert somebody.path == "/web/sign-in"
        assert somebody.go(path).status_code == 403


def test_wrong_secrets_and_unknown_names_are_told_alike_and_locked(office: Served) -> None:
    with office.people() as people:
        people.add("sari", Scope.OFFICER, (), PIN)
    told = set()
    for name, secret in (("sari", "000111"), ("nobody", "000111"), ("bu sari", ""), ("x" * 64, "000111")):
        somebody = Person(office.url)
        assert somebody.sign_in(name, secret).status_code == 403
        told.add(re.sub('value="[^"]*"', "", somebody.answer.text))
    assert len(told) == 1
    assert "tidak cocok" in told.pop()
    for _ in range(4):
        somebody.sign_in("sari", "000111")
    answer = somebody.sign_in("sari", PIN)
    assert answer.status_code == 429
    assert "Tunggu 15 menit" in somebody.page.text
    assert 880 <= int(answer.headers["Retry-After"]) <= 900


def test_cookies_are_for_this_host_over_tls_alone_and_no_script_reads_them(
    office: Served, demo: Demo, tmp_path: Path
) -> None:
    plain = Person(office.url)
    plain.sign_in("nobody", "000111")
    with web_on(demo, tmp_path, behind_proxy=True) as proxied:
        with proxied.people() as people:
            people.add("sari", Scope.OFFICER, (), PIN)
        first = proxied.ask("GET", "/web/sign-in")
        (made,) = first.headers["Set-Cookie"].split(", ")
        assert made.startswith("__Host-krn-visitor=")
        cookie = made.partition(";")[0]
        (stamp,) = set(re.findall('name="form" value="([0-9a-f]+)"', first.text))
        answer = proxied.ask(
            "POST",
            "/web/sign-in",
            f"form={stamp}&name=sari&secret={PIN}&to=&kept=".encode(),
            headers={"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 303
        cookies = re.split(", (?=__Host-)", answer.headers["Set-Cookie"])
    assert [one.partition("=")[0] for one in cookies] == ["__Host-krn-session", "__Host-krn-visitor"]
    for one in (made, *cookies):
        parts = {part.strip().lower() for part in one.split(";")}
        assert parts >= {"secure", "httponly", "samesite=strict", "path=/"}
        assert not any(part.startswith("domain") for part in parts)
    # Without TLS, on this machine alone, a browser would not keep such a cookie.
    assert {cookie.name for cookie in plain.line.cookies} == {"krn-visitor"}


def test_whose_session_is_over_signs_in_and_comes_back_to_the_same_page(office: Served) -> None:
    somebody = person(office)
    somebody.send("/web/look-up", number=office.demo.first(DemoCase.FOUR_ROWS).idpel)
    page = somebody.path
    with office.people() as people:
        people.set_secret("sari", PASSWORD)
    assert somebody.go(page).status_code == 403
    assert "Sesi Anda sudah berakhir" in somebody.page.text
    assert somebody.send("/web/sign-in", name="sari", secret=PASSWORD).ok
    assert somebody.path == page


def test_what_was_typed_when_the_session_was_over_is_not_lost(office: Served) -> None:
    somebody = person(office)
    somebody.send("/web/look-up", number=office.demo.first(DemoCase.FOUR_ROWS).idpel)
    somebody.follow("Nyatakan KRN")
    with office.people() as people:
        people.set_secret("sari", PASSWORD)
    reason = "dibaca petugas <b>di rumah</b>"
    assert somebody.send("/web/holds", krn="2", reason=reason).status_code == 403
    assert reason not in somebody.answer.text
    assert somebody.send("/web/sign-in", name="sari", secret=PASSWORD).ok
    assert somebody.form("/web/holds").values.items() >= {"krn": "2", "reason": reason}.items()
    assert somebody.send("/web/holds").ok
    assert somebody.path.startswith("/web/confirm/")


@pytest.mark.parametrize(
    "to",
    [
        "https://example.com/",
        "//example.com",
        "/v1/ping",
        "/web/../v1/ping",
        "/web/sign-out",
        "/web/meter",
        "javascript:1",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(office: Served, to: str) -> None:
    with office.people() as people:
        people.add("sari", Scope.OFFICER, (), PIN)
    somebody = Person(office.url)
    somebody.go("/web/sign-in")
    assert somebody.send("/web/sign-in", name="sari", secret=PIN, to=to).ok
    assert [answer.headers["Location"] for answer in somebody.answer.history] == ["/web", "/web/look-up"]


def test_a_kiosks_token_is_no_session(office: Served) -> None:
    somebody = Person(office.url)
    somebody.line.cookies.set("krn-session", office.token())
    assert somebody.go("/web/look-up").status_code == 403


def test_the_language_stays_chosen(office: Served) -> None:
    somebody = Person(office.url)
    somebody.go("/web/sign-in")
    somebody.send("/web/language", language="en")
    assert somebody.path == "/web/sign-in"
    assert "PIN or password" in somebody.page.text
    with office.people() as people:
        people.add("sari", Scope.OFFICER, (), PIN)
    somebody.send("/web/sign-in", name="sari", secret=PIN)
    assert "Look up a meter" in somebody.page.text
    somebody.send("/web/language", language="id")
    assert (somebody.path, "Cari meter" in somebody.page.text) == ("/web/look-up", True)


def test_the_log_tells_of_signing_in_as_that_of_the_api_does(office: Served) -> None:
    somebody = person(office)
    somebody.send("/web/sign-out")
    somebody.sign_in("sari", "000111")
    who = office.service.log.person("sari")
    events = [(line["event"], line.get("caller")) for line in office.events if line["event"] != "asked"]
    assert events[1:] == [("signed-in", who), ("signed-out", who), ("sign-in-refused", who)]
    assert not any(secret in office.logged() for secret in ("sari", PIN, "000111"))
