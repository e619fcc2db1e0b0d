"""The page itself: files that are the same for everybody, named after what is in them, so that phones keep them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krn_engine.office.guide import KRN_CHOICES, VISIT_REASONS
from krn_engine.office.home.address import PATH
from krn_engine.office.home.told import Shown
from krn_engine.office.home.words import words
from krn_engine.office.wire.shapes import word_of
from krn_engine.office.words.templates import html_templates
from krn_engine.office.words.texts import Texts
from krn_engine.row import BENAR

STATIC, TEMPLATES = Path(__file__).parent / "static", Path(__file__).parent / "templates"
STYLE, ICON, WORKER, WORDS = "home.css", "icon.svg", "worker.js", "texts.js"
SCRIPT = "text/javascript; charset=utf-8"
TYPES: Mapping[str, str] = {".js": SCRIPT, ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
DIGITS = 12
"""Of the name of a build."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page."""

    content: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Shell:
    """All files of a page, of one build."""

    path: str
    """Where the page is."""
    build: str
    """Its name, made of what is in all of them: another one where anything differs."""
    page: File
    """What is opened."""
    worker: File
    """What keeps the page for the time without a network."""
    parts: Mapping[str, File]
    """What the page loads, by name; under `folder`."""

    @property
    def folder(self) -> str:
        """Where the parts are: of another build elsewhere, so that none is ever taken for another's."""
        return folder_of(self.path, self.build)

    @property
    def weight(self) -> int:
        """Bytes of everything that a telephone fetches."""
        return sum(len(file.content) for file in (self.page, self.worker, *self.parts.values()))


def shell(help_line: str) -> Shell:
    """Put together; `help_line` is the telephone number of whoever helps."""
    parts = {
        file.name: File(file.read_bytes(), TYPES[file.suffix])
        for file in sorted(STATIC.iterdir())
        if file.name != WORKER
    }
    parts[WORDS] = File(module_of(words=words(help_line), **_choices()), SCRIPT)
    digest = hashlib.sha256()
    for name, file in sorted(parts.items()):
        digest.update(name.encode() + b"\0" + file.content + b"\0")
    template = html_templates(TEMPLATES).get_template("home.html")
    scripts = [name for name in parts if name.endswith(".js")]
    # The page is part of its own build: it names the folder of the others.
    digest.update(template.render(folder="", scripts=scripts, say=Texts(help_line=help_line)).encode())
    digest.update((STATIC / WORKER).read_bytes())
    build = digest.hexdigest()[:DIGITS]
    page = template.render(folder=folder_of(PATH, build), scripts=scripts, say=Texts(help_line=help_line))
    return shell_of(PATH, build, page.encode(), (STATIC / WORKER).read_bytes(), parts)


def folder_of(path: str, build: str) -> str:
    """Where the parts of a page are."""
    return f"{path}/{build}"


def shell_of(path: str, build: str, page: bytes, worker: bytes, parts: Mapping[str, File]) -> Shell:
    """The files of a page put together; `worker` is a script that keeps those that are named before it."""
    folder = folder_of(path, build)
    kept = json.dumps([path, *(f"{folder}/{name}" for name in parts)])
    named = f'const BUILD = "{build}";\nconst FILES = {kept};\n'.encode() + worker
    return Shell(path, build, File(page, "text/html; charset=utf-8"), File(named, SCRIPT), parts)


def _choices() -> dict[str, Any]:
    """What may be chosen, by the names that the service knows."""
    return {
        "benar": BENAR,
        "krns": list(KRN_CHOICES),
        "shown": [word_of(shown) for shown in Shown],
        "reasons": [word_of(reason) for reason in VISIT_REASONS],
    }


def module_of(**values: Any) -> bytes:
    """Values as an ES module. Its data is JSON, which JavaScript reads as it stands."""
    return "".join(
        f"export const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in values.items()
    ).encode()
