"""What a long run is measured by: memory, files and threads of this process, and the time of each frame."""

import gc
import math
import resource
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = resource.getpagesize()
MEGABYTE = 1e6
WARM_UP = 0.25
"""The share of a group of samples, from its beginning, that does not count: caches fill, pools find their size."""
LEAST_SAMPLES = 3
PER = 1000
"""Slopes are told for so many sessions."""


@dataclass(frozen=True)
class Sample:
    """The process between two sessions, when nothing of the last one may be left."""

    sessions: int
    megabytes: float
    files: int
    threads: int


def sample(sessions: int) -> Sample:
    """This process now."""
    # What nobody holds any more is no leak, whenever Python would have looked for it.
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    files, threads = (len(list(Path(f"/proc/self/{what}").iterdir())) for what in ("fd", "task"))
    return Sample(sessions, resident / MEGABYTE, files, threads)


def slope(groups: Sequence[Sequence[tuple[float, float]]]) -> float:
    """Of the straight lines, all of one slope, that are nearest to the points of each group by least squares."""
    up = along = 0.0
    for points in groups:
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        up += sum((x - mean_x) * (y - mean_y) for x, y in points)
        along += sum((x - mean_x) ** 2 for x, _ in points)
    return up / along if along else 0.0


@dataclass(frozen=True)
class Growth:
    """How much more a process holds after each 1,000 sessions."""

    megabytes: float
    files: float
    threads: float
    sessions: int
    """The most sessions that it was measured over without a break."""

    def sins(self, most_megabytes: float) -> list[str]:
        """What grew. Files and threads are counted, not weighed: a whole one more over the run is growth."""
        over = self.sessions / PER
        grown = []
        if self.megabytes > most_megabytes:
            grown.append("memory")
        if self.files * over >= 1.0:
            grown.append("open files")
        if self.threads * over >= 1.0:
            grown.append("threads")
        return grown


def growth(groups: Sequence[Sequence[Sample]]) -> Growth:
    """Within each group, after its warm-up. Raises ValueError for a run that was too short to tell."""
    counted = [list(group)[math.ceil(len(group) * WARM_UP) :] for group in groups]
    counted = [group for group in counted if len(group) >= LEAST_SAMPLES]
    if not counted:
        raise ValueError("the run was too short: nothing can be said of its slopes")

    def of(what: Callable[[Sample], float]) -> float:
        return slope([[(taken.sessions / PER, what(taken)) for taken in group] for group in counted])

    return Growth(
        of(lambda taken: taken.megabytes),
        of(lambda taken: taken.files),
        of(lambda taken: taken.threads),
        max(group[-1].sessions - group[0].sessions for group in counted),
    )


class Frames:
    """Times of frames, in boxes of a tenth of a millisecond: a list of them all would grow, and look like a leak."""

    BOX = 0.0001

    def __init__(self, boxes: int = 20_000) -> None:
        self._boxes = array("L", bytes(array("L").itemsize * boxes))
        self.count = 0
        self.worst = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self._boxes[min(int(seconds / self.BOX), len(self._boxes) - 1)] += 1
        self.count += 1
        self.worst = max(self.worst, seconds)

    def share(self, share: float) -> float:
        """Seconds that this share of the frames stays under."""
        seen = 0
        for box, number in enumerate(self._boxes):
            seen += number
            if seen >= share * self.count:
                return min((box + 1) * self.BOX, self.worst)
        return self.worst
