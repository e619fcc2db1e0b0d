"""One registry of refusals by their code, however deep a family is."""

import pytest

from hardware.errors import HardwareError, MeterProcessGone, ProtocolBroken
from hardware.protocol import error_of, raise_error
from krn_engine.errors import KrnError, Refusal
from krn_engine.sts.errors import CheckDigitWrong, InvalidIdentity


class _Family(HardwareError):
    """A family of the hardware's."""

    code = "TEST-00"


class _Leaf(_Family, ValueError):
    """One of the family."""

    code = "TEST-01"


class _Unnamed(_Leaf):
    """Has no code of its own: it is told by its parent's."""


def test_a_class_is_found_by_its_code_however_deep_it_is() -> None:
    assert HardwareError.of_code("TEST-01") is _Leaf
    assert KrnError.of_code(CheckDigitWrong.code) is CheckDigitWrong
    assert Refusal.of_code("HW-11") is MeterProcessGone
    assert Refusal.of_code("HW-00") is HardwareError
    assert Refusal.of_code("TEST-99") is None


def test_only_classes_of_the_family_that_is_asked_are_found() -> None:
    assert KrnError.of_code("HW-11") is None
    assert HardwareError.of_code(CheckDigitWrong.code) is None
    assert InvalidIdentity.of_code(CheckDigitWrong.code) is CheckDigitWrong
    assert _Leaf.of_code("TEST-00") is None


def test_a_leaf_two_floors_deep_crosses_the_socket_as_itself() -> None:
    for error in (_Leaf("a"), _Unnamed("a")):
        with pytest.raises(_Leaf, match="a"):
            raise_error(error_of(error))
    with pytest.raises(ProtocolBroken, match="odd"):
        raise_error({"code": "TEST-99", "message": "odd"})
    with pytest.raises(ProtocolBroken):
        raise_error({"code": CheckDigitWrong.code, "message": "none of the hardware's"})


def test_a_code_has_one_owner() -> None:
    with pytest.raises(TypeError, match=r"_Thief takes the code HW-11 of MeterProcessGone"):
        type("_Thief", (KrnError,), {"code": "HW-11", "__doc__": "Takes a code that is taken."})
    assert Refusal.of_code("HW-11") is MeterProcessGone
