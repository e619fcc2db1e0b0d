"""A statement keeps which key state it took away, so that a later one can give it back."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What statements took away before this is not known, and stays empty."""
    for name, kind in (
        ("was_sgc", sa.String(length=6)),
        ("was_ti", sa.String(length=2)),
        ("was_krn", sa.Integer()),
        ("was_base_date", sa.Integer()),
        ("was_ken", sa.Integer()),
    ):
        op.add_column("statements", sa.Column(name, kind, nullable=True))
