"""The files of the officer's page: small, of this office alone, and nothing in line."""

import json
import re
from pathlib import Path

import pytest

from krn_engine.office.door.shell import STATIC, shell
from krn_engine.office.door.words import WORDS
from krn_engine.office.home import shell as home

SHELL = shell("123")
MOST = 90_000
"""Bytes of everything that a telephone fetches once; the list of a day comes on top."""


def test_the_page_is_light() -> None:
    weight = sum(len(file.content) for file in (SHELL.page, SHELL.worker, *SHELL.parts.values()))
    assert weight < MOST


def test_nothing_is_in_line_and_nothing_is_of_anybody_else() -> None:
    page = SHELL.page.content.decode()
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == [""]
    assert not re.search(r"style=|<style|\son\w+=|javascript:", page)
    for name, file in SHELL.parts.items():
        # The name of a language, that of SVG's elements.
        assert set(re.findall(rb"https?://[^\"' )]+", file.content)) <= {b"http://www.w3.org/2000/svg"}, name


def test_its_worker_keeps_its_own_files_apart_from_those_of_the_page_at_home() -> None:
    worker = SHELL.worker.content.decode()
    assert '"krn-door-"' in worker
    assert "krn-home-" not in worker
    kept = re.search(r"const FILES = (\[.*?\]);", worker)
    assert kept is not None
    assert set(json.loads(kept[1])) == {"/door", *(f"/door/{SHELL.build}/{name}" for name in SHELL.parts)}
    assert '"krn-home-"' in (home.STATIC / home.WORKER).read_text()


def test_another_word_is_another_build() -> None:
    assert shell("0800").build != SHELL.build
    assert shell("123").build == SHELL.build


def test_each_word_is_said_somewhere_and_each_that_is_said_is_there() -> None:
    said = "".join(file.read_text() for file in STATIC.glob("*.js"))
    named = {name for name in WORDS if not name.startswith(("why_", "reason_"))} - {"why_not"}
    assert not [name for name in named if f'"{name}"' not in said]
    assert set(re.findall(r'\bsay\("([\w-]+)"', said)) - {"why_", "reason_"} <= set(WORDS)


@pytest.mark.parametrize("file", sorted(STATIC.glob("*.js")), ids=lambda file: Path(file).name)
def test_no_text_becomes_markup(file: Path) -> None:
    script = file.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script)
