"""What the tests of pages rely on: a browser that tells of every kind of wrong."""

import pytest
from playwright.sync_api import Browser, Error

from tests.support.browser import PHONE, Visitor, browser, installed, phone, visitor

pytestmark = [pytest.mark.slow, installed]
__all__ = ["browser", "phone"]
GOOD = (
    "<!doctype html><html lang=id><meta name=viewport content='width=device-width'><title>Uji</title>"
    "<main><h1>Uji</h1><p>Isi</p></main></html>"
)


def show(visitor: Visitor, content: str) -> None:
    visitor.page.goto("about:blank")
    visitor.page.set_content(content)


def test_a_good_page_passes(phone: Visitor) -> None:
    show(phone, GOOD)
    phone.accessible()
    phone.fits()
    assert phone.picture("smoke").stat().st_size > 0


def test_axe_says_what_is_wrong_and_where(phone: Visitor) -> None:
    show(phone, GOOD.replace("<p>Isi</p>", "<p>Isi</p><input id=nameless>"))
    with pytest.raises(AssertionError, match=r"violations: label: [^\n]+\n  \['#nameless'\]"):
        phone.accessible()
    phone.accessible("label")


def test_what_is_too_wide_does_not_fit(phone: Visitor) -> None:
    for wrong in (GOOD.replace("<p>", "<p style='width: 400px'>"), GOOD.replace("viewport", "")):
        show(phone, wrong)
        with pytest.raises(AssertionError, match="the page is"):
            phone.fits()


def test_complaints_of_the_console_fail(browser: Browser) -> None:
    with pytest.raises(AssertionError, match="not so"), visitor(browser) as somebody:
        somebody.page.evaluate("console.error('this is not so')")
    with visitor(browser) as somebody:
        somebody.expected.append("not so")
        somebody.page.evaluate("console.error('this is not so')")


def test_a_phone_has_a_finger_and_a_small_screen(phone: Visitor) -> None:
    show(phone, GOOD)
    assert phone.page.evaluate("[innerWidth, innerHeight, navigator.maxTouchPoints > 0]") == [*PHONE, True]


def test_without_a_network_nothing_is_reached(phone: Visitor) -> None:
    with phone.offline(), pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        phone.page.goto("http://127.0.0.1:9/")
