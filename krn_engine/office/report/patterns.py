"""How the parts of a report look: a colour and a pattern each, so that paper and colour-blind eyes tell them apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from krn_engine.office.report.svg import GROUND, TEXT, element


@dataclass(frozen=True, slots=True)
class Look:
    """A colour, and lines on it as the path of a tile of 8 by 8."""

    colour: str
    lines: str = ""
    lines_colour: str = GROUND


LOOKS: Mapping[str, Look] = {
    "upgraded": Look("#14622f"),
    "claimed": Look("#6dbb85", "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", TEXT),
    "half_done": Look("#b34700", "M4,0 v8"),
    "refused": Look("#a11919", "M0,0 l8,8 M8,0 l-8,8"),
    "visit_asked": Look("#6a3d9a", "M0,4 h8"),
    "not_started": Look("#dfe5ea"),
    "blocked": Look("#4a5763", "M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4"),
    "unclear": Look("#ffffff", "M2,2 h1 M6,6 h1", TEXT),
}
_TILE = 8


def patterns(name: str) -> str:
    """The definitions of all patterns, for the picture of this name."""
    return element(
        "defs",
        *(
            element(
                "pattern",
                element("rect", width=_TILE, height=_TILE, fill=look.colour),
                element("path", d=look.lines, stroke=look.lines_colour, stroke_width=1.5, fill="none"),
                id=f"{name}-{part}",
                width=_TILE,
                height=_TILE,
                patternUnits="userSpaceOnUse",
            )
            for part, look in LOOKS.items()
            if look.lines
        ),
    )


def fill(name: str, part: str) -> str:
    """What to fill this part with, in the picture of this name."""
    look = LOOKS[part]
    return f"url(#{name}-{part})" if look.lines else look.colour
