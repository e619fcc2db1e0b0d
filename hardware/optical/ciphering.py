"""Security suite 0: APDUs that are authenticated and encrypted with AES-128-GCM.

IEC 62056-5-3, 5.3 and 9.5; Green Book, 9.2.7.2; NIST SP 800-38D. What is protected is written as security control,
invocation counter, text and tag. The initialisation vector is the sender's system title with the counter, so a counter
is never used twice with one key.
"""

from dataclasses import dataclass, field
from enum import IntFlag
from hmac import compare_digest

from Crypto.Cipher import AES
from Crypto.Cipher._mode_gcm import GcmMode

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Octets, string_of

KEY_OCTETS = 16
TITLE_OCTETS = 8
TAG_OCTETS = 12
LAST_COUNTER = 0xFFFFFFFF
GENERAL_GLO = 0xDB
"""general-glo-ciphering: names its sender by its system title."""
_PROTECTED = {0x01: 0x21, 0x08: 0x28, 0xC0: 0xC8, 0xC3: 0xCB, 0xC4: 0xCC, 0xC7: 0xCF}
"""Tags of the services and of their service-specific global ciphering."""


class Security(IntFlag):
    """How an APDU is protected: the security control byte of suite 0, unicast key."""

    NONE = 0
    AUTHENTICATED = 0x10
    ENCRYPTED = 0x20
    BOTH = 0x30


@dataclass(frozen=True, slots=True)
class Keys:
    """The global unicast encryption key and the authentication key, of 16 octets each. They print nothing.

    Raises ValueError for another length.
    """

    encryption: bytes = field(repr=False)
    authentication: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Check the lengths."""
        if {len(self.encryption), len(self.authentication)} != {KEY_OCTETS}:
            raise ValueError("a key of security suite 0 has 16 octets")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a protected APDU held."""

    plain: bytes = field(repr=False)
    security: Security
    counter: int


def protect(plain: bytes, keys: Keys, title: bytes, counter: int, security: Security) -> bytes:
    """Protect octets as the sender of this system title. Raises ValueError for a title or counter that is none."""
    head = bytes((security,)) + counter_octets(counter)
    text, tag = _sealed(plain, keys, title, head, security)
    return head + text + tag


def open_protected(octets: bytes, keys: Keys, title: bytes) -> Opened:
    """What the sender of this system title protected. Raises MeterAnswersWrong if it does not hold."""
    source = Octets(octets)
    head = source.take(1 + 4)
    # Bits 0 to 3 name the suite; bit 6 a broadcast key, bit 7 compression: neither is used here.
    if head[0] not in (Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH):
        raise MeterAnswersWrong("a message is protected in a way that is not known here")
    security = Security(head[0])
    authenticated, encrypted = Security.AUTHENTICATED in security, Security.ENCRYPTED in security
    text = source.take(source.left - TAG_OCTETS if authenticated else source.left)
    cipher = _cipher(keys, title, head, security, b"" if encrypted else text)
    plain = cipher.decrypt(text) if encrypted else text
    if authenticated:
        try:
            cipher.verify(source.rest())
        except ValueError:
            raise MeterAnswersWrong("a protected message was changed on its way, or made with another key") from None
    return Opened(plain, security, int.from_bytes(head[1:], "big"))


def gmac_of(challenge: bytes, keys: Keys, title: bytes, counter: int) -> bytes:
    """The answer to a challenge, f(StoC) or f(CtoS) of HLS-GMAC: `security control | counter | tag`, 17 octets.

    Raises ValueError as `protect` does.
    """
    head = bytes((Security.AUTHENTICATED,)) + counter_octets(counter)
    return head + _sealed(challenge, keys, title, head, Security.AUTHENTICATED)[1]


def gmac_holds(answer: bytes, challenge: bytes, keys: Keys, title: bytes) -> bool:
    """True if whoever has this system title and these keys answered this challenge."""
    if len(answer) != 1 + 4 + TAG_OCTETS or answer[0] != Security.AUTHENTICATED:
        return False
    return compare_digest(answer, gmac_of(challenge, keys, title, int.from_bytes(answer[1:5], "big")))


def glo(apdu: bytes, keys: Keys, title: bytes, counter: int, security: Security) -> bytes:
    """An APDU under service-specific global ciphering. Raises ValueError for one that has no such form."""
    tag = _PROTECTED.get(apdu[0])
    if tag is None:
        raise ValueError("this APDU is never protected by its service")
    return bytes((tag,)) + string_of(protect(apdu, keys, title, counter, security))


def is_protected(apdu: bytes) -> bool:
    """True for an APDU under global ciphering, service-specific or general."""
    return apdu[:1] == bytes((GENERAL_GLO,)) or (bool(apdu) and apdu[0] in _PROTECTED.values())


def open_glo(apdu: bytes, keys: Keys, title: bytes) -> Opened:
    """The APDU of the sender of this system title inside of its ciphering. Raises MeterAnswersWrong."""
    source = Octets(apdu)
    tag = source.number()
    if tag == GENERAL_GLO and source.string() != title:
        raise MeterAnswersWrong("a protected message names another sender")
    opened = open_protected(source.string(), keys, title)
    source.end()
    if tag != GENERAL_GLO and _PROTECTED.get(opened.plain[0] if opened.plain else 0) != tag:
        raise MeterAnswersWrong("a protected message holds another service than it says")
    return opened


def counter_octets(counter: int) -> bytes:
    """Four octets. Raises ValueError for a counter that is used up."""
    if not 0 <= counter <= LAST_COUNTER:
        raise ValueError("the invocation counter is used up: the meter needs another key")
    return counter.to_bytes(4, "big")


def _sealed(plain: bytes, keys: Keys, title: bytes, head: bytes, security: Security) -> tuple[bytes, bytes]:
    """Text and tag; no tag where nothing is authenticated."""
    encrypted = Security.ENCRYPTED in security
    cipher = _cipher(keys, title, head, security, b"" if encrypted else plain)
    text = cipher.encrypt(plain) if encrypted else plain
    return text, cipher.digest() if Security.AUTHENTICATED in security else b""


def _cipher(keys: Keys, title: bytes, head: bytes, security: Security, plain: bytes) -> GcmMode:
    """GCM over the security control byte, the authentication key, and a text that is only authenticated."""
    if len(title) != TITLE_OCTETS:
        raise ValueError("a system title has 8 octets")
    cipher = AES.new(keys.encryption, AES.MODE_GCM, nonce=title + head[1:], mac_len=TAG_OCTETS)
    if Security.AUTHENTICATED in security:
        cipher.update(head[:1] + keys.authentication + plain)
    return cipher
