"""Languages. Indonesian is the text in the code; `locale` holds what it is in others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from krn_engine.catalogue import read_catalogue

LOCALE = Path(__file__).parent / "locale"
INDONESIAN, ENGLISH = "id", "en"
"""Codes of the languages (ISO 639-1)."""
LANGUAGES = (INDONESIAN, ENGLISH)
HELP_LINE = "123"
"""The telephone number of PLN's help line, which an office may change."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, translated when it is said.

    `text` is the Indonesian original (the key of the catalogues in `locale`) with {named} places for `values`, which
    may be sentences too; {help_line} needs no value.
    """

    text: str
    values: Mapping[str, "str | Sentence"] = field(default_factory=lambda: MappingProxyType({}))


class Texts:
    """Says things in one language: call it with a `Sentence`, or with the Indonesian text and its values."""

    def __init__(self, language: str = INDONESIAN, help_line: str = HELP_LINE) -> None:
        """Raises FileNotFoundError for a language without a catalogue."""
        self.language = language
        self.help_line = help_line
        self._catalogue = {} if language == INDONESIAN else read_catalogue(LOCALE / f"{language}.po")

    def __call__(self, text: str | Sentence, **values: object) -> str:
        """The sentence, with its {places} filled. What has no translation stays Indonesian; a test finds it."""
        if isinstance(text, Sentence):
            filled = {
                name: self(value) if isinstance(value, Sentence) else value for name, value in text.values.items()
            }
            return self(text.text, **filled)
        return self._catalogue.get(text, text).format(help_line=self.help_line, **values)
