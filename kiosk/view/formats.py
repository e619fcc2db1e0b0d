"""Numbers and times as Indonesia writes them, and numbers in English. One place, so that all read the same."""

from datetime import UTC, datetime

from krn_engine.office.words.formats import percentage, thousands

__all__ = ["date_and_time", "day_and_time", "local", "percentage", "thousands"]


def date_and_time(at: datetime) -> str:
    """Day, month, year, hour and minute: "23-11-2026 14.30", in the zone of `at`."""
    return at.strftime("%d-%m-%Y %H.%M")


def day_and_time(at: datetime) -> str:
    """Day, month, hour and minute, for lists of recent things: "23-11 14.30"."""
    return at.strftime("%d-%m %H.%M")


def local(seconds: float) -> datetime:
    """The moment of a count of seconds since 1970, in this machine's zone."""
    return datetime.fromtimestamp(seconds, UTC).astimezone()
