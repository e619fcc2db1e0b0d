"""The page of a report in a real browser: on a telephone, at a desk, and on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from krn_engine.office.report import page
from krn_engine.office.words.texts import Texts
from tests.support.browser import DESK, PHONE, browser, installed, visitor
from tests.support.sample_report import sample_report

pytestmark = [pytest.mark.slow, installed]
__all__ = ["browser"]
A4 = (688, 1000)
"""What is within the margins, in CSS pixels."""


@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK), ("between", (800, 600)), ("paper", A4)])
def test_a_report_is_read_everywhere(browser: Browser, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(page.file(sample_report(days=25), Texts("en" if name == "between" else "id")))
    with visitor(browser, size, touch=name == "phone") as somebody:
        somebody.page.goto(file.as_uri())
        if name == "paper":
            somebody.page.emulate_media(media="print")
        somebody.fits()
        # Of letters in a picture the rules cannot tell the ground: they have a white rim.
        somebody.accessible("color-contrast")
        somebody.page.locator("summary").click()
        somebody.fits()
        somebody.picture(f"report-{name}", whole=True)
        letters = somebody.page.evaluate("parseFloat(getComputedStyle(document.querySelector('svg text')).fontSize)")
        assert letters >= 12
        # No two words of a plot lie upon each other.
        assert somebody.page.evaluate(OVERLAPS) == []
        somebody.page.evaluate("document.querySelectorAll('svg').forEach(plot => plot.remove())")
        somebody.accessible()


OVERLAPS = """() => [...document.querySelectorAll('svg[role=img]')].flatMap(plot => {
  const words = [...plot.querySelectorAll('text')].map(word => [word.textContent, word.getBoundingClientRect()]);
  return words.flatMap(([one, a], n) => words.slice(n + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4
  ).map(([other]) => `${one} | ${other}`));
})"""
