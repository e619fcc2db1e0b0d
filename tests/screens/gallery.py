"""Renders every screen to a folder, with a page to look at; with --accept the digests are renewed.

python -m tests.screens.gallery [--out DIR] [--accept] [VIEW…]
"""

import argparse
import html
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame

from hardware.virtual.adapter import Pace
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import demo_workplace
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.texts import Texts
from kiosk.view.panels import PANELS
from tests.screens.pictures import HASHES, build, pictures_of
from tests.support.journeys import journeys, walked
from tests.support.sample_views import VIEWS

STYLE = "body{font-family:sans-serif;margin:2em}img{height:240px;margin:4px;border:1px solid #888}h2{margin-bottom:0}"


def render(out: Path, views: list[str]) -> dict[str, tuple[str, str]]:
    """PNG files of these views; gives name to (digest of the pixels, digest of the geometry)."""
    digests = {}
    for view in views:
        (out / view).mkdir(parents=True, exist_ok=True)
        for picture in pictures_of(view):
            pygame.image.save(picture.surface, str(out / f"{picture.name}.png"))
            digests[picture.name] = (picture.digest, picture.geometry)
    return digests


def rows_of_journeys(out: Path) -> list[str]:
    """Every journey as a row of pictures on the 10.1" panel; gives its part of the page."""
    parts = ["<h1>Journeys</h1>"]
    (out / "journeys").mkdir(parents=True, exist_ok=True)
    ui = Ui(PANELS["10"], Texts())
    with demo_workplace(Wire(pace=Pace(0, 0))) as here:
        for number, (name, journey) in enumerate(journeys(here).items()):
            parts.append(f"<h2>{html.escape(name)}</h2>")
            for step, view in enumerate(walked(journey, here).seen):
                surface = pygame.Surface((ui.panel.width, ui.panel.height))
                screen_for(view, ui).draw(surface)
                file = f"journeys/{number:02d}-{step:02d}.png"
                pygame.image.save(surface, str(out / file))
                parts.append(f'<a href="{file}"><img loading=lazy src="{file}"></a>')
    return parts


def page(out: Path, names: list[str], rows: list[str]) -> None:
    """An index of the pictures: a row for each journey, then a heading for each view."""
    parts = [
        f"<!doctype html><meta charset=utf-8><title>Screens</title><style>{STYLE}</style>",
        *rows,
        "<h1>Screens</h1>",
    ]
    view = ""
    for name in names:
        if name.partition("/")[0] != view:
            view = name.partition("/")[0]
            parts.append(f"<h2 id={html.escape(view)}>{html.escape(view)}</h2>")
        parts.append(f'<a href="{name}.png"><img loading=lazy src="{name}.png" title="{html.escape(name)}"></a>')
    (out / "index.html").write_text("\n".join(parts), encoding="utf-8")


def accept(digests: dict[str, tuple[str, str]]) -> None:
    """Keep these digests in the tree."""
    document = {
        "build": build(),
        "pixels": {name: pixels for name, (pixels, _) in sorted(digests.items())},
        "geometry": {name: geometry for name, (_, geometry) in sorted(digests.items())},
    }
    HASHES.write_text(json.dumps(document, indent=0) + "\n")


def main() -> int:
    """Render, and accept if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("views", nargs="*", metavar="VIEW", help="these views only")
    parser.add_argument("--out", type=Path, default=Path("screens"))
    parser.add_argument("--accept", action="store_true")
    args = parser.parse_args()
    digests = render(args.out, [view for view in args.views if view in VIEWS] if args.views else list(VIEWS))
    page(args.out, list(digests), [] if args.views else rows_of_journeys(args.out))
    if args.accept:
        accept(digests)
    print(f"{len(digests)} pictures: open {args.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
