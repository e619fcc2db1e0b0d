"""The page itself: files that are the same for everybody, named after what is in them, so that phones keep them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from krn_engine.office.guide import KRN_CHOICES, VISIT_REASONS
from krn_engine.office.home.address import PATH
from krn_engine.office.home.told import Shown
from krn_engine.office.home.words import words
from krn_engine.office.wire.shapes import word_of
from krn_engine.office.words.texts import Texts
from krn_engine.row import BENAR

STATIC = Path(__file__).parent / "static"
STYLE, ICON, WORKER, WORDS = "home.css", "icon.svg", "worker.js", "texts.js"
SCRIPT = "text/javascript; charset=utf-8"
TYPES: Mapping[str, str] = {".js": SCRIPT, ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page."""

    content: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Shell:
    """All files of the page, of one build."""

    build: str
    """Of what is in all of them."""
    page: File
    worker: File
    """What keeps the page for the time without a network."""
    parts: Mapping[str, File]
    """What the page loads, by name; under `folder`."""

    @property
    def folder(self) -> str:
        """Where the parts are: of another build elsewhere, so that none is ever taken for another's."""
        return f"{PATH}/{self.build}"

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
    parts[WORDS] = File(_module(words=words(help_line), **_choices()), SCRIPT)
    digest = hashlib.sha256()
    for name, file in sorted(parts.items()):
        digest.update(name.encode() + b"\0" + file.content + b"\0")
    template = _templates().get_template("home.html")
    scripts = [name for name in parts if name.endswith(".js")]
    # The page is part of its own build: it names the folder of the others.
    digest.update(template.render(folder="", scripts=scripts, say=Texts(help_line=help_line)).encode())
    digest.update((STATIC / WORKER).read_bytes())
    build = digest.hexdigest()[:_DIGITS]
    folder = f"{PATH}/{build}"
    page = template.render(folder=folder, scripts=scripts, say=Texts(help_line=help_line))
    kept = json.dumps([PATH, *(f"{folder}/{name}" for name in parts)])
    worker = f'const BUILD = "{build}";\nconst FILES = {kept};\n'.encode() + (STATIC / WORKER).read_bytes()
    return Shell(build, File(page.encode(), "text/html; charset=utf-8"), File(worker, SCRIPT), parts)


def _choices() -> dict[str, Any]:
    """What may be chosen, by the names that the service knows."""
    return {
        "benar": BENAR,
        "krns": list(KRN_CHOICES),
        "shown": [word_of(shown) for shown in Shown],
        "reasons": [word_of(reason) for reason in VISIT_REASONS],
    }


def _module(**values: Any) -> bytes:
    """Values as an ES module. Its data is JSON, which JavaScript reads as it stands."""
    return "".join(
        f"export const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in values.items()
    ).encode()


def _templates() -> Environment:
    loader = PackageLoader("krn_engine.office.home")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
