"""Some hundreds of sessions, and that a leak of each kind would be found in less."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.campaigns.soak import MOST_MEGABYTES, Length, run
from tests.campaigns.soak_measure import Frames, Growth, Sample, growth, sample, slope

SESSIONS = 600
"""As many on a busy machine as on a quiet one."""
SMALL = "7"
"""The panel with the fewest pixels: a leak does not hang on them, and half of the time does."""
SLOWEST_FRAME = 0.25
"""Seconds; a finger feels more."""


@pytest.mark.slow
def test_some_hundreds_of_sessions_leave_nothing_behind() -> None:
    command = [sys.executable, "-m", "tests.campaigns.soak", "--sessions", str(SESSIONS), "--samples"]
    # On a busy machine threads meet more often, and each takes a pool of its own of the allocator: that is no leak.
    one_pool = os.environ | {"MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=one_pool)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) >= SESSIONS


@pytest.mark.slow
def test_a_leak_is_found(tmp_path: Path) -> None:
    """Each tenth session leaves a file, a thread and 100 kB behind."""
    end, left, numbers = threading.Event(), list[object](), iter(range(1_000_000))

    def leak() -> None:
        if next(numbers) % 10:
            return
        (tmp_path / "file").touch()
        left.extend([(tmp_path / "file").open(), bytearray(b"x" * 100_000)])
        thread = threading.Thread(target=end.wait, daemon=True)
        thread.start()
        left.append(thread)

    try:
        result = run(Length(), 1, SMALL, leak)
    finally:
        end.set()
        for thing in left:
            if isinstance(thing, threading.Thread):
                thread = thing
                thread.join(10)
            elif not isinstance(thing, bytearray):
                thing.close()  # type: ignore[attr-defined]
    for groups in ([result.days], result.long_days):
        grown = growth(groups)
        assert grown.sins(MOST_MEGABYTES) == ["memory", "open files", "threads"]
        assert grown.files == pytest.approx(100, rel=0.1)
        assert grown.threads == pytest.approx(100, rel=0.1)
    assert result.frames.count > result.sessions
    assert 0 < result.frames.share(0.99) <= result.frames.worst
    assert result.frames.share(0.5) < SLOWEST_FRAME


class TestSlope:
    def test_a_straight_line(self) -> None:
        assert slope([[(1, 5), (2, 7), (3, 9)]]) == pytest.approx(2)

    def test_groups_share_a_slope_and_no_height(self) -> None:
        assert slope([[(1, 5), (2, 7)], [(10, 100), (11, 102), (12, 104)]]) == pytest.approx(2)

    def test_points_beside_the_line(self) -> None:
        assert slope([[(0, 0), (1, 3), (2, 3)]]) == pytest.approx(1.5)

    def test_one_point_has_none(self) -> None:
        assert slope([[(1, 5)]]) == 0


def _samples(*megabytes: float, files: int = 10) -> list[Sample]:
    return [Sample(100 * n, value, files + n, 1) for n, value in enumerate(megabytes, 1)]


class TestGrowth:
    def test_the_warm_up_does_not_count(self) -> None:
        assert growth([_samples(10, 20, 30, 30, 30, 30, 30, 30)]).megabytes == pytest.approx(0)

    def test_it_is_told_for_a_thousand_sessions(self) -> None:
        grown = growth([_samples(1, 2, 3, 4, 5, 6, 7, 8)])
        assert (grown.megabytes, grown.files, grown.threads) == pytest.approx((10, 10, 0))
        assert grown.sessions == 500

    def test_a_run_that_is_too_short_says_so(self) -> None:
        with pytest.raises(ValueError, match="too short"):
            growth([_samples(1, 2, 3)])

    @pytest.mark.parametrize(
        ("grown", "sins"),
        [
            (Growth(0.9, 0.0, 0.0, 1000), []),
            (Growth(1.1, 0.0, 0.0, 1000), ["memory"]),
            (Growth(-5.0, 0.5, 0.5, 1000), []),
            (Growth(0.0, 0.5, 0.0, 2000), ["open files"]),
            (Growth(0.0, 0.0, 0.5, 2000), ["threads"]),
        ],
    )
    def test_what_is_too_much(self, grown: Growth, sins: list[str]) -> None:
        assert grown.sins(1.0) == sins


def test_a_sample_sees_this_process(tmp_path: Path) -> None:
    before = sample(1)
    with (tmp_path / "file").open("w"):
        during = sample(2)
    assert during.files == before.files + 1
    assert 1 < during.megabytes < 10_000
    assert during.threads >= 1


def test_frames_are_told_by_their_share() -> None:
    frames = Frames()
    for milliseconds in range(1, 101):
        frames.add(milliseconds / 1000)
    frames.add(60.0)
    assert (frames.count, frames.worst) == (101, 60.0)
    assert frames.share(0.5) == pytest.approx(0.051, abs=0.0002)
    assert frames.share(0.98) == pytest.approx(0.099, abs=0.0002)
