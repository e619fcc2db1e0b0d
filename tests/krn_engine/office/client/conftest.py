"""An office across a network, and the same one at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.wire.asked import Scope
from tests.support.office import Demo
from tests.support.service import Served, served


@pytest.fixture
def service(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    """A service on a demo province of 32 customers."""
    with served(demo, tmp_path) as running:
        yield running


@pytest.fixture
def remote(service: Served) -> RemoteOffice:
    """An office at the other end of it, for a kiosk."""
    token = service.token(Scope.KIOSK)
    return RemoteOffice(Way(service.url), lambda: token)
