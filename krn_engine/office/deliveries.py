"""Facts that have no name of their own are delivered under one: whoever repeats a delivery changes nothing."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, select

from krn_engine.office.net_errors import DeliveryReused
from krn_engine.register.concurrency import inserted
from krn_engine.register.tables import deliveries
from krn_engine.register.watch import sound


def is_known(connection: Connection, delivery: str | None, content: bytes, at: datetime) -> bool:
    """Whether this was delivered before; if not it is noted, in the transaction of the fact itself.

    None is no delivery. Raises DeliveryReused where another fact came under this name.
    """
    if delivery is None:
        return False
    digest = hashlib.sha256(content).hexdigest()
    if inserted(connection, deliveries, {"id": delivery, "content": digest, "recorded_at": at}):
        return False
    before = select(deliveries.c.content).where(deliveries.c.id == delivery, sound(deliveries))
    if connection.execute(before).scalar_one() != digest:
        raise DeliveryReused("another fact was delivered under this name before: give each its own")
    return True
