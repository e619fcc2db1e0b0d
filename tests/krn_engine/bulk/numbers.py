"""Meter numbers whose check digit fits."""

import random

from krn_engine.sts.identity import luhn_digit


def a_number(dice: random.Random, length: int) -> str:
    """One of 11 or 13 digits."""
    payload = "".join(dice.choices("0123456789", k=length - 1))
    return payload + luhn_digit(payload)
