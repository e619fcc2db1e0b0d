"""Elements of SVG as text: places across are shares of the width, so that letters stay the same on every screen.

No element has a style of its own, only presentation attributes: a page with a strict content policy shows them.
"""

from collections.abc import Iterable
from html import escape

TEXT, FAINT, GROUND = "#17212b", "#76828d", "#ffffff"
"""Colours of letters, of lines behind a plot, and of paper."""
SIZE = 14
"""Of letters, in CSS pixels."""


def element(name: str, *inside: str, **attributes: object) -> str:
    """One element; underlines in names of attributes become hyphens. What is inside is SVG already."""
    given = "".join(
        f' {attribute.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for attribute, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def share(part: float, whole: float) -> str:
    """How far across, in percent."""
    return f"{_written(100.0 * part / whole)}%" if whole else "0%"


def letters(said: str, x: str, y: float, anchor: str | None = None, *, bold: bool = False) -> str:
    """A line of text that stands on `y`, with a rim that keeps it readable upon what is drawn below it."""
    weight = "bold" if bold else None
    rim = {"stroke": GROUND, "stroke_width": 4, "stroke_linejoin": "round", "paint_order": "stroke"}
    return element(
        "text", escape(said, quote=False), x=x, y=y, fill=TEXT, text_anchor=anchor, font_weight=weight, **rim
    )


def picture(name: str, title: str, told: str, height: float, content: Iterable[str]) -> str:
    """A whole picture, as wide as there is room; `name` is unlike that of any other on the page."""
    return element(
        "svg",
        element("title", escape(title, quote=False), id=f"{name}-title"),
        element("desc", escape(told, quote=False), id=f"{name}-desc"),
        *content,
        xmlns="http://www.w3.org/2000/svg",
        width="100%",
        height=height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_size=SIZE,
        font_family="system-ui, sans-serif",
    )


def _written(value: object) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
