"""The office's service as the settings describe it: its register, its rows, and who may ask."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from kiosk.opening import campaign_of, office_config, open_register, vault_of
from kiosk.settings.config import Config
from kiosk.version import version
from krn_engine.issuing.sources.opening import open_sources
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.capabilities import Capabilities
from krn_engine.office.access.database import Database
from krn_engine.office.access.limits import Limits
from krn_engine.office.access.sessions import Sessions
from krn_engine.office.audit.keeper import kept as kept_chain
from krn_engine.office.audit.key import key_from_system
from krn_engine.office.audit.telling import Teller
from krn_engine.office.chat.conversation import Conversation
from krn_engine.office.chat.elsewhere import units_of
from krn_engine.office.chat.running import Chats, answering
from krn_engine.office.chat.settings import ChatSettings
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.webhooks import chat_site
from krn_engine.office.door.site import door_site
from krn_engine.office.home.address import page_at
from krn_engine.office.home.site import home_site
from krn_engine.office.local import LocalOffice
from krn_engine.office.server.app import Site, build_app
from krn_engine.office.server.log import ServiceLog
from krn_engine.office.server.service import Service, checks_of
from krn_engine.office.server.source_states import SourceStates
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.web.site import web_site
from krn_engine.register.errors import RegisterDamaged

FACTORY = "kiosk.serving:app_of_environment"
SITES: tuple[Site, ...] = (home_site, door_site, chat_site, web_site)
"""What the service shows beside its operations."""
_SETTINGS = "KRN_OFFICE_SETTINGS"
"""The variable in which the first process tells the others where the settings are: paths and a URL, no secret of it."""


@contextmanager
def service_of(config: Config, *, behind_proxy: bool = False) -> Iterator[Service]:
    """The service of these settings. Raises what opening its campaign, register, vault, sources and keys raises."""
    campaign = campaign_of(config)
    with (
        open_register(config) as register,
        Database.of_callers(config.register) as kept,
        Database.of_counts(config.register) as counted,
        closing(open_sources(config.sources, vault_of(config))) as sources,
        kept_chain(register, key := key_from_system(config.audit_key)),
    ):
        pages = None if config.home_url is None else Capabilities(kept, page_at(config.home_url))
        office = LocalOffice(register, campaign, sources=sources, capabilities=pages)
        callers = Callers(kept, tell=Teller(register))
        states = SourceStates(register, sources)
        file = config.register_file
        folder = None if file is None else file.absolute().parent
        log = ServiceLog(callers.log_key())
        register.on_damage(partial(log.note, ServiceEvent.REGISTER_DAMAGED, code=RegisterDamaged.code))
        with chats_of(config, office, log, callers.log_key()) as chats:
            yield Service(
                office,
                register,
                callers,
                Limits(counted),
                log,
                checks_of(office, register, states, folder),
                Sessions(kept),
                states,
                help_line=config.help_line,
                behind_proxy=behind_proxy,
                units=tuple(config.units or ()),
                audit_keys=() if key is None else (key.public,),
                chats=chats,
            )


@contextmanager
def chats_of(config: Config, office: LocalOffice, log: ServiceLog, key: bytes) -> Iterator[Chats | None]:
    """The chats of these settings, answered as long as this lasts; None: there are none. `key` hashes names.

    Raises ChatSettingsInvalid, ChatSecretMissing, and what a database can be refused with.
    """
    if config.chats is None:
        yield None
        return
    providers, secrets = ChatSettings.read(config.chats).opened()
    with ExitStack() as opened:
        for provider in providers.values():
            opened.callback(provider.close)
        chats = Chats(Store(opened.enter_context(Store.opened(config.register)), key), providers, secrets)
        converse = {name: _conversation(config, office, f"chat {name}") for name in providers}
        opened.enter_context(answering(chats, converse, log, config.help_line))
        yield chats


def _conversation(config: Config, office: LocalOffice, place: str) -> Conversation:
    return Conversation(office.acting_for(place), place, config.help_line, units_of(config.other_units))


def app_of(service: Service, close: Callable[[], object] = lambda: None) -> Any:
    """Its application. `close` is called when a process of it has ended its work."""
    return build_app(service, version(), close, SITES)


@contextmanager
def told_by_environment(register: str | None, path: Path | None, *, behind_proxy: bool = False) -> Iterator[None]:
    """Processes that are started meanwhile make the application of these settings."""
    os.environ[_SETTINGS] = json.dumps([register, None if path is None else str(path.absolute()), behind_proxy])
    try:
        yield
    finally:
        del os.environ[_SETTINGS]


def app_of_environment() -> Any:
    """The application in a process that another one has started."""
    register, path, behind_proxy = json.loads(os.environ[_SETTINGS])
    config = office_config(register, None if path is None else Path(path))
    opened = service_of(config, behind_proxy=behind_proxy)
    service = opened.__enter__()
    return app_of(service, lambda: opened.__exit__(None, None, None))
