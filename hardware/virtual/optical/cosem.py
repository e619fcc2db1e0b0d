"""The meter's COSEM server: who is let in, under which protection, and what they may then read and call.

One association at a time, by logical names: public, with a password (LLS), or with HLS-GMAC, plain or ciphered in
security suite 0. What a client sends that breaks the standard is answered with an exception-response, never obeyed.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest

from hardware.errors import MeterAnswersWrong
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
from hardware.optical.axdr import Data, Tag, octet_string
from hardware.optical.ciphering import Keys, Security, glo, gmac_holds, gmac_of, is_protected, open_glo
from hardware.optical.frames import Address
from hardware.optical.xdlms import ConfirmedServiceError, ExceptionResponse, ServiceResult, obis, read_apdu
from hardware.virtual.optical.objects import DATA, CosemObject, association_object
from hardware.virtual.optical.services import UNKNOWN_SERVICE, Objects, Rights, Services

AARQ, RLRQ = 0x60, 0x62
GRANTED = (
    Conformance.GET | Conformance.ACTION | Conformance.BLOCK_TRANSFER_WITH_GET | Conformance.BLOCK_TRANSFER_WITH_ACTION
)
DEVICE = Address(1, 16, 2)
"""The management logical device of the meter of this number on its line."""
INVOCATION_COUNTER = obis("0-0:43.1.0.255")
LONGEST = 1024
"""Octets of the longest APDU that the meter takes."""
PROTECTION = 24
"""Octets that ciphering adds to an APDU, at most."""
NOT_ALLOWED = ExceptionResponse(1, 1)
"""service-not-allowed, operation-not-possible: nobody is let in."""
TOO_LONG = ExceptionResponse(2, 4)
NOT_DECIPHERED = ExceptionResponse(2, 5)
_NO_INITIATE = ConfirmedServiceError(1, 6, 0)
"""initiateError, initiate, other."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who may come in, as the meter's maker or the utility has set it."""

    number: int
    """Its address, such as 16 for the public client."""
    mechanism: Mechanism = Mechanism.NONE
    password: bytes = field(default=b"", repr=False)
    """Of a client with LLS."""
    reads_all: bool = False
    """It reads every object; without it, those that are public."""
    enters: bool = False
    """It may call the Token gateway."""
    ciphers: bool = False
    """It has to authenticate and encrypt each APDU."""


PUBLIC = Client(16)


@dataclass(frozen=True, slots=True)
class Sealing:
    """The meter's keys and its system title."""

    keys: Keys
    title: bytes = b"VRT\x00\x00\x00\x00\x01"


@dataclass
class _Association:
    client: Client
    services: Services
    context: int
    title: bytes
    """The client's system title."""
    asked: bytes = field(default=b"", repr=False)
    """The client's challenge to the meter."""
    challenge: bytes = field(default=b"", repr=False)
    """The meter's challenge to the client, while it is not answered."""


class CosemServer:
    """APDUs in, APDUs out (`hardware.virtual.optical.link.Application`)."""

    def __init__(
        self,
        objects: Sequence[CosemObject],
        clients: Sequence[Client] = (PUBLIC,),
        sealing: Sealing | None = None,
        *,
        device: Address = DEVICE,
        longest: int = LONGEST,
        challenge: Callable[[], bytes] = lambda: secrets.token_bytes(16),
    ) -> None:
        """`challenge`: what a client with HLS has to authenticate, anew for each."""
        self.device = device
        self.refused = 0
        """How often somebody was not let in."""
        counter = CosemObject(DATA, INVOCATION_COUNTER, {2: self._counter}, public=True)
        self.objects: Objects = {(one.class_id, one.name): one for one in (*objects, counter)}
        self._clients = {client.number: client for client in clients}
        self._sealing = sealing
        self._longest = longest
        self._new_challenge = challenge
        self._association: _Association | None = None
        self._awaited = 0
        """The lowest invocation counter that is taken from a client: one that came is never taken again."""
        self._used = 0
        """The meter's own invocation counter."""

    def answer(self, client: int, apdu: bytes) -> bytes | None:
        """See `Application.answer`."""
        if apdu[:1] == bytes((AARQ,)):
            return self._associate(client, apdu)
        if len(apdu) > self._longest:
            return bytes(TOO_LONG)
        association = self._association
        if association is None:
            return bytes(NOT_ALLOWED)
        if apdu[:1] == bytes((RLRQ,)):
            self.release()
            return bytes(Release(answer=True))
        return self._serve(association, apdu)

    def release(self) -> None:
        """See `Application.release`."""
        self._association = None

    # --- association

    def _associate(self, number: int, apdu: bytes) -> bytes:
        self.release()
        try:
            asked = Aarq.read(apdu)
            client = self._clients.get(number)
            if client is None:
                return self._refuse(asked, Diagnostic.NO_REASON_GIVEN)
            wrong = self._wrong(client, asked)
            if wrong is not None:
                return self._refuse(asked, wrong)
            initiate = self._initiate(asked)
        except MeterAnswersWrong:
            self.refused += 1
            return bytes(Aare(bytes(_NO_INITIATE), 1, Diagnostic.NO_REASON_GIVEN))
        return self._accept(client, asked, initiate)

    def _wrong(self, client: Client, asked: Aarq) -> Diagnostic | None:
        context = Context.CIPHERED if client.ciphers else Context.PLAIN
        if asked.context != context:
            return Diagnostic.CONTEXT_NOT_SUPPORTED
        if asked.mechanism != client.mechanism:
            none = asked.mechanism == Mechanism.NONE
            return Diagnostic.MECHANISM_REQUIRED if none else Diagnostic.MECHANISM_NOT_RECOGNISED
        if client.mechanism is Mechanism.LLS and not compare_digest(asked.secret, client.password):
            return Diagnostic.AUTHENTICATION_FAILURE
        if client.mechanism is Mechanism.HLS_GMAC and not (self._sealing and asked.title and asked.secret):
            return Diagnostic.AUTHENTICATION_FAILURE
        return None

    def _initiate(self, asked: Aarq) -> InitiateRequest:
        """Raises MeterAnswersWrong."""
        proposal = asked.user_information
        if asked.context == Context.CIPHERED:
            proposal = self._opened(proposal, asked.title)
        return InitiateRequest.read(proposal)

    def _refuse(self, asked: Aarq, diagnostic: Diagnostic) -> bytes:
        self.refused += 1
        return bytes(Aare(bytes(_NO_INITIATE), 1, diagnostic, context=asked.context))

    def _accept(self, client: Client, asked: Aarq, initiate: InitiateRequest) -> bytes:
        ciphered = asked.context == Context.CIPHERED
        longest = (initiate.longest or LONGEST) - (PROTECTION if ciphered else 0)
        services = Services({}, self._rights(client), longest)
        association = _Association(client, services, asked.context, asked.title, asked.secret)
        own = association_object(tuple(self.objects.values()), lambda answer: self._pass_3(association, answer))
        services.objects = {**self.objects, (own.class_id, own.name): own}
        self._association = association
        high = client.mechanism is Mechanism.HLS_GMAC
        association.challenge = self._new_challenge() if high else b""
        granted = bytes(InitiateResponse(initiate.conformance & GRANTED, self._longest))
        return bytes(
            Aare(
                self._protected(granted) if ciphered else granted,
                diagnostic=Diagnostic.AUTHENTICATION_REQUIRED if high else Diagnostic.NULL,
                context=asked.context,
                mechanism=asked.mechanism if high else Mechanism.NONE,
                challenge=association.challenge,
                title=self._sealing.title if self._sealing and (high or ciphered) else b"",
            )
        )

    def _rights(self, client: Client) -> Rights:
        def let_in() -> bool:
            return self._association is not None and not self._association.challenge

        return Rights(
            read=lambda one: let_in() and (one.public or client.reads_all),
            call=lambda one, _method: one.before_authentication or (let_in() and client.enters),
        )

    def _pass_3(self, association: _Association, answer: Data | None) -> ServiceResult | Data:
        """The client's answer to the challenge, and the meter's to the client's: passes 3 and 4 of HLS."""
        sealing, challenge = self._sealing, association.challenge
        if sealing is None or not challenge or answer is None or not isinstance(answer.value, bytes):
            return ServiceResult.OTHER_REASON
        if not gmac_holds(answer.value, challenge, sealing.keys, association.title):
            self.refused += 1
            self.release()
            return ServiceResult.OTHER_REASON
        association.challenge = b""
        return octet_string(gmac_of(association.asked, sealing.keys, sealing.title, self._next_counter()))

    # --- services

    def _serve(self, association: _Association, apdu: bytes) -> bytes:
        ciphered = association.context == Context.CIPHERED
        if is_protected(apdu) is not ciphered:
            return bytes(NOT_ALLOWED)
        try:
            plain = self._opened(apdu, association.title) if ciphered else apdu
        except _CounterUsed:
            return bytes(ExceptionResponse(2, 6, self._awaited))
        except MeterAnswersWrong:
            return bytes(NOT_DECIPHERED)
        try:
            request = read_apdu(plain)
        except MeterAnswersWrong:
            return bytes(UNKNOWN_SERVICE)
        answer = association.services.answer(request)
        protect = ciphered and not isinstance(answer, ExceptionResponse)
        return self._protected(bytes(answer)) if protect else bytes(answer)

    def _opened(self, apdu: bytes, title: bytes) -> bytes:
        """Raises MeterAnswersWrong for what does not hold, or is not both authenticated and encrypted."""
        if self._sealing is None:
            raise MeterAnswersWrong("this meter has no keys")
        opened = open_glo(apdu, self._sealing.keys, title)
        if opened.security is not Security.BOTH:
            raise MeterAnswersWrong("a message is protected too little")
        if opened.counter < self._awaited:
            raise _CounterUsed("an invocation counter came again")
        self._awaited = opened.counter + 1
        return opened.plain

    def _protected(self, apdu: bytes) -> bytes:
        sealing = self._sealing
        return apdu if sealing is None else glo(apdu, sealing.keys, sealing.title, self._next_counter(), Security.BOTH)

    def _next_counter(self) -> int:
        self._used += 1
        return self._used

    def _counter(self) -> Data:
        return Data(Tag.DOUBLE_LONG_UNSIGNED, self._awaited)


class _CounterUsed(MeterAnswersWrong):
    """An invocation counter that came before."""
