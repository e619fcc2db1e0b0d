"""A data set of IEC 62056-21 as a meter sends it."""

from functools import reduce
from operator import xor

BODY = b"0-0:C.1.0(01234567890)\r\n1-0:1.8.0(000123.4*kWh)(26-01-01)\r\n96.50.1(3)\r\n!\r\n"


def block(body: bytes = BODY) -> bytes:
    """The body between its signs, with its check character (exclusive or, from behind STX to ETX)."""
    checked = body + b"\x03"
    return b"\x02" + checked + bytes((reduce(xor, checked),))
