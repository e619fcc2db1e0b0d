"""What several tests of the optical port's protocol need: values of every type, and ends of an association."""

from typing import Any

from hypothesis import strategies as st

from hardware.optical.association import Aare, InitiateResponse, Mechanism
from hardware.optical.axdr import Data, Tag
from hardware.optical.client import WANTED, Association, Credentials
from tests.support.optical import PASSWORD, Optical

LLS = Credentials(Mechanism.LLS, PASSWORD)
GRANTED = bytes(InitiateResponse(WANTED, 0x400))


def _signed(octets: int) -> st.SearchStrategy[int]:
    return st.integers(-(1 << octets * 8 - 1), (1 << octets * 8 - 1) - 1)


def _unsigned(octets: int) -> st.SearchStrategy[int]:
    return st.integers(0, (1 << octets * 8) - 1)


VALUES: dict[Tag, st.SearchStrategy[Any]] = {
    Tag.NULL: st.none(),
    Tag.BOOLEAN: st.booleans(),
    Tag.BIT_STRING: st.text("01", max_size=40),
    Tag.DOUBLE_LONG: _signed(4),
    Tag.DOUBLE_LONG_UNSIGNED: _unsigned(4),
    Tag.OCTET_STRING: st.binary(max_size=300),
    Tag.VISIBLE_STRING: st.text(st.characters(max_codepoint=127), max_size=200),
    Tag.UTF8_STRING: st.text(st.characters(codec="utf-8"), max_size=20),
    Tag.BCD: _signed(1),
    Tag.INTEGER: _signed(1),
    Tag.LONG: _signed(2),
    Tag.UNSIGNED: _unsigned(1),
    Tag.LONG_UNSIGNED: _unsigned(2),
    Tag.LONG64: _signed(8),
    Tag.LONG64_UNSIGNED: _unsigned(8),
    Tag.ENUM: _unsigned(1),
    Tag.FLOAT32: st.floats(width=32, allow_nan=False),
    Tag.FLOAT64: st.floats(allow_nan=False),
    Tag.DATE_TIME: st.binary(min_size=12, max_size=12),
    Tag.DATE: st.binary(min_size=5, max_size=5),
    Tag.TIME: st.binary(min_size=4, max_size=4),
}
_SIMPLE = st.one_of([st.builds(Data, st.just(tag), values) for tag, values in VALUES.items()])
COSEM_DATA = st.recursive(
    _SIMPLE,
    lambda parts: st.builds(Data, st.sampled_from([Tag.ARRAY, Tag.STRUCTURE]), st.lists(parts, max_size=4).map(tuple)),
    max_leaves=12,
)


def unwrapped(message: Any) -> bytes:
    """The APDU in a TCP wrapper's frame: version, two addresses and a length of two octets each come first."""
    return bytes(message)[8:]


def associated(optical: Optical, client: int, mine: Credentials) -> Association:
    """An association straight with the meter's server, without the line between."""

    def exchange(apdu: bytes) -> bytes:
        answer = optical.server.answer(client, apdu)
        assert answer is not None
        return answer

    return Association(exchange, mine)


class ScriptedServer:
    """Answers with what it is given, in this order; what it was asked is kept."""

    def __init__(self, *answers: object) -> None:
        self.asked: list[bytes] = []
        self._answers = list(answers)

    def __call__(self, apdu: bytes) -> bytes:
        self.asked.append(apdu)
        answer: Any = self._answers.pop(0)
        return bytes(answer)


def opened(*answers: object) -> tuple[Association, ScriptedServer]:
    script = ScriptedServer(Aare(GRANTED), *answers)
    meter = Association(script, Credentials())
    meter.open()
    return meter, script
