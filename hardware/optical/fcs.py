"""The check sequence of an HDLC frame: FCS-16 (ISO/IEC 13239, 4.2.5; RFC 1662, appendix C)."""

GENERATOR = 0x8408
"""x**16 + x**12 + x**5 + 1, the lowest power first, as the bits are on the line."""


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (GENERATOR if value & 1 else 0)
    return value


_TABLE = tuple(_entry(byte) for byte in range(256))


def fcs(data: bytes) -> bytes:
    """The two octets that follow `data` on the line, low octet first: the HCS of a header or the FCS of a frame."""
    value = 0xFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return (value ^ 0xFFFF).to_bytes(2, "little")
