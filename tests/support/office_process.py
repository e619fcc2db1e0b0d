"""Who asks a service that runs in processes of its own."""

from collections.abc import Sequence

from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Patience, Way
from krn_engine.office.wire.asked import Scope


def tokens_of(register: str, *names: str, scope: Scope = Scope.KIOSK, units: Sequence[str] = ()) -> list[str]:
    """Tokens of new callers at the office on a register."""
    with Database.of_callers(register) as kept:
        callers = Callers(kept)
        codes = [callers.make_code(name, scope, units) for name in names]
        return [str(callers.enrol(code.name, str(code.code)).token) for code in codes]


def remote(url: str, token: str, patience: Patience | None = None) -> RemoteOffice:
    """An office at a URL, asked over connections of its own."""
    return RemoteOffice(Way(url, patience=patience), lambda: token)
