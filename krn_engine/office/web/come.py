"""One request for an address below `/web`: which page it is for, and what was sent to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.requests import Request

from krn_engine.errors import KrnError
from krn_engine.office.server.front import Trace
from krn_engine.office.web.cookies import Cookies
from krn_engine.office.web.errors import NoSuchPage
from krn_engine.office.web.multipart import Sent
from krn_engine.office.web.page import Page
from krn_engine.office.web.visit import ROOT
from krn_engine.office.words.texts import Texts

SIGN_IN, SIGN_OUT, LANGUAGE_PAGE, STYLE = "sign-in", "sign-out", "language", "style.css"
_OWN = frozenset({SIGN_IN, SIGN_OUT, LANGUAGE_PAGE, STYLE})
"""Addresses that are no pages of the table."""
NO_PAGE = "there is no page at this address: choose one from the menu"
_ADDRESS = re.compile(rf"{ROOT}(?:/([a-z][a-z.-]{{0,31}})(?:/([A-Za-z0-9_-]{{1,4096}}))?)?/?")
_SEEN = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Come:
    """A request for one address, as far as it is known."""

    request: Request
    trace: Trace
    cookies: Cookies
    say: Texts
    name: str = ""
    """Of the page; empty: none is named."""
    handle: str = ""
    """What stands behind the page's name in the address."""
    page: Page | None = None
    """None: the address is none of the table's."""
    fields: dict[str, str] = field(default_factory=dict, repr=False)
    """Of a form, by their names."""
    upload: Sent | None = None
    """A form with a file."""
    refusal: KrnError | None = None
    """Why what was sent is not looked at."""

    @property
    def is_form(self) -> bool:
        """Something is sent, and not only asked for."""
        return self.request.method not in _SEEN


class Addresses:
    """Which page an address below `/web` names: one of the table, or one of the few beside it."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages = pages

    def found(self, come: Come) -> Come:
        """What came, with the page of its address; where there is none, with the refusal NoSuchPage."""
        form = _ADDRESS.fullmatch(come.request.url.path)
        name, handle = (form[1] or "", form[2] or "") if form else ("", "")
        page = self._pages.get(name)
        if page is not None or name in _OWN:
            come.trace.operation = f"web-{name}"
        is_there = (page is not None and page.has_handle == bool(handle)) or (name in _OWN and not handle)
        if form is None or not (is_there or not name):
            return replace(come, refusal=NoSuchPage(NO_PAGE))
        come = replace(come, name=name, handle=handle, page=page)
        if not _takes(come):
            return replace(come, refusal=NoSuchPage("this address takes no form, or nothing else: choose a page"))
        return come

    def back(self, path: str) -> str:
        """An address to lead somebody back to: this path, if a page answers GET there; else the first page."""
        form = _ADDRESS.fullmatch(path)
        page = self._pages.get(form[1] or "") if form else None
        if form is None or page is None or page.show is None or page.has_handle != bool(form[2]):
            return ROOT
        return path


def _takes(come: Come) -> bool:
    """Whether the address answers to this method."""
    method = come.request.method
    if method not in ("POST", *_SEEN):
        return False
    if come.page is not None:
        return (come.page.act if come.is_form else come.page.show) is not None
    if come.name in ("", STYLE):
        return not come.is_form
    return come.name == SIGN_IN or come.is_form
