"""Which meters belong to some units: those of whose customers one does, or has no unit that anybody knows."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, select

from krn_engine.register.tables import customers, meters

_NEXT_METERS = (
    select(meters.c.id).where(meters.c.id > bindparam("after")).order_by(meters.c.id).limit(bindparam("most"))
)
_OF_RANGE = (
    select(customers.c.meter_id, customers.c.unit)
    .where(customers.c.meter_id > bindparam("after"), customers.c.meter_id <= bindparam("last"))
    .order_by(customers.c.meter_id)
    .distinct()
)
_OF_METERS = select(customers.c.meter_id, customers.c.unit).where(
    customers.c.meter_id.in_(bindparam("ids", expanding=True))
)


class Units:
    """Some units, or all. They are compared here and not by the database: no two of those agree on small letters."""

    def __init__(self, names: Collection[str]) -> None:
        """None: all."""
        self._names = {name.casefold() for name in names}

    def has(self, unit: str) -> bool:
        """Whether customers of this unit are its own; those of no unit are everybody's."""
        return not self._names or not unit or unit.casefold() in self._names

    def any_of(self, units: Iterable[str]) -> bool:
        """Whether one of these is."""
        return any(map(self.has, units))

    def next_meters(self, connection: Connection, after: int, most: int) -> tuple[list[int], int | None]:
        """Its meters among the next `most` of the register, by id, and the last of those; None: there are no more."""
        ids = connection.execute(_NEXT_METERS, {"after": after, "most": most}).scalars().all()
        if not ids:
            return [], None
        last = ids[-1]
        found = connection.execute(_OF_RANGE, {"after": after, "last": last})
        # A dictionary keeps the order of the meters, each once.
        return list(dict.fromkeys(meter for meter, unit in found if self.has(unit))), last

    def own(self, connection: Connection, ids: Collection[int]) -> set[int]:
        """Which of these meters are its own."""
        found = connection.execute(_OF_METERS, {"ids": list(ids)})
        return {meter for meter, unit in found if self.has(unit)}
