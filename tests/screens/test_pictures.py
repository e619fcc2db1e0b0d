"""Every picture is the one that was accepted. `make screens` to look, `make screens-accept` to renew."""

import warnings
from pathlib import Path

import pygame
import pytest

from tests.screens import report
from tests.screens.pictures import Kept, build, drawn, pictures_of
from tests.support.sample_views import VIEWS

KEPT = Kept.read()


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_the_screens_look_as_they_were_accepted(view: str) -> None:
    kept, now = KEPT.of(view), drawn(view, KEPT)
    changed = sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
    if changed:
        page = report.write(Path("screens"), changed)
        pytest.fail(
            f"{len(changed)} pictures differ, {changed[0]} is the first: look at {page}, or make screens-accept"
        )


def test_nothing_is_kept_of_views_that_are_gone() -> None:
    assert {name.partition("/")[0] for name in KEPT.pixels} == set(VIEWS)
    assert KEPT.pixels.keys() == KEPT.geometry.keys()


@pytest.mark.filterwarnings("default")
def test_it_is_said_when_another_build_draws() -> None:
    """Then only the places of buttons and lines are compared, not the pixels."""
    other = Kept("another build", KEPT.pixels, KEPT.geometry)
    assert other.of("home") == {name: KEPT.geometry[name] for name in other.of("home")}
    if KEPT.build != build():
        warnings.warn(f"drawn by {build()}, accepted with {KEPT.build}: places compared, not pixels", stacklevel=1)


def test_a_changed_pixel_and_a_moved_button_are_seen() -> None:
    first, *_ = pictures_of("home")
    before = first.digest
    first.surface.set_at((5, 5), (1, 2, 3))
    assert first.digest != before
    assert len({picture.geometry for picture in pictures_of("home")}) > 4


def test_the_page_shows_both_pictures_and_the_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "home/10-id-plain"
    (tmp_path / "accepted/home").mkdir(parents=True)
    surface = next(picture.surface for picture in pictures_of("home") if picture.name == name)
    surface.fill((255, 0, 255), (10, 10, 20, 20))
    pygame.image.save(surface, str(tmp_path / f"accepted/{name}.png"))
    # The tree itself is asked when there is a history; here the accepted picture lies there already.
    monkeypatch.setattr(report, "_git", lambda *_: False)
    page = report.write(tmp_path, [name, "home/10-xx-plain"])
    text = page.read_text()
    assert all(f'src="{kind}/{name}.png"' in text for kind in ("accepted", "now", "difference"))
    assert "no accepted picture" in text
    difference = pygame.image.load(str(tmp_path / f"difference/{name}.png"))
    assert tuple(difference.get_at((15, 15)))[:3] == (220, 0, 0)
    assert len(set(difference.get_at((40, 40))[:3])) == 1
