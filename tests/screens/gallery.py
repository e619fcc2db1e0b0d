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
from kiosk.view.panels import PANELS, Panel
from tests.screens.pictures import HASHES, Kept, build, pictures_of
from tests.support.effort import seconds
from tests.support.journeys import journeys, walked
from tests.support.sample_views import VIEWS
from tests.support.walker import Walker

STYLE = "body{font-family:sans-serif;margin:2em}img{height:240px;margin:4px;border:1px solid #888}h2{margin-bottom:0}"

SHEETS = ("10", "7", "td2")
"""Panels on which journeys are drawn."""
ACROSS, AIR = 3, 10
"""Pictures beside each other on a sheet, and pixels between them."""


def render(out: Path, views: list[str]) -> dict[str, tuple[str, str]]:
    """PNG files of these views; gives name to (digest of the pixels, digest of the geometry)."""
    digests = {}
    for view in views:
        (out / view).mkdir(parents=True, exist_ok=True)
        for picture in pictures_of(view):
            pygame.image.save(picture.surface, str(out / f"{picture.name}.png"))
            digests[picture.name] = (picture.digest, picture.geometry)
    return digests


def sheets_of_journeys(out: Path) -> list[str]:
    """Every journey as a sheet of its screens, on each kind of panel; gives its part of the page."""
    parts = ["<h1>Journeys</h1>", "<p>Seconds by the keystroke-level model (tests/support/effort.py).</p>"]
    (out / "journeys").mkdir(parents=True, exist_ok=True)
    with demo_workplace(Wire(pace=Pace(0, 0))) as here:
        for number, (name, journey) in enumerate(journeys(here).items()):
            person = walked(journey, here)
            parts.append(f"<h2>{html.escape(name)}, {seconds(journey.steps):.0f} s</h2>")
            for panel in (PANELS[name] for name in SHEETS):
                file = f"journeys/{number:02d}-{panel.name}.png"
                pygame.image.save(_sheet(panel, person), str(out / file))
                parts.append(f'<a href="{file}"><img loading=lazy src="{file}"></a>')
    return parts


def _sheet(panel: Panel, person: Walker) -> pygame.Surface:
    """What a person saw, from the left and then down, each picture in half its size."""
    width, height = panel.width // 2, panel.height // 2
    across = ACROSS if panel.width > panel.height else 2 * ACROSS
    down = -(-len(person.seen) // across)
    sheet = pygame.Surface((across * (width + AIR) + AIR, down * (height + AIR) + AIR))
    sheet.fill((0x88, 0x88, 0x88))
    for place, (view, head) in enumerate(zip(person.seen, person.heads, strict=True)):
        surface = pygame.Surface((panel.width, panel.height))
        screen_for(view, Ui(panel, Texts(), head=head, can_listen=True)).draw(surface)
        row, column = divmod(place, across)
        at = (AIR + column * (width + AIR), AIR + row * (height + AIR))
        sheet.blit(pygame.transform.smoothscale(surface, (width, height)), at)
    return sheet


def page(out: Path, names: list[str], rows: list[str]) -> None:
    """An index of the pictures: the sheets of each journey, then a heading for each view."""
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


def accept(digests: dict[str, tuple[str, str]], views: list[str]) -> None:
    """Keep these digests in the tree; the others stay as they are where only some views were drawn.

    Raises SystemExit if those were drawn by another build: then all of them are to be drawn anew.
    """
    pixels = {name: pixels for name, (pixels, _) in digests.items()}
    geometry = {name: geometry for name, (_, geometry) in digests.items()}
    if views:
        kept = Kept.read()
        if kept.build != build():
            raise SystemExit("the other pictures were drawn by another build: accept all of them, without a VIEW")
        pixels, geometry = _others(kept.pixels, views) | pixels, _others(kept.geometry, views) | geometry
    document = {"build": build(), "pixels": dict(sorted(pixels.items())), "geometry": dict(sorted(geometry.items()))}
    HASHES.write_text(json.dumps(document, indent=0) + "\n")


def _others(kept: dict[str, str], views: list[str]) -> dict[str, str]:
    """The digests that are of none of these views."""
    return {name: digest for name, digest in kept.items() if name.partition("/")[0] not in views}


def main() -> int:
    """Render, and accept if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("views", nargs="*", metavar="VIEW", help="these views only")
    parser.add_argument("--out", type=Path, default=Path("screens"))
    parser.add_argument("--accept", action="store_true")
    args = parser.parse_args()
    digests = render(args.out, [view for view in args.views if view in VIEWS] if args.views else list(VIEWS))
    page(args.out, list(digests), [] if args.views else sheets_of_journeys(args.out))
    if args.accept:
        accept(digests, args.views)
    print(f"{len(digests)} pictures: open {args.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
