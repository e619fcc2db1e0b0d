"""An office in the test's own process behind a real nginx, which lets kiosks in by their certificates."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from krn_engine.office.server.app import build_app
from tests.support import certificates, nginx
from tests.support.certificates import Certificate
from tests.support.networked import office_in
from tests.support.nginx import KIOSKS, PEOPLE
from tests.support.service import Served, running_on, service_on


@dataclass(frozen=True)
class Proxied:
    """An office, its two doors, and certificates of kiosks."""

    office: Served
    """Its `url` is the door of kiosks."""
    people: str
    ca: Path
    good: Certificate
    another: Certificate
    """Of another authority."""
    expired: Certificate


@contextmanager
def proxied() -> Iterator[Proxied]:
    """While it runs."""
    # A socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="krn-door-"))
    try:
        nginx.certificates(folder)
        ca = Certificate(folder / "authority.pem", folder / "authority.key")
        expired = certificates.certificate(folder, ca, "expired", -1)
        another = certificates.certificate(folder, certificates.authority(folder, "strangers"), "another")
        with (
            office_in(folder) as demo,
            service_on(demo, folder, behind_proxy=True) as (service, said),
            socket.socket(socket.AF_UNIX) as listening,
        ):
            listening.bind(str(folder / "office.sock"))
            with (
                running_on(listening, build_app(service, "0")),
                nginx.proxy(folder, folder / "office.sock") as urls,
            ):
                good = Certificate(folder / "kiosk-7.pem", folder / "kiosk-7.key")
                office = Served(urls[KIOSKS], service, demo, said)
                yield Proxied(office, urls[PEOPLE], ca.certificate, good, another, expired)
    finally:
        shutil.rmtree(folder)
