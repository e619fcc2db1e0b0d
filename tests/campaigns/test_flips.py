"""The flip campaign in short, and that it would see what it is there for."""

from pathlib import Path

import pytest

from krn_engine.demo import DemoProvince
from krn_engine.masking import mask_name
from krn_engine.register import digest, transactions
from tests.campaigns.flips import BROKE, CHANGED, CUSTOMERS, REFUSED, SINS, TOLD_LATER, Campaign, run

FLIPS = 60


@pytest.mark.slow
@pytest.mark.parametrize("closed_well", [True, False], ids=["closed well", "not closed well"])
def test_no_flipped_bit_changes_an_answer_without_a_word(closed_well: bool) -> None:
    endings, codes, guilty = run(FLIPS, seed=3, closed_well=closed_well)
    assert guilty == []
    assert sum(endings.values()) == FLIPS
    assert not any(endings[sin] for sin in SINS)
    # Much of a file is free space, and much of the rest is what some question is about.
    assert endings[REFUSED] > FLIPS / 6
    assert endings[TOLD_LATER] < FLIPS / 6
    assert set(" ".join(codes).replace(",", "").split()) <= {f"REG-{number:02d}" for number in range(20)}


def test_digests_that_are_not_checked_are_found_guilty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = Campaign(tmp_path)
    bit = in_a_name(campaign)
    assert campaign.flip(bit) == (REFUSED, "REG-12")
    monkeypatch.setattr(digest, "_sound", lambda *_values: True)
    ending, question = campaign.flip(bit)
    assert ending == CHANGED
    assert question.startswith("find")


def test_an_error_without_a_code_is_found_guilty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = Campaign(tmp_path)
    monkeypatch.setattr(transactions, "tells_of_damage", lambda _error: 1 / 0)
    assert campaign.flip(in_a_name(campaign))[0] == BROKE


def in_a_name(campaign: Campaign) -> int:
    """The lowest bit of the first letter of somebody's name."""
    name = mask_name(next(iter(DemoProvince(CUSTOMERS))).name)
    return 8 * campaign.content.index(name.encode())
