"""Pictures of the virtual meter's display, drawn in plain bytes, as a camera in front of it would give them."""

import random
from collections.abc import Callable
from functools import lru_cache

from hardware.keypad.sensors.camera import Picture
from hardware.keypad.sensors.seven_segment import GLYPHS, Geometry

MOUNTED = Geometry()
"""Where the display lies in the virtual camera's pictures."""
GROUND, INK = 200, 40
UNIT = " kWh"
HALF = 3
"""Half the length of a drawn segment, in pixels."""
GRAINS = 4
"""How many different grains follow each other in the frames."""


class VirtualCamera:
    """Looks at what `display` gives. `noise` is the greatest change of a pixel's grey."""

    def __init__(self, display: Callable[[], str], geometry: Geometry = MOUNTED, *, noise: int = 0) -> None:
        self._display = display
        self._geometry = geometry
        self._noise = noise
        self._frames = 0

    def frame(self) -> Picture:
        """See `hardware.keypad.sensors.camera.Camera`."""
        self._frames += 1
        return _draw(self._display(), self._geometry, self._noise, self._frames % GRAINS if self._noise else 0)


@lru_cache(maxsize=256)
def _draw(shown: str, geometry: Geometry, noise: int, grain: int) -> Picture:
    width, height = geometry.size
    pixels = bytearray(_grey(GROUND, width * height, noise, grain))
    ink = _grey(INK, width * height, noise, grain + GRAINS)
    cell = 0
    # The unit is printed beside the cells, and so is every letter without a seven-segment shape: not read.
    for letter in shown.removesuffix(UNIT).upper():
        if letter == ",":
            _segment(pixels, ink, width, geometry.points(cell - 1, "p")[0], (1, 1))
        elif letter in GLYPHS:
            for segment in GLYPHS[letter]:
                extent = (HALF, 1) if segment in "adg" else (1, HALF)
                _segment(pixels, ink, width, geometry.points(cell, segment)[0], extent)
            cell += 1
    return Picture(width, height, bytes(pixels))


def _segment(pixels: bytearray, ink: bytes, width: int, at: tuple[int, int], extent: tuple[int, int]) -> None:
    (x, y), (across, along) = at, extent
    for row in range(y - along, y + along + 1):
        start = row * width + x - across
        pixels[start : start + 2 * across + 1] = ink[start : start + 2 * across + 1]


@lru_cache(maxsize=2 * GRAINS + 2)
def _grey(level: int, pixels: int, noise: int, grain: int) -> bytes:
    """A plain ground with a grain of its own."""
    if not noise:
        return bytes([level]) * pixels
    source = random.Random(grain)  # noqa: S311  grain of a picture
    greys = [max(0, min(255, level + change)) for change in range(-noise, noise + 1)]
    return bytes(source.choices(greys, k=pixels))
