"""Seven-segment displays: which segments make a letter, and where they lie in a picture.

Segments are named as everywhere: a top, b upper right, c lower right, d bottom, e lower left, f upper left, g middle;
p is the comma's point.
"""

from dataclasses import dataclass

SEGMENTS = "abcdefgp"
_SHAPES = {
    "0": "abcdef",
    "1": "bc",
    "2": "abdeg",
    "3": "abcdg",
    "4": "bcfg",
    "5": "acdfg",
    "6": "acdefg",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
    "A": "abcefg",
    "B": "cdefg",
    "C": "adef",
    "D": "bcdeg",
    "E": "adefg",
    "G": "acdef",
    "H": "bcefg",
    "I": "ef",
    "J": "bcde",
    "K": "acefg",
    "L": "def",
    "M": "abcef",
    "N": "ceg",
    "O": "cdeg",
    "P": "abefg",
    "R": "eg",
    "S": "acdfg",
    "T": "defg",
    "U": "bcdef",
    "V": "cde",
    "X": "bcef",
    "Y": "bcdfg",
    "-": "g",
    ",": "p",
    " ": "",
}
GLYPHS = {letter: frozenset(segments) for letter, segments in _SHAPES.items()}
"""Segments of each letter. Some letters look alike (5 and S): words are known as a whole, digits by themselves."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where a display lies in the camera's picture, in pixels: found once when the camera is mounted."""

    left: int = 8
    top: int = 8
    cell_width: int = 12
    cell_height: int = 20
    pitch: int = 18
    """From one cell's left edge to the next's."""
    cells: int = 26

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a picture that holds the display with a margin."""
        return self.left * 2 + self.pitch * self.cells, self.top * 2 + self.cell_height

    def points(self, cell: int, segment: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """The middle of a segment, and a place beside the cell that is never dark."""
        x, y = self.left + cell * self.pitch, self.top
        half, full = self.cell_height // 2, self.cell_height
        middle = {
            "a": (x + self.cell_width // 2, y + 1),
            "b": (x + self.cell_width - 2, y + half // 2),
            "c": (x + self.cell_width - 2, y + half + half // 2),
            "d": (x + self.cell_width // 2, y + full - 2),
            "e": (x + 1, y + half + half // 2),
            "f": (x + 1, y + half // 2),
            "g": (x + self.cell_width // 2, y + half),
            "p": (x + self.cell_width + 2, y + full - 2),
        }[segment]
        return middle, (x - 3, y + half)
