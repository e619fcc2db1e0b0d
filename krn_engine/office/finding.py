"""What a person is told of a found record: the customer, and how the meter stands."""

from datetime import datetime

from sqlalchemy import Connection

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.urgency import assess
from krn_engine.masking import mask_name
from krn_engine.office.contract import (
    Blocked,
    Customer,
    Due,
    FindWarning,
    Found,
    NothingToDo,
    Standing,
    Unclear,
)
from krn_engine.office.due import due_of
from krn_engine.office.remaining import Issues, remaining_by
from krn_engine.office.statements import Record
from krn_engine.sts.identity import BaseDate, Ken


def found_of(
    connection: Connection,
    record: Record,
    campaign: Campaign,
    at: datetime,
    warnings: tuple[FindWarning, ...] = (),
    standing: Standing | None = None,
) -> Found:
    """The value for a record of a customer and a meter. `standing`: that of the meter, where it is known already."""
    if standing is None:
        standing = standing_of(connection, record, campaign)
    return Found(
        customer=Customer(mask_name(record.name), record.idpel, record.tariff, record.power_va),
        meter_number=record.number,
        krn=record.krn,
        standing=standing,
        assessment=assess(
            at,
            behind=isinstance(standing, Due),
            installed_on=record.installed_on,
            base_date=None if record.base_date is None else BaseDate.parse(record.base_date),
            ken=None if record.ken is None else Ken(record.ken),
        ),
        warnings=warnings,
    )


def standing_of(connection: Connection, record: Record, campaign: Campaign) -> Standing:
    """How the meter of a found record stands."""
    return standing_by(record, campaign, Issues.of(connection, record))


def standing_by(record: Record, campaign: Campaign, issues: Issues) -> Standing:
    """The same, by what was issued before."""
    if record.blocked:
        return Blocked(record.blocked)
    try:
        changes = remaining_by(record, campaign, issues)
    except KrnError as error:
        return Unclear(error.code, error.message)
    if not changes:
        return NothingToDo(record.krn)
    known = {(change.from_state, change.to_state): change for change in issues.changes()}
    of_these = [known.get((change.from_state, change.to_state)) for change in changes]
    told = iter(issues.known([change for change in of_these if change is not None]))
    return due_of([change.count for change in changes], [None if one is None else next(told) for one in of_these])
