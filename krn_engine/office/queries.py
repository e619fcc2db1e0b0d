"""The office's questions to the register, built once."""

from sqlalchemy import bindparam, func, select

from krn_engine.register.known import known_rows
from krn_engine.register.tables import customers, key_changes, meters, outcomes, ready_rows, requests, statements
from krn_engine.register.watch import sound

FOUND = (
    select(
        customers.c.idpel,
        customers.c.name,
        customers.c.tariff,
        customers.c.power_va,
        meters,
        ready_rows.c.set_id,
        ready_rows.c.sections,
        ready_rows.c.rows,
    )
    .select_from(customers.join(meters).outerjoin(ready_rows))
    .where(sound(customers, meters, ready_rows))
    .limit(1)
)
BY_IDPEL = FOUND.where(customers.c.idpel == bindparam("digits"))
BY_METER = FOUND.where(meters.c.number == bindparam("digits"))
IDPEL_BEGINS = select(customers.c.id).where(customers.c.idpel.between(bindparam("low"), bindparam("high"))).limit(1)
CHANGES_OF_REQUEST = (
    select(key_changes, meters.c.number)
    .select_from(requests.join(key_changes).join(meters))
    .where(requests.c.request_id == bindparam("request_id"), sound(requests, key_changes, meters))
    .order_by(requests.c.position)
)
CHANGE = select(key_changes).where(key_changes.c.id == bindparam("change"), sound(key_changes))
METER_OF_CHANGE = (
    select(meters.c.number).select_from(key_changes.join(meters)).where(key_changes.c.id == bindparam("change"))
)
"""For the lock of the meter alone: neither record is checked."""
CHANGES_OF_METER = select(key_changes).where(key_changes.c.meter_id == bindparam("meter_id"), sound(key_changes))
KNOWN_ROWS = known_rows(
    of_outcomes=outcomes.c.key_change_id.in_(bindparam("ids", expanding=True)),
    of_statements=statements.c.meter_id == bindparam("meter_id"),
)
"""Of key changes of one meter, which were read and checked before."""
CHANGES_OF_METERS = select(key_changes).where(
    key_changes.c.meter_id.in_(bindparam("meters", expanding=True)), sound(key_changes)
)
KNOWN_ROWS_OF_MANY = known_rows(
    of_outcomes=outcomes.c.key_change_id.in_(bindparam("ids", expanding=True)),
    of_statements=statements.c.meter_id.in_(bindparam("meters", expanding=True)),
)
"""The same of many meters."""
METER_ID = select(meters.c.id).where(meters.c.number == bindparam("digits"), sound(meters))
METER = select(meters).where(meters.c.id == bindparam("meter_id"), sound(meters))
STATEMENTS_OF_METER = (
    select(statements)
    .where(statements.c.meter_id == bindparam("meter_id"), sound(statements))
    .order_by(statements.c.id.desc())
)
NEWEST_OUTCOME = select(func.coalesce(func.max(outcomes.c.id), 0))
