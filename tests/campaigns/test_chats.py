"""The campaign of the chats, in its short form."""

import pytest

from tests.campaigns.chats import flood, run
from tests.support.postgres import installed

pytestmark = pytest.mark.slow


def test_each_is_answered_and_none_twice_though_the_office_is_killed() -> None:
    account = run(conversations=40, kills=1, engine="sqlite", seed=7)
    assert (account.conversations, account.kills, account.messages) == (40, 1, 80)
    assert (account.unanswered, account.twice, account.aside, account.left, account.quoted) == ([], 0, 0, 0, 0)


@installed
def test_in_a_flood_each_hears_something_and_then_its_answer() -> None:
    account = flood(rate=50, seconds=3, workers=1)
    assert len(account.answered) == len(account.told) == account.messages == 150
    assert len(account.brought) >= 150
