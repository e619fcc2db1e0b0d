"""How things are said: as text, and as espeak-ng really sounds."""

import pytest

from hardware.voice import PACES, Phrase
from kiosk.flow.step import ROWS_SECONDS
from kiosk.screens.overlays import INTRODUCTION
from kiosk.ui.texts import Texts
from kiosk.view.spoken import GROUP_SECONDS, WRITING_SECONDS, Spelled, phrases, sentence, spelled
from krn_engine.row import in_fours
from tests.support import espeak
from tests.support.sample_views import ROWS

METERS = ("99100000001", "88888888888", "00000000000", "12345678000", "10000000001")
"""Meter numbers: their last three digits stand alone, and were once read as a thousand."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("88888888888", "8 8 8 8, 8 8 8 8, 8 8 8."),
        ("W*** S***", "W S."),
        ("hubungi 123", "hubungi 1 2 3."),
        ("Panjangnya 1234.", "Panjangnya 1 2 3 4."),
        ("R1MT / 1.300 VA", "R 1 M T, 1.300 V A."),
        ("Tekan 04 lalu Enter.", "Tekan 0 4 lalu Enter."),
        ("Untuk petugas: HW-11", "Untuk petugas: H W 1 1."),
        ("12 digit · kurang 4 atau 5", "12 digit, kurang 4 atau 5."),
        ("KRN 3", "KRN 3."),
        ("", ""),
        ("***", ""),
    ],
)
def test_a_sentence_is_said_without_what_a_voice_misreads(text: str, said: str) -> None:
    assert sentence(text, "123") == said


def test_a_number_is_said_from_its_data_however_short_it_is() -> None:
    said = phrases(["Nomor meter", Spelled("001"), ROWS[0]])
    assert [phrase.text for phrase in said] == [
        "Nomor meter.",
        "0 0 1.",
        *("7 3 7 8,", "6 9 7 6,", "2 9 4 8,", "3 8 2 0,", "6 4 6 3."),
    ]
    assert "001" not in repr(Spelled("001"))


@pytest.mark.slow
@espeak.installed
class TestEspeak:
    """What is heard."""

    @pytest.mark.parametrize("language", ["id", "en"])
    @pytest.mark.parametrize("number", [*METERS, *ROWS, "990000000000", "001", "100", "1000", "04"])
    def test_every_digit_is_heard_alone(self, number: str, language: str) -> None:
        assert espeak.heard_digits(spelled(number), language) == number
        assert espeak.heard_digits([Phrase(sentence("0" + number))], language) == "0" + number, "in a sentence too"

    def test_as_text_a_number_would_be_another(self) -> None:
        """Else the tests above would show nothing."""
        with pytest.raises(KeyError):
            espeak.heard_digits([Phrase("888")])

    @pytest.mark.parametrize("number", [METERS[0], ROWS[1]])
    def test_there_is_a_pause_after_each_four_and_none_within(self, number: str) -> None:
        pauses = espeak.silences(spelled(number), GROUP_SECONDS - 0.05)
        assert len(pauses) == len(in_fours(number))
        assert espeak.silences(spelled(number[:4], 0.0), GROUP_SECONDS - 0.05) == []

    def test_dictation_leaves_time_to_write(self) -> None:
        pauses = espeak.silences(spelled(ROWS[0], WRITING_SECONDS), WRITING_SECONDS - 0.05)
        assert len(pauses) == 5

    @pytest.mark.parametrize("pace", PACES)
    def test_four_codes_are_dictated_before_the_kiosk_asks_whether_somebody_is_there(self, pace: int) -> None:
        dictated = [phrase for row in ROWS for phrase in (Phrase("Kode 1."), *spelled(row, WRITING_SECONDS))]
        assert 60 * PACES[2] / PACES[pace] < espeak.seconds(dictated, pace=pace) < ROWS_SECONDS

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_the_introduction_takes_twenty_seconds(self, language: str) -> None:
        told = phrases([Texts(language)(INTRODUCTION)])
        assert 15 < espeak.seconds(told, language) < 21

    @pytest.mark.parametrize("word", ["BENAR", "SALAH", "PERIKSA", "GAGAL"])
    def test_what_a_meter_shows_is_a_word_and_no_row_of_letters(self, word: str) -> None:
        assert len(espeak.phonemes([Phrase(word)])) == 1
