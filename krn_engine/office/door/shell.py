"""The page itself: files that are the same for everybody. What shows codes and keeps results is the page at home's."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from krn_engine.office.door.told import MOST_RESULTS
from krn_engine.office.door.words import words
from krn_engine.office.home import shell as home
from krn_engine.office.home.shell import SCRIPT, TYPES, File
from krn_engine.office.net_errors import CallerUnknown, NotAllowed, SessionOver, SignInLocked, SignInRefused
from krn_engine.office.orders.errors import NothingToList
from krn_engine.office.orders.result import ALL, CODES
from krn_engine.office.wire.shapes import word_of
from krn_engine.office.words.templates import html_templates
from krn_engine.office.words.texts import Texts
from krn_engine.row import BENAR

PATH = "/door"
STATIC, TEMPLATES = Path(__file__).parent / "static", Path(__file__).parent / "templates"
SHARED = ("codes.js", "dom.js", "guide.js", "home.css", "icon.svg", "queue.js", "store.js", "words.js")
"""Files of the page at home."""
_OF_HOME, _OF_DOOR = b'"krn-home-"', b'"krn-door-"'
"""Under which name a browser keeps the files of each: of one office they are one site."""


def shell(help_line: str) -> home.Shell:
    """Put together; `help_line` is the telephone number of whoever helps."""
    files = [home.STATIC / name for name in SHARED] + sorted(STATIC.iterdir())
    parts = {file.name: File(file.read_bytes(), TYPES[file.suffix]) for file in files}
    parts["texts.js"] = File(_texts(help_line), SCRIPT)
    digest = hashlib.sha256(_page("", parts, help_line))
    for name, file in sorted(parts.items()):
        digest.update(name.encode() + b"\0" + file.content + b"\0")
    keeps = (home.STATIC / home.WORKER).read_bytes().replace(_OF_HOME, _OF_DOOR)
    digest.update(keeps)
    build = digest.hexdigest()[: home.DIGITS]
    page = _page(home.folder_of(PATH, build), parts, help_line)
    return home.shell_of(PATH, build, page, keeps, parts)


def _page(folder: str, parts: Mapping[str, File], help_line: str) -> bytes:
    scripts = [name for name in parts if name.endswith(".js")]
    template = html_templates(TEMPLATES, home.TEMPLATES).get_template("door.html")
    return template.render(folder=folder, scripts=scripts, say=Texts(help_line=help_line)).encode()


def _texts(help_line: str) -> bytes:
    """What may be said and chosen."""
    return home.module_of(
        words=words(help_line),
        benar=BENAR,
        all=ALL,
        together=MOST_RESULTS,
        reasons=[word_of(reason) for reason in CODES],
        codes={
            "over": [SessionOver.code, CallerUnknown.code],
            "wrong": SignInRefused.code,
            "locked": SignInLocked.code,
            "other": NotAllowed.code,
            "nothing": NothingToList.code,
        },
    )
