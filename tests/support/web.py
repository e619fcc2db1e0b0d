"""Somebody at the office's pages, without a browser: follows addresses, fills forms in, keeps cookies."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import requests

from krn_engine.office.web.site import web_site
from krn_engine.office.wire.asked import Scope
from tests.support.office import Demo
from tests.support.service import Served, served

PIN, PASSWORD = "271828", "correct horse battery"


@dataclass
class Form:
    """A form of a page: where it goes to, and what is in it."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class Read(HTMLParser):
    """The forms, the links and the words of a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self._link = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a form or a link is."""
        of = dict(attrs)
        if tag == "form":
            self.forms.append(Form(of.get("action") or ""))
        elif tag == "input" and self.forms and (of.get("type") not in ("radio", "checkbox") or "checked" in of):
            self.forms[-1].values[of.get("name") or ""] = of.get("value") or ""
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append(of.get("value") or "")
        elif tag == "a":
            self._link = of.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        """A link ends."""
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        """The words between the tags."""
        if data.strip():
            self.words.append(" ".join(data.split()))
            if self._link:
                self.links[self.words[-1]] = self._link

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(self.words)


class Person:
    """One browser, so to say."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.line = requests.Session()
        self.answer: requests.Response = requests.Response()

    @property
    def page(self) -> Read:
        """What is seen now."""
        return Read(self.answer.text)

    @property
    def path(self) -> str:
        """Where that is."""
        return self.answer.url.removeprefix(self.url)

    def go(self, path: str, **more: Any) -> requests.Response:
        """Open an address."""
        self.answer = self.line.get(self.url + path, timeout=30, **more)
        return self.answer

    def follow(self, words: str) -> requests.Response:
        """Follow the link of these words."""
        return self.go(self.page.links[words])

    def form(self, action: str) -> Form:
        """The form of the page that goes to this page, whatever it is about."""
        return next(form for form in self.page.forms if form.action == action or form.action.startswith(f"{action}/"))

    def send(self, action: str, **values: str) -> requests.Response:
        """Fill in the form that goes there, and send it."""
        form = self.form(action)
        return self.post(form.action, {**form.values, **values})

    def post(self, path: str, values: Any, **more: Any) -> requests.Response:
        """Send something to an address."""
        self.answer = self.line.post(self.url + path, data=values, timeout=30, **more)
        return self.answer

    def sign_in(self, name: str, secret: str) -> requests.Response:
        """From any page."""
        self.go("/web/sign-in")
        return self.send("/web/sign-in", name=name, secret=secret)

    def code(self) -> str:
        """That of the refusal that is shown; empty: none is."""
        found = re.search(r"Kode ([A-Z]+-[0-9]{2})", self.page.text)
        return found[1] if found and not self.answer.ok else ""


@contextmanager
def web_on(demo: Demo, folder: Path, **other: Any) -> Iterator[Served]:
    """A service with pages."""
    with served(demo, folder, sites=[web_site], **other) as office:
        yield office


def person(office: Served, name: str = "sari", scope: Scope = Scope.OFFICER, *units: str) -> Person:
    """Somebody who has signed in."""
    secret = PIN if scope is Scope.OFFICER else PASSWORD
    with office.people() as people:
        people.add(name, scope, units, secret)
    somebody = Person(office.url)
    assert somebody.sign_in(name, secret).ok
    return somebody
