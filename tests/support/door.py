"""A service with the officer's page, and an officer in front of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from krn_engine.demo import UNIT
from krn_engine.office.door.site import door_site
from krn_engine.office.server.app import build_app
from krn_engine.office.wire.asked import Scope
from krn_engine.row import in_fours
from tests.support.browser import Visitor
from tests.support.office import Demo
from tests.support.service import Served, running, service_on

OFFICER, PIN = "sari", "271828"


@dataclass
class Door:
    """An office that serves the page."""

    office: Served

    @property
    def url(self) -> str:
        """Of the page."""
        return f"{self.office.url}/door"

    def token(self, name: str = OFFICER, pin: str = PIN) -> str:
        """Of a new session."""
        return str(self.office.ask("POST", "/v1/sessions", {"name": name, "secret": pin}).json()["token"])

    def ask(self, name: str, body: object, token: str | None) -> requests.Response:
        """As the page asks."""
        return self.office.ask("POST", f"/door/{name}", body, token)


@contextmanager
def door_on(demo: Demo, folder: Path) -> Iterator[Door]:
    """With one officer, of the demo's unit."""
    with service_on(demo, folder) as (service, said), running(build_app(service, "0", sites=(door_site,))) as url:
        office = Served(url, service, demo, said)
        with office.people() as people:
            people.add(OFFICER, Scope.OFFICER, [UNIT], PIN)
        yield Door(office)


class Officer:
    """Somebody with the page on a telephone."""

    def __init__(self, visitor: Visitor, door: Door) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.door = door

    def press(self, name: str) -> None:
        """A button by the words on it."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str) -> None:
        """Wait until it is there."""
        self.page.get_by_text(text, exact=False).first.wait_for()

    def title(self, text: str) -> None:
        """Wait until that is what the page is about."""
        self.page.get_by_role("heading", name=text, exact=True).wait_for()

    def sign_in(self, pin: str = PIN) -> None:
        """By name and PIN."""
        self.page.get_by_label("Nama").fill(OFFICER)
        self.page.get_by_label("PIN atau kata sandi").fill(pin)
        self.press("Masuk")

    def begin(self) -> None:
        """Open the page, sign in, and get today's list."""
        self.page.goto(self.door.url)
        self.sign_in()
        self.press("Ambil daftar hari ini")
        self.page.get_by_role("heading", name="dicatat").wait_for()

    def open(self, number: str) -> None:
        """The order of a meter."""
        self.page.get_by_label("Nomor meter").fill(number)
        self.press("Cari")
        self.page.get_by_role("heading", name="Pekerjaan").wait_for()

    def open_done(self, number: str) -> None:
        """What was told of a meter, from the list."""
        self.page.locator(".orders button", has_text=" ".join(in_fours(number))).click()

    def shown_code(self) -> str:
        """The digits that are large on the page."""
        return "".join(self.page.locator(".code [aria-hidden] span").all_text_contents())

    def key_in(self, rows: tuple[str, ...], first: int, last: int) -> None:
        """All codes, and BENAR to each."""
        for number, row in enumerate(rows, first):
            self.title(f"Kode {number} dari {last}")
            assert self.shown_code() == "".join(in_fours(row))
            self.press("BENAR")
