"""The invented province is the same everywhere, and shows every case."""

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.sts.keys import has_odd_parity


def test_same_seed_same_province() -> None:
    assert list(DemoProvince(40)) == list(DemoProvince(40))
    assert list(DemoProvince(40, seed=2)) != list(DemoProvince(40))
    assert list(DemoProvince(40))[:20] == list(DemoProvince(20))


def test_every_case_is_there() -> None:
    assert {customer.case for customer in DemoProvince(16)} == set(DemoCase)


def test_numbers_are_unique() -> None:
    province = list(DemoProvince(20_000))
    assert len({customer.idpel for customer in province}) == len(province)
    assert len({customer.meter_number for customer in province}) == len(province)


def test_des_keys_have_odd_parity() -> None:
    keys = [entry.key for entry in DemoProvince().vault.keys]
    assert len(keys) == 6
    assert all(has_odd_parity(key.value) for key in keys if len(key.value) == 8)
