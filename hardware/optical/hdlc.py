"""The client's side of an HDLC connection: one frame at a time, numbered, and repeated until it is acknowledged.

IEC 62056-46, 6.4 (Green Book, chapter 8). The client speaks first, with window 1: it sends a frame, waits, and repeats
the same frame when nothing came, so that the meter knows it by its number. It never begins a connection anew by itself:
what was sent on the old one may have been obeyed.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.axdr import Octets
from hardware.optical.frames import Address, Frame, FrameKind, FrameReader
from hardware.optical.line import Line

LLC_REQUEST, LLC_RESPONSE = b"\xe6\xe6\x00", b"\xe6\xe7\x00"
USUAL_INFORMATION = 128
"""Octets of an information field, where the two ends agree on nothing else."""
NUMBERS = 8
LONGEST_MESSAGE = 0x10000
"""Octets: the length of an APDU is agreed in 16 bits."""
TRANSMIT, RECEIVE = 5, 6
"""The parameters of SNRM and UA that are used: longest information fields. Both windows stay 1."""
_PARAMETERS = 0x8180
"""Format and group of what SNRM and UA carry."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, and how often."""

    answer: float = 2.0
    """From the end of a frame to the first byte of its answer."""
    between_bytes: float = 1.5
    """The longest pause inside of an answer."""
    whole: float = 20.0
    """The longest that anything may come in without one whole frame in it."""
    tries: int = 3
    """How often one frame is sent."""
    work: float = 30.0
    """How long a meter may work on a message that it has acknowledged."""
    look: float = 0.25
    """Between two questions whether it is ready."""


class HdlcLink:
    """One connection to one meter. For example::

    link = HdlcLink(line, client=Address(0x10), server=Address(1))
    link.connect()
    answer = link.exchange(apdu)
    link.disconnect()
    """

    def __init__(
        self,
        line: Line,
        client: Address,
        server: Address,
        patience: Patience = Patience(),
        longest: int = USUAL_INFORMATION,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`longest`: octets of an information field that are proposed to the meter, both ways."""
        self._line = line
        self._client, self._server = client, server
        self._patience = patience
        self._longest = longest
        self._clock = clock
        self._wait = wait
        self._reader = FrameReader()
        self._piece = USUAL_INFORMATION
        """Octets that the meter takes in one frame."""
        self._sent = self._awaited = 0
        """V(S) and V(R): the numbers of the next frame that is sent, and of the next that is waited for."""

    def connect(self) -> None:
        """Begin a connection. Raises NoAnswer, MeterAnswersWrong and LineLost."""
        answer = self._repeat(
            Frame(self._server, self._client, FrameKind.SNRM, _proposed(self._longest)),
            lambda frame: frame.kind in (FrameKind.UA, FrameKind.DM),
        )
        if answer.kind is FrameKind.DM:
            raise NoAnswer("the meter begins no connection: it may be busy, or not know this kiosk's address")
        granted = _granted(answer.information)
        self._piece = min(self._longest, granted.get(RECEIVE, USUAL_INFORMATION))
        self._sent = self._awaited = 0

    def exchange(self, message: bytes) -> bytes:
        """Send an APDU, and give the one that answers it.

        Raises NoAnswer if none came: the meter may have obeyed the message or not. So it is with MeterAnswersWrong and
        LineLost.
        """
        pieces = [LLC_REQUEST + message]
        while len(pieces[-1]) > self._piece:
            pieces[-1:] = [pieces[-1][: self._piece], pieces[-1][self._piece :]]
        for piece in pieces[:-1]:
            if self._send(piece, segmented=True).kind is FrameKind.I:
                raise MeterAnswersWrong("the meter answers a message before its end")
        return self._received(self._send(pieces[-1], segmented=False))

    def disconnect(self) -> None:
        """End the connection; a meter that says nothing to it ends it by itself. Raises LineLost."""
        with contextlib.suppress(NoAnswer, MeterAnswersWrong):
            self._repeat(
                Frame(self._server, self._client, FrameKind.DISC),
                lambda frame: frame.kind in (FrameKind.UA, FrameKind.DM),
                tries=1,
            )

    # --- messages in pieces

    def _send(self, piece: bytes, *, segmented: bool) -> Frame:
        """Send one I frame until it is acknowledged; what acknowledged it: an I frame, or RR or RNR."""
        frame = Frame(
            self._server,
            self._client,
            FrameKind.I,
            piece,
            self._sent,
            self._awaited,
            segmented=segmented,
        )
        self._sent = (self._sent + 1) % NUMBERS
        return self._repeat(frame, self._acknowledges)

    def _received(self, answer: Frame) -> bytes:
        """The message that begins with this frame, or is still to come."""
        message = b""
        end = self._clock() + self._patience.work
        while True:
            if answer.kind is FrameKind.I:
                self._awaited = (self._awaited + 1) % NUMBERS
                message += answer.information
                if len(message) > LONGEST_MESSAGE:
                    raise MeterAnswersWrong("a message of the meter does not end")
                if not answer.segmented:
                    break
                end = self._clock() + self._patience.work
            else:
                # It has the message and works on it.
                if self._clock() > end:
                    raise NoAnswer("the meter took a message and does not answer it")
                self._wait(self._patience.look)
            ready = Frame(self._server, self._client, FrameKind.RR, awaited=self._awaited)
            answer = self._repeat(ready, self._acknowledges)
        if not message.startswith(LLC_RESPONSE):
            raise MeterAnswersWrong("a message of the meter is no answer of a DLMS server")
        return message[len(LLC_RESPONSE) :]

    def _acknowledges(self, frame: Frame) -> bool:
        """Whether a frame answers the last one: it has all that was sent, and brings nothing that was here before."""
        if frame.awaited != self._sent:
            return False
        return frame.kind in (FrameKind.RR, FrameKind.RNR) or (
            frame.kind is FrameKind.I and frame.sent == self._awaited
        )

    # --- frames

    def _repeat(self, frame: Frame, answers: Callable[[Frame], bool], tries: int | None = None) -> Frame:
        """Send a frame until something answers it. Raises NoAnswer, MeterAnswersWrong and LineLost."""
        before = self._reader.damaged
        for _ in range(self._patience.tries if tries is None else tries):
            self._line.write(bytes(frame))
            for answer in self._frames():
                if answers(answer):
                    return answer
                if answer.kind is FrameKind.FRMR:
                    raise MeterAnswersWrong("the meter rejects a frame of this kiosk")
                if answer.kind is FrameKind.DM:
                    raise NoAnswer("the meter has ended the connection")
        if self._reader.damaged > before:
            raise NoAnswer("what comes from the meter is damaged: is the head in its place, and the speed right?")
        raise NoAnswer("the meter does not answer: put the head on its optical port, with the cable downwards")

    def _frames(self) -> Iterator[Frame]:
        """The frames from this meter to this client, until nothing more comes."""
        limit, end = self._patience.answer, self._clock() + self._patience.whole
        while (left := end - self._clock()) > 0:
            got = self._line.read(min(limit, left))
            found = self._reader.feed(got) if got else self._reader.silence()
            for frame in found:
                if (frame.source, frame.destination) == (self._server, self._client):
                    yield frame
            if not got:
                return
            limit = self._patience.between_bytes


def _proposed(longest: int) -> bytes:
    """The information field of an SNRM; none where nothing but the usual is proposed."""
    if longest == USUAL_INFORMATION:
        return b""
    size = 1 if longest < 0x100 else 2
    value = longest.to_bytes(size, "big")
    fields = b"".join(bytes((name, size)) + value for name in (TRANSMIT, RECEIVE))
    return _PARAMETERS.to_bytes(2, "big") + bytes((len(fields),)) + fields


def _granted(information: bytes) -> dict[int, int]:
    """The parameters of a UA. Raises MeterAnswersWrong."""
    if not information:
        return {}
    source = Octets(information)
    if source.number(2) != _PARAMETERS:
        raise MeterAnswersWrong("the meter begins a connection with parameters that are none")
    fields = Octets(source.take(source.number()))
    found: dict[int, int] = {}
    while fields.left:
        name = fields.number()
        found[name] = fields.number(fields.number())
    if not found.get(TRANSMIT, 1) or not found.get(RECEIVE, 1):
        raise MeterAnswersWrong("the meter begins a connection in which nothing can be said")
    return found
