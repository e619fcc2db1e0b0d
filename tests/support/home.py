"""The page at home, served, with a customer who has the address of theirs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import expect

from krn_engine.demo import DemoCase
from krn_engine.office.access.capabilities import Capabilities, digest_of, new_secret
from krn_engine.office.access.database import Database
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord
from krn_engine.office.home.address import page_at, with_secret
from krn_engine.office.home.site import home_site
from krn_engine.office.local import LocalOffice
from krn_engine.office.server.app import build_app
from krn_engine.office.server.service import Service
from tests.support.browser import Visitor
from tests.support.office import Demo
from tests.support.service import Served, running, service_on

ADDRESS = "https://office.example"


@dataclass
class Home(Served):
    """A service with home pages."""

    office: LocalOffice
    capabilities: Capabilities

    def give(self, case: DemoCase = DemoCase.FOUR_ROWS, request: str = "r1") -> tuple[Issued, str]:
        """Rows, as a kiosk issues them, and the secret of the page that goes with them."""
        return self.give_to(self.demo.first(case).meter_number, request)

    def give_to(self, meter: str, request: str = "r1") -> tuple[Issued, str]:
        """The same for this meter."""
        issued, secret = self.office.issue(meter, request), new_secret()
        assert self.office.home_page(meter, request, digest_of(secret)) == page_at(ADDRESS)
        return issued, str(secret)

    def page(self, secret: str) -> str:
        """What the QR code would say, if this service were reached by the address of the settings."""
        return str(with_secret(page_at(self.url), secret))

    def tell(self, path: str, secret: str | None, body: Any = None) -> requests.Response:
        """What the page's scripts ask."""
        return self.ask("POST", f"/r/{path}", {} if body is None else body, token=secret)


def office_of(demo: Demo, capabilities: Capabilities, clock: Callable[[], datetime]) -> LocalOffice:
    """The demo's office, with pages."""
    province = demo.province
    return LocalOffice(demo.register, province.campaign, province.vault, clock=clock, capabilities=capabilities)


@contextmanager
def home_on(
    demo: Demo,
    folder: Path,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    at: int = 0,
    **other: Any,
) -> Iterator[Home]:
    """A service of a demo that shows home pages."""
    with Database.of_callers(demo.url) as kept:
        capabilities = Capabilities(kept, page_at(ADDRESS), clock)
        office = office_of(demo, capabilities, clock)
        with service_on(demo, folder, office=office, **other) as (service, said), served_at(service, at) as url:
            yield Home(url, service, demo, said, office, capabilities)


@contextmanager
def served_at(service: Service, at: int = 0) -> Iterator[str]:
    """Its application on a port, a free one unless `at` names it."""
    with running(build_app(service, "0", sites=(home_site,)), at) as url:
        yield url


def prove(home: Home, issued: Issued) -> None:
    """Every row is in, by the meter's own registers."""
    for change in issued.changes:
        for section in range(1, len(change.rows) + 1):
            row = RowRecord(change.id, section, RowOutcome.ACCEPTED, "04", "meter", "door", f"p{change.id}{section}")
            home.office.record(replace(row, grade=Grade.REGISTER))


def press(phone: Visitor, name: str) -> None:
    """Touch the button of this name, with a finger."""
    phone.page.get_by_role("button", name=name, exact=True).tap()


def title(phone: Visitor, text: str) -> None:
    """Wait until this stands above."""
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(text)


def shown_code(phone: Visitor) -> str:
    """The digits of the code that is on the screen."""
    return "".join((phone.page.locator(".code p").first.text_content() or "").split())


def to_first_code(phone: Visitor, address: str) -> None:
    """Open the page, and answer its questions at once."""
    phone.page.goto(address)
    press(phone, "Ya")
    press(phone, "Tidak punya")
    phone.page.locator(".code").wait_for()


def seconds_to_first_code(phone: Visitor, address: str) -> float:
    """On a slow network and a slow processor; whoever it is answers in no time."""
    phone.slow()
    began = time.monotonic()
    to_first_code(phone, address)
    return time.monotonic() - began
