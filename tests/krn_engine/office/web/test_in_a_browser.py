"""The pages in a real browser: at a desk and on a telephone, by keyboard, without scripts, by axe-core's rules."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.contract import Due, Found, Grade, NothingToDo, RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.heartbeat import Heartbeat, Line, LineState
from krn_engine.register.database import Register
from tests.support.browser import DESK, SMALLEST_PHONE, Visitor, browser, installed, visitor
from tests.support.office import Demo
from tests.support.places import Files
from tests.support.service import Served
from tests.support.web import PASSWORD, PIN, web_on

pytestmark = [pytest.mark.slow, installed]
__all__ = ["browser"]
REFUSED = "the server responded with a status of 4"
"""What the console says of a page that tells a refusal."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all tests here: each takes customers of its own."""
    folder = tmp_path_factory.mktemp("office")
    province = DemoProvince(32)
    url = Files(folder).register(32)
    with Register.open(url) as register:
        made = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        with web_on(Demo(province, register, made, url), folder) as office:
            with office.people() as people:
                people.add("sari", Scope.OFFICER, (), PIN)
                people.add("rini", Scope.ADMIN, (), PASSWORD)
            yield office


def see(somebody: Visitor, name: str, *but_for: str, wide: bool = False) -> None:
    """What is shown now can be used by everybody, fits, and has a picture; `wide`: one of a desk too.

    `but_for`: rules of axe-core that cannot be held here.
    """
    somebody.accessible(*but_for)
    somebody.fits()
    somebody.picture(f"web-{name}", whole=True)
    if wide:
        small = somebody.page.viewport_size
        somebody.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        somebody.picture(f"web-{name}-desk", whole=True)
        assert small is not None
        somebody.page.set_viewport_size(small)


def headings_fit(somebody: Visitor, name: str) -> None:
    """With letters twice as large no heading goes over the edge of what is around it."""
    page = somebody.page
    page.evaluate("document.documentElement.style.fontSize = `${17 * 2}px`")
    over = page.evaluate(
        """[...document.querySelectorAll("h1, h2, h3")].filter((heading) => {
            const words = document.createRange();
            words.selectNodeContents(heading);
            return words.getBoundingClientRect().right > heading.parentElement.getBoundingClientRect().right;
        }).map((heading) => heading.textContent)"""
    )
    assert not over
    somebody.picture(f"web-{name}-large", whole=True)
    page.evaluate("document.documentElement.style.fontSize = ''")


def sign_in(page: Page, office: Served, name: str, secret: str) -> None:
    """Open the site and sign in."""
    page.goto(f"{office.url}/web")
    page.fill("#name", name)
    page.fill("#secret", secret)
    page.press("#secret", "Enter")
    page.wait_for_load_state()


def upgraded(office: Served, case: DemoCase) -> str:
    """The IDPEL of a customer whose meter is proved to be upgraded."""
    customer = office.demo.first(case)
    issued = office.demo.office.issue(customer.meter_number, f"r {case}")
    for change in issued.changes:
        for section in range(1, len(change.rows) + 1):
            attempt = f"{change.id} {section}"
            row = RowRecord(change.id, section, RowOutcome.ACCEPTED, "BENAR", "x", "p", attempt, Grade.SENSOR)
            office.demo.office.record(row)
    found = office.demo.office.find(customer.idpel)
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)
    return customer.idpel


def reopen(page: Page, idpel: str) -> None:
    """From the look-up to a meter that counts as not upgraded."""
    page.fill("#number", idpel)
    page.press("#number", "Enter")
    page.click("text=Nyatakan KRN")
    page.check("input[name=krn][value='1']")
    page.fill("#reason", "Meter diganti")
    page.click("main button")
    page.click("text=Ya, catat")
    page.wait_for_load_state()


def test_from_signing_in_to_a_meter_that_is_open_again(browser: Browser, office: Served) -> None:
    idpel = upgraded(office, DemoCase.TWO_ROWS)
    with visitor(browser, DESK, touch=False) as somebody:
        page = somebody.page
        somebody.expected.append(REFUSED)
        page.goto(f"{office.url}/web")
        see(somebody, "sign-in")
        page.fill("#name", "sari")
        page.fill("#secret", "000111")
        page.press("#secret", "Enter")
        assert "tidak cocok" in page.inner_text("main")
        see(somebody, "sign-in-refused")
        sign_in(page, office, "sari", PIN)
        page.fill("#number", "991")
        page.press("#number", "Enter")
        see(somebody, "look-up-refused")
        page.fill("#number", idpel)
        page.press("#number", "Enter")
        assert "Sudah versi terbaru" in page.inner_text("main")
        see(somebody, "meter-upgraded")
        page.click("text=Nyatakan KRN")
        see(somebody, "statement")
        page.check("input[name=krn][value='2']")
        page.fill("#reason", "Meter diganti")
        page.click("main button")
        assert "perlu kode lagi" in page.inner_text("main")
        see(somebody, "confirm")
        page.click("text=Ya, catat")
        assert "Perlu 2 kode" in page.inner_text("main")
        see(somebody, "meter-reopened")
        # No number is in an address or a title: what a browser and a proxy remember.
        digits = [idpel, office.demo.first(DemoCase.TWO_ROWS).meter_number]
        assert not any(number in address for number in digits for address in somebody.asked)
        assert not any(number in page.title() for number in digits)
        page.goto(f"{office.url}/web/nothing")
        see(somebody, "refused")
        page.go_back()
        page.click("text=Keluar dari akun")
        assert page.url.endswith("/web/sign-in")


def test_the_same_without_scripts(browser: Browser, office: Served) -> None:
    idpel = upgraded(office, DemoCase.EA11)
    with visitor(browser, DESK, touch=False, java_script_enabled=False) as somebody:
        sign_in(somebody.page, office, "sari", PIN)
        reopen(somebody.page, idpel)
        assert "Perlu" in somebody.page.inner_text("main")
    found = office.demo.office.find(idpel)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)


def test_by_keyboard_alone(browser: Browser, office: Served) -> None:
    """Where the focus is can be seen, and each step is reached by Tab, and done by Enter."""
    with visitor(browser, DESK, touch=False) as somebody:
        page, keyboard = somebody.page, somebody.page.keyboard
        page.goto(f"{office.url}/web")

        def tab_to(words: str) -> None:
            for _ in range(30):
                keyboard.press("Tab")
                at = page.evaluate(
                    "[document.activeElement.textContent || document.activeElement.name, "
                    "getComputedStyle(document.activeElement).outlineStyle]"
                )
                assert at[1] != "none", at
                if at[0].strip() == words:
                    return
            raise AssertionError(f"{words} is not reached")

        tab_to("Langsung ke isi")
        somebody.picture("web-keyboard")
        keyboard.press("Enter")
        tab_to("name")
        keyboard.type("sari")
        tab_to("secret")
        keyboard.type(PIN)
        keyboard.press("Enter")
        page.wait_for_selector("#number")
        tab_to("number")
        keyboard.type(office.demo.first(DemoCase.FOUR_ROWS).idpel)
        keyboard.press("Enter")
        page.wait_for_selector(".whose")
        tab_to("Pandu lewat telepon")
        keyboard.press("Enter")
        page.wait_for_selector(".big")
        tab_to("BENAR")
        keyboard.press("Enter")
        page.wait_for_selector("text=Bacakan kode 2")
        tab_to("Keluar dari akun")
        keyboard.press("Enter")
        page.wait_for_selector("#secret")


def test_guiding_on_a_small_telephone_in_english(browser: Browser, office: Served) -> None:
    with visitor(browser, SMALLEST_PHONE) as somebody:
        page = somebody.page
        page.goto(f"{office.url}/web")
        page.click("text=English")
        sign_in(page, office, "sari", PIN)
        see(somebody, "look-up-english")
        page.fill("#number", office.demo.first(DemoCase.HALF_DONE).idpel)
        page.press("#number", "Enter")
        see(somebody, "meter-english")
        headings_fit(somebody, "meter-english")
        page.click("text=Guide by telephone")
        see(somebody, "guide-english")
        headings_fit(somebody, "guide-english")
        page.click("button:text-is('GAGAL')")
        see(somebody, "guide-put-off-english")
        while page.query_selector("button:text-is('BENAR')"):
            page.click("button:text-is('BENAR')")
        see(somebody, "guide-end-english")
        page.click("button:text-is('1')")
        see(somebody, "guide-not-yet-english")
        while page.query_selector("button:text-is('SALAH')"):
            page.click("button:text-is('SALAH')")
        see(somebody, "guide-stopped-english")
        page.click("button:text-is('The meter takes codes again')")
        while page.query_selector("button:text-is('BENAR')"):
            page.click("button:text-is('BENAR')")
        page.click("text=Back to the meter")
        see(somebody, "meter-history-english")
        page.click("text=Undo claim")
        see(somebody, "retract-english")


def test_what_an_administrator_sees(browser: Browser, office: Served, tmp_path: Path) -> None:
    listed = tmp_path / "daftar.csv"
    one, four = office.demo.first(DemoCase.BLOCKED), office.demo.first(DemoCase.READY_MADE)
    listed.write_text(
        f"IDPEL,NOMOR_METER,CATATAN\n{one.idpel},99000000018,\n12,34,x\n{four.idpel},{four.meter_number},\n"
    )
    with visitor(browser, SMALLEST_PHONE) as somebody:
        page = somebody.page
        sign_in(page, office, "rini", PASSWORD)
        # Of letters upon a plot it cannot tell what they stand on; they have a rim.
        see(somebody, "progress", "color-contrast", wide=True)
        page.click("nav >> text=Daftarkan kios")
        see(somebody, "enrol", wide=True)
        page.fill("#name", "kios-7")
        page.fill("#units", "99001")
        page.click("main button")
        (code,) = re.findall("[A-Z2-9]{4}-[A-Z2-9]{4}", page.inner_text("main"))
        see(somebody, "code", wide=True)
        token = office.service.callers.enrol("kios-7", code).token
        lines = (Line("printer", LineState.FAIL, "HW-16"), Line("clock", LineState.WARN, ""))
        beat = Heartbeat("0.2.0", lines, None, "", 60, None)
        office.service.callers.heartbeats.keep(office.service.know(str(token)).id, beat)
        page.click("text=Ke daftar kios")
        see(somebody, "kiosks", wide=True)
        page.click("text=Cabut izin")
        see(somebody, "revoke", wide=True)
        page.click("text=Ya, cabut izin")
        page.click("nav >> text=Muat daftar")
        see(somebody, "list", wide=True)
        page.set_input_files("#file", listed)
        page.click("main button")
        see(somebody, "list-ask", wide=True)
        page.check("input[name=skip]")
        page.click("#accept button")
        see(somebody, "list-done", wide=True)
        page.click("nav >> text=Audit")
        see(somebody, "audit", wide=True)
        page.fill("#person", "rini")
        page.click("text=Saring")
        page.click("summary >> nth=0")
        see(somebody, "audit-of", wide=True)
        page.click("text=Kembali ke audit")
        page.click("text=Periksa seluruh audit")
        see(somebody, "verdict", wide=True)


def test_letters_twice_as_large_fit_on_the_smallest_telephone(browser: Browser, office: Served) -> None:
    """As somebody sets their browser who cannot see well."""
    with visitor(browser, SMALLEST_PHONE) as somebody:
        page = somebody.page
        # Its first page in a browser is asked for an icon too.
        somebody.expected.append(REFUSED)
        somebody.line().send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        sign_in(page, office, "rini", PASSWORD)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "34px"
        wide: dict[tuple[str, str], int] = {}
        for language in ("id", "en"):
            for name in ("progress", "kiosks", "enrol", "list", "audit"):
                page.goto(f"{office.url}/web/{name}")
                wide[language, name] = page.evaluate("document.documentElement.scrollWidth")
                somebody.picture(f"web-large-{name}-{language}", whole=True)
            page.click("header button[lang]")
        assert {of: width for of, width in wide.items() if width > SMALLEST_PHONE[0]} == {}
