"""How a record becomes a digest, and the functions with which SQLite makes and checks it.

64 bits of BLAKE2b over all that a record holds: enough to see any bit that flips on a card. It is no secret and no
seal: whoever can write the file can make a digest too (docs/decisions/0014).
"""

import sqlite3
from hashlib import blake2b

from krn_engine.interruption import require_none, swallowed_in

DAMAGED = "krn: a damaged record is left as it is"
"""What a trigger says that refuses a change of a damaged record."""
DAMAGED_RECORDS = "damaged_records"
"""A view of the register that counts them, table by table: each release of the register tells of itself."""


def digest_of(*values: object) -> int:
    """A signed number of 64 bits, as SQLite keeps it. Values of different types differ: 1, "1", 1.0 and None."""
    return int.from_bytes(blake2b(ascii(values).encode("ascii"), digest_size=8).digest(), "big", signed=True)


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that triggers, queries and the view call."""
    connection.create_function("krn_digest", -1, digest_of, deterministic=True)
    connection.create_function("krn_sound", -1, _sound, deterministic=True)


def _sound(digest: object, *values: object) -> bool:
    """True, or the query that asks for it ends in an error: a damaged record is not read as if it were another."""
    if digest_of(*values) != digest:
        raise ValueError
    return True


swallowed_in(digest_of, _sound)


def count_damaged(connection: sqlite3.Connection) -> int:
    """How many records are damaged; none in a register of a release that kept no digests. Reads all of it."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (DAMAGED_RECORDS,)).fetchone()
    if known is None:
        return 0
    prepare(connection)
    found = connection.execute(f"SELECT sum(records) FROM {DAMAGED_RECORDS}").fetchone()  # noqa: S608  a constant
    return int(found[0])


def tells_of_damage(error: object) -> bool:
    """Whether an error of SQLite is about a damaged record: a wrong digest, or one that cannot be made.

    Raises KeyboardInterrupt where that was what ended the making of a digest.
    """
    said = str(error) if isinstance(error, sqlite3.Error) else ""
    if "user-defined function raised" in said:
        require_none()
        return True
    return DAMAGED in said
