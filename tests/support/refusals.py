"""All refusals that the packages can make."""

from collections.abc import Iterator

from krn_engine.errors import Refusal

PACKAGES = ("kiosk", "hardware", "krn_engine")


def leaves(root: type[Refusal]) -> Iterator[type[Refusal]]:
    """Every class of the packages below a root, however deep, that a code of its own belongs to.

    A test's own is left out, and one that is told by its parent's code (`Refusal`).
    """
    for leaf in root.__subclasses__():
        if leaf.__module__.partition(".")[0] in PACKAGES and "code" in vars(leaf):
            yield leaf
        yield from leaves(leaf)
