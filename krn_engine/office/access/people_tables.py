"""Where people, their sessions and their wrong tries are kept: tables of the database of callers."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from krn_engine.office.access.database import UNITS, kept
from krn_engine.register.tables import Moment

people = Table(
    "access_people",
    kept,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False, unique=True),  # in small letters
    Column("scope", String(16), nullable=False),  # a value of Scope
    Column("units", UNITS, nullable=False),  # JSON: a list of strings; empty: all
    Column("secret", String(200), nullable=False),  # the PHC string of a PIN or a password
    Column("since", Moment, nullable=False),
    Column("last_seen", Moment),  # signed in
    Column("removed_at", Moment),
)
sessions = Table(
    "access_sessions",
    kept,
    Column("id", String(16), primary_key=True),  # the part of its token that may be seen
    Column("person_id", Integer, ForeignKey("access_people.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of the whole token
    Column("seen_at", Moment, nullable=False),  # to the minute
    Column("expires_at", Moment, nullable=False),
)
tries = Table(
    "access_tries",
    kept,
    Column("key", String(80), primary_key=True),  # hashed: whose name, or from which address
    Column("number", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
)
