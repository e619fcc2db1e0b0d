"""How a kiosk and its office stand to each other where nothing is wrong."""

from datetime import UTC, datetime, timedelta

from krn_engine.office.offline.status import OfflineStatus

NOW = datetime.now(UTC)
WELL = OfflineStatus(
    online=True,
    since=NOW,
    code="",
    as_of=NOW,
    lease_until=NOW + timedelta(days=7),
    lease_good=True,
    lease_code="",
    waiting=0,
    refused=0,
    lost=0,
    left_out=0,
    audit_differs=None,
    revoked=False,
)
