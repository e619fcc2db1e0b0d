"""The frame of every page: head, menu, language, sign-out; and how a template becomes an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.responses import RedirectResponse, Response

from krn_engine.office.web.forms import TOKEN
from krn_engine.office.web.visit import ROOT
from krn_engine.office.words.templates import html_templates
from krn_engine.office.words.texts import Sentence, Texts

TEMPLATES = Path(__file__).parent / "templates"
STYLE = TEMPLATES / "style.css"
NAMES = {"id": "Bahasa Indonesia", "en": "English"}
"""Languages by their own names."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # Not "no-referrer": with that, browsers do not say either from which site a form comes.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One page in the menu."""

    path: str
    name: Sentence
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round a page."""

    say: Texts
    menu: Sequence[MenuItem]
    person: str
    """Who is signed in; empty: nobody."""
    stamp: str
    """Of the forms on it."""
    here: str
    """The address to come back to, when the language was changed."""
    sign_in: bool = False
    """It is the page to sign in at."""

    @property
    def language(self) -> str:
        """Of the page (ISO 639-1)."""
        return self.say.language

    @property
    def others(self) -> Mapping[str, str]:
        """The other languages, with their names."""
        return {code: name for code, name in NAMES.items() if code != self.language}


@cache
def _environment() -> Environment:
    made = html_templates(TEMPLATES)
    made.filters["at"] = shown_at
    made.globals.update(root=ROOT, token=TOKEN)
    return made


def shown_at(moment: datetime) -> str:
    """A time as Indonesia writes it, in the zone of the office's machine: "23-11-2026 14.30"."""
    return moment.astimezone().strftime("%d-%m-%Y %H.%M")


def render(template: str, frame: Frame, values: Mapping[str, Any], status: int = 200) -> Response:
    """A page."""
    content = _environment().get_template(template).render(**values, frame=frame, say=frame.say)
    return Response(content, status, HEADERS, "text/html; charset=utf-8")


@cache
def style() -> bytes:
    """The one style sheet."""
    return STYLE.read_bytes()


def moved(path: str) -> Response:
    """The browser goes on to this address, by GET."""
    return RedirectResponse(path, 303, HEADERS)
