"""Every screen on every panel, in every language and mode, as a picture with a name, and what is kept of it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pygame
import pygame.freetype
from pygame import Surface

from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.texts import Texts
from kiosk.view.panels import PANELS
from kiosk.view.parts import Sight
from tests.support.sample_views import VIEWS, head_of

HASHES = Path(__file__).with_name("hashes.json")
SIZES = [panel for name, panel in PANELS.items() if name != "window"]
LANGUAGES = ("id", "en")
MODES = {"plain": Sight(), "large": Sight(large=True), "strong": Sight(strong=True)}


@dataclass(frozen=True)
class Picture:
    """One screen as it is drawn."""

    name: str
    """View, panel, language and mode."""
    surface: Surface
    geometry: str
    """Where the buttons and the lines of text lie, as a digest."""

    @property
    def digest(self) -> str:
        """Of every pixel."""
        return hashlib.sha256(pygame.image.tobytes(self.surface, "RGB")).hexdigest()[:16]


def build() -> str:
    """What draws: pictures are the same, pixel by pixel, only where this is."""
    sdl = ".".join(str(part) for part in pygame.version.SDL)
    return f"pygame {pygame.version.ver}, SDL {sdl}, FreeType {pygame.freetype.get_version()}"


def pictures_of(view: str) -> Iterator[Picture]:
    """One view everywhere."""
    pygame.font.init()
    for panel in SIZES:
        for language in LANGUAGES:
            for mode, sight in MODES.items():
                screen = screen_for(VIEWS[view], Ui(panel, Texts(language), sight, head=head_of(view), can_listen=True))
                surface = Surface((panel.width, panel.height))
                screen.draw(surface)
                laid = [(button.name, *button.rect) for button in screen.buttons]
                # Widths of words differ by a pixel from one FreeType to the next: where a line begins, does not.
                said = [(text, rect.y // 4) for text, rect in screen.lines]
                geometry = hashlib.sha256(json.dumps([laid, said]).encode()).hexdigest()[:16]
                yield Picture(f"{view}/{panel.name}-{language}-{mode}", surface, geometry)


@dataclass(frozen=True)
class Kept:
    """The digests that were accepted, and what drew them."""

    build: str
    pixels: dict[str, str]
    geometry: dict[str, str]

    @classmethod
    def read(cls) -> "Kept":
        """From the tree."""
        data = json.loads(HASHES.read_text())
        return cls(data["build"], data["pixels"], data["geometry"])

    def of(self, view: str) -> dict[str, str]:
        """The digests of a view that this build is held to."""
        kept = self.pixels if self.build == build() else self.geometry
        return {name: digest for name, digest in kept.items() if name.partition("/")[0] == view}


def drawn(view: str, kept: Kept) -> dict[str, str]:
    """The digests of a view as it is drawn now, of the kind that this build is held to."""
    same = kept.build == build()
    return {picture.name: picture.digest if same else picture.geometry for picture in pictures_of(view)}
