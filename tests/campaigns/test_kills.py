"""The kill campaign in short, and that it would see what it is there for."""

import pytest

from hardware.adapter import Outcome, Submission
from tests.campaigns.kills import SINS, _contradicts, run

KILLS = 16


@pytest.mark.slow
def test_after_a_kill_nothing_is_said_that_the_meter_contradicts() -> None:
    known, sins = run(KILLS, seed=3)
    assert set(sins) == set(SINS)
    assert sum(sins.values()) == 0
    assert sum(known.values()) == KILLS
    # The moments are spread over the row: some kills come in the middle of it, and some after its answer.
    assert known["UNKNOWN, and the meter did not take the row"] > 0
    assert known["ACCEPTED"] > 0


@pytest.mark.parametrize(
    ("outcome", "taken", "contradicts"),
    [
        (Outcome.ACCEPTED, 1, False),
        (Outcome.ACCEPTED, 0, True),
        (Outcome.ACCEPTED, 2, True),
        (Outcome.REJECTED, 0, False),
        (Outcome.REJECTED, 1, True),
        (Outcome.FAULT, 1, True),
        (Outcome.UNKNOWN, 0, False),
        (Outcome.UNKNOWN, 1, False),
    ],
)
def test_what_contradicts_a_meter(outcome: Outcome, taken: int, contradicts: bool) -> None:
    assert _contradicts(Submission(outcome), taken) is contradicts
