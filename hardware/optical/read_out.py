"""The data set of IEC 62056-21, mode C: what a meter says of itself, addresses and values, with a check character."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor

from hardware.adapter import MeterRegister
from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.line import Line
from hardware.optical.model import OpticalModel
from hardware.optical.sign_on import Identification, SignOn

STX, ETX = 0x02, 0x03
LONGEST = 65536
"""Bytes of a data set; more of them is no meter's."""
ENTRY = re.compile(r"([^()/!\r\n]{1,32})\(([^()]{0,128})\)")
"""Address and value (6.3.4): `0-0:C.1.0(72432595)`, `1.8.0(000123.4*kWh)`. Values without an address follow some."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data set, checked."""

    identification: Identification
    values: Mapping[str, str]
    """By their addresses as the meter writes them; the first of an address counts."""

    def value(self, address: str) -> str | None:
        """The value of an address, whether the meter writes the medium and channel before it or not; no unit."""
        for written, value in self.values.items():
            if address in (written, written.rpartition(":")[2]):
                return value.partition("*")[0].strip()
        return None

    def register(self, register: MeterRegister, model: OpticalModel) -> str | None:
        """What the meter shows of a register, where the model knows its address; None: it does not tell."""
        address = model.read_out.get(register)
        value = None if address is None else self.value(address)
        return value or None


def read_out(
    line: Line,
    model: OpticalModel,
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> DataSet:
    """Sign on and read the data set: nothing is written to the meter. Raises NoAnswer, MeterAnswersWrong, LineLost.

    A data set that is damaged is asked for again once, by a new sign-on.
    """
    try:
        return _read(line, model, clock, wait)
    except MeterAnswersWrong:
        return _read(line, model, clock, wait)


def parse_data_set(identification: Identification, block: bytes) -> DataSet:
    """From STX to the check character; raises MeterAnswersWrong."""
    block = block[block.find(STX) + 1 :] if STX in block else b""
    end = block.find(ETX)
    if end < 0 or len(block) <= end + 1:
        raise MeterAnswersWrong("the meter's data set has no end: hold the head still")
    if block[end + 1] != reduce(xor, block[: end + 1]):
        raise MeterAnswersWrong("the meter's data set came damaged: hold the head still, keep the sun off it")
    values: dict[str, str] = {}
    for address, value in ENTRY.findall(block[:end].decode("ascii", "replace")):
        values.setdefault(address.strip(), value)
    return DataSet(identification, values)


def _read(line: Line, model: OpticalModel, clock: Callable[[], float], wait: Callable[[float], None]) -> DataSet:
    who = SignOn(line, model, clock=clock, wait=wait).into_read_out()
    got = bytearray()
    pause = model.timing.answer
    while not _whole(got) and len(got) < LONGEST:
        come = line.read(pause)
        if not come:
            break
        pause = model.timing.between_bytes
        got += bytes(byte & 0x7F for byte in come)
    if not got:
        raise NoAnswer("the meter signed on and then sent no data set: put the head right, and try again")
    return parse_data_set(who, bytes(got))


def _whole(got: bytearray) -> bool:
    end = got.find(ETX)
    return 0 <= end < len(got) - 1
