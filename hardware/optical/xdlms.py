"""The services that read an attribute and invoke a method: their APDUs and octets (IEC 62056-5-3, 9.5), both ways.

GET and ACTION with logical names, of one object at a time, whole or in blocks, and the two APDUs by which a server says
that it can do nothing of the kind. The octets are A-XDR: a tag, a choice, and the fields in their order.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Self

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Data, Octets, string_of, take_data

INVOKE = 0xC1
"""Invoke id and priority: number 1, confirmed, high priority."""
OBIS_OCTETS = 6


class ServiceResult(IntEnum):
    """What a server says of a GET (data-access-result) or an ACTION (action-result): the same numbers in both."""

    SUCCESS = 0
    HARDWARE_FAULT = 1
    TEMPORARY_FAILURE = 2
    READ_WRITE_DENIED = 3
    OBJECT_UNDEFINED = 4
    OBJECT_CLASS_INCONSISTENT = 9
    OBJECT_UNAVAILABLE = 11
    TYPE_UNMATCHED = 12
    SCOPE_OF_ACCESS_VIOLATED = 13
    DATA_BLOCK_UNAVAILABLE = 14
    LONG_ACTION_ABORTED = 15
    NO_LONG_ACTION_IN_PROGRESS = 16
    DATA_BLOCK_NUMBER_INVALID = 19
    OTHER_REASON = 250


def obis(text: str) -> bytes:
    """The six octets of a logical name such as 0-0:19.40.0.255. Raises ValueError."""
    parts = text.replace("-", ".").replace(":", ".").split(".")
    if len(parts) != OBIS_OCTETS or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        raise ValueError("a logical name has six numbers up to 255, such as 0-0:19.40.0.255")
    return bytes(int(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """An attribute or a method of one object."""

    class_id: int
    instance: bytes
    """The six octets of its logical name."""
    index: int
    """Number of the attribute or the method, from 1."""

    def __bytes__(self) -> bytes:
        """Its nine octets. Raises ValueError for a name that has not six octets."""
        if len(self.instance) != OBIS_OCTETS:
            raise ValueError("a logical name has six octets")
        return self.class_id.to_bytes(2, "big") + self.instance + bytes((self.index,))

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        return cls(source.number(2), source.take(OBIS_OCTETS), source.number())


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a value that is too long for one APDU. It prints none of it."""

    last: bool
    number: int
    """From 1."""
    raw: bytes = field(repr=False)

    def __bytes__(self) -> bytes:
        """The three fields."""
        return bytes((self.last,)) + self.number.to_bytes(4, "big") + string_of(self.raw)

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        return cls(source.number() != 0, source.number(4), source.string())


class Apdu(ABC):
    """One message of a service."""

    __slots__ = ()
    tag: ClassVar[bytes]
    """The octets that say which one it is: the service, and where it has several the choice."""

    def __bytes__(self) -> bytes:
        """The whole APDU."""
        return self.tag + self._body()

    @abstractmethod
    def _body(self) -> bytes:
        """What follows the tag."""

    @classmethod
    @abstractmethod
    def take(cls, source: Octets) -> Self:
        """What follows the tag, read. Raises MeterAnswersWrong."""


@dataclass(frozen=True, slots=True)
class GetRequest(Apdu):
    """Read one attribute."""

    tag = b"\xc0\x01"
    descriptor: Descriptor
    invoke: int = INVOKE

    def _body(self) -> bytes:
        return bytes((self.invoke,)) + bytes(self.descriptor) + b"\x00"

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong, also where a part of an attribute is asked for (selective access)."""
        invoke, descriptor = source.number(), Descriptor.take(source)
        if source.number():
            raise MeterAnswersWrong("selective access is not served")
        return cls(descriptor, invoke)


@dataclass(frozen=True, slots=True)
class _Next(Apdu):
    """The block of this number came: send the next one."""

    number: int
    invoke: int = INVOKE

    def _body(self) -> bytes:
        return bytes((self.invoke,)) + self.number.to_bytes(4, "big")

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke = source.number()
        return cls(source.number(4), invoke)


class GetNext(_Next):
    """Of a GET: the client says it."""

    __slots__ = ()
    tag = b"\xc0\x02"


class ActionNext(_Next):
    """Of an ACTION's answer: the client says it."""

    __slots__ = ()
    tag = b"\xc3\x02"


class ActionAccepted(_Next):
    """Of an ACTION's parameters: the server says it."""

    __slots__ = ()
    tag = b"\xc7\x04"


def _answer_of(data: Data | None, error: int) -> bytes:
    """Get-Data-Result: a value, or why there is none."""
    return b"\x01" + bytes((error,)) if data is None else b"\x00" + bytes(data)


def _take_answer(source: Octets) -> tuple[Data | None, int]:
    choice = source.number()
    if choice > 1:
        raise MeterAnswersWrong("an answer is neither a value nor an error")
    return (None, source.number()) if choice else (take_data(source), 0)


@dataclass(frozen=True, slots=True)
class GetResponse(Apdu):
    """A value, or why there is none."""

    tag = b"\xc4\x01"
    data: Data | None
    error: int = 0
    """A `ServiceResult`, where there is no value."""
    invoke: int = INVOKE

    def _body(self) -> bytes:
        return bytes((self.invoke,)) + _answer_of(self.data, self.error)

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke = source.number()
        return cls(*_take_answer(source), invoke)


@dataclass(frozen=True, slots=True)
class GetBlock(Apdu):
    """A piece of a value, or why there is none."""

    tag = b"\xc4\x02"
    block: Block
    error: int | None = None
    invoke: int = INVOKE

    def _body(self) -> bytes:
        head = bytes((self.invoke, self.block.last)) + self.block.number.to_bytes(4, "big")
        return head + (b"\x00" + string_of(self.block.raw) if self.error is None else bytes((1, self.error)))

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke, last, number, choice = source.number(), source.number() != 0, source.number(4), source.number()
        if choice > 1:
            raise MeterAnswersWrong("a block is neither octets nor an error")
        if choice:
            return cls(Block(last, number, b""), source.number(), invoke)
        return cls(Block(last, number, source.string()), None, invoke)


@dataclass(frozen=True, slots=True)
class ActionRequest(Apdu):
    """Invoke a method. It prints no parameters, for they may be a row."""

    tag = b"\xc3\x01"
    descriptor: Descriptor
    data: Data | None = None
    invoke: int = INVOKE

    def _body(self) -> bytes:
        parameters = b"\x00" if self.data is None else b"\x01" + bytes(self.data)
        return bytes((self.invoke,)) + bytes(self.descriptor) + parameters

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke, descriptor = source.number(), Descriptor.take(source)
        return cls(descriptor, take_data(source) if source.number() else None, invoke)


@dataclass(frozen=True, slots=True)
class ActionFirst(Apdu):
    """Invoke a method whose parameters come in blocks, with the first of them."""

    tag = b"\xc3\x04"
    descriptor: Descriptor
    block: Block
    invoke: int = INVOKE

    def _body(self) -> bytes:
        return bytes((self.invoke,)) + bytes(self.descriptor) + bytes(self.block)

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke = source.number()
        return cls(Descriptor.take(source), Block.take(source), invoke)


@dataclass(frozen=True, slots=True)
class _InBlocks(Apdu):
    block: Block
    invoke: int = INVOKE

    def _body(self) -> bytes:
        return bytes((self.invoke,)) + bytes(self.block)

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke = source.number()
        return cls(Block.take(source), invoke)


class ActionBlock(_InBlocks):
    """A further block of a method's parameters."""

    __slots__ = ()
    tag = b"\xc3\x06"


class ActionAnswerBlock(_InBlocks):
    """A block of what a method returns."""

    __slots__ = ()
    tag = b"\xc7\x02"


@dataclass(frozen=True, slots=True)
class ActionResponse(Apdu):
    """What became of a method, and what it returns."""

    tag = b"\xc7\x01"
    result: int
    """A `ServiceResult`."""
    data: Data | None = None
    error: int | None = None
    """A `ServiceResult` in the place of what it returns."""
    invoke: int = INVOKE

    def _body(self) -> bytes:
        head = bytes((self.invoke, self.result))
        if self.data is None and self.error is None:
            return head + b"\x00"
        return head + b"\x01" + _answer_of(self.data, self.error or 0)

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        invoke, result = source.number(), source.number()
        if not source.number():
            return cls(result, invoke=invoke)
        data, error = _take_answer(source)
        return cls(result, data, error if data is None else None, invoke)


@dataclass(frozen=True, slots=True)
class ExceptionResponse(Apdu):
    """The server could not even work on a request."""

    tag = b"\xd8"
    state: int
    """1 service not allowed, 2 service unknown."""
    service: int
    """1 operation not possible, 2 not supported, 3 other reason, 4 too long, 5 deciphering, 6 invocation counter."""
    counter: int | None = None
    """With service error 6: the invocation counter that the server waits for."""

    def _body(self) -> bytes:
        counter = b"" if self.counter is None else self.counter.to_bytes(4, "big")
        return bytes((self.state, self.service)) + counter

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        state, service = source.number(), source.number()
        return cls(state, service, source.number(4) if service == 6 and source.left else None)


@dataclass(frozen=True, slots=True)
class ConfirmedServiceError(Apdu):
    """An error of an older form, which also refuses an association's xDLMS part."""

    tag = b"\x0e"
    service: int
    """1 initiate, 5 read, 6 write, and others."""
    kind: int
    """Which group of errors `value` is from: 0 application reference, 6 initiate, and others."""
    value: int

    def _body(self) -> bytes:
        return bytes((self.service, self.kind, self.value))

    @classmethod
    def take(cls, source: Octets) -> Self:
        """Raises MeterAnswersWrong."""
        return cls(source.number(), source.number(), source.number())


_KINDS: dict[bytes, type[Apdu]] = {
    kind.tag: kind
    for kind in (
        *(GetRequest, GetNext, GetResponse, GetBlock),
        *(ActionRequest, ActionNext, ActionFirst, ActionBlock, ActionResponse, ActionAnswerBlock, ActionAccepted),
        *(ExceptionResponse, ConfirmedServiceError),
    )
}


def read_apdu(octets: bytes) -> Apdu:
    """The APDU that these octets are, to the last one. Raises MeterAnswersWrong."""
    for size in (1, 2):
        kind = _KINDS.get(octets[:size])
        if kind is not None:
            source = Octets(octets[size:])
            apdu = kind.take(source)
            source.end()
            return apdu
    raise MeterAnswersWrong("a message of the meter is of no kind that is known")
