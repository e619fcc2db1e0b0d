"""Our own client on a meter that is made of gurux's parts: HDLC, association, ciphering and Token gateway."""

import pytest

from hardware.errors import AccessRefused
from hardware.optical.association import Mechanism
from hardware.optical.axdr import Data
from hardware.optical.ciphering import Keys, Security
from hardware.optical.client import Association, Credentials
from hardware.optical.frames import Address
from hardware.optical.gateway import StatusCode, TokenGateway
from hardware.optical.hdlc import HdlcLink, Patience
from hardware.optical.xdlms import Descriptor, ServiceResult, obis
from hardware.virtual.optical.objects import GATEWAY, METER_NUMBER
from krn_engine.sts.identity import Krn
from tests.support.gurux_meter import GuruxLine, GuruxMeter
from tests.support.optical import BY_KEY, BY_PASSWORD, CIPHERED, KEYS, PASSWORD, Optical

TITLE = b"KSK\x00\x00\x00\x00\x07"
KRN = Descriptor(1, obis("0-0:96.50.1.255"), 2)
WAYS = {
    "password": (BY_PASSWORD, Credentials(Mechanism.LLS, PASSWORD)),
    "gmac": (BY_KEY, Credentials(Mechanism.HLS_GMAC, keys=KEYS, title=TITLE)),
    "ciphered": (CIPHERED, Credentials(Mechanism.HLS_GMAC, keys=KEYS, title=TITLE, security=Security.BOTH)),
}


class Connected:
    """Our client, connected to gurux's meter."""

    def __init__(self, number: int, credentials: Credentials, size: int = 1) -> None:
        self.optical = Optical()
        self.meter = GuruxMeter(self.optical.server.objects)
        line = GuruxLine(self.meter, self.optical.hand)
        server = Address(1, 16 if size > 1 else 0, size)
        clock = self.optical.hand
        self.link = HdlcLink(line, Address(number), server, Patience(), clock=clock, wait=clock.wait)
        self.association = Association(self.link.exchange, credentials)
        self.gateway = TokenGateway(self.association, GATEWAY)

    def read(self, descriptor: Descriptor) -> object:
        value = self.association.get(descriptor)
        assert isinstance(value, Data)
        return value.value


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("way", WAYS)
def test_four_rows_go_into_gurux_meter(way: str, size: int) -> None:
    number, credentials = WAYS[way]
    ours = Connected(number, credentials, size)
    ours.link.connect()
    ours.association.open()
    assert ours.read(Descriptor(1, METER_NUMBER, 2)) == str(ours.optical.meter.state.drn).encode()
    said = []
    for row in ours.optical.rows:
        assert ours.gateway.enter(row.encode()) is ServiceResult.SUCCESS
        assert ours.gateway.token() == row.encode()
        status = ours.gateway.status()
        assert status is not None
        said.append((status.code, status.bits))
    assert said == [(StatusCode.EXECUTION_OK, bits) for bits in ("00000010", "00000001") * 2]
    assert ours.read(KRN) == 3
    assert ours.optical.meter.state.key.krn == Krn(3)
    ours.association.release()
    ours.link.disconnect()
    assert ours.optical.gateway.entered == 4


def test_an_unknown_object_is_an_error_and_not_the_end() -> None:
    ours = Connected(*WAYS["ciphered"])
    ours.link.connect()
    ours.association.open()
    assert ours.association.get(Descriptor(1, obis("0-0:1.2.3.255"), 2)) is ServiceResult.OBJECT_UNDEFINED
    assert ours.read(KRN) == 1


def test_a_wrong_password_is_a_refusal() -> None:
    ours = Connected(BY_PASSWORD, Credentials(Mechanism.LLS, b"wrong"))
    ours.link.connect()
    with pytest.raises(AccessRefused):
        ours.association.open()


def test_a_wrong_key_is_a_refusal() -> None:
    other = Keys(KEYS.encryption, bytes(16))
    ours = Connected(BY_KEY, Credentials(Mechanism.HLS_GMAC, keys=other, title=TITLE))
    ours.link.connect()
    with pytest.raises(AccessRefused):
        ours.association.open()
