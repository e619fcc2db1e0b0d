"""All refusals that the packages can make."""

from collections.abc import Iterator

from krn_engine.errors import Refusal

PACKAGES = ("kiosk", "hardware", "krn_engine")


def leaves(root: type[Refusal]) -> Iterator[type[Refusal]]:
    """Every class of the packages below a root, however deep; a test's own is left out."""
    for leaf in root.__subclasses__():
        if leaf.__module__.partition(".")[0] in PACKAGES:
            yield leaf
        yield from leaves(leaf)
