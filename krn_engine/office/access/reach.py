"""How far an administrator reaches: one of some units has to do with callers of these units alone."""

from collections.abc import Collection


def reaches(within: Collection[str], units: Collection[str]) -> bool:
    """Whether who is limited to the units `within` has to do with a caller of `units`; none of either: all.

    A caller of all units sees more than anybody who is limited.
    """
    if not within:
        return True
    own = {unit.casefold() for unit in within}
    return bool(units) and all(unit.casefold() in own for unit in units)
