"""What sentences are in other languages: Indonesian is the text in the code, `kiosk/locale` holds the rest."""

from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parents[1] / "locale"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Indonesian to another language. Raises FileNotFoundError for a language without a catalogue."""
    # Slow to import, and not needed by a person who reads Indonesian.
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (LOCALE / f"{language}.po").open("rb") as file:
        return {
            message.id: message.string
            for message in read_po(file)
            if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string
        }
