"""Renews the documentation pages that are made of the code, in the folder `docs`.

python -m tests.pages PAGE…
"""

import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.event_log import events_page
from kiosk.settings.file import config_page

RENEWED: dict[str, Callable[[str], str]] = {"events": lambda _page: events_page(), "config": config_page}
"""Each page's name, and what makes the new page of the old one."""


def main() -> None:
    """Renew the named pages; raises KeyError for one that is written by hand."""
    for name in sys.argv[1:]:
        page = Path("docs") / f"{name}.md"
        page.write_text(RENEWED[name](page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
