"""The optical kill campaign in short, and that it would see what it is there for."""

import pytest

from hardware.adapter import Outcome, Submission
from tests.campaigns.kills import SINS
from tests.campaigns.kills_optical import _contradicts, run

KILLS = 6


@pytest.mark.slow
def test_after_a_kill_nothing_is_said_that_the_meter_contradicts() -> None:
    known, sins = run(KILLS, seed=3)
    assert set(sins) == set(SINS[:3])
    assert sum(sins.values()) == 0
    assert sum(known.values()) == KILLS
    # The moments are spread: some kills come before the row was sent, and some behind it.
    assert len(known) > 1


@pytest.mark.parametrize(
    ("outcome", "taken", "contradicts"),
    [
        (Outcome.PARTIAL, 1, False),
        (Outcome.PARTIAL, 0, True),
        (Outcome.ACCEPTED, 2, True),
        (Outcome.REJECTED, 1, True),
        (Outcome.FAULT, 1, True),
        (Outcome.FAULT, 0, False),
        (Outcome.UNKNOWN, 1, False),
    ],
)
def test_what_contradicts_a_meter(outcome: Outcome, taken: int, contradicts: bool) -> None:
    assert _contradicts(Submission(outcome), taken) is contradicts
