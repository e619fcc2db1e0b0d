"""Numbers and days as Indonesia writes them, and numbers in English. One place, so that all read the same."""

from datetime import date

from krn_engine.office.words.texts import INDONESIAN


def thousands(number: int, language: str = INDONESIAN) -> str:
    """With dots between thousands, "1.300"; with commas in English."""
    return f"{number:,}".replace(",", ".") if language == INDONESIAN else f"{number:,}"


def percentage(percent: float, language: str = INDONESIAN) -> str:
    """With two decimals, rounded: "59,61"; with a point in English."""
    return f"{percent:.2f}".replace(".", ",") if language == INDONESIAN else f"{percent:.2f}"


def a_day(number: float, language: str = INDONESIAN) -> str:
    """A mean: whole where it is large, "1.385", and with one decimal where it is small, "1,4"."""
    if round(number, 1) >= 10 or number == int(number):
        return thousands(round(number), language)
    return f"{number:.1f}".replace(".", ",") if language == INDONESIAN else f"{number:.1f}"


def whole_day(day: date) -> str:
    """Day, month and year: "23-11-2026"."""
    return day.strftime("%d-%m-%Y")
