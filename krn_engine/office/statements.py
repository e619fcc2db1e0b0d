"""What staff said of a meter: which key state follows from it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row as SqlRow

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.issuing.key_state import KeyState
from krn_engine.sts.identity import BaseDate

Record = SqlRow[Any]
"""A record of the register."""


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
