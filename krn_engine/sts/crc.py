"""The token's CRC-16 (IEC 62055-41, 6.3.7): x^16 + x^15 + x^2 + 1, reflected, start 0xFFFF, bytes swapped."""


def _table() -> tuple[int, ...]:
    entries = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)  # noqa: PLW2901  the register shifts in place
        entries.append(value)
    return tuple(entries)


_TABLE = _table()


def crc16(data: bytes) -> int:
    """CRC of `data`, as the 16-bit number that stands in the token."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return (crc & 0xFF) << 8 | crc >> 8


def token_crc(token_class: int, upper48: int) -> int:
    """CRC of a token: over 6 zero bits, 2 class bits and the 48 bits that stand above the CRC."""
    return crc16((token_class << 48 | upper48).to_bytes(7, "big"))


def currency_crc(token_class: int, upper48: int) -> int:
    """CRC_C of the currency tokens (class 0, subclass 4 to 7): the same with a byte 01 appended."""
    return crc16((token_class << 48 | upper48).to_bytes(7, "big") + b"\x01")
