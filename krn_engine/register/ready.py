"""Ready-made rows as the register keeps them, and the names of the states between their pairs.

Of such rows no key state is known, so each set gives its own: `ready/SET/0` before its first pair, `ready/SET/1` after
it. Other rows are another set. SET is a digest, by which sets are told apart without opening them.
"""

import hashlib
from collections.abc import Sequence

from krn_engine.register.seal import Keeper
from krn_engine.row import Row

PAIR = 2
"""Rows of one key change."""
_BEGINS = "ready/"
READY_COLUMNS = ("set_id", "sections", "rows")
"""The columns of `ready_rows`, and of a staged line."""


def ready_record(meter_number: str, rows: Sequence[Row], keeper: Keeper) -> dict[str, object]:
    """The columns of a set."""
    text = " ".join(rows)
    set_id = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {"set_id": set_id, "sections": len(rows), "rows": keeper.close(text, *ready_place(meter_number, set_id))}


def ready_place(meter_number: str, set_id: str) -> tuple[str, str]:
    """What the rows of a set are bound to."""
    return meter_number, f"{_BEGINS}{set_id}"


def ready_states(set_id: str, sections: int) -> list[str]:
    """The states before, between and after its pairs."""
    return [f"{_BEGINS}{set_id}/{number}" for number in range(sections // PAIR + 1)]


def is_ready_state(state: str) -> bool:
    """Whether a state is one of those, and not a key state that is written out."""
    return state.startswith(_BEGINS)
