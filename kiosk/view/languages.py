"""What the kiosk says in other languages: Indonesian is the text in the code, `kiosk/locale` holds the rest."""

from pathlib import Path

from krn_engine.catalogue import read_catalogue

LOCALE = Path(__file__).parents[1] / "locale"


def catalogue(language: str) -> dict[str, str]:
    """Indonesian to another language. Raises FileNotFoundError for a language without a catalogue."""
    return read_catalogue(LOCALE / f"{language}.po")
