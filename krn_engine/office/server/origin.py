"""Where a request comes from: from the other end of the line, or, behind a proxy on this machine, from where that says.

Of a header nothing is believed unless the service was started for it, which it is on a socket of this machine alone
(`processes.Listening`).
"""

import hashlib
import ipaddress

from fastapi import Request

from krn_engine.office.access.callers import Known
from krn_engine.office.net_errors import CertificateMissing
from krn_engine.office.wire.asked import Scope

ADDRESS, VERIFIED, SUBJECT = "x-real-ip", "x-client-verify", "x-client-name"
"""Headers of the proxy (systemd/office-proxy.nginx.conf), which lets none of them in from outside."""
_GOOD = "SUCCESS"
_OF_ONE = 64
"""Bits of an IPv6 address that are one network: whoever has one has all addresses in it."""
_SIGNS = 24


def origin_of(request: Request, *, behind_proxy: bool) -> str:
    """Where somebody asks from, as counts keep it: hashed, for it is nobody's business later."""
    host = "" if request.client is None else request.client.host
    told = request.headers.getlist(ADDRESS) if behind_proxy else []
    if len(told) == 1:
        host = told[0]
    try:
        host = str(_network(host))
    except ValueError:
        host = ""
    return "from " + hashlib.sha256(host.encode()).hexdigest()[:_SIGNS]


def require_certificate(request: Request, known: Known, *, behind_proxy: bool) -> None:
    """Raises CertificateMissing for a kiosk at the proxy's door of people, or with the certificate of another.

    A proxy that says nothing of certificates asks for none.
    """
    told = request.headers.getlist(VERIFIED)
    if not behind_proxy or known.scope is not Scope.KIOSK or not told:
        return
    if told != [_GOOD]:
        raise CertificateMissing(
            "a kiosk comes with its certificate, at the door of kiosks: look at the office's address"
        )
    if request.headers.getlist(SUBJECT) != [known.name]:
        raise CertificateMissing(
            "this certificate is not that of the kiosk whose token came with it: give each kiosk its own, with its "
            "name at the office as CN"
        )


def _network(host: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """All addresses of whoever has this one. Raises ValueError for what is none."""
    address = ipaddress.ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None) or address
    bits = _OF_ONE if mapped.version == 6 else mapped.max_prefixlen
    return ipaddress.ip_network(f"{mapped}/{bits}", strict=False)
