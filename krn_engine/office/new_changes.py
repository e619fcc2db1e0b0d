"""A new record of a key change, and its id: the same wherever and whenever the same rows are given out.

A kiosk that has no network gives rows out of its copy; what it reports later must be about the very change that the
office would have made. So the id follows from the meter, the two key states and the rows. Who does not know the rows
cannot work it out, and it tells nothing of them or of the meter: two rows have 128 bits.
"""

import hashlib
from datetime import datetime
from typing import Any

from krn_engine.office.remaining import RemainingChange
from krn_engine.office.statements import Record
from krn_engine.register.seal import Keeper
from krn_engine.register.tables import RowOrigin

_MARK = "krn-key-change-1"
_ID_SIGNS = 32


def change_id(meter_number: str, from_state: str, to_state: str, rows: str) -> str:
    """The id of a key change with these rows, which are separated by spaces: 32 hexadecimal digits."""
    # Neither a number, nor a state, nor digits and spaces hold a line break.
    text = "\n".join((_MARK, meter_number, from_state, to_state, rows))
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_SIGNS]


def new_record(meter: Record, change: RemainingChange, rows: str, keeper: Keeper, at: datetime) -> dict[str, Any]:
    """The record of a key change that is issued now."""
    states = change.from_state, change.to_state
    return record_of(meter.id, meter.number, states, change.source, rows, keeper, at)


def record_of(
    meter_id: int, number: str, states: tuple[str, str], source: RowOrigin, rows: str, keeper: Keeper, at: datetime
) -> dict[str, Any]:
    """The same for a meter that is told by its id and its number, and a change by the states that it joins."""
    return {
        "id": change_id(number, *states, rows),
        "meter_id": meter_id,
        "from_state": states[0],
        "to_state": states[1],
        "source": source.value,
        "sections": rows.count(" ") + 1,
        "rows": keeper.close(rows, number, *states),
        "issued_at": at,
    }
