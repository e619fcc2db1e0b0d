"""A kiosk with a certificate of its own at the office's door, a real nginx: let in, or told why not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.doctor.certificates import PART
from kiosk.doctor.check import Check
from kiosk.doctor.network import check_network
from kiosk.flow.notices import closed_view
from kiosk.flow.refusals import OF_THE_REASON
from kiosk.heartbeat import Heart
from kiosk.office_link import token_file
from kiosk.settings.config import Config
from kiosk.view.parts import Mood
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.demo import DemoCase
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.contract import Found
from krn_engine.office.net_errors import CertificateMissing
from tests.support import certificates, nginx
from tests.support.certificates import Certificate
from tests.support.cli import Out, krn
from tests.support.networked import enrolled, settings_of
from tests.support.proxied import Proxied, proxied

pytestmark = [pytest.mark.slow, nginx.installed, certificates.installed]


@pytest.fixture(scope="module")
def door() -> Iterator[Proxied]:
    with proxied() as office:
        yield office


class Kiosk:
    """Settings, a token, and files of a certificate that can be changed."""

    def __init__(self, door: Proxied, folder: Path) -> None:
        self.certificate, self.key = folder / "kiosk.pem", folder / "kiosk.key"
        self._door, self._folder = door, folder
        KeptToken.keep(token_file(folder / "state"), enrolled(door.office))

    def gets(self, files: Certificate) -> None:
        shutil.copy(files.certificate, self.certificate)
        shutil.copy(files.key, self.key)

    @property
    def config(self) -> Config:
        more = [f'office_ca = "{self._door.ca}"']
        if self.certificate.exists():
            more += [f'office_certificate = "{self.certificate}"', f'office_certificate_key = "{self.key}"']
        return Config.read(settings_of(self._door.office.url, self._folder, *more))


@pytest.fixture
def kiosk(door: Proxied, tmp_path: Path) -> Kiosk:
    return Kiosk(door, tmp_path)


def own(here: Workplace) -> Check:
    (found,) = (check for check in check_network(here) if check.part == PART)
    return found


def test_a_customer_is_served_with_the_certificate(door: Proxied, kiosk: Kiosk) -> None:
    kiosk.gets(door.good)
    wanted = door.office.demo.first(DemoCase.FOUR_ROWS)
    with configured_workplace(kiosk.config) as here:
        assert isinstance(here.office.find(wanted.idpel), Found)
        assert len(here.office.issue(wanted.meter_number, "r").rows) == 4
        assert own(here).mood is Mood.GOOD
        assert str(own(here).says.values["days"]) in ("363", "364")
        kiosk.key.chmod(0o644)
        assert own(here).mood is Mood.CAREFUL
        assert "chmod 600" in own(here).advice


def test_the_doctor_tells_thirty_days_before_its_end(
    door: Proxied, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.gets(door.good)
    with configured_workplace(kiosk.config) as here:
        for days, mood in ((363, Mood.GOOD), (365, Mood.CAREFUL)):
            monkeypatch.setattr("kiosk.doctor.certificates.ENDS_SOON", days)
            assert own(here).mood is mood
            assert ("docs/operations.md" in own(here).advice) is (mood is Mood.CAREFUL)


def test_without_one_the_kiosk_is_closed_and_told_what_is_missing(kiosk: Kiosk) -> None:
    with configured_workplace(kiosk.config) as here:
        with pytest.raises(CertificateMissing, match="a certificate of this kiosk is needed"):
            here.office.ping()
        found = own(here)
        assert (found.mood, found.says.values["code"]) == (Mood.BAD, "NET-24")
        assert "office_certificate_key" in found.advice
        assert here.link is not None
        heart = Heart(here, here.link)
        heart.round()
        assert isinstance(heart.closed(), CertificateMissing)


def test_one_that_is_not_taken_is_told_and_its_next_one_counts_without_a_restart(door: Proxied, kiosk: Kiosk) -> None:
    kiosk.gets(door.another)
    with configured_workplace(kiosk.config) as here:
        for files, advice in ((door.another, "from the authority of the office"), (door.expired, "ended on 20")):
            kiosk.gets(files)
            with pytest.raises(CertificateMissing):
                here.office.ping()
            found = own(here)
            assert (found.mood, found.says.values["code"]) == (Mood.BAD, "NET-24")
            assert advice in found.advice
        assert here.link is not None
        heart = Heart(here, here.link)
        heart.round()
        kiosk.gets(door.good)
        here.office.ping()
        heart.round()
        assert heart.closed() is None


def test_files_that_went_away_are_not_told_as_the_networks(door: Proxied, kiosk: Kiosk) -> None:
    kiosk.gets(door.good)
    with configured_workplace(kiosk.config) as here:
        for change in (lambda: kiosk.key.write_text("no key"), kiosk.key.unlink, kiosk.certificate.unlink):
            change()
            with pytest.raises(CertificateMissing, match="certificate and key cannot be used"):
                here.office.ping()
            assert own(here).mood is Mood.BAD
            assert "cannot be used" in own(here).advice


def test_a_kiosk_that_starts_with_files_that_cannot_be_used_says_it_in_the_same_words(
    door: Proxied, kiosk: Kiosk, capsys: Out
) -> None:
    kiosk.gets(Certificate(door.good.certificate, door.another.key))
    config = kiosk.config
    with pytest.raises(CertificateMissing, match="they belong together") as refused, configured_workplace(config):
        pass
    assert closed_view(refused.value.code).of_code == OF_THE_REASON[CertificateMissing]
    _, out, _ = krn(capsys, "doctor", "--config", str(kiosk.certificate.with_name("kiosk.toml")))
    assert "NET-24" in out
    assert "they belong together" in out
