"""The tables of a kiosk's copy. Its file has those of a register too, of which a few are used.

What is known of rows that were given out stands in the register's own tables (`key_changes`, `outcomes`, `requests`,
`statements`), so that the register's one definition of it (`known_rows`) is asked, online and offline. There a meter's
number is a keyed name, a key change has no rows, and no customer stands anywhere. Their digests are kept by triggers.
"""

from enum import Enum

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint

from krn_engine.register.schema import SCHEMA as OF_REGISTER
from krn_engine.register.tables import Moment, meters

SCHEMA = f"2 {OF_REGISTER}"
"""Of the tables here, and of the register's: a file of another is fetched anew."""


class Kept(Enum):
    """What is known of the copy as a whole. The value is its name there."""

    SCHEMA = "schema"
    CURSOR = "cursor"
    """Where the next page begins, in the office's words."""
    ROUND = "round"
    """How many lists of all meters were begun."""
    LEASE = "lease"
    """As the office signed it."""
    AS_OF = "as-of"
    """The office's time of the last page behind which there was no more."""
    NEWEST = "newest"
    """The newest time that this kiosk has seen."""
    LEFT_OUT = "left-out"
    """How many meters the office could not tell of."""
    REVOKED = "revoked"
    """When the office said that this kiosk is revoked."""
    LOST = "lost"
    """How many entries of the outbox a damaged card took, as far as they could be counted."""
    UNCOUNTED = "lost-uncounted"
    """When entries of it were lost of which nobody can tell how many."""
    OFFICE = "office"
    """The public key of the office that copy and outbox belong to."""
    WITNESS = "witness"
    """The last checkpoint of the office's audit that was seen."""
    DIFFERS = "differs"
    """Since when the office's audit does not hold that."""


copied = MetaData()
records = Table(
    "copied_records",
    copied,
    # What the office told of a meter, sealed: it is as good as its seal.
    Column("meter_id", Integer, ForeignKey(meters.c.id), primary_key=True),
    Column("body", String, nullable=False),
    Column("round", Integer, nullable=False, index=True),  # in which round of lists it was told last
)
names = Table(
    "copied_names",
    copied,
    # Keyed names of customer numbers, and of what they begin with.
    Column("name", String(32), primary_key=True),
    Column("meter_id", Integer, ForeignKey(meters.c.id), primary_key=True, index=True),
    Column("place", Integer, nullable=False),  # which of the meter's customers, from 0; -1: it only begins so
)
kept_facts = Table(
    "copied_facts",
    copied,
    Column("name", String(16), primary_key=True),  # a value of Kept
    Column("value", String, nullable=False),
    Column("digest", BigInteger, nullable=False),  # of both
)
outbox = Table(
    "outbox",
    copied,
    # In the clear, whatever becomes of the key: no row and no customer's name is in it.
    Column("n", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # a value of the wire's Kind
    Column("uuid", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", String, nullable=False),  # JSON, as it is delivered
    Column("digest", BigInteger, nullable=False),  # of the four before it, and of n
    Column("meter_id", Integer, index=True),  # of the copy, where it is known there
    Column("local_id", Integer),  # the record that it made there
    Column("refused_at", Moment),  # by the office; empty: it waits to be delivered
    Column("code", String(16), nullable=False, server_default=""),
    Column("message", String(1000), nullable=False, server_default=""),
    # Whose it is, where the body does not say so and the copy did: staff find the meter without the key. With a digest
    # of its own and of n: a program of before takes an entry by the first one.
    Column("meter_number", String(13), nullable=False, server_default=""),
    Column("number_digest", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("uuid"),
    sqlite_autoincrement=True,
)
