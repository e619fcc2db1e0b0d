"""Every sentence of the code has a translation, with the same places in it, and none is left over."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from kiosk.flow.views import Message
from kiosk.ui.texts import LOCALE, Texts, catalogue

LANGUAGES = sorted(path.stem for path in LOCALE.glob("*.po"))


def sentences() -> set[str]:
    found = extract_from_dir(
        Path(LOCALE).parent, keywords={"say": None, "Message": None}, method_map=[("**.py", "python")]
    )
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def test_there_is_something_to_translate() -> None:
    assert "en" in LANGUAGES
    assert {"Mulai", "Ya, benar", "Mencari data Anda…"} <= sentences()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_complete(language: str) -> None:
    known = catalogue(language)
    assert sentences() - set(known) == set(), "without a translation"
    assert set(known) - sentences() == set(), "no longer said"
    for source, translated in known.items():
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translated)), source


def test_texts_fill_their_places() -> None:
    assert Texts("id")("Kode: {code}", code="X") == "Kode: X"
    assert Texts("en")(Message("Kode: {code}", {"code": "X"})) == "Code: X"
    assert Texts("en")("Kalimat yang belum ada") == "Kalimat yang belum ada"
    with pytest.raises(FileNotFoundError):
        Texts("xx")
