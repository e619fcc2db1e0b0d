"""Screens are drawn in memory. Property tests are the same on every run of the judge, and search anew elsewhere."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.softhsm_folder import configuration

os.environ["SDL_VIDEODRIVER"] = "dummy"
pytest.register_assert_rewrite("tests.support.installer")  # its tests are there
LONGEST = ("tests/system/test_install_bookworm.py", "tests/system/test_install_trixie.py")
"""Minutes each, and much of it the disk: they begin first, so that nobody waits for them at the end."""

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("steady" if os.environ.get("CI") else "searching")


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all SoftHSM2 tokens of this process: the library reads its environment once."""
    folder = tmp_path_factory.mktemp("softhsm")
    os.environ.update(configuration(folder))
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow begins first: at the end no core waits for another that has only now begun with it."""
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), item.get_closest_marker("slow") is None))


def pytest_collection_finish() -> None:
    """Thousands of tests stay in memory to the end: nobody need look through them for garbage again and again."""
    gc.collect()
    gc.freeze()
