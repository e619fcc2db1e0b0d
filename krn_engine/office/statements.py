"""What staff said of a meter: which key state follows from it, and which earlier outcomes it puts aside."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row as SqlRow

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.issuing.key_state import KeyState
from krn_engine.office.queries import STATEMENTS
from krn_engine.sts.identity import BaseDate

Record = SqlRow[Any]
"""A record of the register."""


@dataclass(frozen=True, slots=True)
class Said:
    """What still counts of the statements about one meter. Outcomes are compared by their ids, never by a clock."""

    krn: int | None = None
    """Which KRN it holds, as it was said last; None: nobody said so."""
    krn_after: int = 0
    """The newest outcome on record when that was said."""
    claims_after: int = 0
    """Claims up to this outcome are taken back."""

    def sets_aside(self, outcome_id: int, new_krn: int | None) -> bool:
        """Whether it contradicts an earlier outcome: that the meter took a row of a key change to `new_krn`.

        Of ready-made rows no KRN is known (None): the statement itself tells which of them are in.
        """
        return self.krn is not None and outcome_id <= self.krn_after and (new_krn is None or new_krn > self.krn)


def said_of(connection: Connection, meter_id: int) -> Said:
    """What still counts of what was said of a meter."""
    said = Said()
    for row in connection.execute(STATEMENTS, {"meter_id": meter_id}):
        said = (
            Said(said.krn, said.krn_after, row.after_outcome)
            if row.krn is None
            else Said(row.krn, row.after_outcome, row.after_outcome)
        )
    return said


def key_state_with(meter: Record, krn: int, changes: Iterable[Record], campaign: Campaign) -> dict[str, Any]:
    """The columns of a meter's key state if it holds this KRN. What nothing tells is None: a list may fill it in.

    The meter's own key changes tell it best, then the campaign's hops, then what stands on record.
    """
    if meter.krn == krn:
        return {name: getattr(meter, name) for name in ("sgc", "ti", "krn", "base_date", "ken")}
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
