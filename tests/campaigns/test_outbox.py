"""The campaign of an outbox, in its short form."""

import pytest

from tests.campaigns.outbox import run

pytestmark = pytest.mark.slow


def test_all_arrive_and_each_once_though_both_ends_are_killed() -> None:
    account = run(facts=400, kills=2, office_kills=2, seed=7)
    assert (account.kept, account.kiosk_kills, account.office_kills) == (400, 2, 2)
    assert (account.lost, account.twice, account.refused) == ([], [], 0)
