"""Where the page is; a kiosk knows no more of it than that."""

from krn_engine.row import Hidden

PATH = "/r"


def page_at(office: str) -> str:
    """The page of an office at this address."""
    return office.rstrip("/") + PATH


def with_secret(page: str, secret: str) -> Hidden:
    """What a telephone opens. The secret is in the fragment: no browser sends that to anybody."""
    # Joined, for a secret in a format string hides itself.
    return Hidden("#".join((page, secret)))
