"""HDLC frames of format type 3 as DLMS uses them (IEC 62056-46, 6.4; Green Book, chapter 8): values to octets and back.

    7E | format and length, 2 octets | destination | source | control | HCS | information | FCS | 7E

HCS and information are missing together. Nothing is escaped: a 7E may stand anywhere, for the length tells the end.
`FrameReader` finds frames in whatever comes in.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from hardware.errors import MeterAnswersWrong
from hardware.optical.fcs import fcs

FLAG = 0x7E
FORMAT, SEGMENTED, LENGTH = 0xA000, 0x0800, 0x07FF
"""Format type 3 in the upper four bits, the segmentation bit, and eleven bits of length."""
LONGEST_HEADER = 2 + 4 + 4 + 1 + 2
"""Octets of format, two addresses, control field and HCS."""
LONGEST_INFORMATION = 2030
"""Octets of information beside the longest header, so that the length fits its eleven bits."""
CHECK = 2
"""Octets of HCS or FCS."""
POLL = 0x10


class FrameKind(Enum):
    """What a frame is, by its control field without poll bit and numbers."""

    I = 0x00  # noqa: E741  the standard's name
    """Information, numbered."""
    RR = 0x01
    """Receive ready: the acknowledgement."""
    RNR = 0x05
    """Receive not ready: wait."""
    UI = 0x03
    DM = 0x0F
    """Disconnected mode: there is no connection."""
    DISC = 0x43
    UA = 0x63
    SNRM = 0x83
    FRMR = 0x87
    """Frame reject."""


_WITH_NUMBER = (FrameKind.RR, FrameKind.RNR)


@dataclass(frozen=True, slots=True)
class Address:
    """An HDLC address: 7 bits (1 octet), or an upper and a lower part of 7 bits (2 octets) or 14 bits (4 octets) each.

    The upper part names the logical device of a meter, the lower one the meter on its line; a client has one octet.
    Raises ValueError for parts that do not fit.
    """

    upper: int
    lower: int = 0
    size: int = 1

    def __post_init__(self) -> None:
        """Check the parts."""
        limit = {1: 0x80, 2: 0x80, 4: 0x4000}.get(self.size, 0)
        if not (0 <= self.upper < limit and 0 <= self.lower < limit) or (self.size == 1 and self.lower):
            raise ValueError("an HDLC address has 1, 2 or 4 octets, and parts that fit them")

    def __bytes__(self) -> bytes:
        """The octets on the line, of which the last one is odd."""
        parts: tuple[int, ...] = (self.upper,) if self.size == 1 else (self.upper, self.lower)
        if self.size == 4:
            parts = tuple(seven for part in parts for seven in (part >> 7, part & 0x7F))
        return bytes((*(part << 1 for part in parts[:-1]), parts[-1] << 1 | 1))

    @classmethod
    def read(cls, octets: bytes) -> Self | None:
        """The address at the start of `octets`, or None if it is not all there. Raises MeterAnswersWrong."""
        size = next((index for index, octet in enumerate(octets[:4], 1) if octet & 1), None)
        if size is None:
            if len(octets) < 4:
                return None
            raise MeterAnswersWrong("an HDLC address does not end")
        sevens = [octet >> 1 for octet in octets[:size]]
        match size:
            case 1:
                return cls(sevens[0])
            case 2:
                return cls(sevens[0], sevens[1], 2)
            case 4:
                return cls(sevens[0] << 7 | sevens[1], sevens[2] << 7 | sevens[3], 4)
            case _:
                raise MeterAnswersWrong("an HDLC address has three octets")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. It prints no information field, for that may hold a row."""

    destination: Address
    source: Address
    kind: FrameKind
    information: bytes = field(default=b"", repr=False)
    sent: int = 0
    """N(S), 0 to 7: the number of an I frame."""
    awaited: int = 0
    """N(R), 0 to 7: the number of the next I frame that the sender of an I, RR or RNR frame waits for."""
    final: bool = True
    """The poll/final bit: the other side may speak now."""
    segmented: bool = False
    """More of the same message follows in another frame."""

    def __bytes__(self) -> bytes:
        """The whole frame with its flags. Raises ValueError if the information does not fit one frame."""
        if len(self.information) > LONGEST_INFORMATION:
            raise ValueError("this does not fit one HDLC frame")
        header = bytes(self.destination) + bytes(self.source) + bytes((self._control,))
        length = 2 + len(header) + CHECK + (len(self.information) + CHECK if self.information else 0)
        header = (FORMAT | (SEGMENTED if self.segmented else 0) | length).to_bytes(2, "big") + header
        body = header + fcs(header) + self.information if self.information else header
        return bytes((FLAG,)) + body + fcs(body) + bytes((FLAG,))

    @property
    def _control(self) -> int:
        control = self.kind.value | (POLL if self.final else 0)
        if self.kind is FrameKind.I:
            control |= self.sent << 1
        return control | (self.awaited << 5 if self.kind is FrameKind.I or self.kind in _WITH_NUMBER else 0)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The frame between two flags, whose check sequences are right. Raises MeterAnswersWrong."""
        if len(body) < 2 or int.from_bytes(body[:2], "big") & ~(SEGMENTED | LENGTH) != FORMAT:
            raise MeterAnswersWrong("this is no HDLC frame of format type 3")
        if int.from_bytes(body[:2], "big") & LENGTH != len(body) or fcs(body[:-CHECK]) != body[-CHECK:]:
            raise MeterAnswersWrong("an HDLC frame arrived damaged")
        destination = Address.read(body[2:-CHECK])
        source = destination and Address.read(body[2 + destination.size : -CHECK])
        if destination is None or source is None:
            raise MeterAnswersWrong("an HDLC frame ends in its addresses")
        end = 3 + destination.size + source.size
        if end > len(body) - CHECK:
            raise MeterAnswersWrong("an HDLC frame has no control field")
        rest = body[end:-CHECK]
        if rest and (len(rest) <= CHECK or fcs(body[:end]) != rest[:CHECK]):
            raise MeterAnswersWrong("the header of an HDLC frame arrived damaged")
        kind, sent, awaited = _kind(body[end - 1])
        return cls(
            destination,
            source,
            kind,
            rest[CHECK:],
            sent,
            awaited,
            final=bool(body[end - 1] & POLL),
            segmented=bool(int.from_bytes(body[:2], "big") & SEGMENTED),
        )


def _kind(control: int) -> tuple[FrameKind, int, int]:
    """Kind, N(S) and N(R) of a control field. Raises MeterAnswersWrong for a kind that DLMS does not use."""
    if not control & 1:
        return FrameKind.I, control >> 1 & 7, control >> 5
    for kind in _WITH_NUMBER:
        if control & 0x0F == kind.value:
            return kind, 0, control >> 5
    try:
        return FrameKind(control & ~POLL), 0, 0
    except ValueError:
        raise MeterAnswersWrong("an HDLC frame is of no kind that DLMS uses") from None


class FrameReader:
    """Finds the whole frames in what comes in, whatever stands between them; it raises nothing.

    It keeps no more than one frame's length of octets. A frame that was cut off hides what follows it until its length
    is full: tell `silence` when nothing came for a while, and the octets behind the cut are looked at again.
    """

    def __init__(self) -> None:
        self._kept = bytearray()
        self.damaged = 0
        """How often something began like a frame and was none: noise, a wrong check sequence, a cut."""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete with `data`."""
        self._kept += data
        return self._found()

    def silence(self) -> list[Frame]:
        """No more will come of what was begun: give it up, and the frames that stand behind it."""
        found: list[Frame] = []
        while self._kept:
            if len(self._kept) > 1:
                self.damaged += 1
            del self._kept[0]
            found += self._found()
        return found

    def _found(self) -> list[Frame]:
        found: list[Frame] = []
        while True:
            start = self._kept.find(FLAG)
            del self._kept[: start if start >= 0 else len(self._kept)]
            while self._kept[1:2] == b"\x7e":
                # A flag alone fills the time between frames, and one flag may end a frame and begin the next.
                del self._kept[0]
            length = self._length()
            if length == 0:
                self.damaged += 1
                del self._kept[0]
                continue
            if length is None or len(self._kept) < length + 2:
                return found
            try:
                if self._kept[length + 1] != FLAG:
                    raise MeterAnswersWrong("an HDLC frame does not end with a flag")
                found.append(Frame.read(bytes(self._kept[1 : length + 1])))
                del self._kept[: length + 1]
            except MeterAnswersWrong:
                self.damaged += 1
                del self._kept[0]

    def _length(self) -> int | None:
        """Octets between the flags of what begins here; None if it cannot be known yet, and 0 if this is no frame."""
        head = bytes(self._kept[1 : 2 + LONGEST_HEADER])
        if len(head) < 2:
            return 0 if head and head[0] & 0xF0 != FORMAT >> 8 else None
        both = int.from_bytes(head[:2], "big")
        length = both & LENGTH
        # The shortest has two addresses of one octet, a control field and its FCS.
        if both & ~(SEGMENTED | LENGTH) != FORMAT or length < 5 + CHECK:
            return 0
        try:
            destination = Address.read(head[2:])
            source = destination and Address.read(head[2 + destination.size :])
        except MeterAnswersWrong:
            return 0
        if destination is None or source is None:
            return None
        end = 3 + destination.size + source.size
        if len(head) < end + CHECK:
            return None
        # A damaged length would hide the frames behind it: the header has a check of its own, which comes early.
        return length if head[end : end + CHECK] == fcs(head[:end]) else 0
