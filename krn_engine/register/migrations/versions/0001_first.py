"""The first shape of the register."""

from alembic import op

from krn_engine.register.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table. While this is the only version, the tables themselves are its text."""
    metadata.create_all(op.get_bind())
