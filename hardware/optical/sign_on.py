"""The reader's side of the sign-on of IEC 62056-21: who is there, and at which speed it goes on."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.line import Line, LineFormat
from hardware.optical.model import OpticalModel, Route

ACK = 0x06
LINE_END = b"\r\n"
SPEEDS = {"0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19200}
"""Baud by the speed's sign in an identification (6.3.14, item 13c: protocol modes C and E)."""
IDENTIFICATION = re.compile(rb"/([A-Za-z]{2}[A-Za-z ])([0-6])((?:\\[!-~])*)([ -~]{0,32})\r\n")
"""Slash, three letters of the maker, the speed, signs of further abilities, and what the maker says (6.3.2)."""
BINARY = "\\2"
"""The sign of mode E with HDLC in an identification (annex E)."""
TRIES = 2
"""A meter that slept may miss the first request."""
LONGEST = 512
"""Bytes before an identification that are looked through; more of them is no sign-on."""


class Option(Enum):
    """What the reader asks for: the two signs around the speed in its option select (6.3.3)."""

    READ_OUT = ("0", "0")
    """Normal procedure, data read-out (mode C)."""
    HDLC = ("2", "2")
    """HDLC, binary mode (mode E, annex E)."""


@dataclass(frozen=True, slots=True)
class Identification:
    """What a meter says of itself in a sign-on."""

    maker: str
    """Three letters (the FLAG association's). A small third letter: it answers within 20 ms instead of 200."""
    speed: int
    """The baud that it offers."""
    abilities: str
    """Signs of further abilities, such as BINARY."""
    text: str
    """What the maker writes: often model and version."""

    @property
    def name(self) -> str:
        """By which a model is known, such as "LGZ4ZMF100AC"."""
        return self.maker + self.text


class SignOn:
    """One sign-on after the other on one line. For example::

    who = SignOn(line, model).into_hdlc()
    """

    def __init__(
        self,
        line: Line,
        model: OpticalModel,
        *,
        address: str = "",
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`address`: the meter's own for sign-ons where several hear one head; empty: whoever is there."""
        self._line = line
        self._model = model
        self._request = b"/?" + address.encode("ascii") + b"!" + LINE_END
        self._clock = clock
        self._wait = wait

    def identify(self) -> Identification:
        """Ask who is there. Raises NoAnswer, LineLost, and MeterAnswersWrong for what is no identification."""
        timing = self._model.timing
        self._line.set_format(self._model.start)
        seen = b""
        for _ in range(TRIES):
            self._line.drop_input()
            self._line.write(self._request)
            seen = self._until(lambda got: IDENTIFICATION.search(_plain(got)) is not None, timing.sign_on)
            found = IDENTIFICATION.search(_plain(seen))
            if found is not None:
                maker, speed, abilities, text = (part.decode("ascii") for part in found.groups())
                return Identification(maker, SPEEDS[speed], abilities, text.strip())
        if seen:
            raise MeterAnswersWrong("what came is no identification: is the speed right, and is it a meter's port?")
        raise NoAnswer(
            "no meter answers the sign-on: put the head on the meter's optical port, with its cable downwards"
        )

    def into_hdlc(self) -> Identification:
        """Sign on and change to HDLC; the line is then at its speed. Raises what `identify` raises."""
        who = self.identify()
        speed = self._select(who, Option.HDLC)
        select = _option_select(speed, Option.HDLC)
        # It confirms at the new speed, still with parity (annex E; MetCom MCS301, page 52); some do not, or at the old.
        self._line.set_format(LineFormat(speed, self._model.start.data_bits, self._model.start.parity))
        seen = self._until(lambda got: select in _plain(got), self._model.timing.confirm)
        if _plain(seen).startswith(b"\x02"):
            raise MeterAnswersWrong("this meter gives its data set instead of HDLC: choose a model for a read-out")
        self._line.set_format(LineFormat(speed, self._model.data.data_bits, self._model.data.parity))
        self._wait(self._model.timing.switch)
        self._line.drop_input()
        return who

    def into_read_out(self) -> Identification:
        """Sign on and ask for the data set, which then comes; the line is at its speed. Raises as `identify` does."""
        who = self.identify()
        speed = self._select(who, Option.READ_OUT)
        self._line.set_format(LineFormat(speed, self._model.start.data_bits, self._model.start.parity))
        return who

    def _select(self, who: Identification, option: Option) -> int:
        """Send the option select: the meter's own speed, or where that is too fast here, the one that it began with."""
        speed = who.speed if who.speed <= self._model.fastest else self._model.start.baud
        # A meter that has just sent listens again after its reaction time.
        self._wait(self._model.timing.reaction)
        self._line.write(_option_select(speed, option))
        return speed

    def _until(self, whole: Callable[[bytes], bool], seconds: float) -> bytes:
        """What comes until it is whole, or for so long."""
        got = b""
        end = self._clock() + seconds
        while not whole(got) and len(got) < LONGEST and (left := end - self._clock()) > 0:
            got += self._line.read(left)
        return got


def open_hdlc(
    line: Line,
    model: OpticalModel,
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> Identification | None:
    """Bring the line to HDLC, with a sign-on where the model wants one; None: it has none. Raises as `SignOn` does."""
    if model.route is Route.MODE_E:
        return SignOn(line, model, clock=clock, wait=wait).into_hdlc()
    line.set_format(model.start)
    line.drop_input()
    return None


def _option_select(speed: int, option: Option) -> bytes:
    sign = next(sign for sign, baud in SPEEDS.items() if baud == speed)
    protocol, mode = option.value
    return bytes((ACK,)) + (protocol + sign + mode).encode("ascii") + LINE_END


def _plain(got: bytes) -> bytes:
    """The seven bits of each byte: a head or an adapter that knows no parity hands its bit on as the eighth."""
    return bytes(byte & 0x7F for byte in got)
