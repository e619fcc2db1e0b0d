"""DKGA04 keys in a PKCS#11 module give the rows that the vault gives, and the module is told when it cannot."""

import logging
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from krn_engine.demo import DEMO_DAY, SGC_EA07, DemoCase, DemoProvince
from krn_engine.issuing.errors import (
    KeyNotProtected,
    KeyStateOdd,
    SourceAnswerWrong,
    SourceDown,
    SourceKeyMissing,
    SourceLocked,
    SourceRefused,
    VendingKeyExpired,
)
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step, plan, rows_of
from krn_engine.issuing.sources.held_key import HeldKey, padded
from krn_engine.issuing.sources.pkcs11 import Pkcs11Source
from krn_engine.issuing.sources.port import KeyChangeAsked, ReadySet
from krn_engine.issuing.vault import Vault, VaultEntry
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, ReferencePan, Sgc, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Dkga, Ea, VendingKey
from tests.krn_engine.sts.vectors import EA11_SETS, load, needs_shared, operational_tables
from tests.support.softhsm import Token, held

PROVINCE = DemoProvince()
ENTRIES = [entry for entry in PROVINCE.vault.keys if entry.key.dkga is Dkga.DKGA04]
CUSTOMER = PROVINCE.first(DemoCase.EA11)
DRN = Drn(CUSTOMER.meter_number)
PAN = MeterPan.of(DRN)
(STEP,) = plan(CUSTOMER.state, PROVINCE.campaign).steps
ASKED = KeyChangeAsked(DRN, STEP, DEMO_DAY)


def source_on(token: Token, *, pin: str | None = None, keys: list[HeldKey] | None = None) -> Pkcs11Source:
    keys = [token.hold(entry) for entry in ENTRIES] if keys is None else keys
    module = token.module() if pin is None else token.module(pin)
    return Pkcs11Source(module.hmac, keys, SAMPLE_TABLES, module.close)


def ea07(krn: int, base_date: BaseDate) -> KeyState:
    return replace(CUSTOMER.state, ea=Ea.EA07, krn=Krn(krn), base_date=base_date)


def test_the_same_key_changes_through_vault_and_module_give_the_same_rows(token: Token) -> None:
    source = source_on(token)
    vault = Vault(tuple(ENTRIES), SAMPLE_TABLES)
    pairs = [
        STEP,
        Step(ea07(1, BaseDate.Y1993), ea07(2, BaseDate.Y1993)),
        Step(ea07(2, BaseDate.Y1993), ea07(3, BaseDate.Y2014), Ken(170)),
        Step(replace(STEP.old, ti=Ti(7)), replace(STEP.new, ti=Ti(99))),
    ]
    for step in pairs:
        rows = source.rows(KeyChangeAsked(DRN, step, DEMO_DAY))
        assert len(rows) == step.rows
        assert rows == rows_of(step, PAN, vault, DEMO_DAY)
    assert [source.ken_of(step.new) for step in pairs] == [vault.ken_of(step.new) for step in pairs]
    assert source.health(DEMO_DAY).ready
    source.close()
    assert source.rows(ASKED), "it signs in again when it is asked"


def reference_keys(token: Token, inputs: Mapping[str, Any]) -> tuple[Pkcs11Source, KeyState]:
    """The source that holds the vending key of a reference answer, and the state that it is about."""
    attributes = {"ken": 255, "base_date": inputs.get("base", 1993)} | dict(inputs)
    key = VendingKey.of_attributes(attributes, bytes.fromhex(str(inputs["vk"])))
    state = KeyState(
        Ea.parse(int(str(inputs["ea"]))),
        Dkga.DKGA04,
        key.sgc,
        Ti.parse(str(inputs["ti"])),
        key.krn,
        key.kt,
        key.base_date,
    )
    return source_on(token, keys=[token.hold(VaultEntry(key))]), state


def decoder_key(token: Token, inputs: Mapping[str, Any]) -> DecoderKey:
    source, state = reference_keys(token, inputs)
    return source.decoder_key(state, ReferencePan(inputs["pan"]))


def made(token: Token, case: Mapping[str, Any]) -> KeyChange:
    """The key change of a reference answer, both of its keys from the module."""
    old, new = decoder_key(token, case["old"]), decoder_key(token, case["new"])
    return KeyChange(old, new.with_ken(Ken(case["ken"])), bool(case["ro"]))


def test_it_gives_the_rows_of_an_independent_program(token: Token) -> None:
    for case in EA11_SETS[:10]:
        assert made(token, case).tokens() == tuple(case["expected"]["tokens"])


@needs_shared
def test_it_gives_the_decoder_keys_and_rows_of_the_reference_answers(token: Token) -> None:
    cases = [vector for vector in load("kct") if vector["inputs"]["old"]["dkga"] == 4]
    assert {case["inputs"]["old"]["ea"] for case in cases} == {7, 11}
    for case in cases:
        rows = made(token, case["inputs"]).tokens(operational_tables())
        # Of some sets the source has only some of the rows.
        known = [told or made for told, made in zip(case["expected"]["tokens"], rows, strict=True)]
        assert list(rows) == known, case["id"]


def test_dkga02_is_refused_by_name(token: Token) -> None:
    source = source_on(token)
    four_rows = PROVINCE.first(DemoCase.FOUR_ROWS)
    step = plan(four_rows.state, PROVINCE.campaign).steps[0]
    with pytest.raises(KeyNotProtected, match=f"{SGC_EA07}.*DKGA02"):
        source.rows(KeyChangeAsked(Drn(four_rows.meter_number), step, DEMO_DAY))
    assert source.ken_of(step.new) is None


def test_a_key_that_may_be_read_out_is_not_used(token: Token) -> None:
    key = ENTRIES[0].key
    for label, sensitive, extractable in (("a", False, False), ("b", True, True), ("c", False, True)):
        token.put(label, key.value.ljust(32, b"\0"), sensitive=sensitive, extractable=extractable)
        source = source_on(token, keys=[held(label, key)])
        with pytest.raises(KeyNotProtected, match=label):
            source.decoder_key(STEP.old, PAN)
        assert source.health(DEMO_DAY).code == KeyNotProtected.code


def test_a_key_that_is_not_there_or_another_one_is_told(token: Token) -> None:
    key, other = ENTRIES[0].key, ENTRIES[1].key
    with pytest.raises(SourceKeyMissing, match="no secret key with the label nobody"):
        source_on(token, keys=[held("nobody", key)]).decoder_key(STEP.old, PAN)
    token.put("moved", other.value.ljust(32, b"\0"))
    moved = source_on(token, keys=[held("moved", key)])
    with pytest.raises(SourceKeyMissing, match="another key lies under this label"):
        moved.decoder_key(STEP.old, PAN)
    assert moved.health(DEMO_DAY).code == SourceKeyMissing.code
    token.put("twice", key.value.ljust(32, b"\0"))
    token.put("twice", other.value.ljust(32, b"\0"))
    with pytest.raises(SourceKeyMissing, match="several"):
        source_on(token, keys=[held("twice", key)]).decoder_key(STEP.old, PAN)
    with pytest.raises(SourceKeyMissing, match="no key of KRN 9"):
        source_on(token).decoder_key(replace(STEP.old, krn=Krn(9)), PAN)


def test_a_key_that_was_not_padded_is_told_what_to_do(token: Token) -> None:
    key = ENTRIES[0].key
    token.put("short", key.value)
    with pytest.raises(SourceRefused, match="padded with zeros"):
        source_on(token, keys=[held("short", key)]).decoder_key(STEP.old, PAN)


def test_a_key_is_put_in_once_and_never_comes_out(token: Token) -> None:
    key = ENTRIES[0].key
    module = token.module(writable=True)
    module.put("new", padded(key.value))
    with pytest.raises(SourceRefused, match="nothing is written over"):
        module.put("new", padded(key.value))
    module.close()
    assert source_on(token, keys=[held("new", key)]).decoder_key(STEP.old, PAN) == PROVINCE.vault.decoder_key(
        STEP.old, PAN
    )
    with pytest.raises(SourceRefused, match="does not take this key"):
        token.module().put("other", padded(key.value))


def test_base_date_and_expiry_are_looked_at_as_in_a_vault(token: Token) -> None:
    keys = [token.hold(entry) for entry in ENTRIES]
    with pytest.raises(KeyStateOdd, match="base date"):
        source_on(token, keys=keys).decoder_key(replace(STEP.old, base_date=BaseDate.Y2035), PAN)
    old = [replace(key, expires=date(2020, 1, 1)) for key in keys]
    with pytest.raises(VendingKeyExpired):
        source_on(token, keys=old).rows(ASKED)
    with pytest.raises(SourceRefused):
        source_on(token, keys=keys).rows(ReadySet("0123456789abcdef", 0))


def test_a_wrong_pin_is_tried_once_and_then_by_nobody(token: Token, caplog: pytest.LogCaptureFixture) -> None:
    keys = [token.hold(entry) for entry in ENTRIES]
    wrong = source_on(token, pin="wrong-pin-0000", keys=keys)
    with caplog.at_level(logging.DEBUG):
        for message in ("refuses the PIN", "refused this PIN before"):
            with pytest.raises(SourceLocked, match=message) as refused:
                wrong.rows(ASKED)
            assert "0000" not in refused.value.message
    assert "0000" not in caplog.text
    # Another process of the same office has the same file: it sees that a wrong one was given, and tries none.
    with pytest.raises(SourceLocked, match="somebody gave"):
        source_on(token, pin="wrong-pin-0000", keys=keys).rows(ASKED)
    assert source_on(token, pin="wrong-pin-0000", keys=keys).health(DEMO_DAY).code == SourceLocked.code
    right = source_on(token, keys=keys)
    with pytest.raises(SourceLocked, match="sign in once by hand"):
        right.rows(ASKED)
    token.hold(ENTRIES[0])  # somebody signs in with the right one
    assert right.rows(ASKED)


def test_a_wrong_pin_of_somebody_else_keeps_the_office_out(token: Token) -> None:
    source = source_on(token)
    token.wrong_pin()
    with pytest.raises(SourceLocked, match="somebody gave"):
        source.rows(ASKED)


def test_a_module_that_goes_and_comes_back_is_told_and_used_again(token: Token) -> None:
    source = source_on(token)
    rows = source.rows(ASKED)
    away = token.folder / "away"
    shutil.move(token.folder / "tokens", away)
    try:
        for _ in range(2):
            with pytest.raises(SourceDown):
                source.rows(ASKED)
        assert source.health(DEMO_DAY).code == SourceDown.code
    finally:
        shutil.move(away, token.folder / "tokens")
    assert source.rows(ASKED) == rows


def test_a_session_that_was_lost_is_opened_again_without_a_word(token: Token) -> None:
    module = token.module()
    keys = [token.hold(entry) for entry in ENTRIES]
    source = Pkcs11Source(module.hmac, keys, SAMPLE_TABLES, module.close)
    rows = source.rows(ASKED)
    assert module._session is not None
    module._session.close()
    assert source.rows(ASKED) == rows


def test_what_is_no_module_is_told(token: Token) -> None:
    from krn_engine.issuing.secret import Secret  # noqa: PLC0415
    from krn_engine.issuing.sources.pkcs11_module import Pkcs11Module  # noqa: PLC0415

    lost = Pkcs11Module(token.folder / "none.so", token.label, lambda: Secret("x"))
    with pytest.raises(SourceDown, match="cannot be loaded"):
        lost.hmac("a", b"")
    nobody = replace(token, label="nobody").module()
    with pytest.raises(SourceDown, match="nobody"):
        nobody.hmac("a", b"")


def test_a_module_that_hangs_is_told_in_time(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    module = token.module(seconds=0.2)
    monkeypatch.setattr(module, "_key", lambda _label: time.sleep(2))
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(SourceDown, match=r"within 0\.2 s"):
            module.hmac("a", b"")
    assert time.monotonic() - began < 1.5


def test_an_answer_that_is_no_hmac_is_refused() -> None:
    key = VendingKey(Sgc("123456"), Krn(1), KeyType.DUTK, Dkga.DKGA04, BaseDate.Y1993, Ken(255), bytes(20))
    source = Pkcs11Source(lambda _label, _data: bytes(20), [held("a", key)], None, lambda: None)
    state = KeyState(Ea.EA11, Dkga.DKGA04, key.sgc, Ti(1), key.krn, key.kt, key.base_date)
    with pytest.raises(SourceAnswerWrong):
        source.decoder_key(state, PAN)
