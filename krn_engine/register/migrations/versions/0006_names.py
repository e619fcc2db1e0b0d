"""A register keeps masked names only: what a customer at the glass may see is all that whoever takes the card gets."""

import sqlalchemy as sa
from alembic import op

from krn_engine.masking import mask_name

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
BATCH = 5000

customers = sa.table("customers", sa.column("id", sa.Integer), sa.column("name", sa.String))


def upgrade() -> None:
    """Mask every name. What is left of them in free pages is wiped after the commit."""
    connection = op.get_bind()
    c = customers.c
    change = sa.update(customers).where(c.id == sa.bindparam("whose")).values(name=sa.bindparam("masked"))
    last = 0
    while found := connection.execute(
        sa.select(c.id, c.name).where(c.id > last, c.name != "").order_by(c.id).limit(BATCH)
    ).all():
        last = found[-1].id
        connection.execute(change, [{"whose": row.id, "masked": mask_name(row.name)} for row in found])
