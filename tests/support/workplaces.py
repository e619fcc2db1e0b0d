"""The demo's workplace for tests, on a register that is copied and not made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DEMO_CUSTOMERS, WATCHED, DemoWorkplace, workplace_on
from krn_engine.demo import DemoProvince
from krn_engine.register.database import Register
from tests.support.provinces import register_in


@contextmanager
def demo_in(folder: Path, wire: Wire = WATCHED) -> Iterator[DemoWorkplace]:
    """As `demo_workplace`, with its register in `folder`."""
    with Register.open(register_in(folder, DEMO_CUSTOMERS)) as register:
        yield workplace_on(register, DemoProvince(DEMO_CUSTOMERS), wire)
