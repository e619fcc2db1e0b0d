"""The first shape of the register."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "meters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=13), nullable=False),
        sa.Column("ea", sa.Integer(), nullable=True),
        sa.Column("dkga", sa.Integer(), nullable=True),
        sa.Column("sgc", sa.String(length=6), nullable=True),
        sa.Column("ti", sa.String(length=2), nullable=True),
        sa.Column("krn", sa.Integer(), nullable=True),
        sa.Column("kt", sa.Integer(), nullable=True),
        sa.Column("base_date", sa.Integer(), nullable=True),
        sa.Column("ken", sa.Integer(), nullable=True),
        sa.Column("version_label", sa.String(length=8), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("blocked", sa.String(length=200), nullable=True),
        sa.Column("key_state_by", sa.String(length=16), nullable=False),
        sa.CheckConstraint("krn IS NULL OR krn BETWEEN 1 AND 9", name=op.f("ck_meters_krn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meters")),
        sa.UniqueConstraint("number", name=op.f("uq_meters_number")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idpel", sa.String(length=12), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("tariff", sa.String(length=8), nullable=False),
        sa.Column("power_va", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.CheckConstraint("length(idpel) = 12", name=op.f("ck_customers_idpel")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_customers_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("idpel", name=op.f("uq_customers_idpel")),
    )
    op.create_index(op.f("ix_customers_meter_id"), "customers", ["meter_id"], unique=False)
    op.create_table(
        "key_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=64), nullable=False),
        sa.Column("to_state", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("rows", sa.String(length=83), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_key_changes_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_changes")),
        sa.UniqueConstraint(
            "meter_id", "from_state", "to_state", name=op.f("uq_key_changes_meter_id_from_state_to_state")
        ),
    )
    op.create_table(
        "ready_rows",
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("kct1a", sa.String(length=20), nullable=False),
        sa.Column("kct1b", sa.String(length=20), nullable=False),
        sa.Column("kct2a", sa.String(length=20), nullable=True),
        sa.Column("kct2b", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(kct2a IS NULL) = (kct2b IS NULL)", name=op.f("ck_ready_rows_pair")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_ready_rows_meter_id")),
        sa.PrimaryKeyConstraint("meter_id", name=op.f("pk_ready_rows")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_change_id", sa.String(length=32), nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at_place", sa.String(length=64), nullable=False),
        sa.Column("attempt_id", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_change_id"], ["key_changes.id"], name=op.f("fk_outcomes_key_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("attempt_id", "outcome", name=op.f("uq_outcomes_attempt_id_outcome")),
    )
    op.create_index(op.f("ix_outcomes_key_change_id"), "outcomes", ["key_change_id"], unique=False)
    op.create_index("ix_outcomes_recorded_at", "outcomes", ["recorded_at"], unique=False)
    op.create_table(
        "requests",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key_change_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["key_change_id"], ["key_changes.id"], name=op.f("fk_requests_key_change_id")),
        sa.PrimaryKeyConstraint("request_id", "position", name=op.f("pk_requests")),
    )
