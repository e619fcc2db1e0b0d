"""Token identifier: the minute at which a token was made (IEC 62055-41, 6.3.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from krn_engine.sts.errors import FieldOutOfRange
from krn_engine.sts.identity import BaseDate

MINUTES_A_DAY = 24 * 60
RESERVED_MINUTE = 1
"""00:01 of every day is kept for special tokens; an ordinary token of that minute takes the next one (STS 531)."""


@dataclass(frozen=True, slots=True, order=True)
class Tid:
    """24 bits: whole minutes since the base date, 0 to 16,777,215."""

    minutes: int

    def __post_init__(self) -> None:
        if type(self.minutes) is not int or not 0 <= self.minutes < 1 << 24:
            raise FieldOutOfRange(
                "this time cannot be written in a token: it lies before the base date or after its roll-over"
            )

    @classmethod
    def at(cls, moment: datetime, base: BaseDate) -> "Tid":
        """The identifier of a token made at `moment` (aware; seconds are cut off, 00:01 UTC becomes 00:02).

        Raises FieldOutOfRange before the base date or after the roll-over, ValueError for a naive time.
        """
        if moment.tzinfo is None:
            raise ValueError("a token's time needs a time zone")
        minutes = (moment.astimezone(UTC) - base.start) // timedelta(minutes=1)
        return cls(minutes + 1 if minutes % MINUTES_A_DAY == RESERVED_MINUTE else minutes)

    def moment(self, base: BaseDate) -> datetime:
        """The minute that the identifier stands for, in UTC."""
        return base.start + timedelta(minutes=self.minutes)

    def __int__(self) -> int:
        return self.minutes
