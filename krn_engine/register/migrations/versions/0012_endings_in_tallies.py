"""A tally tells how the last session ended too. Whoever migrates counts it anew after this, with the watch on."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ALIKE = ("unit", "blocked", "stated", "whole", "krn", "sections", "proved", "claimed", "ending", "code")


def upgrade() -> None:
    """Make the table anew, empty."""
    op.drop_table("tallies")
    op.create_table(
        "tallies",
        sa.Column("unit", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("blocked", "stated", "whole")),
        *(
            sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)
            for name in ("krn", "sections", "proved", "claimed")
        ),
        *(sa.Column(name, sa.String(length=16), nullable=False) for name in ("ending", "code")),
        sa.Column("meters", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint(*ALIKE, name=op.f("pk_tallies")),
    )
