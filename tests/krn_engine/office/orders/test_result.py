"""What an officer writes down is read as they mean it, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.office.orders.result import ALL, CODES, Result, read_result
from krn_engine.office.orders.words import REASONS
from krn_engine.office.reasons import HandOff


@pytest.mark.parametrize(
    ("text", "shown", "result"),
    [
        ("", "", Result()),
        ("  ", " ", Result()),
        ("B", "", Result(ALL)),
        ("Benar semua", "3", Result(ALL, krn=3)),
        ("benar", "KRN 3", Result(ALL, krn=3)),
        ("B2", "03", Result(2, krn=3)),
        ("b 2", "3.0", Result(2, krn=3)),
        ("Benar sampai kode 2", "", Result(2)),
        ("B2 S3", "2", Result(2, 3, "SALAH", krn=2)),
        ("b2, g3", "", Result(2, 3, "GAGAL")),
        ("Salah baris ke-3", "", Result(None, 3, "SALAH")),
        ("SALAH 1", "", Result(None, 1, "SALAH")),
        ("Rumah kosong", "", Result(reason=HandOff.NOBODY_HOME)),
        ("rumah_kosong", "", Result(reason=HandOff.NOBODY_HOME)),
        ("menolak", "", Result(reason=HandOff.DECLINED)),
        ("PERIKSA", "1", Result(reason=HandOff.PERIKSA, krn=1)),
        ("B2; P", "", Result(2, reason=HandOff.PERIKSA)),
        ("", "3", Result(krn=3)),
    ],
)
def test_it_is_read(text: str, shown: str, result: Result) -> None:
    assert read_result(text, shown) == result


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sudah", ""),
        ("B B", ""),
        ("S", ""),
        ("S3 S4", ""),
        ("B3 S2", ""),
        ("B S3", ""),
        ("B P", ""),
        ("RK TL", ""),
        ("=1+1", ""),
        ("B²", ""),
        ("B٢", ""),
        ("B", "0"),
        ("B", "10"),
        ("B", "٣"),
        ("B", "yes"),
        ("B", "3.5"),
    ],
)
def test_what_is_no_result_is_refused(text: str, shown: str) -> None:
    with pytest.raises(ValueError, match=r"is none|says|has a KRN"):
        read_result(text, shown)


RESULTS = st.builds(
    Result,
    st.none() | st.integers(1, 8),
    st.none(),
    st.just(""),
    st.none() | st.sampled_from(list(CODES)),
    st.none() | st.integers(1, 9),
)


@given(RESULTS)
def test_what_is_written_is_read_again(result: Result) -> None:
    said, _, shown = result.written.partition("04=")
    assert read_result(said, shown) == result


@given(st.text(max_size=30), st.text(max_size=8))
def test_whatever_is_written_is_a_result_or_refused(text: str, shown: str) -> None:
    try:
        result = read_result(text, shown)
    except ValueError:
        return
    assert result.krn is None or 1 <= result.krn <= 9


def test_each_reason_that_an_officer_writes_has_words() -> None:
    assert set(CODES) < set(REASONS) == set(HandOff)
