"""What an office's service stands on, and how often who may ask it."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.issuing.sources.port import Health
from krn_engine.office.access.callers import Callers, Known
from krn_engine.office.access.limits import Limits
from krn_engine.office.access.sessions import PREFIX, Sessions
from krn_engine.office.audit.key import PublicKey
from krn_engine.office.chat.running import Chats
from krn_engine.office.contract import Office
from krn_engine.office.local import LocalOffice
from krn_engine.office.net_errors import OfficeNotReady
from krn_engine.office.server.bounded import SECONDS
from krn_engine.office.server.log import ServiceLog
from krn_engine.office.server.metrics import Metrics
from krn_engine.office.server.source_states import SourceStates
from krn_engine.office.wire.asked import Scope
from krn_engine.office.words.texts import HELP_LINE
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterFull, RegisterTooNew
from krn_engine.register.schema import SCHEMA, revision_of

PER_MINUTE: Mapping[Scope, int] = {Scope.KIOSK: 240, Scope.OFFICER: 240, Scope.REPORT: 60, Scope.ADMIN: 240}
"""Requests of one caller. A customer's session at a kiosk needs some twenty."""
STRANGERS = 20
"""Requests of one address without a good token."""
BODY_SECONDS = 10.0
"""Within which all of a request has to be here."""
READY = "ready"
ROOM = 200 * 1024 * 1024
"""Bytes that have to be free where the register is a file."""
Check = Callable[[], None]
"""Raises why the office cannot work; returns if it can, in this respect."""


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of one process of the service."""

    office: LocalOffice
    register: Register
    callers: Callers
    limits: Limits
    log: ServiceLog
    checks: Mapping[str, Check]
    """By the name under which `/readyz` tells of it."""
    sessions: Sessions
    sources: SourceStates
    metrics: Metrics = field(default_factory=Metrics)
    per_minute: Mapping[Scope, int] = field(default_factory=lambda: PER_MINUTE)
    strangers: int = STRANGERS
    body_seconds: float = BODY_SECONDS
    ready_seconds: float = SECONDS
    help_line: str = HELP_LINE
    """The telephone number that people are sent to."""
    behind_proxy: bool = False
    """Whether a proxy on this machine says where somebody comes from."""
    units: tuple[str, ...] = ()
    """The units whose customers the register is for; none: all."""
    audit_keys: tuple[PublicKey, ...] = ()
    """By which the signatures of the audit's checkpoints are looked at."""

    chats: Chats | None = None
    """Which chats it answers; None: none."""

    def know(self, token: str | None) -> Known:
        """Who asks with this token. Raises CallerUnknown, SessionOver."""
        if token is not None and token.startswith(PREFIX):
            return self.sessions.know(token)
        return self.callers.know(token)

    def require_ready(self) -> None:
        """Raises OfficeNotReady, which names each part that is missing, and each source, with its code."""
        missing = []
        for name, check in self.checks.items():
            try:
                check()
            except KrnError as error:
                missing.append(f"{name} ({error.code})")
        if missing:
            states = (f"{source_of(health)} {health.code or READY}" for health in self.sources.told())
            told = "; ".join((", ".join(missing), f"sources: {', '.join(states) or 'none'}"))
            raise OfficeNotReady(f"the office cannot work now: {told}")

    def ready(self) -> dict[str, Any]:
        """What `/readyz` says. Raises OfficeNotReady."""
        self.require_ready()
        states = [
            {"source": health.kind.value, "sgcs": [str(sgc) for sgc in health.sgcs], "state": health.code or READY}
            for health in self.sources.told()
        ]
        return {"ready": list(self.checks), "sources": states}


def source_of(health: Health) -> str:
    """A source as staff call it: there may be two of a kind, of other supply groups."""
    return " ".join((health.kind.value, *map(str, health.sgcs)))


def checks_of(office: Office, register: Register, sources: SourceStates, folder: Path | None) -> dict[str, Check]:
    """Whether the database answers, has the tables of this release, any source gives rows, and there is disk left."""
    checks: dict[str, Check] = {
        "database": office.ping,
        "migration": partial(_require_revision, register),
        "rows": sources.require,
    }
    return checks if folder is None else {**checks, "disk": partial(_require_room, folder)}


def _require_revision(register: Register) -> None:
    with register.read() as connection:
        if revision_of(connection) != SCHEMA:
            raise RegisterTooNew("the register was changed by another version of this program")


def _require_room(folder: Path) -> None:
    if shutil.disk_usage(folder).free < ROOM:
        raise RegisterFull("the disk is almost full")
