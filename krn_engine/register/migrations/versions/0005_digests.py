"""A digest for every record, and the generation of the register. What fills them is made anew after each migration."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to each table that is watched, and the counter."""
    watched = "meters", "customers", "ready_rows", "key_changes", "requests", "outcomes", "endings", "statements"
    for table in watched:
        op.add_column(table, sa.Column("digest", sa.BigInteger(), nullable=True))
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "generation", "value": 0}])
