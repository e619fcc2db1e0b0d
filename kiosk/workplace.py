"""What one kiosk or terminal works with: its office, its name, and the meter at the end of its wire."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hardware.adapter import MeterAdapter
from hardware.virtual.adapter import Pace, VirtualAdapter
from hardware.virtual.meter import VirtualMeter
from kiosk.config import Config
from kiosk.errors import NoMeterHere
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.passphrase import from_system
from krn_engine.issuing.vault import Vault
from krn_engine.office.demo import DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.office.office import Office
from krn_engine.register.database import Register, sqlite_url

DEMO_CUSTOMERS = 64


@dataclass(frozen=True, slots=True)
class Workplace:
    """`connect` gives an adapter to the meter of a number; None where no meter can be connected."""

    office: Office
    place: str
    connect: Callable[[str], MeterAdapter] | None = None
    demo: DemoProvince | None = None


@contextmanager
def demo_workplace(*, pace: Pace, folder: Path | None = None) -> Iterator[Workplace]:
    """A demo province of its own, made afresh, in `folder` or in a temporary one. Its meters are virtual."""
    province = DemoProvince(DEMO_CUSTOMERS)
    with (
        tempfile.TemporaryDirectory(prefix="krn-demo-") as temporary,
        Register.create(sqlite_url((folder or Path(temporary)) / "register.db")) as register,
    ):
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault)
        yield Workplace(office, "demo", _VirtualMeters(province, pace).connect, province)


class _VirtualMeters:
    """The province's meters. Each is made once, so that a session finds it as the last one left it."""

    def __init__(self, province: DemoProvince, pace: Pace) -> None:
        self._customers = {customer.meter_number: customer for customer in province}
        self._meters: dict[str, VirtualMeter] = {}
        self._province = province
        self._pace = pace

    def connect(self, meter_number: str) -> MeterAdapter:
        """Raises NoMeterHere for a meter that is not of this province."""
        if meter_number not in self._customers:
            raise NoMeterHere("this meter is not one of the demo's: there is nothing to connect to")
        if meter_number not in self._meters:
            state = self._province.meter_state(self._customers[meter_number])
            self._meters[meter_number] = VirtualMeter(state, time.monotonic)
        return VirtualAdapter(self._meters[meter_number], self._pace)


@contextmanager
def configured_workplace(config: Config) -> Iterator[Workplace]:
    """The workplace that a configuration describes. Raises what opening its register and vault raises."""
    campaign = Campaign.default() if config.campaign is None else Campaign.read(config.campaign)
    with Register.open(config.register) as register:
        vault = None if config.vault is None else Vault.read(config.vault, from_system(config.passphrase_file))
        yield Workplace(LocalOffice(register, campaign, vault), config.place)
