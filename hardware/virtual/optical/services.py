"""The meter's side of GET and ACTION, whole and in blocks: an APDU in, the answer's APDU out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Data, read_data
from hardware.optical.xdlms import (
    ActionAccepted,
    ActionBlock,
    ActionFirst,
    ActionRequest,
    ActionResponse,
    Apdu,
    Block,
    Descriptor,
    ExceptionResponse,
    GetBlock,
    GetNext,
    GetRequest,
    GetResponse,
    ServiceResult,
)
from hardware.virtual.optical.objects import CosemObject

Objects = Mapping[tuple[int, bytes], CosemObject]
OVERHEAD = 16
"""Octets of an APDU that are no value: its head, a block's head and length."""
UNKNOWN_SERVICE = ExceptionResponse(2, 2)
"""service-unknown, service-not-supported."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one client may do with one object."""

    read: Callable[[CosemObject], bool]
    call: Callable[[CosemObject, int], bool]


@dataclass
class Services:
    """What one association serves. `longest`: octets of an APDU that the client takes."""

    objects: Objects
    rights: Rights
    longest: int
    _going: list[bytes] = field(default_factory=list, repr=False)
    """Blocks of a value that are still to be sent."""
    _number: int = 0
    """The number of the block that was sent or came last."""
    _method: Descriptor | None = None
    _coming: bytearray = field(default_factory=bytearray, repr=False)

    def answer(self, request: Apdu) -> Apdu:
        """What the meter says to a request."""
        match request:
            case GetRequest():
                return self._get(request)
            case GetNext():
                return self._next(request)
            case ActionRequest():
                return self._call(request.descriptor, request.data, request.invoke)
            case ActionFirst():
                self._method, self._number = request.descriptor, 0
                self._coming.clear()
                return self._collect(request.block, request.invoke)
            case ActionBlock():
                return self._collect(request.block, request.invoke)
            case _:
                return UNKNOWN_SERVICE

    # --- GET

    def _get(self, request: GetRequest) -> Apdu:
        self._going.clear()
        value = self._read(request.descriptor)
        if isinstance(value, ServiceResult):
            return GetResponse(None, value, request.invoke)
        room = self.longest - OVERHEAD
        octets = bytes(value)
        if len(octets) <= room:
            return GetResponse(value, invoke=request.invoke)
        self._going = [octets[at : at + room] for at in range(0, len(octets), room)]
        self._number = 0
        return self._send_block(request.invoke)

    def _read(self, descriptor: Descriptor) -> Data | ServiceResult:
        found = self._find(descriptor)
        if isinstance(found, ServiceResult):
            return found
        if not self.rights.read(found):
            return ServiceResult.READ_WRITE_DENIED
        value = found.read(descriptor.index)
        return ServiceResult.OBJECT_UNDEFINED if value is None else value

    def _find(self, descriptor: Descriptor) -> CosemObject | ServiceResult:
        found = self.objects.get((descriptor.class_id, descriptor.instance))
        if found is not None:
            return found
        elsewhere = any(name == descriptor.instance for _, name in self.objects)
        return ServiceResult.OBJECT_CLASS_INCONSISTENT if elsewhere else ServiceResult.OBJECT_UNDEFINED

    def _next(self, request: GetNext) -> Apdu:
        if not self._going or request.number != self._number:
            self._going.clear()
            return GetBlock(Block(True, request.number, b""), ServiceResult.DATA_BLOCK_NUMBER_INVALID, request.invoke)
        return self._send_block(request.invoke)

    def _send_block(self, invoke: int) -> GetBlock:
        self._number += 1
        piece = self._going.pop(0)
        return GetBlock(Block(not self._going, self._number, piece), invoke=invoke)

    # --- ACTION

    def _call(self, descriptor: Descriptor, argument: Data | None, invoke: int) -> ActionResponse:
        found = self._find(descriptor)
        if isinstance(found, ServiceResult):
            return ActionResponse(found, invoke=invoke)
        if not self.rights.call(found, descriptor.index):
            return ActionResponse(ServiceResult.READ_WRITE_DENIED, invoke=invoke)
        method = found.methods.get(descriptor.index)
        if method is None:
            return ActionResponse(ServiceResult.OBJECT_UNDEFINED, invoke=invoke)
        done = method(argument)
        if isinstance(done, Data):
            return ActionResponse(ServiceResult.SUCCESS, done, invoke=invoke)
        return ActionResponse(done, invoke=invoke)

    def _collect(self, block: Block, invoke: int) -> Apdu:
        method = self._method
        if method is None or block.number != self._number + 1:
            self._method = None
            refused = ServiceResult.NO_LONG_ACTION_IN_PROGRESS if method is None else ServiceResult.LONG_ACTION_ABORTED
            return ActionResponse(refused, invoke=invoke)
        self._number = block.number
        self._coming += block.raw
        if not block.last:
            return ActionAccepted(block.number, invoke)
        self._method = None
        try:
            argument = read_data(bytes(self._coming)) if self._coming else None
        except MeterAnswersWrong:
            return ActionResponse(ServiceResult.TYPE_UNMATCHED, invoke=invoke)
        return self._call(method, argument, invoke)
