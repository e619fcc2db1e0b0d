"""Debian's Chromium, as a person's telephone or as staff's desk has it, for the pages of an office.

A test asks for `phone` or `desk` (import the fixture, and `browser` with it), marks itself `slow` and `installed`, and
goes to pages by `visitor.page`. What the browser complains of on its console fails the test.
While `browser` is there, its module's thread has an event loop: asyncio.run belongs into another thread.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)

CHROMIUM = Path("/usr/bin/chromium")
PICTURES = Path(__file__).parents[2] / "screens/pages"
"""Where pictures of pages go, for people to look at; git does not keep them."""
PHONE = (360, 640)
"""Width and height of the page on a cheap telephone, in CSS pixels."""
SMALLEST_PHONE = (320, 568)
DESK = (1280, 800)
SLOW_3G = {"latency": 400.0, "downloadThroughput": 50_000.0, "uploadThroughput": 50_000.0}
"""Milliseconds to and fro, and bytes a second: 400 kbit/s, as browsers' own tools call it."""
SLOW_PROCESSOR = 6
"""How many times longer everything takes on a cheap telephone than here."""
WAIT = 20_000.0
"""Milliseconds until what a page must show counts as missing."""
LOOKS = 3
"""How often a page is looked at until nothing is wrong."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""The sets of axe-core's rules that a page is held to."""
_NO_NETWORK = "net::ERR_"

# Its own default is five seconds, whatever a context is told.
expect.set_options(timeout=WAIT)
installed = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a browser: apt-get install chromium")


def _not_told(route: Route) -> None:
    """What is told gets nowhere; what is asked for may come from a service worker, or finds no network."""
    if route.request.method == "POST":
        route.abort("internetdisconnected")
    else:
        route.fallback()


@dataclass
class Visitor:
    """One person with a browser of their own: nothing that others left in it."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    """What the console said was wrong."""
    expected: list[str] = field(default_factory=list)
    """Parts of complaints that the test means to hear, such as "status of 404"."""
    asked: list[str] = field(default_factory=list)
    """Each address that was asked for, in order: of pages, of what they load, of what they tell."""
    _lines: dict[Page, CDPSession] = field(default_factory=dict)

    def noticed(self, page: Page) -> None:
        """Hear what this page complains of, and what it asks for; each page of the context is watched."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """No network meanwhile, also for service workers; that requests fail is then no complaint."""
        self.expected.append(_NO_NETWORK)
        self.context.set_offline(True)
        # A page that has just been opened may have a network for a moment all the same: nothing is told by it.
        self.context.route("**", _not_told)
        try:
            yield
        finally:
            self.context.unroute("**", _not_told)
            self.context.set_offline(False)

    def slow(self, page: Page | None = None) -> None:
        """From now on a slow network and a slow processor, for this page."""
        line = self.line(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_3G})
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})

    def line(self, page: Page | None = None) -> CDPSession:
        """What Chromium's own tools speak, for what has no other name here."""
        page = page or self.page
        if page not in self._lines:
            self._lines[page] = self.context.new_cdp_session(page)
        return self._lines[page]

    def accessible(self, *but_for: str, page: Page | None = None) -> None:
        """Hold what the page shows now to axe-core's rules, but for these; the failure says what is wrong, and where.

        What the rules cannot decide counts as wrong too, except over pictures and gradients: none is on these pages.
        """
        rules = {rule: {"enabled": False} for rule in but_for}
        options: dict[str, Any] = {"runOnly": RULES, "rules": rules, "resultTypes": ["violations", "incomplete"]}
        wrong: list[str] = []
        for _ in range(LOOKS):
            response = Axe().run(page or self.page, options=options).response
            wrong = [_told(kind, rule) for kind in ("violations", "incomplete") for rule in response[kind]]
            if not wrong:
                return
            # A page that is drawn anew while it is looked at has headings that come after none.
            time.sleep(0.2)
        raise AssertionError("\n".join(wrong))

    def picture(self, name: str, page: Page | None = None, *, whole: bool = False) -> Path:
        """Keep a PNG of what is seen, or of the `whole` length of the page; gives its file."""
        file = PICTURES / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        (page or self.page).screenshot(path=file, full_page=whole)
        return file

    def fits(self, page: Page | None = None) -> None:
        """Nothing of the page is wider than the screen: nobody has to push it to and fro."""
        page = page or self.page
        width = page.evaluate("document.documentElement.scrollWidth")
        screen = page.evaluate("screen.width")
        assert width <= screen, f"the page is {width} wide on a screen of {screen}"

    def heard_nothing(self) -> None:
        """Nothing was complained of but what was expected."""
        wrong = [said for said in self.complaints if not any(part in said for part in self.expected)]
        assert not wrong, "the browser's console:\n" + "\n".join(wrong)


def _told(kind: str, rule: dict[str, Any]) -> str:
    places = "".join(
        f"\n  {node['target']} {node['html'][:200]}\n    {(node.get('failureSummary') or '').strip()}"
        for node in rule["nodes"]
    )
    return f"{kind}: {rule['id']}: {rule['help']}{places}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that runs. It takes a second to start: one a module, and a context for each visitor."""
    # It refuses to run as root with its sandbox; and /dev/shm is small where tests run.
    options = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        try:
            yield running
        finally:
            running.close()


@contextmanager
def visitor(
    browser: Browser, size: tuple[int, int] = PHONE, *, touch: bool = True, language: str = "id-ID", **other: Any
) -> Iterator[Visitor]:
    """Somebody with a screen of this size, on a telephone (`touch`) or at a desk.

    `other`: what Browser.new_context also takes, as base_url or java_script_enabled. Raises AssertionError at the end
    if the browser complained.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=touch, is_mobile=touch, locale=language, **other
    )
    try:
        context.set_default_timeout(WAIT)
        seen = Visitor(context.new_page(), context)
        seen.noticed(seen.page)
        context.on("page", seen.noticed)
        yield seen
        seen.heard_nothing()
    finally:
        context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of a module's tests."""
    with chromium() as running:
        yield running


@pytest.fixture
def phone(browser: Browser) -> Iterator[Visitor]:
    """A customer with a cheap telephone."""
    with visitor(browser) as somebody:
        yield somebody


@pytest.fixture
def desk(browser: Browser) -> Iterator[Visitor]:
    """Somebody of the staff, at a desk."""
    with visitor(browser, DESK, touch=False) as somebody:
        yield somebody
