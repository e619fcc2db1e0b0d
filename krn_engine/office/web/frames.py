"""Makes the frame of each page: with the menu of whoever is signed in, and the stamp of the forms on it."""

import secrets
from collections.abc import Mapping

from krn_engine.office.access.callers import Known
from krn_engine.office.web.come import Addresses, Come
from krn_engine.office.web.forms import Stamp
from krn_engine.office.web.frame import Frame, MenuItem
from krn_engine.office.web.page import Page
from krn_engine.office.web.visit import ROOT

_SECRET_BYTES = 24
_MADE = "krn-visitor"
"""Where a request keeps the secret that was made for it."""


class Frames:
    """Of pages by their names."""

    def __init__(self, pages: Mapping[str, Page], addresses: Addresses, stamp: Stamp) -> None:
        self._pages = pages
        self._addresses = addresses
        self._stamp = stamp

    def of(self, come: Come, known: Known | None, *, sign_in: bool = False) -> Frame:
        """The frame for whoever is signed in; None: nobody. `sign_in`: it is the page to sign in at."""
        menu = (
            []
            if known is None
            else [
                MenuItem(f"{ROOT}/{page.name}", page.menu, page.name == come.name)
                for page in self._pages.values()
                if page.menu is not None and page.is_for(known)
            ]
        )
        secret = come.cookies.session if known is not None else visitor_of(come)
        stamp = "" if secret is None else self._stamp.of(secret)
        here = self._addresses.back(come.request.url.path)
        return Frame(come.say, menu, "" if known is None else known.name, stamp, here, sign_in)


def visitor_of(come: Come) -> str:
    """The secret of who has no session; made once for a request."""
    if come.cookies.visitor is not None:
        return come.cookies.visitor
    return str(come.request.scope.setdefault(_MADE, secrets.token_urlsafe(_SECRET_BYTES)))


def has_new_visitor(come: Come) -> bool:
    """Whether `visitor_of` made a secret for this request: the browser has to be given it."""
    return _MADE in come.request.scope
