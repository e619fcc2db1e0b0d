"""The meter's side of the HDLC connection (IEC 62056-46): one at a time, window 1, segments both ways.

A frame that comes twice is answered twice and obeyed once: its N(S) tells. No timer runs here; who speaks first is the
client.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from hardware.optical.frames import Address, Frame, FrameKind

NUMBERS = 8
"""N(S) and N(R) count modulo 8."""
USUAL_INFORMATION = 128
"""Octets of an information field if nothing is agreed."""
LLC_REQUEST, LLC_RESPONSE = b"\xe6\xe6\x00", b"\xe6\xe7\x00"
_TRANSMIT, _RECEIVE, _TRANSMIT_WINDOW, _RECEIVE_WINDOW = 5, 6, 7, 8
_PARAMETERS = b"\x81\x80"
"""Format identifier and group identifier of what SNRM and UA carry."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest information fields that the meter sends and takes."""

    transmit: int = USUAL_INFORMATION
    receive: int = USUAL_INFORMATION


USUAL_LIMITS = Limits()


@dataclass
class _Connection:
    client: Address
    limits: Limits
    awaited: int = 0
    """V(R): the N(S) of the next frame."""
    sent: int = 0
    """V(S): the N(S) that the meter's next frame gets."""
    inbox: bytearray = field(default_factory=bytearray, repr=False)
    outbox: list[bytes] = field(default_factory=list, repr=False)
    last: Frame | None = None
    """The frame that the client has not acknowledged."""


class Application(Protocol):
    """What an HDLC connection carries."""

    device: Address
    """The meter's own address."""

    def answer(self, client: int, apdu: bytes) -> bytes | None:
        """The APDU that answers a client's APDU, if one does."""

    def release(self) -> None:
        """The client has gone, with its connection."""


class Link:
    """Frames in, frames out."""

    def __init__(self, application: Application, limits: Limits = USUAL_LIMITS) -> None:
        self._application = application
        self._limits = limits
        self._connection: _Connection | None = None

    @property
    def connected(self) -> bool:
        """Whether a client is connected."""
        return self._connection is not None

    def drop(self) -> None:
        """End the connection without a word."""
        if self._connection is not None:
            self._connection = None
            self._application.release()

    def take(self, frame: Frame) -> list[Frame]:
        """What the meter sends to this frame: nothing if it is for another, or may not speak."""
        if not self._is_mine(frame.destination) or frame.source.size != 1:
            return []
        if frame.kind is FrameKind.SNRM:
            return [self._connect(frame)]
        connection = self._connection
        if connection is None or connection.client != frame.source:
            return [self._reply(frame, FrameKind.DM)] if frame.final else []
        match frame.kind:
            case FrameKind.DISC:
                self.drop()
                return [self._reply(frame, FrameKind.UA)]
            case FrameKind.I if len(frame.information) <= connection.limits.receive:
                said = self._information(connection, frame)
            case FrameKind.RR:
                said = self._ready(connection, frame)
            case FrameKind.RNR:
                said = self._receive_ready(connection, frame)
            case _:
                return []
        return [said] if frame.final else []

    # --- connecting

    def _is_mine(self, address: Address) -> bool:
        device = self._application.device
        return address.upper == device.upper and (address.size == 1 or address.lower == device.lower)

    def _connect(self, frame: Frame) -> Frame:
        self.drop()
        asked = _parameters(frame.information)
        limits = Limits(
            min(self._limits.transmit, asked.get(_RECEIVE, USUAL_INFORMATION)),
            min(self._limits.receive, asked.get(_TRANSMIT, USUAL_INFORMATION)),
        )
        self._connection = _Connection(frame.source, limits)
        return replace(self._reply(frame, FrameKind.UA), information=_agreed(limits))

    # --- I frames and RR

    def _information(self, connection: _Connection, frame: Frame) -> Frame:
        self._acknowledged(connection, frame)
        if frame.sent != connection.awaited:
            doubled = frame.sent == (connection.awaited - 1) % NUMBERS
            if doubled and connection.last is not None:
                return replace(connection.last, awaited=connection.awaited)
            return self._receive_ready(connection, frame)
        connection.awaited = (connection.awaited + 1) % NUMBERS
        connection.outbox.clear()
        connection.inbox += frame.information
        if frame.segmented:
            return self._receive_ready(connection, frame)
        message = bytes(connection.inbox)
        connection.inbox.clear()
        if not message.startswith(LLC_REQUEST):
            return self._receive_ready(connection, frame)
        answer = self._application.answer(frame.source.upper, message[len(LLC_REQUEST) :])
        if answer is None or self._connection is not connection:
            return self._receive_ready(connection, frame)
        connection.outbox += _pieces(LLC_RESPONSE + answer, connection.limits.transmit)
        return self._next_piece(connection, frame)

    def _ready(self, connection: _Connection, frame: Frame) -> Frame:
        self._acknowledged(connection, frame)
        if connection.last is not None:
            return replace(connection.last, awaited=connection.awaited)
        return self._next_piece(connection, frame) if connection.outbox else self._receive_ready(connection, frame)

    def _acknowledged(self, connection: _Connection, frame: Frame) -> None:
        if frame.awaited == connection.sent:
            connection.last = None

    def _next_piece(self, connection: _Connection, frame: Frame) -> Frame:
        piece = connection.outbox.pop(0)
        sent, connection.sent = connection.sent, (connection.sent + 1) % NUMBERS
        connection.last = replace(
            self._reply(frame, FrameKind.I),
            information=piece,
            sent=sent,
            awaited=connection.awaited,
            segmented=bool(connection.outbox),
        )
        return connection.last

    def _receive_ready(self, connection: _Connection, frame: Frame) -> Frame:
        return replace(self._reply(frame, FrameKind.RR), awaited=connection.awaited)

    def _reply(self, frame: Frame, kind: FrameKind) -> Frame:
        return Frame(frame.source, frame.destination, kind)


def _pieces(message: bytes, longest: int) -> Iterator[bytes]:
    for start in range(0, len(message), longest):
        yield message[start : start + longest]


def _parameters(information: bytes) -> dict[int, int]:
    """What a client proposes; nothing if it proposes nothing, or writes it as nobody does."""
    found: dict[int, int] = {}
    rest = information[3:] if information.startswith(_PARAMETERS) else b""
    while len(rest) >= 2 and len(rest) >= 2 + rest[1]:
        found[rest[0]] = int.from_bytes(rest[2 : 2 + rest[1]], "big")
        rest = rest[2 + rest[1] :]
    return found


def _agreed(limits: Limits) -> bytes:
    """The parameters of a UA: lengths in as few octets as they need, both windows 1."""
    fields = b""
    for name, value in ((_TRANSMIT, limits.transmit), (_RECEIVE, limits.receive)):
        octets = value.to_bytes(1 if value < 0x100 else 2, "big")
        fields += bytes((name, len(octets))) + octets
    for name in (_TRANSMIT_WINDOW, _RECEIVE_WINDOW):
        fields += bytes((name, 4)) + (1).to_bytes(4, "big")
    return _PARAMETERS + bytes((len(fields),)) + fields
