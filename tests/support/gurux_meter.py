"""A meter made of gurux-dlms's parts: it reads requests and writes answers with nothing of this project's own codecs.

gurux's server class does not run as it is shipped, so frames, APDUs, BER, A-XDR and ciphering are gurux's here, and
what is between them is written out. Behind it are a virtual meter's objects, for their values. In tests only.
"""

from dataclasses import dataclass, field
from typing import Any

from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms._GXAPDU import _GXAPDU
from gurux_dlms.AesGcmParameter import AesGcmParameter
from gurux_dlms.enums import Authentication, Command, Conformance, DataType, InterfaceType, Security
from gurux_dlms.GXCiphering import GXCiphering
from gurux_dlms.GXDLMS import GXDLMS
from gurux_dlms.GXDLMSLNParameters import GXDLMSLNParameters
from gurux_dlms.GXDLMSSettings import GXDLMSSettings
from gurux_dlms.GXSecure import GXSecure
from gurux_dlms.internal._GXCommon import _GXCommon
from gurux_dlms.internal._GXDataInfo import _GXDataInfo

from hardware.optical.axdr import Data, Tag, octet_string
from hardware.optical.line import Line, LineFormat
from hardware.optical.xdlms import ServiceResult
from hardware.virtual.clock import HandClock
from hardware.virtual.optical.services import Objects
from tests.support.optical import CHALLENGE, KEYS, PASSWORD

TITLE = b"VRT\x00\x00\x00\x00\x01"
GLO = (0xC8, 0xCB)
ASSOCIATION = (15, bytes((0, 0, 40, 0, 0, 255)))
OK, DENIED, UNDEFINED = 0, 3, 4
SERVICES = (
    Conformance.GET
    | Conformance.ACTION
    | Conformance.BLOCK_TRANSFER_WITH_GET_OR_READ
    | Conformance.BLOCK_TRANSFER_WITH_ACTION
)


@dataclass
class GuruxMeter:
    """Frames in, frames out. `objects` are read and called with no question who asks."""

    objects: Objects = field(repr=False)
    password: bytes = PASSWORD
    longest: int = 1024
    heard: list[bytes] = field(default_factory=list)
    _settings: Any = None

    def __post_init__(self) -> None:
        self._settings = GXDLMSSettings(True, None)
        self._settings.setUseLogicalNameReferencing(True)
        self._settings.interfaceType = InterfaceType.HDLC
        self._settings.cipher = GXCiphering(TITLE)
        self._settings.cipher.blockCipherKey = KEYS.encryption
        self._settings.cipher.authenticationKey = KEYS.authentication
        self._settings.cipher.invocationCounter = 1
        self._settings.stoCChallenge = CHALLENGE
        self._buffer = GXByteBuffer()

    def take(self, frame: bytes) -> bytes:
        """The frame that answers this one."""
        self.heard.append(frame)
        self._buffer.set(frame)
        asked = self._read()
        if asked.moreData:
            return bytes(GXDLMS.getHdlcFrame(self._settings, self._settings.getReceiverReady(), None))
        answer = GXByteBuffer()
        control = 0
        match asked.command:
            case Command.SNRM:
                control = int(Command.UA)
                self._agree(asked.data, answer)
            case Command.DISCONNECT_REQUEST:
                control = int(Command.UA)
            case Command.AARQ:
                self._associate(asked.data, answer)
            case Command.RELEASE_REQUEST:
                answer.set(b"\xe6\xe7\x00\x63\x03\x80\x01\x00")
            case Command.GET_REQUEST:
                self._get(asked.data, answer)
            case Command.METHOD_REQUEST:
                self._call(asked.data, answer)
            case other:
                raise AssertionError(f"gurux reads a command {other}")
        return bytes(GXDLMS.getHdlcFrame(self._settings, control, answer if len(answer) else None))

    def _read(self) -> Any:
        settings, asked = self._settings, GXReplyData()
        control = GXDLMS.getHdlcData(True, settings, self._buffer, asked, None)
        assert asked.complete, "gurux finds no whole frame here"
        GXDLMS.getDataFromFrame(self._buffer, asked, True)
        self._buffer.clear()
        if control & 1:
            return asked
        if asked.data.getUInt8(asked.data.position) not in GLO:
            GXDLMS.getPdu(settings, asked)
            return asked
        # gurux's own way to here leaves the tag out of what it deciphers by, and fails.
        keys = AesGcmParameter(
            0, settings.sourceSystemTitle, settings.cipher.blockCipherKey, settings.cipher.authenticationKey
        )
        plain = GXCiphering.decrypt(settings, keys, asked.data)
        asked.data.clear()
        asked.data.set(plain)
        asked.command = Command(asked.data.getUInt8())
        return asked

    def _agree(self, asked: Any, answer: Any) -> None:
        settings = self._settings
        GXDLMS.parseSnrmUaResponse(asked, settings.hdlc)
        answer.set(b"\x81\x80\x00")
        for name, value in ((5, settings.hdlc.maxInfoTX), (6, settings.hdlc.maxInfoRX)):
            answer.setUInt8(name)
            GXDLMS.appendHdlcParameter(answer, value)
        for name in (7, 8):
            answer.setUInt8(name)
            answer.setUInt8(4)
            answer.setUInt32(1)
        answer.setUInt8(len(answer) - 3, 2)

    def _associate(self, asked: Any, answer: Any) -> None:
        settings = self._settings
        settings.proposedConformance = SERVICES
        _GXAPDU.parsePDU(settings, settings.cipher, asked, None)
        client_takes, settings.maxPduSize = settings.maxPduSize, self.longest
        high = settings.authentication == Authentication.HIGH_GMAC
        refused = settings.authentication == Authentication.LOW and bytes(settings.password) != self.password
        error = bytes((0x0E, 1, 6, 0)) if refused else None
        result, diagnostic = (1, 13) if refused else (0, 14 if high else 0)
        ciphered = settings.cipher.security != Security.NONE
        granted = None
        if ciphered:
            granted = _GXAPDU.getUserInformation(settings, settings.cipher)[2:]
            settings.cipher.invocationCounter += 1
        # Without a cipher, for gurux's writer of an AARE stumbles over its system title.
        _GXAPDU.generateAARE(settings, answer, result, diagnostic, None, error, granted)
        octets = bytearray(answer.array())
        if high:
            # The title, and the length of the challenge's field, which gurux writes without its own two octets.
            at = octets.index(b"\x88\x02\x07\x80")
            octets[at:at] = b"\xa4\x0a\x04\x08" + TITLE
            octets[octets.index(b"\x80" + bytes((len(CHALLENGE),)) + CHALLENGE) - 1] += 2
            octets[1] += 12
        if ciphered:
            octets[octets.index(b"\x60\x85\x74\x05\x08\x01\x01") + 6] = 3
        answer.clear()
        answer.set(b"\xe6\xe7\x00")
        answer.set(octets)
        settings.maxPduSize = client_takes
        settings.connected = 3

    def _get(self, asked: Any, answer: Any) -> None:
        assert asked.getUInt8() == 1
        invoke, name, index = self._asked_for(asked)
        value = self.objects[name].read(index) if name in self.objects else None
        octets = GXByteBuffer()
        if value is not None:
            self._write(value, octets)
        self._finish(answer, invoke, Command.GET_RESPONSE, octets, OK if value is not None else UNDEFINED)

    def _call(self, asked: Any, answer: Any) -> None:
        assert asked.getUInt8() == 1
        invoke, name, index = self._asked_for(asked)
        assert asked.getUInt8() == 1, "every method here has an argument"
        argument = bytes(_GXCommon.getData(self._settings, asked, _GXDataInfo()))
        octets = GXByteBuffer()
        if (name, index) == (ASSOCIATION, 1):
            error = self._pass_3(argument, octets)
        else:
            done = self.objects[name].methods[index](octet_string(argument))
            assert isinstance(done, ServiceResult)
            error = int(done)
            octets.setUInt8(0)
        self._finish(answer, invoke, Command.METHOD_RESPONSE, octets, error)

    def _pass_3(self, proof: bytes, octets: Any) -> int:
        settings = self._settings
        counter = int.from_bytes(proof[1:5], "big")
        expected = GXSecure.secure(settings, settings.cipher, counter, CHALLENGE, settings.sourceSystemTitle)
        if bytes(expected) != proof:
            octets.setUInt8(0)
            return DENIED
        octets.set(b"\x01\x00")
        counter = settings.cipher.invocationCounter
        settings.cipher.invocationCounter += 1
        mine = GXSecure.secure(settings, settings.cipher, counter, settings.ctoSChallenge, TITLE)
        _GXCommon.setData(settings, octets, DataType.OCTET_STRING, mine)
        return OK

    def _asked_for(self, asked: Any) -> tuple[int, tuple[int, bytes], int]:
        invoke, class_id = asked.getUInt8(), asked.getUInt16()
        name = bytearray(6)
        asked.get(name)
        return invoke, (class_id, bytes(name)), asked.getUInt8()

    def _finish(self, answer: Any, invoke: int, command: int, octets: Any, error: int) -> None:
        GXDLMS.getLNPdu(GXDLMSLNParameters(self._settings, invoke, command, 1, None, octets, error), answer)

    def _write(self, value: Data, octets: Any) -> None:
        if value.tag in (Tag.ARRAY, Tag.STRUCTURE):
            assert isinstance(value.value, tuple)
            octets.setUInt8(int(value.tag))
            _GXCommon.setObjectCount(len(value.value), octets)
            for part in value.value:
                self._write(part, octets)
        else:
            _GXCommon.setData(self._settings, octets, DataType(int(value.tag)), value.value)


class GuruxLine(Line):
    """A line to such a meter: each frame is answered at once, and waiting takes the clock's time."""

    def __init__(self, meter: GuruxMeter, clock: HandClock) -> None:
        self._meter = meter
        self._clock = clock
        self._ready = b""

    def write(self, data: bytes) -> None:
        """See `Line.write`: one whole frame."""
        self._ready += self._meter.take(data)

    def read(self, seconds: float) -> bytes:
        """See `Line.read`."""
        if not self._ready:
            self._clock.wait(seconds)
        got, self._ready = self._ready, b""
        return got

    def drop_input(self) -> None:
        """See `Line.drop_input`."""
        self._ready = b""

    def set_format(self, fmt: LineFormat) -> None:
        """See `Line.set_format`."""

    def close(self) -> None:
        """See `Line.close`."""
