"""What the address of an office may be. It needs no library: settings are read where no kiosk is, too."""

import ipaddress
from urllib.parse import urlsplit


def address_problem(url: str, *, has_ca: bool) -> str:
    """What is wrong with the address of an office, in a sentence; empty: nothing."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return NO_URL
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        return NO_URL
    if parts.scheme == "http" and not is_this_machine(host):
        return "plain HTTP is for this machine alone: the office's address begins with https://"
    if parts.scheme == "https" and not has_ca:
        return "the certificate of the office's own authority is needed: name its file"
    return ""


NO_URL = "the office's address is no URL such as https://office.example:8443"


def is_this_machine(host: str) -> bool:
    """Whether nothing that is sent to this host leaves the machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
