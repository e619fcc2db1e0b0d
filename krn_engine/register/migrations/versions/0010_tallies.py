"""What a progress report goes by is kept, unit by unit. Whoever migrates counts it after this, with the watch on."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    op.create_table(
        "tallies",
        sa.Column("unit", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("blocked", "stated", "whole")),
        *(
            sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)
            for name in ("krn", "sections", "proved", "claimed")
        ),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(
            *("unit", "blocked", "stated", "whole", "krn", "sections", "proved", "claimed"), name=op.f("pk_tallies")
        ),
    )
