"""Whether bytes are one whole Thrift binary message, before anything is made of them.

Sizes in a message are whatever its sender wrote. A reader that believes them works for minutes on a list of two
thousand million nothings (Apache Thrift, thrift-binary-protocol.md: sizes are signed 32-bit numbers).
"""

import struct

STOP, BOOL, BYTE, DOUBLE, I16, I32, I64, STRING, STRUCT, MAP, SET, LIST = 0, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 15
_FIXED = {BOOL: 1, BYTE: 1, DOUBLE: 8, I16: 2, I32: 4, I64: 8}
_VERSION = 0x8001
_DEEPEST = 16


class NotWellFormed(ValueError):
    """They are not."""


class _Walk:
    """Goes over bytes without keeping any."""

    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0

    def number(self, form: str) -> int:
        value: int = struct.unpack_from(form, self._message, self._skip(struct.calcsize(form)))[0]
        return value

    def text(self) -> None:
        self._skip(self.number(">i"))

    def fields(self, deep: int = 0) -> None:
        while (kind := self.number(">B")) != STOP:
            self._skip(2)
            self._value(kind, deep)

    def end(self) -> None:
        if self._at != len(self._message):
            raise NotWellFormed

    def _skip(self, size: int) -> int:
        at = self._at
        if size < 0 or at + size > len(self._message):
            raise NotWellFormed
        self._at = at + size
        return at

    def _value(self, kind: int, deep: int) -> None:
        if deep > _DEEPEST:
            raise NotWellFormed
        if kind in _FIXED:
            self._skip(_FIXED[kind])
        elif kind == STRING:
            self.text()
        elif kind == STRUCT:
            self.fields(deep + 1)
        elif kind in (LIST, SET):
            self._items((self.number(">B"),), deep)
        elif kind == MAP:
            self._items((self.number(">B"), self.number(">B")), deep)
        else:
            raise NotWellFormed

    def _items(self, kinds: tuple[int, ...], deep: int) -> None:
        count = self.number(">i")
        if count < 0:
            raise NotWellFormed
        # Each item takes a byte at least, or is of no kind: this ends where the message does, whatever it says.
        for _ in range(count):
            for kind in kinds:
                self._value(kind, deep + 1)


def require_well_formed(message: bytes) -> None:
    """Raises NotWellFormed unless it is one message, from its first byte to its last."""
    walk = _Walk(message)
    if walk.number(">H") != _VERSION:
        raise NotWellFormed
    walk.number(">H")
    walk.text()
    walk.number(">i")
    walk.fields()
    walk.end()
