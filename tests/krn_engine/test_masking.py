"""A masked name can be kept, and masked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.masking import mask_name


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("siti aminah  binti Ali", "S*** A*** B***"),
        ("", "***"),
        ("   ", "***"),
        ("ß", "S***"),
        ("***", "***"),
        ("*rahasia", "***"),
    ],
)
def test_a_mask_shows_the_first_letters_of_three_words(name: str, mask: str) -> None:
    assert mask_name(name) == mask


@given(st.text())
def test_a_mask_is_its_own_mask(name: str) -> None:
    assert mask_name(mask_name(name)) == mask_name(name)


@given(st.text(alphabet=st.characters(categories=("L", "Zs")), min_size=1))
def test_a_mask_has_no_more_of_a_name_than_three_letters(name: str) -> None:
    assert len(mask_name(name).replace("*", "").replace(" ", "")) <= 3
