"""A kiosk with an office far away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.far_office import FarOffice, Kiosk


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """It has fetched the copy of three meters."""
    made = Kiosk(FarOffice(), tmp_path)
    made.sync()
    yield made
    made.copy.close()
