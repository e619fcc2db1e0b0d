"""The files of the page: light, of this office alone, and in the JavaScript of old telephones."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from krn_engine.office.guide import VISIT_REASONS, Meaning
from krn_engine.office.home.shell import STATIC, shell
from krn_engine.office.home.shell import WORDS as WORDS_FILE
from krn_engine.office.home.site import POLICY
from krn_engine.office.home.told import Shown
from krn_engine.office.home.words import WORDS, words
from krn_engine.office.wire.shapes import word_of
from tests.support.home import Home

MOST = 60_000
"""Bytes of everything."""
SCRIPTS = sorted(STATIC.glob("*.js"))
MADE = shell("123")
AFTER_CHROMIUM_61 = {
    "optional chaining (80)": r"\?\.[A-Za-z\[(]",
    "nullish coalescing (80)": r"\?\?",
    "private names (74)": r"(this\.|^\s+)#\w",
    "flat, flatMap (69)": r"\.flat(Map)?\(",
    "object spread is 60, but fromEntries is 73": r"fromEntries",
    "replaceChildren (86)": r"replaceChildren",
    "replaceAll (85)": r"replaceAll",
    "at (92)": r"\.at\(",
    "catch without a name (66)": r"catch \{",
    "randomUUID (92)": r"randomUUID",
    "dynamic import (63)": r"\bimport\(",
    "finally of promises (63)": r"\.finally\(",
    "regular expressions that look behind, and names in them (62, 64)": r"\(\?<",
}
"""What Chromium 61 of 2017, the first with modules, has not; with the release that brought it."""


class Parts(HTMLParser):
    """What the page has in line, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self._script: dict[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "style":
            self.inline.append(tag)
        if tag in ("script", "link", "img", "iframe"):
            self.loaded.append(str(given.get("src") or given.get("href")))
        self._script = given if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._script is not None and data.strip():
            self.inline.append(data)

    def handle_endtag(self, _tag: str) -> None:
        self._script = None


def test_everything_weighs_less_than_60_kilobytes() -> None:
    assert MADE.weight < MOST


def test_nothing_stands_in_line_and_nothing_comes_from_elsewhere() -> None:
    parts = Parts()
    parts.feed(MADE.page.content.decode())
    assert parts.inline == []
    assert {path.partition(MADE.folder)[0] for path in parts.loaded} == {""}
    assert {path.removeprefix(f"{MADE.folder}/") for path in parts.loaded} == MADE.parts.keys()
    for file in (MADE.page, MADE.worker, *MADE.parts.values()):
        addresses = re.findall(rb"(?:https?:)?//[a-z0-9.]+\.[a-z]{2,}[^\s\"']*", file.content)
        assert set(addresses) <= {b"http://www.w3.org/2000/svg"}


def test_no_script_makes_code_of_text_or_keeps_a_cookie() -> None:
    for script in SCRIPTS:
        text = script.read_text(encoding="utf-8")
        assert re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|cookie", text) is None


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_has_nothing_that_old_telephones_do_not_know(script: Path) -> None:
    text = re.sub(r"/\*.*?\*/|//[^\n\"]*$", "", script.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for what, form in AFTER_CHROMIUM_61.items():
        assert re.search(form, text, re.MULTILINE) is None, what


def test_each_sentence_is_said_and_each_that_is_said_is_there() -> None:
    text = "".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    named = set(re.findall(r"\"([a-z_0-9]+)\"", text)) & WORDS.keys()
    built = {f"visit_{word_of(reason)}" for reason in VISIT_REASONS}
    assert built <= WORDS.keys()
    assert named | built == WORDS.keys()
    said = set(re.findall(r"say\(\"([a-z_0-9]+)\"[,)]", text))
    assert said <= WORDS.keys()


def test_the_scripts_know_each_meaning_and_each_word_of_a_meter() -> None:
    text = (STATIC / "home.js").read_text(encoding="utf-8")
    for meaning in Meaning:
        assert re.search(rf"\"{word_of(meaning)}\"", text), meaning
    given = MADE.parts[WORDS_FILE].content.decode()
    assert f"export const shown = {json.dumps([word_of(shown) for shown in Shown], separators=(',', ':'))}" in given


def test_places_are_left_for_the_scripts_and_the_help_line_is_the_offices() -> None:
    said = words("0800 11")
    assert "0800 11" in said["id"]["help"]
    assert "{row}" in said["en"]["code_of"]
    assert said["id"].keys() == said["en"].keys()


def test_another_content_is_another_build() -> None:
    assert shell("123") == MADE
    other = shell("0800")
    assert other.build != MADE.build
    assert other.folder.encode() in other.page.content
    assert f'"{other.folder}/home.js"'.encode() in other.worker.content


def test_the_page_is_sent_with_its_policy_and_kept_as_long_as_it_may(home: Home) -> None:
    page = home.ask("GET", "/r")
    assert page.headers["Content-Security-Policy"] == POLICY
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-cache", "no-referrer")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "set-cookie" not in page.headers
    same = home.ask("GET", "/r", headers={"If-None-Match": page.headers["ETag"]})
    assert (same.status_code, same.headers["Content-Security-Policy"]) == (304, POLICY)
    worker = home.ask("GET", "/r/worker.js")
    assert (worker.headers["Service-Worker-Allowed"], worker.headers["Cache-Control"]) == ("/r", "no-cache")
    made = shell(home.service.help_line)
    for name, file in made.parts.items():
        part = home.ask("GET", f"{made.folder}/{name}")
        assert (part.content, part.headers["Content-Type"]) == (file.content, file.type)
        assert "immutable" in part.headers["Cache-Control"]
    for path in ("/r/", "/r/000000000000/home.js", f"{made.folder}/other.js", f"{made.folder}/..%2fsite.py"):
        assert home.ask("GET", path).status_code == 404
    # What is asked with a secret is kept nowhere.
    assert home.tell("rows", home.give()[1]).headers["Cache-Control"] == "no-store"
