"""The HDLC connection: what goes over the line, what is repeated and what is not, and what gurux-dlms sends."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from gurux_dlms import GXDLMSClient
from gurux_dlms.enums import Authentication, InterfaceType

from hardware.errors import HardwareError, LineLost, MeterAnswersWrong, NoAnswer
from hardware.optical.frames import Address, Frame, FrameKind, FrameReader
from hardware.optical.hdlc import LLC_REQUEST, LLC_RESPONSE, HdlcLink, Patience
from hardware.optical.line import Line, LineFormat
from hardware.virtual.clock import HandClock

CLIENT, SERVER = Address(0x10), Address(1)
Answers = Callable[[Frame], list[bytes]]


class ScriptedLine(Line):
    """A line whose other end is a function of frames; what it gives comes at once, one piece a read."""

    def __init__(self, answers: Answers, clock: HandClock) -> None:
        self.sent: list[Frame] = []
        self.octets: list[bytes] = []
        self.lost = False
        self._answers = answers
        self._clock = clock
        self._coming: list[bytes] = []

    def write(self, data: bytes) -> None:
        if self.lost:
            raise LineLost("gone")
        [frame] = FrameReader().feed(data)
        self.sent.append(frame)
        self.octets.append(data)
        self._coming += self._answers(frame)

    def read(self, seconds: float) -> bytes:
        if self._coming:
            return self._coming.pop(0)
        self._clock.wait(seconds)
        return b""

    def drop_input(self) -> None:
        self._coming.clear()

    def set_format(self, fmt: LineFormat) -> None:
        pass

    def close(self) -> None:
        pass


class Meter:
    """The simplest meter: it connects, and answers each message with itself turned round, in pieces of `longest`."""

    def __init__(self, longest: int = 128) -> None:
        self.longest = longest
        self.messages: list[bytes] = []
        self.parameters = b""
        self.sent = self.awaited = 0
        self._inbox = b""
        self._outbox: list[bytes] = []

    def __call__(self, frame: Frame) -> list[bytes]:
        return [bytes(answer) for answer in self.answer(frame)]

    def answer(self, frame: Frame) -> list[Frame]:
        match frame.kind:
            case FrameKind.SNRM:
                self.sent = self.awaited = 0
                return [Frame(CLIENT, SERVER, FrameKind.UA, self.parameters)]
            case FrameKind.DISC:
                return [Frame(CLIENT, SERVER, FrameKind.UA)]
            case FrameKind.I:
                assert frame.sent == self.awaited
                self.awaited = (self.awaited + 1) % 8
                self._inbox += frame.information
                if not frame.segmented:
                    self.messages.append(self._inbox[len(LLC_REQUEST) :])
                    answer, self._inbox = LLC_RESPONSE + self.messages[-1][::-1], b""
                    self._outbox = [answer[at : at + self.longest] for at in range(0, len(answer), self.longest)]
        if not self._outbox:
            return [Frame(CLIENT, SERVER, FrameKind.RR, awaited=self.awaited)]
        piece = self._outbox.pop(0)
        sent, self.sent = self.sent, (self.sent + 1) % 8
        segmented = bool(self._outbox)
        return [Frame(CLIENT, SERVER, FrameKind.I, piece, sent, self.awaited, segmented=segmented)]


def linked(answers: Answers, longest: int = 128) -> tuple[HdlcLink, ScriptedLine]:
    clock = HandClock()
    line = ScriptedLine(answers, clock)
    patience = Patience(answer=1.0, between_bytes=0.5, work=5.0)
    return HdlcLink(line, CLIENT, SERVER, patience, longest, clock=clock, wait=clock.wait), line


def test_a_message_goes_and_its_answer_comes() -> None:
    meter = Meter()
    link, line = linked(meter)
    link.connect()
    for message in (b"first", b"second"):
        assert link.exchange(message) == message[::-1]
    link.disconnect()
    assert meter.messages == [b"first", b"second"]
    assert [frame.kind.name for frame in line.sent] == ["SNRM", "I", "I", "DISC"]


def test_long_messages_go_in_pieces_both_ways_and_numbers_begin_anew_behind_seven() -> None:
    meter = Meter(longest=10)
    meter.parameters = bytes.fromhex("8180060501800601" + "14")
    link, line = linked(meter)
    link.connect()
    message = bytes(range(100)) * 3
    assert link.exchange(message) == message[::-1]
    assert max(len(frame.information) for frame in line.sent) == 20
    pieces = [frame for frame in line.sent if frame.kind is FrameKind.I]
    assert [frame.sent for frame in pieces] == [number % 8 for number in range(len(pieces))]
    assert [frame.segmented for frame in pieces] == [True] * (len(pieces) - 1) + [False]
    assert link.exchange(b"next") == b"txen"


@pytest.mark.parametrize("lost", range(8))
def test_a_frame_or_answer_that_is_lost_is_made_up_for_and_nothing_is_obeyed_twice(lost: int) -> None:
    meter, count = Meter(longest=10), 0
    last: list[bytes] = []
    before: Frame | None = None

    def sometimes(frame: Frame) -> list[bytes]:
        nonlocal count, last, before
        count += 1
        if count == lost:  # the frame is lost
            return []
        if frame != before:
            last, before = meter(frame), frame
        return [] if count == lost + 1 else last  # the answer is lost

    link, _ = linked(sometimes)
    link.connect()
    message = b"a message of more than ten octets"
    assert link.exchange(message) == message[::-1]
    assert link.exchange(b"another") == b"rehtona"
    assert meter.messages == [message, b"another"]


def test_an_answer_that_comes_twice_or_late_is_not_taken_for_the_next_one() -> None:
    meter = Meter()
    late: list[bytes] = []

    def twice(frame: Frame) -> list[bytes]:
        answer = meter(frame)
        come = [*late, *answer, *answer]
        late[:] = answer
        return come

    link, _ = linked(twice)
    link.connect()
    for message in (b"one", b"two", b"three", b"four"):
        assert link.exchange(message) == message[::-1]
    assert meter.messages == [b"one", b"two", b"three", b"four"]


def test_a_piece_that_comes_twice_is_put_together_once() -> None:
    meter, last = Meter(longest=10), b""

    def doubled(frame: Frame) -> list[bytes]:
        nonlocal last
        before, last = last, meter(frame)[0]
        return [before, last] if before else [last]

    link, _ = linked(doubled)
    link.connect()
    message = b"a message of more than ten octets"
    assert link.exchange(message) == message[::-1]


def test_a_meter_that_still_waits_for_a_piece_gets_it_again() -> None:
    meter, deaf = Meter(), 2
    meter.parameters = bytes.fromhex("8180060501800601" + "14")

    def hard_of_hearing(frame: Frame) -> list[bytes]:
        nonlocal deaf
        if frame.kind is FrameKind.I and deaf:
            deaf -= 1
            return [bytes(Frame(CLIENT, SERVER, FrameKind.RR, awaited=meter.awaited))]
        return meter(frame)

    link, _ = linked(hard_of_hearing)
    link.connect()
    message = b"a message of more than twenty octets"
    assert link.exchange(message) == message[::-1]
    assert meter.messages == [message]


def test_noise_and_cut_frames_before_an_answer_are_passed_over() -> None:
    meter = Meter()

    def noisy(frame: Frame) -> list[bytes]:
        answer = meter(frame)[0]
        return [b"\x00\x7e\xa0", answer[:5], b"\xff\x7e" + answer]

    link, line = linked(noisy)
    link.connect()
    assert link.exchange(b"message") == b"egassem"
    assert len(line.sent) == 2


def test_a_meter_that_works_on_a_message_is_asked_until_it_is_ready() -> None:
    meter, waits = Meter(), 3

    def slow(frame: Frame) -> list[bytes]:
        nonlocal waits
        answer = meter.answer(frame)[0] if frame.kind is not FrameKind.RR or waits == 0 else None
        if frame.kind is FrameKind.I:
            held.append(bytes(answer) if answer else b"")
            return [bytes(Frame(CLIENT, SERVER, FrameKind.RR, awaited=meter.awaited))]
        if frame.kind is FrameKind.RR:
            waits -= 1
            return [held.pop()] if waits == 0 else [bytes(Frame(CLIENT, SERVER, FrameKind.RNR, awaited=1))]
        return [bytes(answer)] if answer else []

    held: list[bytes] = []
    link, line = linked(slow)
    link.connect()
    assert link.exchange(b"message") == b"egassem"
    assert [frame.kind.name for frame in line.sent] == ["SNRM", "I", "RR", "RR", "RR"]


def test_a_meter_that_never_gets_ready_is_given_up() -> None:
    meter = Meter()

    def never(frame: Frame) -> list[bytes]:
        if frame.kind is FrameKind.SNRM:
            return meter(frame)
        return [bytes(Frame(CLIENT, SERVER, FrameKind.RR, awaited=1))]

    link, _ = linked(never)
    link.connect()
    with pytest.raises(NoAnswer, match="does not answer it"):
        link.exchange(b"message")


def test_the_same_frame_is_sent_three_times_and_no_new_connection_is_begun() -> None:
    meter = Meter()

    def mute(frame: Frame) -> list[bytes]:
        return meter(frame) if frame.kind is FrameKind.SNRM else []

    link, line = linked(mute)
    link.connect()
    with pytest.raises(NoAnswer, match="does not answer"):
        link.exchange(b"message")
    assert len(line.sent) == 4
    assert len(set(line.octets[1:])) == 1


def _garbled(frame: Frame) -> list[bytes]:
    octets = bytearray(bytes(Frame(CLIENT, SERVER, FrameKind.UA)))
    octets[3] ^= 1
    return [bytes(octets)]


def _always(answer: Frame) -> Answers:
    def answers(frame: Frame) -> list[bytes]:
        return [bytes(answer)]

    return answers


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        (_garbled, NoAnswer, "damaged"),
        (_always(Frame(CLIENT, SERVER, FrameKind.DM)), NoAnswer, "begins no connection"),
        (_always(Frame(CLIENT, SERVER, FrameKind.FRMR)), MeterAnswersWrong, "rejects"),
        (_always(Frame(CLIENT, Address(2), FrameKind.UA)), NoAnswer, "does not answer"),
        (_always(Frame(Address(0x20), SERVER, FrameKind.UA)), NoAnswer, "does not answer"),
        (_always(Frame(CLIENT, SERVER, FrameKind.UA, b"\x81")), MeterAnswersWrong, "early"),
        (_always(Frame(CLIENT, SERVER, FrameKind.UA, b"\x80\x80\x00")), MeterAnswersWrong, "none"),
        (_always(Frame(CLIENT, SERVER, FrameKind.UA, b"\x81\x80\x03\x06\x01\x00")), MeterAnswersWrong, "nothing"),
    ],
)
def test_whoever_begins_no_connection_is_told_by_the_reason(
    answers: Answers, error: type[HardwareError], says: str
) -> None:
    link, _ = linked(answers)
    with pytest.raises(error, match=says):
        link.connect()


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (Frame(CLIENT, SERVER, FrameKind.DM), NoAnswer, "ended the connection"),
        (Frame(CLIENT, SERVER, FrameKind.FRMR), MeterAnswersWrong, "rejects"),
        (Frame(CLIENT, SERVER, FrameKind.I, b"no answer", 0, 1), MeterAnswersWrong, "no answer of a DLMS server"),
    ],
)
def test_an_answer_that_is_none_is_told_by_the_reason(answer: Frame, error: type[HardwareError], says: str) -> None:
    meter = Meter()
    link, _ = linked(lambda frame: meter(frame) if frame.kind is FrameKind.SNRM else [bytes(answer)])
    link.connect()
    with pytest.raises(error, match=says):
        link.exchange(b"message")


def test_a_message_without_an_end_is_not_followed_for_ever() -> None:
    endless = Frame(CLIENT, SERVER, FrameKind.I, LLC_RESPONSE + bytes(1000), awaited=1, segmented=True)

    def answers(frame: Frame) -> list[bytes]:
        if frame.kind is FrameKind.SNRM:
            return [bytes(Frame(CLIENT, SERVER, FrameKind.UA))]
        return [bytes(replace(endless, sent=frame.awaited))]

    link, _ = linked(answers)
    link.connect()
    with pytest.raises(MeterAnswersWrong, match="does not end"):
        link.exchange(b"message")


def test_a_line_full_of_noise_is_given_up_in_time() -> None:
    clock = HandClock()

    class Noise(ScriptedLine):
        def read(self, seconds: float) -> bytes:
            clock.wait(0.01)
            return b"\x55" * 16

    link = HdlcLink(Noise(lambda _frame: [], clock), CLIENT, SERVER, Patience(whole=3.0), clock=clock, wait=clock.wait)
    with pytest.raises(NoAnswer):
        link.connect()
    assert clock.now - 1000.0 < 10.0


def test_a_lost_line_is_not_hidden_and_a_mute_meter_does_not_keep_a_disconnect() -> None:
    link, line = linked(lambda _frame: [])
    link.disconnect()
    assert len(line.sent) == 1
    line.lost = True
    with pytest.raises(LineLost):
        link.disconnect()


def gurux() -> GXDLMSClient:
    return GXDLMSClient(True, 16, 1, Authentication.NONE, None, InterfaceType.HDLC)


@pytest.mark.parametrize("longest", [128, 200, 1024])
def test_gurux_begins_and_ends_a_connection_with_the_same_octets(longest: int) -> None:
    client = gurux()
    client.hdlcSettings.maxInfoTX = client.hdlcSettings.maxInfoRX = longest
    link, line = linked(Meter(), longest)
    link.connect()
    link.disconnect()
    assert line.octets == [bytes(client.snrmRequest()), bytes(client.disconnectRequest(True))]


def test_gurux_sends_a_message_in_the_same_frames() -> None:
    client = gurux()
    client.snrmRequest()
    client.parseUAResponse(b"")
    link, line = linked(Meter())
    link.connect()
    [theirs] = client.aarqRequest()
    [frame] = FrameReader().feed(bytes(theirs))
    link.exchange(frame.information[len(LLC_REQUEST) :])
    assert line.octets[1] == bytes(theirs)
