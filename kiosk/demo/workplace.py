"""The demo's workplace: an invented province in a register of its own, with virtual meters and a virtual printer."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from hardware.printer.port import Printer
from hardware.virtual.printer import VirtualPrinter
from hardware.voice import Voice
from kiosk.demo.meters import LIGHT_MODEL, DemoMeters, Wire
from kiosk.workplace import Workplace, light_model
from krn_engine.demo import DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url

DEMO_CUSTOMERS = 64
WATCHED = Wire()
"""The demo's meters at the pace of a real one."""


@dataclass(frozen=True, slots=True)
class DemoWorkplace(Workplace):
    """A workplace that is known to its last meter."""

    province: DemoProvince = field(kw_only=True)
    """Whose customers and meters these are."""


@contextmanager
def demo_workplace(
    wire: Wire = WATCHED,
    *,
    customers: int = DEMO_CUSTOMERS,
    folder: Path | None = None,
    printer: Printer | None = None,
    voice: Voice | None = None,
    light: bool = False,
) -> Iterator[DemoWorkplace]:
    """A demo province of its own, made afresh, in `folder` or in a temporary one. Its meters and printer are virtual.

    `printer` takes the place of a virtual printer whose slips are not shown. `light`: there is an optical head too.
    """
    province = DemoProvince(customers)
    with (
        tempfile.TemporaryDirectory(prefix="krn-demo-") as temporary,
        Register.create(sqlite_url((folder or Path(temporary)) / "register.db")) as register,
    ):
        province.load(register)
        here = workplace_on(register, province, wire, printer=printer, voice=voice)
        yield replace(here, light=light_model(LIGHT_MODEL)) if light else here


def workplace_on(
    register: Register,
    province: DemoProvince,
    wire: Wire = WATCHED,
    *,
    printer: Printer | None = None,
    voice: Voice | None = None,
) -> DemoWorkplace:
    """The workplace of a province that is in a register already."""
    meters = DemoMeters(province, wire)
    return DemoWorkplace(
        LocalOffice(register, province.campaign, province.vault),
        "demo",
        meters.connect,
        printer=printer or VirtualPrinter(),
        office_name="KANTOR DEMO",
        voice=voice,
        demo=True,
        province=province,
        clock=meters.clock,
        wait=None if wire.real_time else meters.wait,
    )
