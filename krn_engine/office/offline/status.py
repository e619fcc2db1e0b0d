"""How a kiosk and its office stand to each other: for the doctor, for staff, and for what is told to the office."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OfflineStatus:
    """Times are aware."""

    online: bool
    """The office answered when it was asked last."""
    since: datetime
    """Since when that is so."""
    code: str
    """Of what the last question ended with; empty: an answer."""
    as_of: datetime | None
    """The office's time that the copy is of; None: there is no whole copy."""
    lease_until: datetime | None
    """Until when rows are given out without the office; None: they are not."""
    lease_good: bool
    """Rows would be given out without the office now."""
    lease_code: str
    """Why not, as a code of docs/errors.md; empty: they would."""
    waiting: int
    """Facts that wait to be delivered."""
    refused: int
    """Facts that the office refused: staff look at them."""
    lost: int
    """Entries of the outbox that a damaged card took."""
    left_out: int
    """Meters that the office could not tell of."""
    audit_differs: datetime | None
    """Since when the office's audit is not what this kiosk has seen of it; None: it is."""
    revoked: bool
    """The office has revoked this kiosk."""
    other: bool = False
    """Another office answers than the one that the facts are for."""
    uncounted: bool = False
    """More entries than `lost` may be gone: nobody can tell how many."""
