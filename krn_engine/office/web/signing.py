"""Signing in: a name and a PIN or password, told alike whatever is wrong; and back to where somebody was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from krn_engine.errors import KrnError
from krn_engine.office.net_errors import SessionOver, SignInLocked, SignInRefused, TooManyRequests
from krn_engine.office.server.service import Service
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.web.errors import PageOver
from krn_engine.office.web.forms import Field
from krn_engine.office.web.sealing import Seal
from krn_engine.office.wire.people import LONGEST_SECRET, SignedIn
from krn_engine.office.words.texts import Sentence

FIELDS = {"name": Field(64), "secret": Field(LONGEST_SECRET), "to": Field(5000), "kept": Field(12_000)}
_KIND = "kept"
_KEPT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody had typed when their session was over: it is shown to them once they are back, and not sent."""

    path: str
    """Where the form goes to."""
    fields: Mapping[str, str] = field(repr=False)


def keep(seal: Seal, path: str, fields: Mapping[str, str], known: Mapping[str, Field]) -> str:
    """What somebody had typed, sealed, for the page to sign in at. Empty: nothing of it is worth being kept."""
    kept = {name: value for name, value in fields.items() if name in known and known[name].kept and value}
    return seal.close(_KIND, path, kept) if kept else ""


def kept_of(seal: Seal, path: str, text: str) -> Kept | None:
    """What `keep` sealed; None: there is none, or it is too old."""
    if not text:
        return None
    try:
        return Kept(path, seal.open(_KIND, path, text, _KEPT))
    except PageOver:
        return None


def sign_in(service: Service, name: str, secret: str, address: str) -> SignedIn:
    """A new session. Raises SignInRefused, SignInLocked, TooManyRequests; the log tells of it as of the API."""
    service.limits.count(address, service.strangers)
    who = service.log.person(name.lower())
    try:
        signed_in = service.sessions.sign_in(name, secret, address)
    except (SignInRefused, SignInLocked) as refusal:
        service.log.note(ServiceEvent.SIGN_IN_REFUSED, caller=who, code=refusal.code)
        raise
    service.log.note(ServiceEvent.SIGNED_IN, caller=who)
    return signed_in


def problem(refusal: KrnError) -> Sentence | None:
    """Why somebody is not let in, in words; None: there is nothing to say."""
    match refusal:
        case SignInLocked():
            minutes = str(max(1, -(-refusal.seconds // 60)))
            return Sentence("Terlalu banyak percobaan yang salah. Tunggu {minutes} menit.", {"minutes": minutes})
        case SignInRefused():
            return Sentence("Nama dan PIN atau kata sandi ini tidak cocok.")
        case TooManyRequests():
            return Sentence("Terlalu banyak permintaan. Coba lagi sebentar lagi.")
        case SessionOver():
            return Sentence("Sesi Anda sudah berakhir. Silakan masuk lagi.")
    return None
