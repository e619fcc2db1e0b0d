"""Everything that the service does, in one table: routes, the OpenAPI document and the tests are made of it."""

from krn_engine.office.server.operations.audit import OF_AUDIT
from krn_engine.office.server.operations.callers import OF_CALLERS
from krn_engine.office.server.operations.copies import OF_COPIES
from krn_engine.office.server.operations.kiosks import OF_KIOSKS
from krn_engine.office.server.operations.meters import OF_METERS
from krn_engine.office.server.operations.operation import Operation
from krn_engine.office.server.operations.people import OF_PEOPLE
from krn_engine.office.server.operations.units import OF_UNITS

OPERATIONS: tuple[Operation, ...] = (
    *OF_METERS,
    *OF_CALLERS,
    *OF_AUDIT,
    *OF_COPIES,
    *OF_UNITS,
    *OF_KIOSKS,
    *OF_PEOPLE,
)
