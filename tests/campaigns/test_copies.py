"""The campaign of copies in short, and that it would see a meter that is not told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.demo import UNIT, DemoProvince
from krn_engine.office.client.way import Way
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.sync import SyncPage
from krn_engine.register.database import Register
from tests.campaigns import copies
from tests.campaigns.copies import Weighed, run
from tests.support.office import Demo
from tests.support.provinces import register_in
from tests.support.service import served

pytestmark = pytest.mark.slow


def test_a_unit_is_copied_and_what_its_kiosk_delivers_comes_back() -> None:
    told = run(48, 4)
    assert told.guilty == []
    assert told.figures["pages"] == 2
    assert told.figures["bytes a customer"] > 300
    assert told.figures["rows"] > 30


def test_a_meter_that_is_not_told_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By an office in this process."""
    sync = Weighed.sync

    def forgets(office: Weighed, after: str, limit: int = 500) -> SyncPage:
        page: SyncPage = sync(office, after, limit)
        return replace(page, meters=page.meters[1:])

    @contextmanager
    def near(_folder: Path, customers: int) -> Iterator[Weighed]:
        province, url = DemoProvince(customers), register_in(tmp_path, customers)
        with Register.open(url) as register:
            demo = Demo(province, register, LocalOffice(register, province.campaign, province.vault), url)
            with served(demo, tmp_path) as running:
                token = running.token(Scope.KIOSK, "kiosk-1", UNIT)
                yield Weighed(Way(running.url), lambda: token)

    monkeypatch.setattr(copies, "office", near)
    assert run(32, 4).guilty == []
    monkeypatch.setattr(Weighed, "sync", forgets)
    (tmp_path / "register.db").unlink()
    assert len(run(32, 4).guilty) == 2
