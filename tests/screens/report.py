"""The page for a difference: the picture that was accepted, the one that is drawn now, and where they differ.

The accepted picture is not in the tree, only its digest. It is drawn again by the commit that last changed the digests.
"""

import html
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygame

from tests.screens.gallery import STYLE, render
from tests.screens.pictures import HASHES

ROOT = HASHES.parents[2]


def write(out: Path, changed: list[str]) -> Path:
    """Both pictures of each name and their difference; gives the page, which is named after the first view."""
    views = sorted({name.partition("/")[0] for name in changed})
    render(out / "now", views)
    with _accepted_tree() as tree:
        if tree is not None:
            _render_there(tree, out / "accepted", views)
    parts = [f"<!doctype html><meta charset=utf-8><title>Changed screens</title><style>{STYLE}</style>"]
    parts.append(f"<h1>{len(changed)} changed screens</h1><p>Accepted, now, difference.</p>")
    for name in changed:
        parts.append(f"<h2>{html.escape(name)}</h2>")
        if _difference(out, name):
            parts += [f'<img src="{kind}/{name}.png">' for kind in ("accepted", "now", "difference")]
        else:
            parts.append(f'<img src="now/{name}.png"> (there is no accepted picture of this name)')
    report = out / f"report-{views[0]}.html"
    report.write_text("\n".join(parts), encoding="utf-8")
    return report


def _difference(out: Path, name: str) -> bool:
    """Draw where two pictures differ, in red on grey; False if one is not there."""
    before, now = out / "accepted" / f"{name}.png", out / "now" / f"{name}.png"
    if not (before.exists() and now.exists()):
        return False
    first, second = pygame.image.load(str(before)), pygame.image.load(str(now))
    picture = pygame.transform.grayscale(second)
    if first.get_size() == second.get_size():
        same = pygame.mask.from_threshold(second, (0, 0, 0), (1, 1, 1, 255), first)
        same.invert()
        same.to_surface(picture, setcolor=(220, 0, 0), unsetcolor=None)
    path = out / "difference" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    pygame.image.save(picture, str(path))
    return True


@contextmanager
def _accepted_tree() -> Iterator[Path | None]:
    """The tree at the commit that last changed the digests; None where there is no history to ask."""
    found = subprocess.run(
        ["git", "log", "-1", "--format=%H", "--", str(HASHES)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    commit = found.stdout.strip()
    with tempfile.TemporaryDirectory(prefix="krn-accepted-") as folder:
        tree = Path(folder) / "tree"
        if found.returncode or not commit or not _git("worktree", "add", "--detach", str(tree), commit):
            yield None
            return
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> bool:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).returncode == 0


def _render_there(tree: Path, out: Path, views: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(tree), "SDL_VIDEODRIVER": "dummy"}
    for view in views:
        command = [sys.executable, "-m", "tests.screens.gallery", "--out", str(out.resolve()), view]
        # A view that is new has no accepted picture: that is said on the page.
        subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)
