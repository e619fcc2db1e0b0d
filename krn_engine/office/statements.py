"""What staff said of a meter: which key state follows from it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row as SqlRow

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.issuing.key_state import KeyState
from krn_engine.office.contract import Statement
from krn_engine.office.errors import StatementRefused
from krn_engine.sts.identity import BaseDate

Record = SqlRow[Any]
"""A record of the register."""
STATE = ("sgc", "ti", "krn", "base_date", "ken")
"""The columns of a meter that a statement moves."""
LOWEST_KRN, HIGHEST_KRN = 1, 9
_WAS = "was_"
"""Begins the names of the columns in which a statement keeps what it took away."""


def require_said(statement: Statement) -> None:
    """Somebody says it, for a reason, and of a KRN that there is. Raises StatementRefused."""
    if not statement.reason.strip() or not statement.by.strip():
        raise StatementRefused("a statement needs a reason and the name of who makes it")
    if statement.krn is not None and not LOWEST_KRN <= statement.krn <= HIGHEST_KRN:
        raise StatementRefused(f"a KRN is {LOWEST_KRN} to {HIGHEST_KRN}")


def state_before(meter: Record) -> dict[str, Any]:
    """The columns in which a statement keeps the key state that it takes away from a meter."""
    return {_WAS + name: getattr(meter, name) for name in STATE}


def key_state_with(
    meter: Record, krn: int, changes: Iterable[Record], earlier: Iterable[Record], campaign: Campaign
) -> dict[str, Any]:
    """The columns of a meter's key state if it holds this KRN. What nothing tells is None: a list may fill it in.

    Best is what stands on record; then what the newest of the `earlier` statements took away, the newest first; then
    the meter's own key changes, then the campaign's hops.
    """
    if meter.krn == krn:
        return {name: getattr(meter, name) for name in STATE}
    known = {"ken": None} | _told(meter, krn, changes, campaign)
    before = next((statement for statement in earlier if statement.was_krn == krn), None)
    if before is None:
        return known
    kept = {name: getattr(before, _WAS + name) for name in STATE}
    return {name: known[name] if value is None else value for name, value in kept.items()}


def _told(meter: Record, krn: int, changes: Iterable[Record], campaign: Campaign) -> dict[str, Any]:
    """What key changes and hops tell."""
    for state in _states(changes):
        if int(state.krn) == krn:
            return {"sgc": str(state.sgc), "ti": str(state.ti), "krn": krn, "base_date": int(state.base_date)}
    hop = next((hop for hop in campaign.hops if int(hop.krn) == krn), None)
    left = [hop for hop in campaign.hops if meter.krn is not None and krn < int(hop.krn) <= meter.krn]
    known: dict[str, Any] = {
        # A hop that the meter did not make after all cannot have given it these.
        "sgc": None if any(hop.sgc for hop in left) else meter.sgc,
        "ti": None if any(hop.ti for hop in left) else meter.ti,
        "krn": krn,
        # It never goes back, and there is none before the first.
        "base_date": meter.base_date if left and meter.base_date == BaseDate.Y1993 else None,
    }
    if hop is not None:
        known["base_date"] = int(hop.base_date)
        known |= {name: str(value) for name, value in (("sgc", hop.sgc), ("ti", hop.ti)) if value is not None}
    return known


def _states(changes: Iterable[Record]) -> Iterable[KeyState]:
    for change in changes:
        for text in (change.from_state, change.to_state):
            try:
                yield KeyState.parse(text)
            except KeyStateUnknown:
                continue
