"""The tables of the register. Every ID and token is a string: leading zeros are real.

The digest of a record covers all else of it (`watch`). `migrations/` brings an older database here; a test holds the
two together.
"""

from datetime import UTC, datetime
from enum import Enum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite drops the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time with ValueError."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time in the register needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always in UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class KeyStateBy(Enum):
    """What told the key state that a meter's record has."""

    IMPORT = "import"
    """A worklist."""
    OUTCOME = "outcome"
    """An upgrade that was proved: newer than any list."""
    STATEMENT = "statement"
    """Somebody of the office who looked at the meter: newer than any list too."""


class Counter(Enum):
    """What the register counts. The value is its name there."""

    COPY = "copy"
    """The number of the last copy that was made."""
    ENDED = "ended"
    """No count but how the register was ended last (`closing`). SQLite only."""
    GENERATION = "generation"
    """How many transactions have written: an older file that was put back has a smaller one. SQLite only."""
    LEFTOVERS = "leftovers"
    """1: what may be kept no longer can still stand in free pages of the file, or in its log. SQLite only."""
    LIST = "list"
    """The last line that is in of a list which goes in, from 1; 0 or not there: no list goes in. SQLite only."""
    SEAL = "seal"
    """No count but the check value of the key that the rows are sealed under; not there: they are in the clear."""
    UNCOUNTED = "uncounted"
    """1: the tallies are wrong, or damaged, and are counted anew by who asks for them next."""
    SCHEMA = "schema"
    """No count but the digest of the schema and its revision. SQLite only."""


class RowOrigin(Enum):
    """What the rows of a key change follow from. By which source is not kept: the same keys give the same rows."""

    ENGINE = "engine"
    """From the key states, by vending keys: the vault's, or those in a module."""
    READY = "ready"
    """Ready-made, from a worklist."""


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KEPT_ROWS = String(160)
"""Rows of 20 digits, separated by spaces, in the clear or sealed (`seal`); NULL: they went with a key that was lost."""

meters = Table(
    "meters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(13), nullable=False, unique=True),
    # What of the key state is not known stays empty; then only ready-made rows can be issued.
    Column("ea", Integer),
    Column("dkga", Integer),
    Column("sgc", String(6)),
    Column("ti", String(2)),
    Column("krn", Integer),
    Column("kt", Integer),
    Column("base_date", Integer),
    Column("ken", Integer),
    Column("version_label", String(8)),  # VKRN of the utility's own lists, kept as it is written
    Column("installed_on", Date),
    Column("blocked", String(200)),  # why nothing may be issued, in words; empty: it may
    Column("key_state_by", String(16), nullable=False),  # a value of KeyStateBy
    Column("digest", BigInteger),
    CheckConstraint("krn IS NULL OR krn BETWEEN 1 AND 9", name="krn"),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("idpel", String(12), nullable=False, unique=True),
    Column("meter_id", Integer, ForeignKey("meters.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),  # masked; empty: not known
    Column("tariff", String(8), nullable=False),
    Column("power_va", Integer),
    Column("unit", String(16), nullable=False),
    Column("digest", BigInteger),
    CheckConstraint("length(idpel) = 12", name="idpel"),
)

ready_rows = Table(
    "ready_rows",
    metadata,
    Column("meter_id", Integer, ForeignKey("meters.id"), primary_key=True),
    Column("set_id", String(16), nullable=False),  # a digest of the rows, after which their states are named
    Column("sections", Integer, nullable=False),  # how many rows it has: 2 or 4
    Column("rows", KEPT_ROWS),
    Column("digest", BigInteger),
)

key_changes = Table(
    "key_changes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("meter_id", Integer, ForeignKey("meters.id"), nullable=False),
    Column("from_state", String(64), nullable=False),  # the key state it starts from, written out
    Column("to_state", String(64), nullable=False),
    Column("source", String(8), nullable=False),  # a value of RowOrigin
    Column("issued_at", Moment, nullable=False),
    Column("digest", BigInteger),
    Column("sections", Integer, nullable=False, server_default="0"),  # how many rows it has: 2 or 4
    Column("rows", KEPT_ROWS),
    UniqueConstraint("meter_id", "from_state", "to_state"),
)

requests = Table(
    "requests",
    metadata,
    # Which key changes a request was answered with: the same request gets the same rows, whatever came since.
    Column("request_id", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("key_change_id", String(32), ForeignKey("key_changes.id"), nullable=False),
    Column("digest", BigInteger),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_change_id", String(32), ForeignKey("key_changes.id"), nullable=False, index=True),
    Column("section", Integer, nullable=False),  # which row of the key change, from 1
    Column("outcome", String(16), nullable=False),  # a value of RowOutcome
    Column("evidence", String(200), nullable=False),
    Column("by", String(64), nullable=False),  # who or what gave the evidence
    Column("at_place", String(64), nullable=False),  # which kiosk or counter
    Column("attempt_id", String(64), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("grade", String(16)),  # how good the evidence is, a value of Grade; empty: there is none
    Column("digest", BigInteger),
    UniqueConstraint("attempt_id", "outcome"),
)

Index("ix_outcomes_recorded_at", outcomes.c.recorded_at)

Index(
    "ix_outcomes_claims",
    outcomes.c.key_change_id,
    sqlite_where=outcomes.c.grade == "customer",
    postgresql_where=outcomes.c.grade == "customer",
)

endings = Table(
    "endings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meter_id", Integer, ForeignKey("meters.id"), nullable=False, index=True),
    Column("ending", String(16), nullable=False),
    Column("code", String(16), nullable=False),  # the reason for staff; empty: the meter is upgraded
    Column("krn", Integer),  # what the meter showed at the end, if anybody saw it
    Column("grade", String(16)),  # who or what saw it, a value of Grade
    Column("proved", Boolean, nullable=False),
    Column("at_place", String(64), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("digest", BigInteger),
)

statements = Table(
    "statements",
    metadata,
    # What staff say of a meter. Never changed: what is said later counts more.
    Column("id", Integer, primary_key=True),
    Column("meter_id", Integer, ForeignKey("meters.id"), nullable=False, index=True),
    Column("krn", Integer),  # which KRN it holds; empty: only what customers claimed is taken back
    Column("reason", String(200), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at_place", String(64), nullable=False),
    # The newest outcome of all at that time, 0: none. An order by ids, because a clock may go back.
    Column("after_outcome", Integer, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("digest", BigInteger),
    # The meter's key state until then, which this statement took the place of; empty: not known, or none was moved.
    Column("was_sgc", String(6)),
    Column("was_ti", String(2)),
    Column("was_krn", Integer),
    Column("was_base_date", Integer),
    Column("was_ken", Integer),
    CheckConstraint("krn IS NULL OR krn BETWEEN 1 AND 9", name="krn"),
)

deliveries = Table(
    "deliveries",
    metadata,
    # Facts that came over a network and have no name of their own; the same delivery twice is one fact.
    Column("id", String(36), primary_key=True),  # a UUID of whoever sent it
    Column("content", String(64), nullable=False),  # SHA-256 of what was delivered
    Column("recorded_at", Moment, nullable=False),
    Column("digest", BigInteger),
)

tallies = Table(
    "tallies",
    metadata,
    # How many meters of one unit are alike in all that a progress report goes by, whatever the campaign (`tally`).
    Column("unit", String(16), primary_key=True),  # that of the meter's customers, the first by name; empty: none
    Column("blocked", Boolean, primary_key=True),
    Column("stated", Boolean, primary_key=True),  # its key state is what staff said
    Column("whole", Boolean, primary_key=True),  # all of its key state is known
    Column("krn", Integer, primary_key=True, autoincrement=False),  # 0: not known
    Column("sections", Integer, primary_key=True, autoincrement=False),  # ready-made rows; 0: there are none
    # Of them, a bit for each pair that is in; without ready-made rows, how many key changes up to its KRN were proved.
    Column("proved", Integer, primary_key=True, autoincrement=False),
    # A bit for each pair that only a customer says is in; without ready-made rows, so many steps of the KRN.
    Column("claimed", Integer, primary_key=True, autoincrement=False),
    # How the last session at it ended, and its reason, as `endings` has them; empty: none ever ended, or for no reason.
    Column("ending", String(16), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("meters", Integer, nullable=False),
    Column("digest", BigInteger),
)

audit = Table(
    "audit",
    metadata,
    # What was done, by whom: written in the transaction that did it, never changed (`audit`).
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("event", String(32), nullable=False),  # a value of AuditEvent
    Column("meter_id", Integer),  # no foreign key: an entry outlives what it is about
    Column("body", Text, nullable=False),  # the text that is hashed; the columns before it repeat what it says
    # Its place in the chain and the hash there; both empty: not sealed yet, which does not happen on SQLite.
    Column("seq", BigInteger, unique=True),
    Column("hash", LargeBinary(32)),
    CheckConstraint("(seq IS NULL) = (hash IS NULL)", name="sealed"),
)

Index("ix_audit_meter_id_seq", audit.c.meter_id, audit.c.seq)
Index(
    "ix_audit_unsealed",
    audit.c.id,
    sqlite_where=audit.c.seq.is_(None),
    postgresql_where=audit.c.seq.is_(None),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    # The hash that the chain had at a place, signed: whoever keeps a copy elsewhere can tell if it was rewritten.
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),  # Ed25519
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(16), primary_key=True),  # a value of Counter
    Column("value", BigInteger, nullable=False),
)
