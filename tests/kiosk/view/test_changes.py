"""The words for the codes of a key change: what belongs together is never called a pair where it is none."""

from collections.abc import Sequence

import pytest

from kiosk.flow import messages
from kiosk.ui.texts import Texts
from kiosk.view.changes import named, time_limit
from kiosk.view.views import RowsView, ThanksView
from tests.support.sample_views import ROWS
from tests.support.screens import drawn

SAY = Texts("id")


@pytest.mark.parametrize(("pair", "said"), [((1, 1), "Kode 1"), ((3, 4), "Kode 3 dan 4"), ((1, 3), "Kode 1 sampai 3")])
def test_codes_are_named_together(pair: tuple[int, int], said: str) -> None:
    assert SAY(named(*pair)) == said


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (((1, 1),), "Tiap kode: BENAR."),
        (((3, 4),), "Kedua kode dalam 10 menit, semua BENAR."),
        (((1, 3),), "Ketiga kode dalam 10 menit, semua BENAR."),
        (((1, 4),), "Keempat kode dalam 10 menit, semua BENAR."),
        (((1, 5),), "Semua kode dalam 10 menit, semua BENAR."),
        (((1, 2), (3, 4)), "Tiap pasang 10 menit. Tiap kode: BENAR."),
        (((1, 2), (3, 6)), "Tiap kelompok 10 menit. Tiap kode: BENAR."),
    ],
)
def test_the_time_limit_speaks_of_all_codes_of_a_key_change(pairs: Sequence[tuple[int, int]], said: str) -> None:
    assert SAY(time_limit(pairs, 10)) == said


def test_four_codes_of_one_key_change_are_no_pairs_on_any_screen() -> None:
    one_change = ((1, 4),)
    thanks = " ".join(drawn(ThanksView(one_change, 10, 3, 20)).said)
    assert "Kode 1 sampai 4" in thanks
    assert "Keempat kode dalam 10 menit" in thanks
    rows = " ".join(drawn(RowsView(ROWS, 0, one_change, 10)).said)
    assert "Kode 1 sampai 4 di rumah, dalam 10 menit" in rows
    assert "pasang" not in thanks + rows


def test_a_key_change_that_was_left_in_the_middle_is_not_called_a_pair() -> None:
    assert "pasang" not in SAY(messages.change_again(1))
