"""Opening and releasing an application association: ACSE APDUs in BER and the xDLMS-initiate APDUs that they carry.

IEC 62056-5-3, 9.4 and 9.5 (Green Book, 9.4.2 and 9.5): AARQ, AARE, RLRQ and RLRE, with the authentication mechanisms
that are used here. Fields that nothing here needs are read over. User information is octets: a protected association
carries it protected (`hardware.optical.ciphering`).
"""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Self

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Octets, string_of

_DLMS_UA = bytes.fromhex("6085740508")
"""joint-iso-ccitt(2) country(16) country-name(756) identified-organisation(5) DLMS-UA(8)."""
_CONTEXT_NAME, _MECHANISM_NAME = _DLMS_UA + b"\x01", _DLMS_UA + b"\x02"
VERSION = 6
"""Of xDLMS."""
VAA_NAME = 0x0007
"""What a server that is asked by logical names says in the place of a base name."""


class Mechanism(IntEnum):
    """How a client says who it is."""

    NONE = 0
    """Public: it does not."""
    LLS = 1
    """Low level security: a password."""
    HLS_GMAC = 5
    """High level security: each side authenticates the other's challenge with GMAC."""


class Context(IntEnum):
    """What is spoken inside of the association, by logical names."""

    PLAIN = 1
    CIPHERED = 3


class Conformance(IntFlag):
    """Services that a client proposes and a server grants: a bit string of 24, of which bit 0 comes first."""

    ACTION = 1 << 0
    SELECTIVE_ACCESS = 1 << 2
    SET = 1 << 3
    GET = 1 << 4
    BLOCK_TRANSFER_WITH_ACTION = 1 << 10
    BLOCK_TRANSFER_WITH_SET = 1 << 11
    BLOCK_TRANSFER_WITH_GET = 1 << 12
    GENERAL_PROTECTION = 1 << 22


class Diagnostic(IntEnum):
    """Why a server let a client not in, as its ACSE service user says it."""

    NULL = 0
    NO_REASON_GIVEN = 1
    CONTEXT_NOT_SUPPORTED = 2
    MECHANISM_NOT_RECOGNISED = 11
    MECHANISM_REQUIRED = 12
    AUTHENTICATION_FAILURE = 13
    AUTHENTICATION_REQUIRED = 14
    """No failure: the server waits for the second half of high level security."""


@dataclass(frozen=True, slots=True)
class InitiateRequest:
    """What a client proposes."""

    conformance: int
    longest: int
    """Octets of the longest APDU that it takes; 0: any."""

    def __bytes__(self) -> bytes:
        """The APDU."""
        return (
            b"\x01\x00\x00\x00" + bytes((VERSION,)) + _conformance(self.conformance) + self.longest.to_bytes(2, "big")
        )

    @classmethod
    def read(cls, octets: bytes) -> Self:
        """Raises MeterAnswersWrong; a dedicated key is read over."""
        source = Octets(octets)
        if source.number() != 1:
            raise MeterAnswersWrong("an association is asked for without a proposal")
        if source.number():
            source.string()
        for _response_allowed_and_quality_of_service in range(2):
            if source.number():
                source.number()
        _require_version(source.number())
        request = cls(_take_conformance(source), source.number(2))
        source.end()
        return request


@dataclass(frozen=True, slots=True)
class InitiateResponse:
    """What a server grants."""

    conformance: int
    longest: int
    """Octets of the longest APDU that it takes; 0: any."""

    def __bytes__(self) -> bytes:
        """The APDU."""
        sizes = self.longest.to_bytes(2, "big") + VAA_NAME.to_bytes(2, "big")
        return b"\x08\x00" + bytes((VERSION,)) + _conformance(self.conformance) + sizes

    @classmethod
    def read(cls, octets: bytes) -> Self:
        """Raises MeterAnswersWrong."""
        source = Octets(octets)
        if source.number() != 8:
            raise MeterAnswersWrong("an association is granted without saying what")
        if source.number():
            source.number()
        _require_version(source.number())
        response = cls(_take_conformance(source), source.number(2))
        if source.number(2) != VAA_NAME:
            raise MeterAnswersWrong("the meter grants an association by short names")
        source.end()
        return response


def _conformance(bits: int) -> bytes:
    """[APPLICATION 31] IMPLICIT BIT STRING of 24 bits, none of them unused."""
    return b"\x5f\x1f\x04\x00" + bits.to_bytes(3, "big")


def _take_conformance(source: Octets) -> int:
    tag = source.number()
    # Older meters write the tag in one octet.
    if tag != 0x5F or (second := source.number()) not in (0x1F, 4) or (second == 0x1F and source.number() != 4):
        raise MeterAnswersWrong("a conformance block is none")
    source.number()
    return source.number(3)


def _require_version(version: int) -> None:
    if version != VERSION:
        raise MeterAnswersWrong("the meter speaks another version of xDLMS")


@dataclass(frozen=True, slots=True)
class Aarq:
    """A client asks for an association. It prints neither password nor challenge."""

    user_information: bytes = field(repr=False)
    """An InitiateRequest, plain or protected."""
    context: int = Context.PLAIN
    mechanism: int = Mechanism.NONE
    secret: bytes = field(default=b"", repr=False)
    """The password (LLS), or the client's challenge (HLS)."""
    title: bytes = b""
    """The client's system title, where something is protected."""

    def __bytes__(self) -> bytes:
        """The APDU."""
        parts = [_name(0xA1, _CONTEXT_NAME, self.context)]
        if self.title:
            parts.append(_tlv(0xA6, _tlv(0x04, self.title)))
        if self.mechanism != Mechanism.NONE:
            parts += (b"\x8a\x02\x07\x80", _tlv(0x8B, _MECHANISM_NAME + bytes((self.mechanism,))))
            parts.append(_tlv(0xAC, _tlv(0x80, self.secret)))
        return _tlv(0x60, b"".join((*parts, _tlv(0xBE, _tlv(0x04, self.user_information)))))

    @classmethod
    def read(cls, octets: bytes) -> Self:
        """Raises MeterAnswersWrong."""
        fields = _fields(octets, 0x60)
        mechanism = fields.get(0x8B)
        return cls(
            _inner(fields, 0xBE, 0x04),
            _last_of(_inner(fields, 0xA1, 0x06), _CONTEXT_NAME),
            Mechanism.NONE if mechanism is None else _last_of(mechanism, _MECHANISM_NAME),
            _inner(fields, 0xAC, 0x80) if 0xAC in fields else b"",
            _inner(fields, 0xA6, 0x04) if 0xA6 in fields else b"",
        )


@dataclass(frozen=True, slots=True)
class Aare:
    """A server's answer to an AARQ. It prints no challenge."""

    user_information: bytes = field(repr=False)
    """An InitiateResponse, plain or protected, or a ConfirmedServiceError; empty where it sends none."""
    result: int = 0
    """0 accepted, 1 rejected for good, 2 rejected for now."""
    diagnostic: int = 0
    """A `Diagnostic`, if it is from the service user."""
    by_provider: bool = False
    """The diagnostic is the ACSE provider's: 1 no reason given, 2 no common version."""
    context: int = Context.PLAIN
    mechanism: int = Mechanism.NONE
    challenge: bytes = field(default=b"", repr=False)
    title: bytes = b""
    """The server's system title, where something is protected."""

    def __bytes__(self) -> bytes:
        """The APDU."""
        diagnostic = _tlv(0xA2 if self.by_provider else 0xA1, _tlv(0x02, bytes((self.diagnostic,))))
        parts = [_name(0xA1, _CONTEXT_NAME, self.context), _tlv(0xA2, _tlv(0x02, bytes((self.result,))))]
        parts.append(_tlv(0xA3, diagnostic))
        if self.title:
            parts.append(_tlv(0xA4, _tlv(0x04, self.title)))
        if self.mechanism != Mechanism.NONE:
            parts += (b"\x88\x02\x07\x80", _tlv(0x89, _MECHANISM_NAME + bytes((self.mechanism,))))
        if self.challenge:
            parts.append(_tlv(0xAA, _tlv(0x80, self.challenge)))
        if self.user_information:
            parts.append(_tlv(0xBE, _tlv(0x04, self.user_information)))
        return _tlv(0x61, b"".join(parts))

    @classmethod
    def read(cls, octets: bytes) -> Self:
        """Raises MeterAnswersWrong."""
        fields = _fields(octets, 0x61)
        outer = Octets(_value(fields, 0xA3))
        source = outer.number()
        if source not in (0xA1, 0xA2):
            raise MeterAnswersWrong("a diagnostic is of nobody")
        mechanism = fields.get(0x89)
        return cls(
            _inner(fields, 0xBE, 0x04) if 0xBE in fields else b"",
            _integer(_inner(fields, 0xA2, 0x02)),
            _integer(_only(outer.string(), 0x02)),
            source == 0xA2,
            _last_of(_inner(fields, 0xA1, 0x06), _CONTEXT_NAME),
            Mechanism.NONE if mechanism is None else _last_of(mechanism, _MECHANISM_NAME),
            _inner(fields, 0xAA, 0x80) if 0xAA in fields else b"",
            _inner(fields, 0xA4, 0x04) if 0xA4 in fields else b"",
        )


@dataclass(frozen=True, slots=True)
class Release:
    """RLRQ or, as the answer, RLRE, with the reason "normal"."""

    answer: bool = False
    user_information: bytes = field(default=b"", repr=False)

    def __bytes__(self) -> bytes:
        """The APDU."""
        information = _tlv(0xBE, _tlv(0x04, self.user_information)) if self.user_information else b""
        return _tlv(0x63 if self.answer else 0x62, b"\x80\x01\x00" + information)

    @classmethod
    def read(cls, octets: bytes) -> Self:
        """Raises MeterAnswersWrong. The reason is read over, for nothing follows from it."""
        answer = octets[:1] == b"\x63"
        fields = _fields(octets, 0x63 if answer else 0x62)
        return cls(answer, _inner(fields, 0xBE, 0x04) if 0xBE in fields else b"")


# --- BER: a tag of one octet, a length, and so many octets


def _tlv(tag: int, octets: bytes) -> bytes:
    return bytes((tag,)) + string_of(octets)


def _name(tag: int, start: bytes, last: int) -> bytes:
    return _tlv(tag, _tlv(0x06, start + bytes((last,))))


def _fields(octets: bytes, tag: int) -> dict[int, bytes]:
    """The fields of an APDU by their tags. Raises MeterAnswersWrong."""
    source = Octets(_only(octets, tag))
    fields: dict[int, bytes] = {}
    while source.left:
        found = source.number()
        if found in fields:
            raise MeterAnswersWrong("a message about an association says something twice")
        fields[found] = source.string()
    return fields


def _only(octets: bytes, tag: int) -> bytes:
    """What the one field of these octets holds."""
    source = Octets(octets)
    if source.number() != tag:
        raise MeterAnswersWrong("a message about an association is another one")
    value = source.string()
    source.end()
    return value


def _value(fields: dict[int, bytes], tag: int) -> bytes:
    try:
        return fields[tag]
    except KeyError:
        raise MeterAnswersWrong("a message about an association lacks a part") from None


def _inner(fields: dict[int, bytes], tag: int, inner: int) -> bytes:
    return _only(_value(fields, tag), inner)


def _last_of(name: bytes, start: bytes) -> int:
    """The last number of an object identifier of the DLMS UA."""
    if name[:-1] != start:
        raise MeterAnswersWrong("an association is named by somebody else than the DLMS UA")
    return name[-1]


def _integer(octets: bytes) -> int:
    if len(octets) != 1:
        raise MeterAnswersWrong("a number of an association is too large")
    return octets[0]
