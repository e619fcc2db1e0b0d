"""Every sentence of the office has a translation, and one that the kiosk says too is said in the same words."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import krn_engine.office
from kiosk.view.languages import catalogue
from krn_engine.catalogue import read_catalogue
from krn_engine.office.words.texts import INDONESIAN, LANGUAGES, LOCALE, Sentence, Texts

OTHERS = [language for language in LANGUAGES if language != INDONESIAN]
METHODS = [("**.py", "python"), ("**.html", "jinja2")]


@cache
def sentences() -> set[str]:
    found = extract_from_dir(
        Path(krn_engine.office.__file__).parent, keywords={"say": None, "Sentence": None}, method_map=METHODS
    )
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_is_complete(language: str) -> None:
    known = read_catalogue(LOCALE / f"{language}.po")
    assert sentences() - set(known) == set(), "without a translation"
    assert set(known) - sentences() == set(), "no longer said"
    for source, translated in known.items():
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translated)), source


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_kiosk_says_too_is_said_in_the_same_words(language: str) -> None:
    kiosk, office = catalogue(language), read_catalogue(LOCALE / f"{language}.po")
    assert {text: office[text] for text in office.keys() & kiosk.keys()} == {
        text: kiosk[text] for text in office.keys() & kiosk.keys()
    }


def test_places_are_filled_with_values_sentences_and_the_help_line() -> None:
    say = Texts(help_line="0800")
    assert say(Sentence("Hubungi {help_line}: {what}", {"what": Sentence("kode {n}", {"n": "3"})})) == (
        "Hubungi 0800: kode 3"
    )
    with pytest.raises(FileNotFoundError):
        Texts("xx")
