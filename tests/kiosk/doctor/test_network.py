"""The doctor's lines of a kiosk whose office is on the network, in each of their states."""

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.doctor import certificates as certificates_of_kiosk
from kiosk.doctor import examine, network
from kiosk.doctor.check import Check
from kiosk.office_link import token_file
from kiosk.settings.config import Config
from kiosk.view.parts import Mood
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.net_errors import NotEnrolled
from krn_engine.office.server.app import build_app
from tests.support import certificates
from tests.support.cli import Out, krn
from tests.support.networked import NAME, config_of, enrolled, kiosk_of, office_in, settings_of
from tests.support.service import Served, running, served, service_on

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "office").mkdir()
    with office_in(tmp_path / "office") as demo, served(demo, tmp_path) as running_office:
        yield running_office


def lines(here: Workplace) -> dict[str, Check]:
    return {check.part: check for check in network.check_network(here)}


def moods(here: Workplace) -> dict[str, Mood]:
    return {part: check.mood for part, check in lines(here).items()}


def test_all_is_well(office: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.doctor.office.is_installed", lambda _here: True)
    with configured_workplace(config_of(office, tmp_path)) as here:
        assert moods(here) == {"network": Mood.GOOD, "office-clock": Mood.GOOD, "token": Mood.GOOD}
        parts = {check.part for check in examine(here)}
        assert {"office", "network"} <= parts
        # It keeps no rows that could be sealed.
        assert "rows" not in parts


def test_a_dead_office(office: Served, tmp_path: Path) -> None:
    settings = settings_of("http://127.0.0.1:1", tmp_path)
    KeptToken.keep(token_file(tmp_path / "state"), enrolled(office))
    with configured_workplace(Config.read(settings)) as here:
        found = lines(here)
        assert found["network"].mood is Mood.BAD
        assert found["network"].says.values["code"] == "NET-01"
        assert found["token"].mood is Mood.GOOD
        assert "office-clock" not in found


def test_a_revoked_kiosk(office: Served, tmp_path: Path) -> None:
    with configured_workplace(config_of(office, tmp_path)) as here:
        office.service.callers.revoke(NAME)
        found = lines(here)
        assert found["token"].mood is Mood.BAD
        assert "krn setup" in found["token"].advice
        assert found["token"].says.values["code"] == "NET-30"


def test_a_slow_office(office: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SLOW", 0.0)
    with configured_workplace(config_of(office, tmp_path)) as here:
        assert moods(here)["network"] is Mood.CAREFUL


@pytest.mark.parametrize(("ahead", "says"), [(3600.0, "ahead of"), (-3600.0, "behind")])
def test_two_clocks_that_differ(
    office: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float, says: str
) -> None:
    with configured_workplace(config_of(office, tmp_path)) as here:
        now = time.time
        monkeypatch.setattr("krn_engine.office.client.way.time.time", lambda: now() - ahead)
        found = lines(here)["office-clock"]
        assert found.mood is Mood.CAREFUL
        assert says in found.advice


@pytest.mark.parametrize(
    ("made_days_ago", "mood"), [(0, Mood.GOOD), (31, Mood.GOOD), (34, Mood.CAREFUL), (61, Mood.BAD)]
)
def test_the_age_of_the_token(office: Served, tmp_path: Path, made_days_ago: int, mood: Mood) -> None:
    settings = kiosk_of(office, tmp_path)
    file = token_file(tmp_path / "state")
    back = datetime.timedelta(days=made_days_ago)
    known = KeptToken.read(file).known
    KeptToken.keep(file, replace(known, rotate_at=known.rotate_at - back, expires_at=known.expires_at - back))
    with configured_workplace(Config.read(settings)) as here:
        found = lines(here)["token"]
        assert found.mood is mood
        assert bool(found.advice) == (mood is not Mood.GOOD)


@contextmanager
def over_tls(office: Served, folder: Path, days: int = 2, *, other: bool = False) -> Iterator[Workplace]:
    """A kiosk whose office has a certificate; `other`: the kiosk believes another authority."""
    by = certificates.authority(folder, "ca")
    made = certificates.certificate(folder, by, "localhost", days)
    believed = certificates.authority(folder, "stranger") if other else by
    tls: dict[str, Any] = {"ssl_certfile": made.certificate, "ssl_keyfile": made.key}
    with service_on(office.demo, folder) as (service, _), running(build_app(service, "0"), **tls) as url:
        KeptToken.keep(token_file(folder / "state"), enrolled(office))
        config = Config.read(settings_of(url, folder, f'office_ca = "{believed.certificate}"'))
        with configured_workplace(config) as here:
            yield here


@certificates.installed
def test_an_authority_that_ends_soon_and_one_that_is_another(
    office: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with over_tls(office, tmp_path) as here:
        found = lines(here)
        assert found["network"].mood is Mood.GOOD
        assert found["certificate"].mood is Mood.CAREFUL  # it has two days
        monkeypatch.setattr(certificates_of_kiosk, "ENDS_SOON", 1)
        assert moods(here)["certificate"] is Mood.GOOD
        assert here.link is not None
        assert here.link.ca is not None
        here.link.ca.write_text("no certificate")
        assert moods(here)["certificate"] is Mood.BAD
    with over_tls(office, tmp_path, other=True) as here:
        found = lines(here)
        assert found["certificate"].mood is found["network"].mood is Mood.BAD
        assert found["certificate"].says.values["code"] == "NET-03"


@certificates.installed
def test_a_certificate_that_is_not_good_now(office: Served, tmp_path: Path) -> None:
    with over_tls(office, tmp_path, days=-1) as here:
        found = lines(here)
        assert found["office-clock"].mood is Mood.BAD
        assert found["office-clock"].says.values["code"] == "NET-04"


def test_the_command_tells_of_a_kiosk_that_is_not_enrolled(tmp_path: Path, capsys: Out) -> None:
    status, out, err = krn(capsys, "doctor", "--config", str(settings_of("http://localhost:1", tmp_path)))
    assert (status, err) == (1, "")
    assert "NET-17" in out
    assert "krn setup" in out
    assert "Traceback" not in out
    # All other parts are looked at nevertheless.
    assert "Clock" in out


def test_the_command_tells_all_that_is_wrong_where_a_token_is_the_kiosks(
    office: Served, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ours(_path: Path) -> KeptToken:
        raise NotEnrolled("the token of this kiosk cannot be read") from PermissionError(13, "Permission denied")

    monkeypatch.setattr(KeptToken, "read", not_ours)
    _, out, _ = krn(capsys, "doctor", "--config", str(settings_of(office.url, tmp_path)))
    assert "sudo krn-doctor" in out
