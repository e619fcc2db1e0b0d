"""Pictures of the virtual meter's display, drawn in plain bytes, as a camera in front of it would give them."""

import random
from collections.abc import Callable

from hardware.keypad.sensors.camera import Picture
from hardware.keypad.sensors.seven_segment import GLYPHS, MOUNTED, Geometry

GROUND, INK = 200, 40
HALF = 3
"""Half the length of a drawn segment, in pixels."""


class VirtualCamera:
    """Looks at what `display` gives. `noise` is the greatest change of a pixel's grey, `seed` throws its dice."""

    def __init__(
        self, display: Callable[[], str], geometry: Geometry = MOUNTED, *, noise: int = 0, seed: int = 0
    ) -> None:
        self._display = display
        self._geometry = geometry
        self._noise = noise
        self._source = random.Random(seed)  # noqa: S311  grain of a picture
        self._last: tuple[str, Picture] | None = None

    def frame(self) -> Picture:
        """See `hardware.keypad.sensors.camera.Camera`."""
        shown = self._display()
        if self._last is None or self._last[0] != shown or self._noise:
            self._last = shown, self._draw(shown)
        return self._last[1]

    def _draw(self, shown: str) -> Picture:
        width, height = self._geometry.size
        pixels = bytearray([GROUND]) * (width * height)
        cell = 0
        # Letters without a seven-segment shape ("kWh") are printed beside the cells and light as a whole: not read.
        for letter in "".join(letter for letter in shown if letter in GLYPHS):
            if letter == ",":
                self._segment(pixels, width, cell - 1, "p")
                continue
            for segment in GLYPHS[letter]:
                self._segment(pixels, width, cell, segment)
            cell += 1
        if self._noise:
            pixels = bytearray(
                max(0, min(255, pixel + self._source.randint(-self._noise, self._noise))) for pixel in pixels
            )
        return Picture(width, height, bytes(pixels))

    def _segment(self, pixels: bytearray, width: int, cell: int, segment: str) -> None:
        (x, y), _ = self._geometry.points(cell, segment)
        if segment == "p":
            across, along = 1, 1
        else:
            across, along = (HALF, 1) if segment in "adg" else (1, HALF)
        for row in range(y - along, y + along + 1):
            start = row * width + x - across
            pixels[start : start + 2 * across + 1] = bytes([INK]) * (2 * across + 1)
