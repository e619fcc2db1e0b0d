"""What one kiosk or terminal works with: its office, its name, and the meter at the end of its wire."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.adapter import AdapterKind, MeterAdapter, Model
from hardware.client import MeterProcess
from hardware.keypad.models import DEFAULT_MODEL, profiles
from hardware.optical.models import read_model
from hardware.printer.escpos import EscposPrinter
from hardware.printer.port import Printer
from hardware.voice import Voice, find_voice
from kiosk.clock import require_clock
from kiosk.event_log import Event, EventLog
from kiosk.generations import Generations, Kept
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.limits.pin import Pin
from kiosk.opening import campaign_of, open_register, vault_of
from kiosk.settings.config import Config
from kiosk.view.parts import HELP_LINE
from krn_engine.errors import KrnError
from krn_engine.issuing.sources.opening import open_sources
from krn_engine.issuing.sources.port import Health, SourceKind
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.vault import Vault
from krn_engine.office.access.capabilities import Capabilities
from krn_engine.office.access.database import Database
from krn_engine.office.audit.standing import AuditStanding, standing_of
from krn_engine.office.contract import Office
from krn_engine.office.home.address import page_at
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.heartbeat import Outbox
from krn_engine.register.backup import unsealed
from krn_engine.register.errors import RegisterDamaged

if TYPE_CHECKING:
    from kiosk.office_link import OfficeLink
    from krn_engine.office.offline.office import OfflineOffice


@dataclass(frozen=True, slots=True)
class Workplace:
    """`connect` gives an adapter to the meter of a number, of a model; None where no meter can be connected."""

    office: Office
    place: str
    connect: Callable[[str, str], MeterAdapter] | None = None
    models: tuple[Model, ...] = (Model(DEFAULT_MODEL, DEFAULT_MODEL),)
    """The meter models whose keys can be pressed, the common one first."""
    by_keys: bool = True
    """Whether a meter that can be connected is reached through its keys."""
    light: Model | None = None
    """The model of the meters that are reached by light; None: no optical head."""
    printer: Printer | None = None
    office_name: str = "PLN"
    look_ups: LookUps = field(default_factory=LookUps)
    pin: Pin | None = None
    """The PIN that a technician gives before typing into meters; None: no PIN is asked for."""
    vault: Vault | None = None
    """The vending keys that are held here, for the check of their values; the office is what uses them."""
    link: "OfficeLink | None" = None
    """The office on the network that this kiosk belongs to; None: its register is here."""
    outbox: Callable[[], Outbox | None] = lambda: None
    """How many facts wait here for the office; None: they go there at once."""
    offline: "OfflineOffice | None" = None
    """That office as this kiosk holds it: with a copy and an outbox, for the time when it gives no answer."""
    closed: Callable[[], KrnError | None] = lambda: None
    """Why nothing may be shown to anybody now, by what was found out in the background; None: nothing is wrong."""
    row_sources: Callable[[], tuple[Health, ...]] = lambda: ()
    """Whether each source of rows that is a module can give rows now."""
    vault_guarded: bool = False
    """Nobody can take this machine away unseen, so a vault may stand here."""
    events: EventLog = field(default_factory=EventLog)
    generations: Generations = field(default_factory=Generations)
    """Whether register and vault are older than they were."""
    rows_sealed: bool = False
    """The rows in the register are sealed."""
    unsealed_files: Callable[[], int] = lambda: 0
    """How many files hold rows in the clear: the register itself, what it was before, copies, half-made ones."""
    require_whole: Callable[[], None] = lambda: None
    """Reads all of the register; raises RegisterDamaged."""
    half_list: Callable[[], KrnError | None] = lambda: None
    """What is to be said of a list of which half is in the register; None if there is none."""
    audit: Callable[[], AuditStanding | None] = lambda: None
    """How far the audit of the register is; None where there is none to tell of."""
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
        return (*self.wires, AdapterKind.HAND)

    @property
    def wires(self) -> tuple[AdapterKind, ...]:
        """What of that does it without a hand. Light comes first: it takes a second, and the meter itself answers."""
        if self.connect is None:
            return ()
        has = {AdapterKind.OPTICAL: self.light is not None, AdapterKind.KEYPAD: self.by_keys}
        return tuple(kind for kind in has if has[kind])

    @property
    def usual_model(self) -> Model:
        """The model that is taken where nobody was asked for it."""
        return self.models[0] if self.light is None else self.light

    def model(self, name: str) -> Model:
        """The model of a name; an unknown one is drawn with the usual keys."""
        known = self.models if self.light is None else (*self.models, self.light)
        return next((model for model in known if model.name == name), Model(name, name))

    def by_light(self, model: str) -> bool:
        """Whether a meter of this model is reached by light."""
        return self.light is not None and self.light.name == model

    @property
    def has_staff(self) -> bool:
        """Staff have screens of their own: behind the PIN, or in the demo."""
        return self.pin is not None or self.demo


@contextmanager
def configured_workplace(config: Config) -> Iterator[Workplace]:
    """The workplace that a configuration describes. Raises ClockWrong, and what `opened_workplace` raises."""
    require_clock()
    with opened_workplace(config, keeps=True) as here:
        yield here


@contextmanager
def opened_workplace(config: Config, *, keeps: bool = False) -> Iterator[Workplace]:
    """The same, whatever the clock tells. `keeps`: the copy of an office on the network is kept up to date meanwhile.

    Raises what opening its campaign, register, vault, sources and PIN raises; with an office on the network
    ServiceRefused, NotEnrolled and CertificateMissing, and it asks that office nothing yet.
    """
    if config.office_url is not None:
        with _networked_workplace(config, keeps=keeps) as here:
            yield here
        return
    campaign = campaign_of(config)
    with open_register(config) as register:
        vault = vault_of(config)
        generations = Generations(_kept(config, "generations.json"))
        generations.found(Kept.REGISTER, register.generation())
        generations.found(Kept.VAULT, None if vault is None else vault.generation)
        register.on_write(partial(generations.found, Kept.REGISTER))
        with closing(open_sources(config.sources, vault)) as sources, _pages(config) as pages:
            office = LocalOffice(register, campaign, sources=sources, capabilities=pages)
            here = _workplace(config, office, vault, generations)
            register.on_damage(partial(here.events.note, Event.REGISTER_DAMAGED, RegisterDamaged.code))
            yield replace(
                here,
                row_sources=lambda: _modules(sources),
                rows_sealed=register.is_sealed(),
                unsealed_files=lambda: len(unsealed(config.register_file, config.backups)) + register.is_to_be_wiped(),
                require_whole=register.require_whole,
                half_list=register.half_list,
                audit=partial(standing_of, register, config.audit_key),
                of_other_units=partial(register.of_other_units, config.units) if config.units else lambda: 0,
            )
        generations.keep()


@contextmanager
def _pages(config: Config) -> Iterator[Capabilities | None]:
    """What lets customers in to their pages at home; None: there are no pages."""
    if config.home_url is None:
        yield None
        return
    with Database.of_callers(config.register) as kept:
        yield Capabilities(kept, page_at(config.home_url))


@contextmanager
def _networked_workplace(config: Config, *, keeps: bool) -> Iterator[Workplace]:
    """A kiosk of an office on the network."""
    # Only such a kiosk has a use for them, and they take long to import.
    from kiosk.office_link import opened_link  # noqa: PLC0415
    from kiosk.offline import opened_offline  # noqa: PLC0415

    with opened_link(config) as link, opened_offline(config, link.office, keeps=keeps) as (office, happens):

        def outbox() -> Outbox:
            status = office.status
            return Outbox(status.waiting, status.refused)

        here = replace(_workplace(config, office, None, Generations()), link=link, offline=office, outbox=outbox)
        happens.are_noted_in(here.events)
        yield here


def workplace_around(config: Config, office: Office) -> Workplace:
    """The workplace with another office than its register's, which could not be opened.

    Raises what opening its campaign, vault and PIN raises.
    """
    if config.office_url is not None:
        return _workplace(config, office, None, Generations())
    campaign_of(config)
    return _workplace(config, office, vault_of(config), Generations(_kept(config, "generations.json")))


def _modules(sources: Sources) -> tuple[Health, ...]:
    """The vault's keys are told one by one."""
    return tuple(health for health in sources.health(datetime.now(UTC)) if health.kind is not SourceKind.VAULT)


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
        config.keypad,
        None if config.optical_model is None else light_model(config.optical_model),
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


def light_model(name: str) -> Model:
    """A meter model that is reached by light. Raises ProfileInvalid for one that there is not."""
    known = read_model(name)
    return Model(known.name, known.title, maker=known.maker, series=known.series)


def _kept(config: Config, name: str) -> Path | None:
    return None if config.state is None else config.state / name


def _connector(config: Config) -> Callable[[str, str], MeterAdapter] | None:
    socket = config.meter_socket
    return None if socket is None else lambda _meter_number, model: MeterProcess(socket, model)
