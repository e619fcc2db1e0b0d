"""Reads a seven-segment display from pictures: places of segments, three equal frames, or "not sure"."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from hardware.adapter import Source
from hardware.keypad.profile import Words
from hardware.keypad.sensors.base import Sensor, Sighting, meaning
from hardware.keypad.sensors.seven_segment import GLYPHS, SEGMENTS, Geometry

EQUAL_FRAMES = 3
FRAME_SECONDS = 0.05
"""Time between two looks."""
CONTRAST = 60
"""How much darker than its ground, out of 255, a lit segment must be; a segment in between makes the frame unsure."""
PALE = 25


@dataclass(frozen=True, slots=True)
class Picture:
    """A grey picture: `pixels` has width x height bytes, row by row, 255 is white."""

    width: int
    height: int
    pixels: bytes


class Camera(Protocol):
    """Anything that gives pictures of the meter's display."""

    def frame(self) -> Picture:
        """One picture, now; raises OSError if the camera is gone."""
        ...


class SegmentReader:
    """Reads text from a picture, given where the display's cells lie in it. Free text is not guessed at."""

    def __init__(self, geometry: Geometry, words: Words) -> None:
        self._geometry = geometry
        known = (*words.accepted, *words.rejected, *words.locked, *words.tampered, *words.sound)
        self._words = {tuple(GLYPHS[letter] for letter in word): word for word in known}

    def read(self, picture: Picture) -> str | None:
        """The text; empty for a dark display; None if a segment is unsure, or the text is no known word or number."""
        cells = []
        for cell in range(self._geometry.cells):
            lit = self._cell(picture, cell)
            if lit is None:
                return None
            cells.append(lit)
        return self._text(cells)

    def _cell(self, picture: Picture, cell: int) -> frozenset[str] | None:
        lit = set()
        for segment in SEGMENTS:
            on, ground = self._geometry.points(cell, segment)
            darker = self._mean(picture, ground) - self._mean(picture, on)
            if darker >= CONTRAST:
                lit.add(segment)
            elif darker > PALE:
                return None
        return frozenset(lit)

    def _mean(self, picture: Picture, at: tuple[int, int]) -> int:
        """Grey of a point and its four neighbours, so that a speck is neither segment nor ground."""
        (x, y), pixels, width = at, picture.pixels, picture.width
        here = y * width + x
        return (pixels[here] + pixels[here - 1] + pixels[here + 1] + pixels[here - width] + pixels[here + width]) // 5

    def _text(self, cells: list[frozenset[str]]) -> str | None:
        while cells and not cells[-1]:
            cells.pop()
        gap = cells.index(frozenset()) if frozenset() in cells else len(cells)
        word = self._words.get(tuple(cells[:gap]))
        rest = _digits(cells[gap + 1 :] if word is not None else cells)
        if rest is None:
            return None
        return rest if word is None else f"{word} {rest}".strip()


def _digits(cells: list[frozenset[str]]) -> str | None:
    """Digits and the signs of numbers; None for anything else."""
    letters = {GLYPHS[sign]: sign for sign in "0123456789- "}
    comma = GLYPHS[","]
    text = ""
    for cell in cells:
        sign = letters.get(cell - comma)
        if sign is None:
            return None
        text += sign + ("," if comma <= cell else "")
    return text


class CameraSensor(Sensor):
    """A camera over the display. It says what it sees when three frames in a row say the same, and not before."""

    def __init__(self, camera: Camera, reader: SegmentReader, words: Words) -> None:
        self._camera = camera
        self._reader = reader
        self._words = words
        self._next = 0.0
        self._seen: deque[str | None] = deque(maxlen=EQUAL_FRAMES)
        self._answer: Sighting | None = None

    def begin(self) -> None:
        """Forget every frame."""
        self._seen.clear()
        self._answer = None
        self._next = 0.0

    def sample(self, now: float) -> None:
        """Take a frame when it is time for one."""
        if now < self._next or self._answer is not None:
            return
        self._next = now + FRAME_SECONDS
        self._look()
        text = self._sure()
        if text:
            self._answer = meaning(text, self._words, Source.PICTURE, "camera")

    def sighting(self) -> Sighting | None:
        """The first answer that three equal frames showed."""
        return self._answer

    def text(self) -> str | None:
        """Three frames now; None unless they are equal."""
        self._seen.clear()
        for _ in range(EQUAL_FRAMES):
            self._look()
        return self._sure()

    def _look(self) -> None:
        try:
            self._seen.append(self._reader.read(self._camera.frame()))
        except OSError:
            self._seen.append(None)

    def _sure(self) -> str | None:
        equal = len(self._seen) == EQUAL_FRAMES and len(set(self._seen)) == 1
        return self._seen[0] if equal else None
