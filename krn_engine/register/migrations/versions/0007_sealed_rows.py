"""Rows can be kept sealed, or be gone: what is asked of them without their digits is in columns of its own.

A set of ready-made rows has the digest that its states are named after, and how many rows it has; a key change has how
many. All rows of a set stand in one text.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
BATCH = 5000
ROWS = sa.String(length=160)

OLD = sa.table(
    "ready_rows_0006",
    sa.column("meter_id", sa.Integer),
    *(sa.column(name, sa.String) for name in ("kct1a", "kct1b", "kct2a", "kct2b")),
)
NEW = sa.table(
    "ready_rows",
    *(sa.column(name, sa.Integer) for name in ("meter_id", "sections")),
    *(sa.column(name, sa.String) for name in ("set_id", "rows")),
)


def upgrade() -> None:
    """Change both tables; the rows in them stay as they are."""
    _key_changes()
    _ready_rows()


def _key_changes() -> None:
    """In place: other tables refer to it."""
    op.add_column("key_changes", sa.Column("sections", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("key_changes", sa.Column("kept", ROWS, nullable=True))
    op.execute("UPDATE key_changes SET kept = rows, sections = (length(rows) + 1) / 21")
    op.drop_column("key_changes", "rows")
    op.execute("ALTER TABLE key_changes RENAME COLUMN kept TO rows")


def _ready_rows() -> None:
    names = ", ".join(column.name for column in OLD.columns)
    op.execute(f"CREATE TABLE ready_rows_0006 AS SELECT {names} FROM ready_rows")  # noqa: S608  names of columns
    op.drop_table("ready_rows")
    op.create_table(
        "ready_rows",
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.String(length=16), nullable=False),
        sa.Column("sections", sa.Integer(), nullable=False),
        sa.Column("rows", ROWS, nullable=True),
        sa.Column("digest", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_ready_rows_meter_id")),
        sa.PrimaryKeyConstraint("meter_id", name=op.f("pk_ready_rows")),
    )
    connection, last = op.get_bind(), 0
    o = OLD.c
    while found := connection.execute(sa.select(OLD).where(o.meter_id > last).order_by(o.meter_id).limit(BATCH)).all():
        last = found[-1].meter_id
        sets = [(row.meter_id, [text for text in row[1:] if text is not None]) for row in found]
        connection.execute(sa.insert(NEW), [_set(meter_id, rows) for meter_id, rows in sets])
    op.drop_table("ready_rows_0006")


def _set(meter_id: int, rows: list[str]) -> dict[str, object]:
    text = " ".join(rows)
    set_id = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {"meter_id": meter_id, "set_id": set_id, "sections": len(rows), "rows": text}
