"""A client's association with one logical device of a meter: let in, read attributes, invoke methods, release.

IEC 62056-5-3 (Green Book, chapter 9). Everything goes over one `exchange` of octets, which is an HDLC connection's.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.errors import AccessRefused, MeterAnswersWrong
from hardware.optical.association import (
    Aare,
    Aarq,
    Conformance,
    Context,
    Diagnostic,
    InitiateRequest,
    InitiateResponse,
    Mechanism,
    Release,
)
from hardware.optical.axdr import Data, Tag, octet_string, read_data, string_of
from hardware.optical.ciphering import (
    TITLE_OCTETS,
    Keys,
    Opened,
    Security,
    glo,
    gmac_holds,
    gmac_of,
    is_protected,
    open_glo,
)
from hardware.optical.xdlms import (
    ActionAccepted,
    ActionAnswerBlock,
    ActionBlock,
    ActionFirst,
    ActionNext,
    ActionRequest,
    ActionResponse,
    Apdu,
    Block,
    ConfirmedServiceError,
    Descriptor,
    ExceptionResponse,
    GetBlock,
    GetNext,
    GetRequest,
    GetResponse,
    ServiceResult,
    obis,
    read_apdu,
)

WANTED = (
    Conformance.GET | Conformance.ACTION | Conformance.BLOCK_TRANSFER_WITH_GET | Conformance.BLOCK_TRANSFER_WITH_ACTION
)
LONGEST_APDU = 0xFFFF
"""Octets that this client takes in one APDU."""
LONGEST_VALUE = 0x10000
"""Octets of a value in blocks; what is read here has some tens."""
CHALLENGE_OCTETS = 16
REPLY_TO_HLS = Descriptor(15, obis("0-0:40.0.0.255"), 1)
"""Of the current association: takes the answer to the server's challenge, and answers the client's."""
_PROTECTION = 3 + 1 + 4 + 12
"""Octets that ciphering adds to an APDU: tag and length, security control, counter, and tag of GCM."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who this client is, and how it shows it. It prints no secret."""

    mechanism: Mechanism = Mechanism.NONE
    password: bytes = field(default=b"", repr=False)
    """For LLS."""
    keys: Keys | None = field(default=None, repr=False)
    """For HLS-GMAC, and for ciphering."""
    title: bytes = b""
    """This client's system title, of 8 octets."""
    security: Security = Security.NONE
    """How APDUs are protected."""

    def require_whole(self) -> None:
        """Raises AccessRefused if something is missing, before a meter counts a failed try."""
        if self.mechanism is Mechanism.LLS and not self.password:
            raise AccessRefused("the meter asks for a password, and this kiosk has none: type the rows at the keypad")
        if (self.mechanism is Mechanism.HLS_GMAC or self.security) and (
            self.keys is None or len(self.title) != TITLE_OCTETS
        ):
            raise AccessRefused(
                "the meter asks for keys and a system title, and this kiosk has not all of them: type at the keypad"
            )


class Association:
    """One association. For example::

    meter = Association(link.exchange, Credentials())
    meter.open()
    value = meter.get(Descriptor(1, obis("0-0:96.1.0.255"), 2))
    meter.release()
    """

    def __init__(
        self,
        exchange: Callable[[bytes], bytes],
        credentials: Credentials,
        counter: int = 1,
        *,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """`counter`: the invocation counter of the next APDU that is protected."""
        self._exchange = exchange
        self._credentials = credentials
        self.counter = counter
        """The invocation counter of the next APDU that is protected: keep it for the next association."""
        self._random = random
        self._title = b""
        """The server's system title."""
        self._heard = -1
        """The highest invocation counter that the server has used."""
        self._longest = 0
        """Octets of the longest APDU that the server takes; 0: any."""
        self._protected = False

    def open(self) -> None:
        """Be let in. Raises AccessRefused, and whatever the exchange raises."""
        mine = self._credentials
        mine.require_whole()
        challenge = self._random(CHALLENGE_OCTETS) if mine.mechanism is Mechanism.HLS_GMAC else b""
        proposal = bytes(InitiateRequest(WANTED, LONGEST_APDU))
        request = Aarq(
            self._protect(proposal) if mine.security else proposal,
            Context.CIPHERED if mine.security else Context.PLAIN,
            mine.mechanism,
            challenge or mine.password,
            mine.title if mine.keys is not None else b"",
        )
        answer = Aare.read(self._exchange(bytes(request)))
        halfway = not answer.by_provider and answer.diagnostic == Diagnostic.AUTHENTICATION_REQUIRED
        if answer.result or (answer.diagnostic and not halfway):
            raise AccessRefused(_why(answer))
        if halfway is not (mine.mechanism is Mechanism.HLS_GMAC):
            raise AccessRefused("the meter asks for another kind of authentication than its model says")
        self._title = answer.title
        self._granted(answer.user_information)
        self._protected = bool(mine.security)
        if halfway:
            self._authenticate(challenge, answer.challenge)

    def get(self, descriptor: Descriptor) -> Data | ServiceResult:
        """The value of an attribute, or why there is none.

        Raises AccessRefused if the meter serves no GET, MeterAnswersWrong, and what the exchange raises.
        """
        answer = self._serve(GetRequest(descriptor))
        if isinstance(answer, GetBlock):
            return self._rest_of(answer)
        if not isinstance(answer, GetResponse):
            raise MeterAnswersWrong("the meter answers a reading with something else")
        return _result(answer.error) if answer.data is None else answer.data

    def action(self, descriptor: Descriptor, data: Data | None = None) -> Data | ServiceResult:
        """What a method returned, or what became of it: SUCCESS if it returned nothing. Raises as `get` does.

        After anything that is raised the method may have been done.
        """
        request: Apdu = ActionRequest(descriptor, data)
        room = self._room
        if room and len(bytes(request)) > room and data is not None:
            return self._in_blocks(descriptor, bytes(data), room)
        return self._done(self._serve(request))

    def release(self) -> None:
        """End the association. Raises what the exchange raises; what the meter says to it is of no matter."""
        self._protected = False
        Release.read(self._exchange(bytes(Release())))

    # --- being let in

    def _granted(self, information: bytes) -> None:
        if information[:1] == ConfirmedServiceError.tag:
            raise AccessRefused("the meter does not grant what this kiosk asks for")
        if self._credentials.security:
            information = self._opened(information).plain
        granted = InitiateResponse.read(information)
        if Conformance.GET not in Conformance(granted.conformance):
            raise AccessRefused("the meter lets this client read nothing")
        self._longest = granted.longest

    def _authenticate(self, mine: bytes, theirs: bytes) -> None:
        """The second half of high level security: each side answers the other's challenge."""
        keys, title = self._keys, self._credentials.title
        if not theirs or theirs == mine or len(self._title) != TITLE_OCTETS:
            raise MeterAnswersWrong("the meter's part of the authentication is none")
        answer = self.action(REPLY_TO_HLS, octet_string(gmac_of(theirs, keys, title, self._next_counter())))
        if not isinstance(answer, Data) or answer.tag is not Tag.OCTET_STRING or not isinstance(answer.value, bytes):
            raise AccessRefused("the meter does not accept the keys of this kiosk")
        if not gmac_holds(answer.value, mine, keys, self._title):
            raise AccessRefused("the meter does not know the keys of this kiosk: it may be another device")

    # --- services

    def _serve(self, request: Apdu) -> Apdu:
        """One request and its answer, protected where the association is."""
        octets = bytes(request)
        answer = self._exchange(self._protect(octets) if self._protected else octets)
        if self._protected and is_protected(answer):
            answer = self._opened(answer).plain
        elif self._protected and answer[:1] not in (ExceptionResponse.tag, ConfirmedServiceError.tag):
            raise MeterAnswersWrong("the meter answers without protection")
        apdu = read_apdu(answer)
        if isinstance(apdu, ExceptionResponse):
            if apdu.service in (5, 6):
                raise AccessRefused(
                    "the meter cannot decipher what this kiosk says: key or invocation counter is wrong"
                )
            raise AccessRefused("the meter does not serve what this kiosk asks for")
        if isinstance(apdu, ConfirmedServiceError):
            raise AccessRefused("the meter does not serve what this kiosk asks for")
        return apdu

    def _rest_of(self, answer: Apdu) -> Data | ServiceResult:
        raw, number = b"", 1
        while True:
            if not isinstance(answer, GetBlock) or answer.block.number != number or len(raw) > LONGEST_VALUE:
                raise MeterAnswersWrong("the blocks of a value come in disorder")
            if answer.error is not None:
                return _result(answer.error)
            raw += answer.block.raw
            if answer.block.last:
                return read_data(raw)
            answer, number = self._serve(GetNext(number)), number + 1

    def _in_blocks(self, descriptor: Descriptor, raw: bytes, room: int) -> Data | ServiceResult:
        heads = len(bytes(ActionFirst(descriptor, Block(False, 1, b"")))), len(bytes(ActionBlock(Block(False, 1, b""))))
        at = number = 0
        while True:
            number += 1
            piece = raw[at : at + _fits(room - heads[number > 1] + 1)]
            at += len(piece)
            block = Block(at == len(raw), number, piece)
            answer = self._serve(ActionFirst(descriptor, block) if number == 1 else ActionBlock(block))
            if block.last or isinstance(answer, ActionResponse):
                return self._done(answer)
            if not isinstance(answer, ActionAccepted) or answer.number != number:
                raise MeterAnswersWrong("the meter acknowledges another block than was sent")

    def _done(self, answer: Apdu) -> Data | ServiceResult:
        if isinstance(answer, ActionAnswerBlock):
            raw, number = b"", 1
            while isinstance(answer, ActionAnswerBlock) and answer.block.number == number and len(raw) < LONGEST_VALUE:
                raw += answer.block.raw
                if answer.block.last:
                    return read_data(raw)
                answer, number = self._serve(ActionNext(number)), number + 1
        if not isinstance(answer, ActionResponse):
            raise MeterAnswersWrong("the meter answers a method with something else")
        if answer.result or answer.data is None:
            return _result(answer.result or answer.error or 0)
        return answer.data

    @property
    def _room(self) -> int:
        """Octets of an APDU before its protection; 0: any number."""
        return self._longest and self._longest - (_PROTECTION if self._protected else 0)

    # --- ciphering

    @property
    def _keys(self) -> Keys:
        if self._credentials.keys is None:
            raise AccessRefused("the meter asks for keys, and this kiosk has none: type the rows at the keypad")
        return self._credentials.keys

    def _next_counter(self) -> int:
        self.counter += 1
        return self.counter - 1

    def _protect(self, apdu: bytes) -> bytes:
        mine = self._credentials
        return glo(apdu, self._keys, mine.title, self._next_counter(), mine.security)

    def _opened(self, apdu: bytes) -> Opened:
        """What the server protected: as well as this client does, and with a counter that it has not used before."""
        if not is_protected(apdu) or len(self._title) != TITLE_OCTETS:
            raise MeterAnswersWrong("the meter answers without protection")
        opened = open_glo(apdu, self._keys, self._title)
        if self._credentials.security & ~opened.security or opened.counter <= self._heard:
            raise MeterAnswersWrong("a protected message of the meter is an old one, or less protected than agreed")
        self._heard = opened.counter
        return opened


def _fits(room: int) -> int:
    """Octets that fit with their length before them. Raises MeterAnswersWrong where nothing does."""
    size = next((size for size in range(room, 0, -1) if len(string_of(bytes(size))) <= room), 0)
    if not size:
        raise MeterAnswersWrong("the meter takes no APDU that holds anything")
    return size


def _result(number: int) -> ServiceResult:
    try:
        return ServiceResult(number)
    except ValueError:
        return ServiceResult.OTHER_REASON


def _why(answer: Aare) -> str:
    """Why a server let this client not in, and what to do."""
    if answer.by_provider:
        return "the meter lets this kiosk not in: it speaks another version of the protocol"
    match answer.diagnostic:
        case Diagnostic.AUTHENTICATION_FAILURE:
            return "the meter does not accept this kiosk's password or key: ask the utility, and type at the keypad"
        case Diagnostic.MECHANISM_REQUIRED | Diagnostic.MECHANISM_NOT_RECOGNISED:
            return "the meter asks for another kind of authentication than its model says"
        case Diagnostic.CONTEXT_NOT_SUPPORTED:
            return "the meter asks for ciphering, or knows none: its model says otherwise"
        case _:
            return "the meter lets this kiosk not in: ask the utility for access, and type at the keypad"
