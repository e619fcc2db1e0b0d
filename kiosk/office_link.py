"""The office on the network that a kiosk belongs to, by its settings: the way there, and the token of this kiosk.

Only what asks across a network imports this: it brings `requests`, which an office's own machine need not have.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.settings.config import Config
from krn_engine.office.client.kept_token import NAME, KeptToken
from krn_engine.office.client.own_certificate import Files, require_certificate
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.net_errors import CertificateMissing, NotEnrolled, ServiceRefused


@dataclass(frozen=True, slots=True)
class OfficeLink:
    """What a kiosk has of its office."""

    way: Way
    token: KeptToken
    office: RemoteOffice
    ca: Path | None = None
    """The certificate of the office's own authority; None: the office is on this machine."""
    certificate: Files | None = None
    """This kiosk's own certificate and its key; None: the office's door wants none."""


@contextmanager
def opened_link(config: Config) -> Iterator[OfficeLink]:
    """The link that the settings describe; nothing is asked yet.

    Raises ServiceRefused, NotEnrolled, CertificateMissing.
    """
    if config.office_url is None or config.state is None:
        raise NotEnrolled("this kiosk belongs to no office on the network: set office_url and state (docs/config.md)")
    token = KeptToken.read(token_file(config.state))
    with closing(way_of(config.office_url, config)) as way:
        yield OfficeLink(way, token, RemoteOffice(way, token), config.office_ca, config.certificate)


def way_of(url: str, config: Config) -> Way:
    """The way to the office at this address, with what the settings say of it. Raises ServiceRefused.

    Raises CertificateMissing for files of the kiosk's own certificate that cannot be used, as asking does later on.
    """
    if config.certificate is not None:
        try:
            require_certificate(*config.certificate)
        except ServiceRefused as error:
            raise CertificateMissing(error.message) from error
    return Way(url, config.office_ca, certificate=config.certificate)


def token_file(state: Path) -> Path:
    """Where a kiosk keeps its token, in the folder of what it remembers."""
    return state / NAME
