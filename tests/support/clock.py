"""A time that moves when it is told to."""

from datetime import UTC, datetime


class Clock:
    """Gives `now`, which a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now
