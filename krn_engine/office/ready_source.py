"""Ready-made rows as a source of rows: those of one meter, as the register keeps them."""

from datetime import datetime

from krn_engine.issuing.errors import SourceRefused
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.sources.port import Asked, Health, ReadySet, SourceKind
from krn_engine.office.errors import RowsGone
from krn_engine.office.statements import Record
from krn_engine.register.ready import PAIR, ready_place
from krn_engine.register.seal import Keeper
from krn_engine.row import Row
from krn_engine.sts.identity import Ken

GONE = "the rows of this meter went with a key that was lost: import the list with its ready-made rows again"


class ReadySource:
    """The set of one found record. It lives as long as the transaction that found it."""

    kind = SourceKind.READY
    waits = False
    repeats = True

    def __init__(self, meter: Record, keeper: Keeper) -> None:
        self._meter = meter
        self._keeper = keeper

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        """See `RowSource.rows`: one pair of the set. Raises RowsGone."""
        if not isinstance(asked, ReadySet) or asked.set_id != self._meter.set_id:
            raise SourceRefused("these are the ready-made rows of another set")
        if self._meter.rows is None:
            raise RowsGone(GONE)
        rows = self._keeper.open(self._meter.rows, *ready_place(self._meter.number, asked.set_id)).split()
        return tuple(map(Row, rows[PAIR * asked.pair : PAIR * (asked.pair + 1)]))

    def ken_of(self, _state: KeyState) -> Ken | None:
        """Of ready-made rows only the rows are known."""
        return None

    def health(self, _at: datetime) -> Health:
        """They are in the register: it answers, or nothing does."""
        return Health(self.kind, ())

    def close(self) -> None:
        """Nothing is open."""
