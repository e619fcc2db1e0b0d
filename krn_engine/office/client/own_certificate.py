"""The certificate that this machine shows to what stands before an office: its files, and the days it is good for."""

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from Crypto.Util.asn1 import DerObject, DerSequence

from krn_engine.office.net_errors import ServiceRefused

Files = tuple[Path, Path]
"""A certificate, with its chain if it has one, and its key: PEM files."""
_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_FORMS = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
"""UTCTime and GeneralizedTime by their tags, in the only form of each that RFC 5280 (4.1.2.5) allows."""
_EXPLICIT_0 = 0xA0
"""Tag of the version, which only a certificate of X.509 version 1 leaves out."""


def require_certificate(certificate: Path, key: Path) -> None:
    """See that these files can be used; whether the certificate is good today is not asked. Raises ServiceRefused."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, _no_password)
    except (OSError, ValueError) as error:
        raise ServiceRefused(
            f"this machine's certificate and key cannot be used ({type(error).__name__}): both are PEM files that its "
            "user may read, they belong together, and the key has no password"
        ) from error


def good_between(certificate: Path) -> tuple[datetime, datetime]:
    """The first and the last moment at which all certificates in a file are good. Raises ServiceRefused."""
    try:
        # What stands beside the certificates may be in any encoding; they themselves are ASCII.
        found = _PEM.findall(certificate.read_text(encoding="latin-1"))
        times = [_times(ssl.PEM_cert_to_DER_cert(one)) for one in found]
        return max(begins for begins, _ in times), min(ends for _, ends in times)
    except (OSError, ValueError, LookupError, TypeError) as error:
        # Besides ValueError a broken DER ends in a missing part, or in a number where a sequence stands.
        raise ServiceRefused(
            f"this machine's certificate cannot be read ({type(error).__name__}): it is a PEM file that its user may "
            "read"
        ) from error


def not_good_at(certificate: Path, now: datetime) -> str:
    """Why a certificate is not good at a time, as a sentence; empty: it is. Raises ServiceRefused."""
    begins, ends = good_between(certificate)
    if now > ends:
        return f"this kiosk's certificate ended on {ends:%Y-%m-%d}: its next one is needed"
    if now < begins:
        return f"this kiosk's certificate begins on {begins:%Y-%m-%d}: is the clock of this machine right?"
    return ""


def _no_password() -> NoReturn:
    """OpenSSL would ask a terminal for it."""
    raise ValueError


def _times(der: bytes) -> tuple[datetime, datetime]:
    """`notBefore` and `notAfter` of RFC 5280, 4.1."""
    body = DerSequence().decode(_sequence(DerSequence().decode(der)[0]))
    has_version = isinstance(body[0], bytes) and body[0][0] == _EXPLICIT_0
    validity = DerSequence().decode(_sequence(body[4 if has_version else 3]))
    return _time(_sequence(validity[0])), _time(_sequence(validity[1]))


def _sequence(part: object) -> bytes:
    if not isinstance(part, bytes):
        raise TypeError
    return part


def _time(der: bytes) -> datetime:
    text = DerObject().decode(der).payload.decode("ascii")
    return datetime.strptime(text, _FORMS[der[0]]).replace(tzinfo=UTC)
