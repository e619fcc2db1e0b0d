"""Every sentence of the code has a translation, with the same places in it, and none is left over."""

import re
from functools import cache
from pathlib import Path

import pygame
import pytest
from babel.messages.extract import extract_from_dir

from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.text import Painter
from kiosk.ui.texts import Texts
from kiosk.view.languages import LOCALE, catalogue
from kiosk.view.panels import PANELS
from kiosk.view.parts import COUNTER, Message
from tests.support.sample_views import VIEWS

LANGUAGES = sorted(path.stem for path in LOCALE.glob("*.po"))


@cache
def sentences() -> set[str]:
    found = extract_from_dir(
        Path(LOCALE).parent, keywords={"say": None, "Message": None}, method_map=[("**.py", "python")]
    )
    said = {message for _, _, message, _, _ in found if isinstance(message, str)}
    # What stands in for it in a language is a place of its own.
    return {sentence for sentence in said if not re.fullmatch(r"{\w+}", sentence)} | {COUNTER}


def test_there_is_something_to_translate() -> None:
    assert "en" in LANGUAGES
    assert {"Mulai", "Ya, ini meter saya", "Mencari data Anda…"} <= sentences()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_complete(language: str) -> None:
    known = catalogue(language)
    assert sentences() - set(known) == set(), "without a translation"
    assert set(known) - sentences() == set(), "no longer said"
    for source, translated in known.items():
        assert sorted(re.findall(r"{\w+}", source)) == sorted(re.findall(r"{\w+}", translated)), source


def test_texts_fill_their_places() -> None:
    assert Texts("id")("Untuk petugas: {code}", code="X") == "Untuk petugas: X"
    assert Texts("en")(Message("Untuk petugas: {code}", {"code": "X"})) == "For staff: X"
    assert Texts("en")("Kalimat yang belum ada") == "Kalimat yang belum ada"
    with pytest.raises(FileNotFoundError):
        Texts("xx")


def test_the_help_line_is_filled_wherever_it_is_named() -> None:
    asked = Message("Silakan ke {counter} atau hubungi {help_line}.")
    assert Texts("id")(asked) == "Silakan ke loket atau hubungi 123."
    assert Texts("en", "0800 {1}")(asked) == "Please go to the counter or call 0800 {1}."
    assert Texts("id", "0800 {1}")("{code}: hubungi {help_line}", code="X") == "X: hubungi 0800 {1}"
    assert Texts("id", counter="Loket 2")(asked) == "Silakan ke Loket 2 atau hubungi 123."
    assert Texts("en", counter="Loket 2")(asked) == "Please go to Loket 2 or call 123."
    assert Texts("id")("W*** {A}") == "W*** {A}"


def test_no_sentence_writes_a_number_of_a_help_line() -> None:
    assert [sentence for sentence in sentences() if re.search(r"\d{3}", sentence)] == []


class Pseudo(Texts):
    """A language in which every word that went through a catalogue is seen: its vowels are marked."""

    MARKS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")

    def translated(self, sentence: str) -> str:
        return re.sub(r"\{[^}]*\}|[^{]+", lambda part: _marked(part.group()), sentence)


def _marked(part: str) -> str:
    return part if part.startswith("{") else part.translate(Pseudo.MARKS)


pygame.font.init()
UNTRANSLATED = re.compile(
    r"EN|English|Indonesia|Enter|BENAR|SALAH|PERIKSA|GAGAL|TERKUNCI \d+|OK|KRN \d|[A-Z]+-\d+|Keypad 4x\d( auto| #)?"
    r"|(.*  )?\d\d-\d\d \d\d\.\d\d  \S+"
    r"|(Landis\+Gyr|Cashpower|Gemini|Conlog|BEC62|Itron|EM512| )+|[*#]"
    r"|W\*\*\* W\*\*\* W\*\*\*|R1MT / 197\.000 VA|[\d …<]*"
)
"""What is the same in every language: languages, what a meter shows, codes, names, numbers, when and where."""


@pytest.mark.parametrize("name", VIEWS)
def test_every_word_on_every_screen_went_through_the_catalogue(name: str) -> None:
    screen = screen_for(VIEWS[name], Ui(PANELS["10"], Pseudo("id")))
    surface = pygame.Surface((PANELS["10"].width, PANELS["10"].height))
    screen.draw(surface)
    painter = Painter(surface, PANELS["10"])
    for button in screen.buttons:
        button.draw(painter)
    for text, _ in [*screen.lines, *painter.lines]:
        if not UNTRANSLATED.fullmatch(text):
            assert re.search("[áéíóúÁÉÍÓÚ]", text) or not re.search("[aeiouAEIOU]", text), text
