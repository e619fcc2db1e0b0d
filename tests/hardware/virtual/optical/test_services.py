"""GET and ACTION on the meter's side: whole, in blocks, and refused."""

import pytest

from hardware.optical.axdr import Data, Tag, octet_string, read_data
from hardware.optical.xdlms import (
    ActionAccepted,
    ActionBlock,
    ActionFirst,
    ActionRequest,
    ActionResponse,
    Block,
    Descriptor,
    GetBlock,
    GetNext,
    GetRequest,
    GetResponse,
    ServiceResult,
)
from hardware.virtual.optical.objects import CosemObject
from hardware.virtual.optical.services import UNKNOWN_SERVICE, Rights, Services

NAME, OTHER = b"\x00\x00\x01\x02\x03\xff", b"\x00\x00\x09\x02\x03\xff"
LONG = octet_string(bytes(range(200)))


class Served:
    """One object with a long value and a method that remembers what it was told."""

    def __init__(self, *, may: bool = True, longest: int = 64) -> None:
        self.told: list[Data | None] = []
        one = CosemObject(1, NAME, {2: lambda: LONG, 3: lambda: Data(Tag.UNSIGNED, 7)}, {1: self._called, 2: _gives})
        rights = Rights(lambda _one: may, lambda _one, _method: may)
        self.services = Services({(1, NAME): one}, rights, longest)

    def _called(self, argument: Data | None) -> ServiceResult:
        self.told.append(argument)
        return ServiceResult.TEMPORARY_FAILURE if argument is None else ServiceResult.SUCCESS


def _gives(_argument: Data | None) -> Data:
    return Data(Tag.UNSIGNED, 9)


def of(index: int, name: bytes = NAME, class_id: int = 1) -> Descriptor:
    return Descriptor(class_id, name, index)


def test_a_short_value_comes_whole_and_attribute_1_is_the_name() -> None:
    services = Served().services
    assert services.answer(GetRequest(of(3), 0x42)) == GetResponse(Data(Tag.UNSIGNED, 7), invoke=0x42)
    assert services.answer(GetRequest(of(1))) == GetResponse(octet_string(NAME))


@pytest.mark.parametrize(
    ("descriptor", "error"),
    [
        (of(4), ServiceResult.OBJECT_UNDEFINED),
        (of(2, OTHER), ServiceResult.OBJECT_UNDEFINED),
        (of(2, NAME, 3), ServiceResult.OBJECT_CLASS_INCONSISTENT),
    ],
)
def test_what_is_not_there_is_said(descriptor: Descriptor, error: ServiceResult) -> None:
    assert Served().services.answer(GetRequest(descriptor)) == GetResponse(None, error)
    assert Served().services.answer(ActionRequest(descriptor)) == ActionResponse(error)


def test_who_may_not_reads_nothing_and_calls_nothing() -> None:
    served = Served(may=False)
    denied = ServiceResult.READ_WRITE_DENIED
    assert served.services.answer(GetRequest(of(3))) == GetResponse(None, denied)
    assert served.services.answer(ActionRequest(of(1), LONG)) == ActionResponse(denied)
    first = ActionFirst(of(1), Block(True, 1, bytes(LONG)))
    assert served.services.answer(first) == ActionResponse(denied)
    assert served.told == []


def test_a_long_value_comes_in_blocks_that_fit() -> None:
    services = Served().services
    answer = services.answer(GetRequest(of(2)))
    raw, number = b"", 0
    while True:
        assert isinstance(answer, GetBlock)
        number += 1
        assert answer.block.number == number
        assert len(bytes(answer)) <= 64
        raw += answer.block.raw
        if answer.block.last:
            break
        answer = services.answer(GetNext(number))
    assert read_data(raw) == LONG
    assert number == 5
    assert services.answer(GetNext(number)) == GetBlock(
        Block(True, number, b""), ServiceResult.DATA_BLOCK_NUMBER_INVALID
    )


def test_another_block_than_the_next_one_ends_the_reading() -> None:
    services = Served().services
    services.answer(GetRequest(of(2)))
    invalid = ServiceResult.DATA_BLOCK_NUMBER_INVALID
    assert services.answer(GetNext(2)) == GetBlock(Block(True, 2, b""), invalid)
    assert services.answer(GetNext(1)) == GetBlock(Block(True, 1, b""), invalid)


def test_a_method_says_how_it_ended_or_what_it_gives() -> None:
    served = Served()
    assert served.services.answer(ActionRequest(of(1), LONG)) == ActionResponse(ServiceResult.SUCCESS)
    assert served.services.answer(ActionRequest(of(1))) == ActionResponse(ServiceResult.TEMPORARY_FAILURE)
    assert served.services.answer(ActionRequest(of(2))) == ActionResponse(0, Data(Tag.UNSIGNED, 9))
    assert served.services.answer(ActionRequest(of(3))) == ActionResponse(ServiceResult.OBJECT_UNDEFINED)
    assert served.told == [LONG, None]


def test_a_long_argument_comes_in_blocks_and_is_obeyed_with_the_last() -> None:
    served = Served()
    raw = bytes(LONG)
    assert served.services.answer(ActionFirst(of(1), Block(False, 1, raw[:80]))) == ActionAccepted(1)
    assert served.services.answer(ActionBlock(Block(False, 2, raw[80:90]))) == ActionAccepted(2)
    assert served.told == []
    assert served.services.answer(ActionBlock(Block(True, 3, raw[90:]))) == ActionResponse(ServiceResult.SUCCESS)
    assert served.told == [LONG]


def test_a_block_that_is_missing_doubled_or_without_a_beginning_is_not_obeyed() -> None:
    aborted, none = ServiceResult.LONG_ACTION_ABORTED, ServiceResult.NO_LONG_ACTION_IN_PROGRESS
    for number in (1, 3):
        served = Served()
        served.services.answer(ActionFirst(of(1), Block(False, 1, b"\x09")))
        assert served.services.answer(ActionBlock(Block(True, number, b"\x00"))) == ActionResponse(aborted)
        assert served.services.answer(ActionBlock(Block(True, 2, b"\x00"))) == ActionResponse(none)
        assert served.told == []


def test_blocks_that_are_no_value_are_not_obeyed() -> None:
    served = Served()
    broken = served.services.answer(ActionFirst(of(1), Block(True, 1, b"\x09\x05ab")))
    assert broken == ActionResponse(ServiceResult.TYPE_UNMATCHED)
    assert served.told == []


def test_an_answer_is_no_request() -> None:
    assert Served().services.answer(GetResponse(LONG)) == UNKNOWN_SERVICE
