"""One name is one caller or one person, in any case of letters: what they say is kept under it, and so is the audit."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from krn_engine.office.access.database import callers, codes
from krn_engine.office.access.people_tables import people
from krn_engine.office.net_errors import EnrolmentRefused
from krn_engine.register.audit.entries import LOCAL

OF_THE_MACHINE = f"{LOCAL} is what the audit calls who works at the office's own machine: take another name"


def is_local(name: str) -> bool:
    """Whether it is the name of whoever works at the office's own machine."""
    return name.casefold() == LOCAL


def require_no_person(connection: Connection, name: str) -> None:
    """Raises EnrolmentRefused where somebody signs in by this name, or did."""
    if connection.execute(select(people.c.id).where(people.c.name == name.lower())).first() is not None:
        raise EnrolmentRefused("somebody signs in by this name: what they say is kept under it, take another")


def require_one_spelling(connection: Connection, name: str, now: datetime) -> None:
    """Raises EnrolmentRefused where a caller, or a code that waits, has this name in other letters."""
    named = select(callers.c.name).where(func.lower(callers.c.name) == name.lower())
    coded = select(codes.c.name).where(func.lower(codes.c.name) == name.lower(), is_good(now))
    if any(other != name for wanted in (named, coded) for (other,) in connection.execute(wanted)):
        raise EnrolmentRefused("somebody has this name in other small and large letters: take another")


def is_good(now: datetime) -> ColumnElement[bool]:
    """Of the table of codes: those that somebody can still be enrolled by."""
    return (codes.c.expires_at > now) & (codes.c.tries_left > 0)


def is_callers(connection: Connection, name: str, now: datetime) -> bool:
    """Whether a kiosk or another program is enrolled by this name, was, or can be by a code that was made."""
    named = select(callers.c.id).where(func.lower(callers.c.name) == name.lower())
    coded = select(codes.c.name).where(func.lower(codes.c.name) == name.lower(), is_good(now))
    return any(connection.execute(wanted).first() is not None for wanted in (named, coded))
