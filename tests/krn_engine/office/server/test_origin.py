"""Where somebody comes from is what the line says, and a header only where the service was told of a proxy."""

import pytest
from starlette.requests import Request

from krn_engine.office.access.callers import Known
from krn_engine.office.net_errors import CertificateMissing
from krn_engine.office.server.origin import origin_of, require_certificate
from krn_engine.office.wire.asked import Scope

UNIX: None = None


def request(host: str | None, *headers: tuple[str, str]) -> Request:
    sent = [(name.lower().encode(), value.encode()) for name, value in headers]
    return Request({"type": "http", "headers": sent, "client": None if host is None else (host, 1)})


def told(*addresses: str, host: str | None = UNIX, proxy: bool = True) -> str:
    return origin_of(request(host, *(("X-Real-IP", address) for address in addresses)), behind_proxy=proxy)


def test_no_header_is_believed_unless_the_service_was_told() -> None:
    for host in ("192.0.2.1", "127.0.0.1", UNIX):
        assert told("192.0.2.7", host=host, proxy=False) == told(host=host, proxy=False)
    assert told(host="192.0.2.1", proxy=False) != told(host="192.0.2.7", proxy=False)


def test_a_proxy_says_where_somebody_comes_from() -> None:
    assert told("192.0.2.7") == told(host="192.0.2.7", proxy=False)
    assert told("192.0.2.7") != told("192.0.2.8")
    assert told("192.0.2.7", host="127.0.0.1") == told("192.0.2.7")


@pytest.mark.parametrize("addresses", [(), ("192.0.2.7", "192.0.2.8"), ("nonsense",), ("",), ("192.0.2.7, 10.0.0.1",)])
def test_what_is_no_address_is_one_place_for_all(addresses: tuple[str, ...]) -> None:
    assert told(*addresses) == told()


def test_it_says_no_address() -> None:
    assert "192" not in told("192.0.2.7")
    assert len(told("192.0.2.7")) < 64


def test_whoever_has_a_network_of_ipv6_is_one() -> None:
    assert told("2001:db8:1:2::1") == told("2001:db8:1:2:ffff::7")
    assert told("2001:db8:1:2::1") != told("2001:db8:1:3::1")
    assert told("::ffff:192.0.2.7") == told("192.0.2.7")


@pytest.mark.parametrize(
    ("verified", "scope", "proxy", "refused"),
    [
        (("SUCCESS",), Scope.KIOSK, True, False),
        (("SUCCESS",), Scope.OFFICER, True, False),
        (("NONE",), Scope.KIOSK, True, True),
        (("FAILED:expired",), Scope.KIOSK, True, True),
        (("SUCCESS", "SUCCESS"), Scope.KIOSK, True, True),
        (("NONE",), Scope.OFFICER, True, False),
        (("NONE",), Scope.KIOSK, False, False),
        ((), Scope.KIOSK, True, False),
    ],
)
def test_a_kiosk_comes_through_its_own_door(
    verified: tuple[str, ...], scope: Scope, proxy: bool, refused: bool
) -> None:
    asks = request(UNIX, ("X-Client-Name", "kiosk-7"), *(("X-Client-Verify", word) for word in verified))
    known = Known(1, "kiosk-7", scope, (), "x")
    if refused:
        with pytest.raises(CertificateMissing):
            require_certificate(asks, known, behind_proxy=proxy)
    else:
        require_certificate(asks, known, behind_proxy=proxy)


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        (("kiosk-7",), False),
        (("kiosk-8",), True),
        (("Kiosk-7",), True),
        (("-",), True),
        (("",), True),
        ((), True),
        (("kiosk-7", "kiosk-8"), True),
        (("kiosk-7", "kiosk-7"), True),
    ],
)
def test_a_kiosk_comes_with_its_own_certificate(names: tuple[str, ...], refused: bool) -> None:
    asks = request(UNIX, ("X-Client-Verify", "SUCCESS"), *(("X-Client-Name", name) for name in names))
    known = Known(1, "kiosk-7", Scope.KIOSK, (), "x")
    # Whoever is no proxy says what they like.
    require_certificate(asks, known, behind_proxy=False)
    if refused:
        with pytest.raises(CertificateMissing, match="not that of the kiosk"):
            require_certificate(asks, known, behind_proxy=True)
    else:
        require_certificate(asks, known, behind_proxy=True)
