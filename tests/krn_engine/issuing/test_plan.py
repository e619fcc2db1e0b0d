"""Which key changes a meter needs, and what is odd."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from krn_engine.demo import DEMO_DAY, SGC_EA07, DemoCase, DemoProvince
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import (
    BeyondTarget,
    CampaignInvalid,
    KeyStateOdd,
    KeyStateUnknown,
    VendingKeyExpired,
)
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import plan, rows_of
from krn_engine.issuing.vault import Vault
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti
from krn_engine.sts.keys import Dkga, Ea
from krn_engine.sts.meter_state import MeterRules, MeterState

EA07 = KeyState(Ea.EA07, Dkga.DKGA02, SGC_EA07, Ti(1), Krn(1), KeyType.DUTK, BaseDate.Y1993)
CAMPAIGN = Campaign.default()
PAN = MeterPan.of(Drn("11111111115"))


def krns(state: KeyState, campaign: Campaign = CAMPAIGN) -> list[tuple[int, int]]:
    return [(int(step.old.krn), int(step.new.krn)) for step in plan(state, campaign).steps]


def test_ea07_goes_hop_by_hop_and_ea11_straight() -> None:
    assert krns(EA07) == [(1, 2), (2, 3)]
    assert plan(EA07, CAMPAIGN).rows == 4
    assert krns(replace(EA07, krn=Krn(2))) == [(2, 3)]
    assert plan(replace(EA07, krn=Krn(2)), CAMPAIGN).rows == 2
    ea11 = replace(EA07, ea=Ea.EA11, dkga=Dkga.DKGA04)
    assert krns(ea11) == [(1, 3)]
    assert plan(ea11, CAMPAIGN).rows == 4


def test_the_base_date_moves_at_the_last_hop() -> None:
    first, second = plan(EA07, CAMPAIGN).steps
    assert (first.new.base_date, second.new.base_date) == (BaseDate.Y1993, BaseDate.Y2014)
    assert (first.new.sgc, first.new.ti) == (EA07.sgc, EA07.ti)


def test_a_meter_at_the_target_needs_nothing() -> None:
    assert plan(replace(EA07, krn=Krn(3), base_date=BaseDate.Y2014), CAMPAIGN).steps == ()


def test_what_is_odd_is_said() -> None:
    with pytest.raises(BeyondTarget, match="KRN 4"):
        plan(replace(EA07, krn=Krn(4)), CAMPAIGN)
    with pytest.raises(KeyStateOdd, match="base date 1993"):
        plan(replace(EA07, krn=Krn(3)), CAMPAIGN)
    with pytest.raises(KeyStateOdd, match="never goes back"):
        plan(replace(EA07, base_date=BaseDate.Y2014), CAMPAIGN)


def test_unknown_state_names_what_is_missing() -> None:
    with pytest.raises(KeyStateUnknown, match="SGC, KRN"):
        KeyState.of_record(EA07.to_record() | {"sgc": None, "krn": None})


def test_a_state_reads_back_from_its_word() -> None:
    assert KeyState.parse(str(EA07)) == EA07
    for word in ("", "ready/0123456789abcdef/0", "7/2/1"):
        with pytest.raises(KeyStateUnknown):
            KeyState.parse(word)


CUSTOM = """
name = "other"
[[hop]]
krn = 2
base_date = 1993
sgc = "123456"
ti = "05"
ken = 170
[[hop]]
krn = 4
base_date = 2035
[route]
ea07 = "straight"
ea11 = "hop-by-hop"
"""


def test_campaign_file() -> None:
    campaign = Campaign.parse(CUSTOM)
    assert krns(EA07, campaign) == [(1, 4)]
    ea11 = replace(EA07, ea=Ea.EA11, dkga=Dkga.DKGA04)
    first, second = plan(ea11, campaign).steps
    assert (str(first.new.sgc), str(first.new.ti), first.ken) == ("123456", "05", Ken(170))
    assert (str(second.new.sgc), second.ken) == ("123456", None)
    assert campaign.minutes_for_a_change == 10


def test_a_campaign_sets_the_time_for_a_change() -> None:
    assert Campaign.parse(f"minutes_for_a_change = 45\n{CUSTOM}").minutes_for_a_change == 45


def test_a_campaign_may_have_a_last_day() -> None:
    assert Campaign.parse(f"deadline = 2026-12-31\n{CUSTOM}").deadline == date(2026, 12, 31)
    assert Campaign.parse(CUSTOM).deadline is None


@pytest.mark.parametrize("value", ['"2026-12-31"', "2026-12-31T00:00:00Z", "20261231", "2026-12-31 12:00:00", "true"])
def test_a_last_day_is_a_date_and_nothing_else(value: str) -> None:
    with pytest.raises(CampaignInvalid) as refused:
        Campaign.parse(f"deadline = {value}\n{CUSTOM}")
    assert "deadline must be a date such as 2026-12-31" in refused.value.message


def test_the_built_in_time_for_a_change_is_what_a_meter_gives() -> None:
    assert CAMPAIGN.minutes_for_a_change * 60 == MeterRules().section_timeout


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name = 1",
        'name = "x"',
        'name = "x"\nhop = 3',
        'name = "x"\n[[hop]]\nkrn = 3',
        'name = "x"\n[[hop]]\nkrn = "3"\nbase_date = 2014',
        'name = "x"\n[[hop]]\nkrn = 0\nbase_date = 2014',
        'name = "x"\n[[hop]]\nkrn = 3\nbase_date = 2015',
        'name = "x"\n[[hop]]\nkrn = 3\nbase_date = 2014\nsgc = 123456',
        'name = "x"\n[[hop]]\nkrn = 3\nbase_date = 2014\ncolour = "red"',
        'name = "x"\nother = 1\n[[hop]]\nkrn = 3\nbase_date = 2014',
        'name = "x"\n[[hop]]\nkrn = 3\nbase_date = 2014\n[[hop]]\nkrn = 2\nbase_date = 2014',
        'name = "x"\n[[hop]]\nkrn = 2\nbase_date = 2014\n[[hop]]\nkrn = 3\nbase_date = 1993',
        'name = "x"\n[[hop]]\nkrn = 3\nbase_date = 2014\n[route]\nea07 = "around"',
        'name = "x"\n[[hop]]\nkrn = 3\nbase_date = 2014\n[route]\nea09 = "straight"',
        *(
            f'name = "x"\nminutes_for_a_change = {minutes}\n[[hop]]\nkrn = 3\nbase_date = 2014'
            for minutes in ("0", "1441", "-10", "2.5", "true", '"10"')
        ),
        "name = [",
    ],
)
def test_campaign_that_says_something_impossible(text: str) -> None:
    with pytest.raises(CampaignInvalid):
        Campaign.parse(text)


def test_everything_wrong_with_a_campaign_file_is_said_at_once() -> None:
    text = 'colour = 1\n[[hop]]\nkrn = "3"\n[route]\nea07 = "around"'
    with pytest.raises(CampaignInvalid) as refused:
        Campaign.parse(text)
    for problem in ("name is missing", "colour", "hop[1].krn must be", "hop[1].base_date is missing", "route.ea07"):
        assert problem in refused.value.message


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11])
def test_the_rows_of_a_plan_upgrade_a_meter(case: DemoCase) -> None:
    province = DemoProvince()
    customer = province.first(case)
    pan = MeterPan.of(Drn(customer.meter_number))
    meter: MeterState = province.meter_state(customer)
    steps = plan(customer.state, province.campaign).steps
    for step in steps:
        for row in rows_of(step, pan, province.vault, DEMO_DAY):
            meter, answer = meter.enter(row, 0.0)
            assert answer.accepted
    assert meter.key.value == province.vault.decoder_key(steps[-1].new, pan).value
    assert (meter.key.krn, meter.key.base_date, meter.credit) == (Krn(3), BaseDate.Y2014, customer.credit)


def test_rows_do_not_depend_on_the_day_but_an_expired_new_key_is_refused() -> None:
    province = DemoProvince()
    step = replace(plan(EA07, CAMPAIGN).steps[1], ken=Ken(100))
    expiry = Ken(100).expires(BaseDate.Y2014)
    assert expiry is not None
    early = rows_of(step, PAN, province.vault, datetime(2020, 1, 1, tzinfo=UTC))
    assert rows_of(step, PAN, province.vault, expiry - timedelta(seconds=1)) == early
    with pytest.raises(VendingKeyExpired):
        rows_of(step, PAN, province.vault, expiry)


def test_a_vending_key_past_its_last_day_is_refused_as_the_new_one_only() -> None:
    province = DemoProvince()
    entries = tuple(replace(entry, expires=date(2026, 1, 15)) for entry in province.vault.keys)
    vault = Vault(entries, province.vault.tables)
    step = plan(EA07, CAMPAIGN).steps[0]
    assert rows_of(step, PAN, vault, datetime(2026, 1, 15, 23, tzinfo=UTC))
    with pytest.raises(VendingKeyExpired):
        rows_of(step, PAN, vault, datetime(2026, 1, 16, tzinfo=UTC))
    old_expired = Vault(
        tuple(replace(e, expires=date(2000, 1, 1)) if e.key.krn == Krn(1) else e for e in province.vault.keys),
        province.vault.tables,
    )
    assert rows_of(step, PAN, old_expired, DEMO_DAY)


def test_a_vending_key_on_another_base_date_is_odd() -> None:
    province = DemoProvince()
    with pytest.raises(KeyStateOdd, match="base date"):
        province.vault.decoder_key(replace(EA07, base_date=BaseDate.Y2035), PAN)
    assert province.vault.tables == SAMPLE_TABLES
    assert Sgc("999007") == EA07.sgc
