"""Where somebody on the telephone goes on: a pair out of time begins anew, and a claim that is gone counts no more."""

from collections.abc import Sequence

import pytest

from krn_engine.office.contract import Issued, IssuedChange, RowOutcome
from krn_engine.office.web.guiding import Place, where
from krn_engine.row import Row

NOW = 1_000_000.0
TAKEN = RowOutcome.ACCEPTED


def issued(claims: Sequence[bool] = (False,) * 4, proved: int = 0) -> Issued:
    """Four rows in two pairs."""
    rows = tuple(Row(f"{number:020}") for number in range(1, 5))
    outcomes: list[RowOutcome | None] = [TAKEN if number < proved else None for number in range(4)]
    changes = tuple(
        IssuedChange(
            f"c{first}",
            first + 1,
            first + 2,
            rows[first : first + 2],
            tuple(outcomes[first : first + 2]),
            (None, None),
            tuple(claims[first : first + 2]),
        )
        for first in (0, 2)
    )
    return Issued("r", "99000000018", changes, 10)


def at(done: int, seconds_ago: float = 0.0, **more: object) -> dict[str, object]:
    """What the address of a page tells."""
    return {"place": {"done": done, "began": NOW - seconds_ago, "wrong": 0, "heard": "", "krn": "", **more}}


@pytest.mark.parametrize(
    ("claims", "proved", "told", "done", "is_late"),
    [
        # The first page of a call: after what is known to be in, by whole pairs.
        ((False,) * 4, 0, {}, 0, False),
        ((True, False, False, False), 0, {}, 0, False),
        ((True, True, True, False), 0, {}, 2, False),
        ((False,) * 4, 2, {}, 2, False),
        # Within a call: from code to code.
        ((True, False, False, False), 0, at(1, 599), 1, False),
        ((True, False, False, False), 0, at(1, 601), 0, True),
        ((True, True, True, False), 0, at(3, 601), 2, True),
        ((True, True, False, False), 0, at(2, 10_000), 2, False),
        # Somebody took the claim back, or proved the codes, in the meantime.
        ((False,) * 4, 0, at(1), 0, False),
        ((False,) * 4, 4, at(1), 4, False),
        # The display told of fewer: begun again, although all is claimed.
        ((True,) * 4, 0, at(0, krn="1"), 0, False),
    ],
)
def test_where_they_go_on(
    claims: Sequence[bool], proved: int, told: dict[str, object], done: int, is_late: bool
) -> None:
    place, late = where(issued(claims, proved), told, NOW)
    assert (place.done, late) == (done, is_late)


def test_after_periksa_or_two_refusals_nothing_more_is_keyed_in() -> None:
    assert not Place(0).is_stopped
    assert not Place(0, wrong=1, heard="SALAH").is_stopped
    assert Place(0, wrong=2, heard="GAGAL").is_stopped
    assert Place(0, heard="PERIKSA").is_stopped
