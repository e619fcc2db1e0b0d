"""Numbers and times as Indonesia writes them, and numbers in English. One place, so that all read the same."""

from datetime import UTC, datetime

from kiosk.view.parts import INDONESIAN


def thousands(number: int, language: str = INDONESIAN) -> str:
    """With dots between thousands, "1.300"; with commas in English."""
    return f"{number:,}".replace(",", ".") if language == INDONESIAN else f"{number:,}"


def percentage(percent: float, language: str = INDONESIAN) -> str:
    """With two decimals, rounded: "59,61"; with a point in English."""
    return f"{percent:.2f}".replace(".", ",") if language == INDONESIAN else f"{percent:.2f}"


def date_and_time(at: datetime) -> str:
    """Day, month, year, hour and minute: "23-11-2026 14.30", in the zone of `at`."""
    return at.strftime("%d-%m-%Y %H.%M")


def day_and_time(at: datetime) -> str:
    """Day, month, hour and minute, for lists of recent things: "23-11 14.30"."""
    return at.strftime("%d-%m %H.%M")


def local(seconds: float) -> datetime:
    """The moment of a count of seconds since 1970, in this machine's zone."""
    return datetime.fromtimestamp(seconds, UTC).astimezone()
