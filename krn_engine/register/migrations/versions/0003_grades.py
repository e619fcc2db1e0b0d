"""Evidence has a grade, staff can say what a meter holds, endings are kept; what a mere word closed is open again.

Until here an outcome by "customer" moved a meter's key state like any other. Such an outcome becomes a claim, and the
key state goes back to the last that was proved, or else to what the import said: the state that the claimed key
change began from.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CUSTOMER, ACCEPTED = "customer", "accepted"
STATE_FIELDS = ("ea", "dkga", "sgc", "ti", "krn", "kt", "base_date")
"""In the order in which a key state is written out."""

outcomes = sa.table(
    "outcomes",
    *(sa.column(name, sa.String) for name in ("key_change_id", "outcome", "evidence", "by", "grade")),
    *(sa.column(name, sa.Integer) for name in ("id", "section")),
)
key_changes = sa.table(
    "key_changes",
    *(sa.column(name, sa.String) for name in ("id", "from_state", "to_state", "source", "rows")),
    sa.column("meter_id", sa.Integer),
)
meters = sa.table(
    "meters",
    *(sa.column(name, sa.String) for name in ("sgc", "ti", "key_state_by")),
    *(sa.column(name, sa.Integer) for name in ("id", "krn", "base_date", "ken")),
)


def upgrade() -> None:
    """Make the column and the tables, grade what is there, and open what was only claimed."""
    op.add_column("outcomes", sa.Column("grade", sa.String(length=16), nullable=True))
    claims = sa.text("grade = 'customer'")
    op.create_index("ix_outcomes_claims", "outcomes", ["key_change_id"], sqlite_where=claims, postgresql_where=claims)
    op.create_table(
        "endings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("ending", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("krn", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("at_place", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_endings_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endings")),
    )
    op.create_index(op.f("ix_endings_meter_id"), "endings", ["meter_id"], unique=False)
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("krn", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at_place", sa.String(length=64), nullable=False),
        sa.Column("after_outcome", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("krn IS NULL OR krn BETWEEN 1 AND 9", name=op.f("ck_statements_krn")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_statements_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_meter_id"), "statements", ["meter_id"], unique=False)
    connection = op.get_bind()
    _grade(connection)
    _open(connection)


def _grade(connection: sa.Connection) -> None:
    """By who gave the evidence, as versions before this one wrote it."""
    o = outcomes.c
    of_registers = sa.or_(o.evidence.like("04: %"), o.evidence.like("%; 04: %"), o.evidence.like("64: %"))
    grade = sa.case(
        (o.by == CUSTOMER, CUSTOMER), (o.by == "person", "technician"), (of_registers, "register"), else_="sensor"
    )
    connection.execute(sa.update(outcomes).where(o.by != "").values(grade=grade))


def _open(connection: sa.Connection) -> None:
    """Meters that stand further than anything proves go back, one after the other."""
    o, k, m = outcomes.c, key_changes.c, meters.c
    claimed = (
        sa.select(k.meter_id)
        .select_from(key_changes.join(outcomes, o.key_change_id == k.id))
        .where(o.grade == CUSTOMER, o.outcome == ACCEPTED, k.source == "engine")
    )
    moved = sa.select(m.id, m.krn).where(m.id.in_(claimed), m.key_state_by == "outcome", m.krn.is_not(None))
    for meter_id, krn in connection.execute(moved).all():
        changes = connection.execute(
            sa.select(k.id, k.from_state, k.to_state, k.rows).where(k.meter_id == meter_id, k.source == "engine")
        ).all()
        heard = connection.execute(
            sa.select(o.key_change_id, o.section, o.outcome, o.grade)
            .where(o.key_change_id.in_([change.id for change in changes]))
            .order_by(o.id)
        ).all()
        state, by = _state(changes, heard)
        if state["krn"] < krn:
            back = {name: state[name] for name in ("sgc", "ti", "krn", "base_date")}
            # What the list said of the old key's KEN was written over; the next list says it again.
            values = back | {"ken": None, "key_state_by": by}
            connection.execute(sa.update(meters).where(m.id == meter_id).values(values))


def _state(changes: Iterable[Any], heard: Iterable[Any]) -> tuple[dict[str, Any], str]:
    """The furthest key state that is proved, or the one that the first claimed key change began from; and by what."""
    last: dict[str, dict[int, str]] = defaultdict(dict)
    claimed = set()
    for row in heard:
        if row.grade == CUSTOMER and row.outcome == ACCEPTED:
            claimed.add(row.key_change_id)
        else:
            last[row.key_change_id][row.section] = row.outcome
    proved = [
        _read(change.to_state)
        for change in changes
        if [last[change.id].get(section) for section in range(1, len(change.rows.split()) + 1)]
        == [ACCEPTED] * len(change.rows.split())
    ]
    if proved:
        return max(proved, key=lambda state: state["krn"]), "outcome"
    began = [_read(change.from_state) for change in changes if change.id in claimed]
    return min(began, key=lambda state: state["krn"]), "import"


def _read(state: str) -> dict[str, Any]:
    parts = dict(zip(STATE_FIELDS, state.split("/"), strict=True))
    return {name: part if name in ("sgc", "ti") else int(part) for name, part in parts.items()}
