"""What the scripts of a page say: they fill in by themselves what they alone know."""

import re
from collections.abc import Mapping

from krn_engine.office.words.texts import LANGUAGES, Sentence, Texts

_PLACE = re.compile(r"{(\w+)}")
_HELP_LINE = "help_line"


def for_scripts(sentences: Mapping[str, Sentence], help_line: str) -> dict[str, dict[str, str]]:
    """By language, each sentence by its name; the {places} that are left are for the scripts to fill."""
    return {language: _in(Texts(language, help_line), sentences) for language in LANGUAGES}


def _in(say: Texts, sentences: Mapping[str, Sentence]) -> dict[str, str]:
    said = {}
    for name, sentence in sentences.items():
        left = {place: f"{{{place}}}" for place in _PLACE.findall(sentence.text) if place != _HELP_LINE}
        said[name] = say(sentence.text, **left)
    return said
