"""The client of gurux-dlms on a serial port: an independent judge of what the virtual meter says, in tests only.

Nothing of this project's codecs is used here: frames and APDUs are made and read by gurux-dlms alone.
"""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import serial
from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms.enums import Authentication, DataType, InterfaceType, ObjectType, Security
from gurux_dlms.GXDLMSException import GXDLMSException
from gurux_dlms.objects import GXDLMSAssociationLogicalName, GXDLMSData, GXDLMSTokenGateway
from gurux_dlms.secure import GXDLMSSecureClient

from hardware.optical.ciphering import Keys

TITLE = b"KSK\x00\x00\x00\x00\x07"
ANSWER_SECONDS = 20.0


@dataclass
class GuruxReader:
    """One head on a port, and gurux's client behind it."""

    path: str
    client: Any
    sent: list[bytes] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)
    quiet: float = 5.0
    """Seconds without a byte after which a frame is sent again: on a clock moved by hand an answer comes at once."""

    def __post_init__(self) -> None:
        # A pty has a speed, eight bits and no parity; Linux refuses to be asked for others.
        self.port = serial.Serial(self.path, 300, timeout=self.quiet)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.port.close()

    def sign_on(self, *, quiet: float | None = None) -> tuple[bytes, bytes]:
        """The characters of a sign-on, as an identification and what confirms the option select; then HDLC.

        `quiet`: how long nothing is waited for, where nothing is expected.
        """
        self.port.timeout = self.quiet if quiet is None else quiet
        self.port.write(b"/?!\r\n")
        identification = self.port.read_until(b"\r\n")
        self.port.write(b"\x06252\r\n")
        self.port.flush()
        self.port.baudrate = 9600
        confirmed = self.port.read_until(b"\r\n", size=6)
        self.port.timeout = self.quiet
        return identification, confirmed

    def hdlc(self, baud: int = 9600) -> None:
        """No sign-on: HDLC at once."""
        self.port.baudrate = baud

    def connect(self) -> None:
        """SNRM and AARQ, and both halves of high level security where it is asked for."""
        self.client.parseUAResponse(self._ask(self.client.snrmRequest()).data)
        self.client.parseAareResponse(self._ask(self.client.aarqRequest()).data)
        if self.client.isAuthenticationRequired:
            asked = self.client.getApplicationAssociationRequest()
            self.client.parseApplicationAssociationResponse(self._ask(asked).data)

    def read(self, item: Any, index: int) -> Any:
        """An attribute, as gurux has its value. Raises GXDLMSException for an error of the meter."""
        reply = self._ask(self.client.read(item, index))
        return self.client.updateValue(item, index, reply.value)

    def octets(self, name: str) -> bytes:
        """The octet string that a Data object holds."""
        return bytes(self.read(GXDLMSData(name), 2))

    def number(self, name: str) -> int:
        """The number that a Data object holds."""
        return int(self.read(GXDLMSData(name), 2))

    def enter(self, token: bytes) -> None:
        """Call the Token gateway. Raises GXDLMSException if the meter refuses the call."""
        self._ask(self.client.method(GXDLMSTokenGateway(), 1, token, DataType.OCTET_STRING))

    def status(self) -> tuple[int, str]:
        """token_status: the code, and the bits of data_value."""
        gateway = GXDLMSTokenGateway()
        self.read(gateway, 6)
        return int(gateway.statusCode), str(gateway.dataValue)

    def object_list(self) -> list[tuple[int, str]]:
        """Class and logical name of all objects, from the association."""
        reply = self._ask(self.client.read(GXDLMSAssociationLogicalName(), 2))
        self.client.parseObjects(reply.data, False, False)
        return [(int(one.objectType), one.logicalName) for one in self.client.objects]

    def release(self) -> None:
        """RLRQ, as a meter with an association expects it."""
        request = self.client.releaseRequest()
        if request:
            self._ask(request)

    def disconnect(self) -> None:
        """DISC."""
        request = self.client.disconnectRequest()
        if request:
            self._ask(request)

    def _ask(self, request: Any) -> Any:
        reply = GXReplyData()
        for frame in request if isinstance(request, list) else [request]:
            reply.clear()
            self._exchange(bytes(frame), reply)
            while reply.isMoreData():
                self._exchange(bytes(self.client.receiverReady(reply)), reply)
            if reply.error:
                raise GXDLMSException(reply.error)
        return reply

    def _exchange(self, frame: bytes, reply: Any) -> None:
        self.sent.append(frame)
        self.port.write(frame)
        buffer, notify = GXByteBuffer(), GXReplyData()
        start, at = time.monotonic(), b""
        while not self.client.getData(buffer, reply, notify):
            more = self.port.read(max(1, self.port.in_waiting))
            at += more
            buffer.set(more)
            if not more:
                # A frame was lost: the same one again, with the same number.
                self.port.write(frame)
            assert time.monotonic() - start < ANSWER_SECONDS, f"{at.hex()} is no whole answer"
        self.got.append(at)


def gurux_client(
    number: int,
    *,
    password: bytes = b"",
    keys: Keys | None = None,
    ciphers: bool = False,
    server: int = 1,
    size: int = 0,
) -> Any:
    """A client of gurux: public, with a password, or with HLS-GMAC under these keys."""
    level = Authentication.HIGH_GMAC if keys else Authentication.LOW if password else Authentication.NONE
    client = GXDLMSSecureClient(True, number, server, level, password or None, InterfaceType.HDLC)
    if size:
        client.serverAddressSize = size
    if keys:
        client.ciphering.systemTitle = TITLE
        client.ciphering.blockCipherKey = keys.encryption
        client.ciphering.authenticationKey = keys.authentication
        client.ciphering.security = Security.AUTHENTICATION_ENCRYPTION if ciphers else Security.NONE
    return client


__all__ = ["TITLE", "GuruxReader", "ObjectType", "gurux_client"]
