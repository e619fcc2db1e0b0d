"""The reference answers beside the project, and how each kind of them is asked of the engine."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from krn_engine.sts.amount import encode_credit
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, ReferencePan, Sgc, Ti
from krn_engine.sts.keys import DecoderKey, Dkga, Ea, VendingKey, derive
from krn_engine.sts.tid import Tid
from krn_engine.sts.tokens import (
    CreditKind,
    CreditToken,
    CurrencyToken,
    ManagementKind,
    ManagementToken,
    Token,
)

SHARED = Path(__file__).parents[4] / "shared" / "sts"
EA11_SETS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("ea11-sets.json").read_text())

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the reference answers (../shared/sts) are not beside this checkout"
)


def load(kind: str) -> list[dict[str, Any]]:
    """The vectors of a kind; none where the reference answers are absent (the test that asks then skips)."""
    if not SHARED.is_dir():
        return []
    vectors: list[dict[str, Any]] = json.loads((SHARED / "vectors.json").read_text())
    return [vector for vector in vectors if vector["kind"] == kind]


@cache
def operational_tables() -> Ea07Tables:
    """The tables that the reference answers were made with."""
    return Ea07Tables.parse(json.loads((SHARED / "sta-tables.json").read_text()))


def decoder_key(inputs: Mapping[str, Any], ken: int = 255) -> DecoderKey:
    """The decoder key that a vector's inputs describe."""
    vending_key = VendingKey(
        sgc=Sgc(inputs["sgc"]),
        krn=Krn(inputs["krn"]),
        kt=KeyType.parse(inputs["kt"]),
        dkga=Dkga.parse(inputs["dkga"]),
        base_date=BaseDate.parse(inputs.get("base", 1993)),
        ken=Ken(ken),
        value=bytes.fromhex(inputs["vk"]),
    )
    return derive(vending_key, ReferencePan(inputs["pan"]), Ti.parse(inputs["ti"]), Ea.parse(inputs["ea"]))


def tid(inputs: Mapping[str, Any]) -> Tid:
    """The token identifier of a vector's time."""
    issued = datetime.fromisoformat(inputs["issued"]).replace(tzinfo=UTC)
    return Tid.at(issued, BaseDate.parse(inputs["tid_base"]))


def token(kind: str, inputs: Mapping[str, Any]) -> Token:
    """The token that a vector of kind credit, currency or management asks for."""
    if kind == "currency":
        return CurrencyToken(CreditKind(inputs["sub"]), tid(inputs), int(inputs["amount"]) * 100_000)
    if kind == "credit":
        # To the nearest tenth first, as the answers' own authors did; the coding then rounds up.
        units = inputs.get("tenths") or int((Decimal(inputs["amount"]) * 10).quantize(Decimal(1), ROUND_HALF_UP))
        return CreditToken(CreditKind(inputs["sub"]), inputs["rnd"], tid(inputs), units)
    value = inputs["raw"] if "raw" in inputs else encode_credit(inputs["units"])
    return ManagementToken(ManagementKind(inputs["sub"]), inputs["rnd"], tid(inputs), value)
