"""What is kept of chats: in `chat.db` beside a SQLite register, or as tables in the register's own PostgreSQL.

Times are seconds since 1970. `chat` is a chat's name here: an HMAC of what its provider calls it. What came and what
goes out is wiped as soon as it is done with; of a message its hashed name stays for as long as its provider may bring
it again.
"""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, MetaData, String, Table, Text

FILE = "chat.db"
HASHED = String(64)
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

of_chats = MetaData()
inbox = Table(
    "chat_inbox",
    of_chats,
    Column("id", _NUMBER, primary_key=True),  # the order of arrival
    Column("key", HASHED, nullable=False, unique=True),  # HMAC of provider and message id
    Column("provider", String(16), nullable=False),
    Column("chat", HASHED),  # NULL: nobody can be answered
    Column("address", Text),  # JSON of `Address`; NULL once it is done
    Column("payload", LargeBinary),  # as it came; NULL once it is done
    Column("come_at", Double, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("ended_at", Double, index=True),
    Column("aside", Boolean, nullable=False, default=False),  # nobody could read or answer it
)
Index("ix_chat_inbox_waits", inbox.c.id, sqlite_where=inbox.c.waits, postgresql_where=inbox.c.waits)
Index("ix_chat_inbox_of_chat", inbox.c.chat, inbox.c.id, sqlite_where=inbox.c.waits, postgresql_where=inbox.c.waits)

chats = Table(
    "chat_chats",
    of_chats,
    Column("key", HASHED, primary_key=True),
    Column("known", Text, nullable=False, default=""),  # JSON of `Known`; empty: nothing yet
    Column("held_by", String(32)),  # the process that handles its messages now
    Column("due_at", Double, nullable=False, default=0.0),  # not before
    Column("told_at", Double),  # it was told that its answer takes a while; NULL again with the answer
    Column("seen_at", Double, nullable=False, index=True),
)

outbox = Table(
    "chat_outbox",
    of_chats,
    Column("id", _NUMBER, primary_key=True),
    Column("mark", String(32), nullable=False, unique=True),  # names this answer, also at the provider
    Column("provider", String(16), nullable=False),
    Column("chat", HASHED, nullable=False),
    Column("address", Text),  # JSON of `Address`; NULL once it is sent
    Column("content", Text),  # JSON of `Answer`; NULL once it is sent
    Column("urgent", Boolean, nullable=False),  # before all that is not
    Column("open", Boolean, nullable=False),
    Column("state", String(8), nullable=False),  # a value of `State`
    Column("held_by", String(32)),  # the process that sends it
    Column("again", Boolean, nullable=False, default=False),  # it may have arrived already
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Double, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("ended_at", Double, index=True),
    Column("message", HASHED, index=True),  # HMAC of the provider's name for it
    Column("code", String(16)),  # the provider's, of the last refusal
)
Index("ix_chat_outbox_open", outbox.c.urgent, outbox.c.id, sqlite_where=outbox.c.open, postgresql_where=outbox.c.open)
Index("ix_chat_outbox_of_chat", outbox.c.chat, outbox.c.id, sqlite_where=outbox.c.open, postgresql_where=outbox.c.open)

statuses = Table(
    "chat_statuses",
    of_chats,
    Column("key", HASHED, primary_key=True),  # HMAC of the message's name and what became of it
    Column("mark", String(32), index=True),
    Column("message", HASHED, nullable=False),
    Column("code", String(16)),  # why it failed; NULL: it did not
    Column("fresh", Boolean, nullable=False),  # nobody has looked at it
    Column("come_at", Double, nullable=False, index=True),
)
Index("ix_chat_statuses_fresh", statuses.c.key, sqlite_where=statuses.c.fresh, postgresql_where=statuses.c.fresh)

roles = Table(
    "chat_roles",
    of_chats,
    Column("name", String(32), primary_key=True),  # a process, or what only one of them does
    Column("holder", String(32), nullable=False),
    Column("until", Double, nullable=False),
)
stops = Table(
    "chat_stops",
    of_chats,
    Column("provider", String(16), primary_key=True),
    Column("code", String(16), nullable=False),
    Column("since", Double, nullable=False),
    Column("tried_at", Double, nullable=False),
)
counts = Table(
    "chat_counts",
    of_chats,
    Column("provider", String(16), primary_key=True),
    Column("name", String(16), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
