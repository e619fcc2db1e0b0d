"""Units that another office serves, by how their customer numbers begin, and whom to ask there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

FEWEST, MOST = 2, 5
"""Digits of the beginning: of a region, to those of a unit."""


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """One such unit. How a number begins is a hint for one that was not found here, and no more: some differ."""

    begins: str
    """`FEWEST` to `MOST` digits."""
    name: str
    telephone: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "13102 ULP Contoh 0751-123456": beginning, name, telephone number. Raises ValueError."""
        begins, _, rest = text.strip().partition(" ")
        name, _, telephone = rest.strip().rpartition(" ")
        if not (begins.isascii() and begins.isdigit() and FEWEST <= len(begins) <= MOST):
            raise ValueError(f"must begin with the first {FEWEST} to {MOST} digits of its customers' numbers")
        if not name or not any(sign.isdigit() for sign in telephone):
            raise ValueError("must have a name and then a telephone number without spaces")
        return cls(begins, name.strip(), telephone)


def units_of(texts: Iterable[str] | None) -> tuple[OtherUnit, ...]:
    """All of a setting; None: there are none. Raises ValueError."""
    return tuple(OtherUnit.parse(text) for text in texts or ())


def unit_of(idpel: str, others: Iterable[OtherUnit]) -> OtherUnit | None:
    """Whose number this may be, by the longest beginning that fits; None: nobody's."""
    fitting = [unit for unit in others if idpel.startswith(unit.begins)]
    return max(fitting, key=lambda unit: len(unit.begins), default=None)
