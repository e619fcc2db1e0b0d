"""The panels that a kiosk can have: their pixels, and how large they are in the real world."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """A screen: its pixels, and how wide they are in the real world (data sheets; a window stands for a 10.1" one)."""

    name: str
    width: int
    height: int
    width_mm: float

    @property
    def portrait(self) -> bool:
        """Taller than wide."""
        return self.height > self.width

    @property
    def small(self) -> bool:
        """Too low for digit keys of 20 mm."""
        return self.height / self.width * self.width_mm < 100

    @property
    def roomy(self) -> bool:
        """Neither upright nor low: there is room for a picture beside words."""
        return not self.portrait and not self.small

    def px(self, millimetres: float) -> int:
        """Whole pixels of a length."""
        return round(millimetres * self.width / self.width_mm)


PANELS = {
    "7": Panel("7", 800, 480, 154.1),
    "10": Panel("10", 1280, 800, 216.9),
    "td2": Panel("td2", 720, 1280, 88.0),
    "td2-turned": Panel("td2-turned", 1280, 720, 155.0),
    "window": Panel("window", 1280, 800, 216.9),
}
"""By the name that the setting `panel` gives."""
TURNS = (0, 90, 180, 270)
"""Degrees clockwise by which a picture can be turned on the glass, for a panel that is mounted turned."""
