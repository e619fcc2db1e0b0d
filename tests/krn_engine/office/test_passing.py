"""Every refusal of the engine is decided: the fact that it meets comes again, or is with staff for good."""

import importlib
import pkgutil

import pytest

import krn_engine
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import AnswerLost, SourceKeyMissing, SourceLocked, SourceRefused
from krn_engine.office.errors import MeterUnknown, NotOffered, OutcomeRefused
from krn_engine.office.net_errors import DeliveryReused, OfficeNotReady, WireBroken
from krn_engine.office.passing import PASS, STAY, passes
from krn_engine.register.errors import RecordDamaged, RegisterBusy, RegisterFailed, RegisterUnreachable, SealedElsewhere
from tests.support.refusals import leaves

for _module in pkgutil.walk_packages(krn_engine.__path__, "krn_engine."):
    if _module.name.endswith("errors"):
        importlib.import_module(_module.name)


def _leaves() -> list[type[KrnError]]:
    """What owns a code of the engine, and may answer a fact: no office has a kiosk's copy, or makes rows in bulk."""
    owned = {
        leaf
        for leaf in leaves(KrnError)
        if issubclass(leaf, KrnError) and "code" in vars(leaf) and not leaf.code.endswith("-00")
    }
    of_office = [leaf for leaf in owned if leaf.__module__.startswith("krn_engine.")]
    elsewhere = (".offline.", ".bulk.")
    answering = [leaf for leaf in of_office if not any(part in leaf.__module__ for part in elsewhere)]
    return sorted(answering, key=lambda leaf: leaf.code)


@pytest.mark.parametrize("leaf", _leaves(), ids=lambda leaf: str(leaf.code))
def test_each_is_decided_and_once(leaf: type[KrnError]) -> None:
    assert issubclass(leaf, PASS) is not issubclass(leaf, STAY)
    assert passes(leaf("x")) is issubclass(leaf, PASS)


def test_there_is_a_table_to_look_at() -> None:
    assert len(_leaves()) > 80
    for decided in (*PASS, *STAY):
        assert any(issubclass(leaf, decided) for leaf in _leaves())


@pytest.mark.parametrize(
    "leaf",
    [
        SourceLocked,
        SourceKeyMissing,
        SourceRefused,
        AnswerLost,
        RecordDamaged,
        RegisterBusy,
        RegisterUnreachable,
        RegisterFailed,
        SealedElsewhere,
        OfficeNotReady,
    ],
)
def test_how_the_office_is_passes(leaf: type[KrnError]) -> None:
    assert passes(leaf("x"))


@pytest.mark.parametrize("leaf", [MeterUnknown, OutcomeRefused, NotOffered, DeliveryReused, WireBroken])
def test_what_is_wrong_with_a_fact_stays(leaf: type[KrnError]) -> None:
    assert not passes(leaf("x"))


def test_what_nobody_has_decided_comes_again() -> None:
    class Unheard(KrnError):
        """Of nobody."""

    assert passes(Unheard("x"))
