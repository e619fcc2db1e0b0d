"""Registers for tests: made once a process by the product itself, and copied for each test.

Making one takes 50 ms, of which most are its migrations; a copy takes 4 ms, and hundreds of tests want one.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from krn_engine.demo import DemoProvince
from krn_engine.register.database import Register, sqlite_url


def register_in(folder: Path, customers: int = 0) -> str:
    """The URL of a register of its own in `folder`, with so many customers of the demo's province."""
    path = folder / "register.db"
    shutil.copyfile(_made(customers), path)
    return sqlite_url(path)


@cache
def _made(customers: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="krn-province-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "register.db"
    with Register.create(sqlite_url(path)) as register:
        DemoProvince(customers).load(register)
    return path
