"""Catalogues of sentences (.po of GNU gettext): Indonesian is the text in the code, and the key of each entry."""

from functools import cache
from pathlib import Path


@cache
def read_catalogue(file: Path) -> dict[str, str]:
    """Indonesian to the language of this file. Raises FileNotFoundError."""
    # Slow to import, and not needed by a person who reads Indonesian.
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with file.open("rb") as opened:
        return {
            message.id: message.string
            for message in read_po(opened)
            if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string
        }
