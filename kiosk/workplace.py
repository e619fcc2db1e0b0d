"""What one kiosk or terminal works with: its office, its name, and the meter at the end of its wire."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from hardware.adapter import AdapterKind, MeterAdapter, Model
from hardware.client import MeterProcess
from hardware.keypad.models import DEFAULT_MODEL, profiles
from hardware.printer.escpos import EscposPrinter
from hardware.printer.port import Printer
from hardware.voice import Voice, find_voice
from kiosk.clock import require_clock
from kiosk.event_log import Event, EventLog
from kiosk.generations import Generations, Kept
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.limits.pin import Pin
from kiosk.opening import open_register
from kiosk.settings.config import Config
from kiosk.view.parts import HELP_LINE
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.passphrase import from_system
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import Office
from krn_engine.office.local import LocalOffice
from krn_engine.register.backup import unsealed


@dataclass(frozen=True, slots=True)
class Workplace:
    """`connect` gives an adapter to the meter of a number, of a model; None where no meter can be connected."""

    office: Office
    place: str
    connect: Callable[[str, str], MeterAdapter] | None = None
    models: tuple[Model, ...] = (Model(DEFAULT_MODEL, DEFAULT_MODEL),)
    """The meter models that can be connected, the common one first."""
    printer: Printer | None = None
    office_name: str = "PLN"
    look_ups: LookUps = field(default_factory=LookUps)
    pin: Pin | None = None
    """The PIN that a technician gives before typing into meters; None: no PIN is asked for."""
    vault: Vault | None = None
    """The vending keys that are held here, for the check of their values; the office is what uses them."""
    vault_guarded: bool = False
    """Nobody can take this machine away unseen, so a vault may stand here."""
    events: EventLog = field(default_factory=EventLog)
    generations: Generations = field(default_factory=Generations)
    """Whether register and vault are older than they were."""
    rows_sealed: bool = False
    """The rows in the register are sealed."""
    unsealed_files: Callable[[], int] = lambda: 0
    """How many files hold rows in the clear: the register itself, what it was before, copies, half-made ones."""
    half_list: Callable[[], KrnError | None] = lambda: None
    """What is to be said of a list of which half is in the register; None if there is none."""
    of_other_units: Callable[[], int] = lambda: 0
    """How many customers of the register belong to units that this kiosk is not for."""
    folders: tuple[Path, ...] = ()
    """Where records are kept: there must be room."""
    restart_file: Path | None = None
    """A file that asks for a restart once the home screen is left alone; the nightly timer makes it."""
    help_line: str = HELP_LINE
    counter: str = ""
    """What the place is called where people are helped; empty: the counter."""
    """The telephone number that screens and slips send a person to."""
    headphones: str | None = None
    """The ALSA device on which the screens are to be read aloud; None: nobody wants it."""
    voice: Voice | None = None
    """Reads the screens aloud; None although there are `headphones`: a program for it is not installed."""
    demo: bool = False
    """Everything here is invented; the screens say so."""
    clock: Callable[[], float] = time.monotonic
    """The time that passes at the meter."""
    wait: Callable[[float], None] | None = None
    """Waits for so many seconds between two rows; None: on the real clock, until the session is cancelled."""

    @property
    def adapters(self) -> tuple[AdapterKind, ...]:
        """What can put rows into a meter here, the usual one first."""
        return (AdapterKind.HAND,) if self.connect is None else (AdapterKind.KEYPAD, AdapterKind.HAND)

    def model(self, name: str) -> Model:
        """The model of a name; an unknown one is drawn with the usual keys."""
        return next((model for model in self.models if model.name == name), Model(name, name))

    @property
    def has_staff(self) -> bool:
        """Staff have screens of their own: behind the PIN, or in the demo."""
        return self.pin is not None or self.demo


@contextmanager
def configured_workplace(config: Config) -> Iterator[Workplace]:
    """The workplace that a configuration describes. Raises ClockWrong, and what `opened_workplace` raises."""
    require_clock()
    with opened_workplace(config) as here:
        yield here


@contextmanager
def opened_workplace(config: Config) -> Iterator[Workplace]:
    """The same, whatever the clock tells. Raises what opening its campaign, register, vault and PIN raises."""
    campaign = _campaign(config)
    with open_register(config) as register:
        vault = _vault(config)
        generations = Generations(_kept(config, "generations.json"))
        generations.found(Kept.REGISTER, register.generation())
        generations.found(Kept.VAULT, None if vault is None else vault.generation)
        register.on_write(partial(generations.found, Kept.REGISTER))
        yield replace(
            _workplace(config, LocalOffice(register, campaign, vault), vault, generations),
            rows_sealed=register.is_sealed(),
            unsealed_files=lambda: len(unsealed(config.register_file, config.backups)) + register.is_to_be_wiped(),
            half_list=register.half_list,
            of_other_units=partial(register.of_other_units, config.units) if config.units else lambda: 0,
        )
        generations.keep()


def workplace_around(config: Config, office: Office) -> Workplace:
    """The workplace with another office than its register's, which could not be opened.

    Raises what opening its campaign, vault and PIN raises.
    """
    _campaign(config)
    return _workplace(config, office, _vault(config), Generations(_kept(config, "generations.json")))


def _campaign(config: Config) -> Campaign:
    return Campaign.default() if config.campaign is None else Campaign.read(config.campaign)


def _vault(config: Config) -> Vault | None:
    return None if config.vault is None else Vault.read(config.vault, from_system(config.passphrase_file))


def _workplace(config: Config, office: Office, vault: Vault | None, generations: Generations) -> Workplace:
    pin = None if config.technician_pin is None else Pin(config.technician_pin, _kept(config, "pin-misses.json"))
    events = EventLog(_kept(config, "last-errors.json"))
    if generations.older:
        events.note(Event.OLDER_FILE)
    if vault is not None and not config.vault_guarded:
        events.note(Event.VAULT_UNGUARDED)
    return Workplace(
        office,
        config.place,
        _connector(config),
        all_models(),
        None if config.printer is None else EscposPrinter(config.printer, config.paper),
        config.office_name,
        LookUps(
            Budget(
                _kept(config, "customers.json"),
                per_hour=config.customers_per_hour,
                per_day=config.customers_per_day,
            )
        ),
        pin,
        vault=vault,
        vault_guarded=config.vault_guarded,
        events=events,
        generations=generations,
        folders=config.folders,
        restart_file=_restart_file(),
        help_line=config.help_line,
        counter=config.counter,
        headphones=config.headphones,
        voice=find_voice(config.headphones),
    )


def _restart_file() -> Path | None:
    """In the folder that systemd makes for a service. What an earlier run left there has been done."""
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder is None:
        return None
    wanted = Path(folder) / "restart"
    wanted.unlink(missing_ok=True)
    return wanted


def all_models() -> tuple[Model, ...]:
    """Every meter model that the keypad adapter has a profile for."""
    return tuple(
        Model(profile.name, profile.title, profile.layout, profile.maker, profile.series, profile.enter)
        for profile in profiles()
    )


def _kept(config: Config, name: str) -> Path | None:
    return None if config.state is None else config.state / name


def _connector(config: Config) -> Callable[[str, str], MeterAdapter] | None:
    socket = config.meter_socket
    return None if socket is None else lambda _meter_number, model: MeterProcess(socket, model)
