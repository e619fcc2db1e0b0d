"""People of an office: who they are, what they may ask, and the secret by which they sign in."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from krn_engine.office.access import tries
from krn_engine.office.access.callers import Tell, untold
from krn_engine.office.access.database import Database
from krn_engine.office.access.hashing import kept_as
from krn_engine.office.access.names import OF_THE_MACHINE, is_callers, is_local
from krn_engine.office.access.people_tables import people, sessions
from krn_engine.office.access.people_tables import tries as tried
from krn_engine.office.net_errors import PersonMissing, PersonThere, SecretUnfit
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.people import LONGEST_SECRET, Person
from krn_engine.register.audit.entries import LOCAL, AuditEvent

SHORTEST_PIN, SHORTEST_PASSWORD = 6, 10
FEWEST_DIGITS, FEWEST_SIGNS = 3, 4
"""Different ones, of a PIN and of a password."""
SHORTEST_NAME = 3
"""A shorter one stands in many words."""
UP = "01234567890"
SCOPES = (Scope.OFFICER, Scope.REPORT, Scope.ADMIN)
"""What a person may be: kiosks have tokens."""


class People:
    """Made, changed and taken away by whoever works on the office's machine.

    `clock` gives aware times; `tell` puts into the audit what is about to be done.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC), tell: Tell = untold
    ) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell

    def add(self, name: str, scope: Scope, units: Sequence[str], secret: str) -> None:
        """A person of this name, or one again who was removed. Raises PersonThere, SecretUnfit."""
        name = name.lower()
        if is_local(name):
            raise PersonThere(OF_THE_MACHINE)
        if scope not in SCOPES:
            raise SecretUnfit("a kiosk is enrolled by a code, and does not sign in: krn office enrol")
        require_fit(secret, scope, name)
        says = {
            "scope": scope.value,
            "units": json.dumps(list(units)),
            "secret": kept_as(secret),
            "since": self._clock(),
            "last_seen": None,
            "removed_at": None,
        }
        with self._database.write() as connection:
            found = connection.execute(select(people).where(people.c.name == name)).first()
            if found is not None and found.removed_at is None:
                raise PersonThere("there is somebody of this name: choose another, or remove that person first")
            if is_callers(connection, name, self._clock()):
                raise PersonThere(
                    "a kiosk has this name, or a code for it, and what it says is kept under it: choose another"
                )
            self._tell(AuditEvent.PERSON_ADDED, LOCAL, person=name, scope=scope.value, units=list(units))
            if found is None:
                connection.execute(insert(people).values(name=name, **says))
            else:
                connection.execute(update(people).where(people.c.id == found.id).values(says))
            _forget_tries(connection, name)

    def set_secret(self, name: str, secret: str) -> None:
        """Another PIN or password; the sessions of before end. Raises PersonMissing, SecretUnfit."""
        name = name.lower()
        kept = kept_as(secret)
        with self._database.write() as connection:
            person, scope = _required(connection, name)
            require_fit(secret, scope, name)
            self._tell(AuditEvent.PERSON_CHANGED, LOCAL, person=name)
            connection.execute(update(people).where(people.c.id == person).values(secret=kept))
            connection.execute(delete(sessions).where(sessions.c.person_id == person))
            _forget_tries(connection, name)

    def remove(self, name: str) -> None:
        """From now on nobody signs in by this name, and who is signed in is not let in. Raises PersonMissing."""
        with self._database.write() as connection:
            person, _ = _required(connection, name.lower())
            self._tell(AuditEvent.PERSON_REMOVED, LOCAL, person=name.lower())
            connection.execute(delete(sessions).where(sessions.c.person_id == person))
            connection.execute(update(people).where(people.c.id == person).values(removed_at=self._clock(), secret=""))

    def all(self) -> tuple[Person, ...]:
        """Everybody, by name; removed ones too."""
        with self._database.read() as connection:
            rows = connection.execute(select(people).order_by(people.c.name)).all()
        return tuple(
            Person(row.name, Scope(row.scope), tuple(json.loads(row.units)), row.since, row.last_seen, row.removed_at)
            for row in rows
        )


def require_fit(secret: str, scope: Scope, name: str) -> None:
    """Raises SecretUnfit for a secret that is guessed too soon for what it opens. Digits alone are a PIN."""
    if len(secret) > LONGEST_SECRET or not secret.isprintable():
        raise SecretUnfit(f"a PIN or a password has {LONGEST_SECRET} characters at most, on one line")
    is_pin = secret.isascii() and secret.isdigit()
    if is_pin and scope is not Scope.OFFICER:
        raise SecretUnfit(f"digits alone are too few for scope {scope.value}: choose a password")
    shortest = SHORTEST_PIN if is_pin else SHORTEST_PASSWORD
    if len(secret) < shortest:
        raise SecretUnfit(
            f"too short: a PIN has {SHORTEST_PIN} digits or more, a password {SHORTEST_PASSWORD} characters"
        )
    if len(set(secret)) < (FEWEST_DIGITS if is_pin else FEWEST_SIGNS) or secret in UP or secret in UP[::-1]:
        raise SecretUnfit("this is guessed first: choose another")
    if len(name) >= SHORTEST_NAME and name in secret.lower():
        raise SecretUnfit("a password that has the name in it is guessed first: choose another")


def _required(connection: Connection, name: str) -> tuple[int, Scope]:
    """Number and scope of a person who may sign in. Raises PersonMissing."""
    row = connection.execute(select(people).where(people.c.name == name, people.c.removed_at.is_(None))).first()
    if row is None:
        raise PersonMissing("nobody of this name can sign in: look at the list of all names")
    return row.id, Scope(row.scope)


def _forget_tries(connection: Connection, name: str) -> None:
    connection.execute(delete(tried).where(tried.c.key == tries.of_name(name)))
