"""What ends on a certain day without a word: the certificate of an office's authority, and this kiosk's own."""

import ssl
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kiosk.doctor.check import Check
from kiosk.view.parts import Message, Mood
from krn_engine.errors import KrnError
from krn_engine.office.client.own_certificate import Files, good_between, not_good_at, require_certificate
from krn_engine.office.net_errors import CertificateMissing, OfficeNotTrusted, ServiceRefused

ENDS_SOON = 30
"""Days before the end of a certificate on which somebody should begin to renew it."""
PART = "kiosk-certificate"
_DAY = 86400.0
_NEXT = "make the next one, by the office's authority (docs/operations.md)"


def check_authority(ca: Path | None, refusal: KrnError | None) -> Iterator[Check]:
    """That of the authority."""
    if isinstance(refusal, OfficeNotTrusted):
        advice = f"{refusal.message}; compare office_ca with the office's authority"
        says = Message("Sertifikat kantor: {code}", {"code": refusal.code})
        yield Check("certificate", Mood.BAD, says, advice)
        return
    if ca is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(ca)
        # A chain may hold several: the first that ends counts.
        ends = min(ssl.cert_time_to_seconds(str(known["notAfter"])) for known in context.get_ca_certs())
    except (OSError, ValueError) as error:
        yield Check(
            "certificate",
            Mood.BAD,
            Message("Sertifikat kantor: tidak dapat dibaca"),
            f"{ca} cannot be used ({type(error).__name__}): it is the PEM file of the office's authority",
        )
        return
    left = int((ends - time.time()) // _DAY)
    if left >= ENDS_SOON:
        yield Check("certificate", Mood.GOOD, Message("Sertifikat kantor: {days} hari lagi", {"days": str(left)}))
    else:
        says = Message("Sertifikat kantor: {days} hari lagi", {"days": str(max(0, left))})
        advice = "the office's authority ends: get its next certificate, and name it in office_ca"
        yield Check("certificate", Mood.CAREFUL if left >= 0 else Mood.BAD, says, advice)


def check_own(files: Files | None, refusal: KrnError | None) -> Iterator[Check]:
    """The kiosk's own, where it has one or the office's door asks for one."""
    missing = refusal if isinstance(refusal, CertificateMissing) else None
    if files is None:
        if missing is not None:
            advice = f"{missing.message}; its files are named in office_certificate and office_certificate_key"
            yield Check(PART, Mood.BAD, _refused(missing), advice)
        return
    now = datetime.now(UTC)
    try:
        require_certificate(*files)
        reason = not_good_at(files[0], now)
        days = (good_between(files[0])[1] - now).days
        is_open = bool(files[1].stat().st_mode & stat.S_IROTH)
    except (ServiceRefused, OSError) as error:
        yield Check(PART, Mood.BAD, Message("Sertifikat kios: tidak dapat dibaca"), str(error))
        return
    if missing is not None:
        yield Check(PART, Mood.BAD, _refused(missing), f"{reason or missing.message}; {_NEXT}")
        return
    says = Message("Sertifikat kios: {days} hari lagi", {"days": str(max(0, days))})
    if reason:
        yield Check(PART, Mood.BAD, says, f"{reason}; {_NEXT}")
    elif days < ENDS_SOON:
        yield Check(PART, Mood.CAREFUL, says, f"this kiosk's certificate ends: {_NEXT}")
    elif is_open:
        yield Check(PART, Mood.CAREFUL, says, f"everybody on this machine may read its key: chmod 600 {files[1]}")
    else:
        yield Check(PART, Mood.GOOD, says)


def _refused(refusal: KrnError) -> Message:
    return Message("Sertifikat kios: {code}", {"code": refusal.code})
