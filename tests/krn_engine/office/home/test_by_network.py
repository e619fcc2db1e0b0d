"""A kiosk of an office on the network gets pages there, also while its office comes and goes."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.access.capabilities import digest_of, new_secret
from krn_engine.office.access.capability_errors import CapabilityRefused
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.errors import MeterUnknown
from krn_engine.office.home.address import page_at
from krn_engine.office.net_errors import NotAllowed, OfficeUnreachable
from krn_engine.office.wire.asked import Scope
from tests.support.audit import bodies
from tests.support.far_office import FarOffice, Kiosk
from tests.support.home import ADDRESS, Home

DIGEST = digest_of("a" * 22)


def remote(home: Home, scope: Scope = Scope.KIOSK, *units: str) -> Iterator[RemoteOffice]:
    token = home.token(scope, f"kiosk-{scope.value}-{len(units)}", *units)
    with closing(Way(home.url)) as way:
        yield RemoteOffice(way, lambda: token)


def test_a_kiosk_gives_a_page_and_the_telephone_is_let_in(home: Home) -> None:
    secret = new_secret()
    meter = home.demo.first(DemoCase.FOUR_ROWS).meter_number
    for office in remote(home):
        issued = office.issue(meter, "r1")
        for _ in range(2):
            assert office.home_page(meter, "r1", digest_of(secret)) == page_at(ADDRESS)
        with pytest.raises(CapabilityRefused):
            office.home_page(meter, "r2", DIGEST)
        with pytest.raises(MeterUnknown):
            office.home_page("1", "r1", DIGEST)
    assert home.tell("rows", str(secret)).json()["rows"] == [str(row) for row in issued.rows]
    made = [body for body in bodies(home.demo.register) if body["event"] == "home-page-made"]
    assert [body["actor"] for body in made] == ["kiosk-kiosk-0"]
    for canary in (str(secret), digest_of(secret), meter):
        assert canary not in home.logged()


def test_it_gives_none_of_meters_that_it_does_not_see(home: Home) -> None:
    issued, _ = home.give()
    for office in remote(home, Scope.KIOSK, "99999"):
        with pytest.raises(MeterUnknown):
            office.home_page(issued.meter_number, "r1", DIGEST)
    for office in remote(home, Scope.REPORT):
        with pytest.raises(NotAllowed):
            office.home_page(issued.meter_number, "r1", DIGEST)


def test_without_an_answer_there_is_no_page_and_no_error(tmp_path: Path) -> None:
    far = FarOffice(pages=ADDRESS)
    kiosk = Kiosk(far, tmp_path)
    kiosk.sync()
    with closing(kiosk.copy):
        assert kiosk.office.home_page("01000000001", "r1", DIGEST) == ADDRESS
        far.away = OfficeUnreachable("nobody answers")
        assert kiosk.office.home_page("01000000001", "r1", DIGEST) is None
        # Nobody waits for it a second time, until somebody has found that it is back.
        asked = len(far.asked)
        assert kiosk.office.home_page("01000000001", "r1", DIGEST) is None
        assert len(far.asked) == asked


def test_what_the_office_refuses_is_no_silence(tmp_path: Path) -> None:
    far = FarOffice()
    kiosk = Kiosk(far, tmp_path)
    kiosk.sync()
    with closing(kiosk.copy):
        assert kiosk.office.home_page("01000000001", "r1", DIGEST) is None
        far.away = CapabilityRefused("not by this request")
        with pytest.raises(CapabilityRefused):
            kiosk.office.home_page("01000000001", "r1", DIGEST)
