"""Which source serves which supply group."""

from dataclasses import replace

import pytest

from krn_engine.demo import DEMO_DAY, SGC_EA07, SGC_EA11, DemoCase, DemoProvince
from krn_engine.issuing.errors import KeyNotFound, NoSource, SourceDown, SourceLocked, SourceRefused, SourcesInvalid
from krn_engine.issuing.plan import plan
from krn_engine.issuing.sources.port import Health, ReadySet, SourceKind
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.sources.vault import VaultSource
from krn_engine.issuing.vault import Vault
from krn_engine.sts.identity import Drn, Ken, Krn, Sgc

PROVINCE = DemoProvince()
VAULT = PROVINCE.vault
CUSTOMER = PROVINCE.first(DemoCase.FOUR_ROWS)
DRN = Drn(CUSTOMER.meter_number)
STEP = plan(CUSTOMER.state, PROVINCE.campaign).steps[0]


def test_a_vault_alone_serves_every_group() -> None:
    sources = Sources.of_vault(VAULT)
    assert len(sources.rows(DRN, STEP, DEMO_DAY)) == 2
    assert sources.rows_again(DRN, STEP, DEMO_DAY) == sources.rows(DRN, STEP, DEMO_DAY)
    assert [health.ready for health in sources.health(DEMO_DAY)] == [True]
    assert not Sources.of_vault(None)


def test_a_group_that_none_serves_has_no_rows() -> None:
    sources = Sources([(VaultSource(VAULT, (SGC_EA11,)), (SGC_EA11,))])
    with pytest.raises(NoSource, match=str(SGC_EA07)):
        sources.rows(DRN, STEP, DEMO_DAY)
    assert sources.ken_of(STEP.new) is None


def test_a_change_between_two_sources_is_refused() -> None:
    sources = Sources([(VaultSource(VAULT, (SGC_EA07,)), (SGC_EA07,)), (VaultSource(VAULT), ())])
    assert sources.rows(DRN, STEP, DEMO_DAY)
    with pytest.raises(NoSource, match="two sources"):
        sources.rows(DRN, replace(STEP, new=replace(STEP.new, sgc=SGC_EA11)), DEMO_DAY)


def test_a_group_has_one_source() -> None:
    with pytest.raises(SourcesInvalid, match="served twice"):
        Sources([(VaultSource(VAULT), (SGC_EA07,)), (VaultSource(VAULT), (SGC_EA07, SGC_EA11))])
    with pytest.raises(SourcesInvalid, match="two sources"):
        Sources([(VaultSource(VAULT), ()), (VaultSource(VAULT), ())])


def test_a_vault_without_a_key_that_it_should_have_is_told() -> None:
    for vault, sgcs, ready in (
        (VAULT, (SGC_EA07, SGC_EA11), True),
        (VAULT, (Sgc("123456"),), False),
        (Vault(), (), False),
    ):
        health = VaultSource(vault, sgcs).health(DEMO_DAY)
        assert health.ready is ready
        assert health.code == ("" if ready else KeyNotFound.code)
        assert ("123456" in health.message) is (Sgc("123456") in sgcs)


def test_a_vault_tells_the_ken_of_its_keys_and_has_no_ready_made_rows() -> None:
    source = VaultSource(VAULT)
    assert source.ken_of(STEP.new) == Ken(255)
    assert source.ken_of(replace(STEP.new, krn=Krn(9))) is None
    with pytest.raises(SourceRefused):
        source.rows(ReadySet("0123456789abcdef", 0))


def test_what_is_wrong_with_a_source_is_raised_as_the_refusal_that_it_is() -> None:
    Health(SourceKind.PKCS11, ()).require()
    for refusal in (SourceLocked, KeyNotFound):
        with pytest.raises(refusal, match="look at it"):
            Health(SourceKind.PKCS11, (), refusal.code, "look at it").require()
    with pytest.raises(SourceDown):
        Health(SourceKind.PKCS11, (), "NONE-99", "look at it").require()
