"""The setting `home_url`: a kiosk at its register and the office's service beside it share the pages."""

from dataclasses import replace
from pathlib import Path

import pytest
import requests

from kiosk.opening import office_config
from kiosk.serving import app_of, service_of
from kiosk.workplace import opened_workplace
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.access.capabilities import digest_of, new_secret
from tests.support.cli import Out, krn
from tests.support.service import running

METER = DemoProvince().first(DemoCase.FOUR_ROWS).meter_number
HOME = "https://office.example"


@pytest.fixture
def folder(tmp_path: Path, capsys: Out) -> Path:
    """A demo office."""
    assert krn(capsys, "office", "demo", "--customers", "16", "--out", str(tmp_path / "province"))[0] == 0
    return tmp_path / "province"


def test_a_page_that_a_kiosk_gave_is_shown_by_the_service(folder: Path) -> None:
    config = replace(office_config(None, folder / "kiosk.toml"), home_url=f"{HOME}/", help_line="0800 11")
    secret = new_secret()
    with opened_workplace(config) as here:
        issued = here.office.issue(METER, "r1")
        assert here.office.home_page(METER, "r1", digest_of(secret)) == f"{HOME}/r"
    with service_of(config) as service, running(app_of(service)) as url:
        answer = requests.post(f"{url}/r/rows", json={}, headers={"Authorization": f"Bearer {secret!s}"}, timeout=30)
        assert answer.json()["rows"] == [str(row) for row in issued.rows]
        assert "0800 11" in requests.get(f"{url}/r", timeout=30).text


def test_without_the_setting_there_is_no_page_anywhere(folder: Path) -> None:
    config = office_config(None, folder / "kiosk.toml")
    with opened_workplace(config) as here:
        here.office.issue(METER, "r1")
        assert here.office.home_page(METER, "r1", digest_of(new_secret())) is None
    with service_of(config) as service, running(app_of(service)) as url:
        assert requests.get(f"{url}/r", timeout=30).status_code == 404
