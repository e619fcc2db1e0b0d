"""The meter's side of an HDLC connection: numbers, segments, and frames that come twice or not at all."""

from dataclasses import dataclass, field, replace

import pytest

from hardware.optical.frames import Address, Frame, FrameKind
from hardware.virtual.optical.link import LLC_REQUEST, LLC_RESPONSE, Limits, Link

METER, CLIENT, OTHER = Address(1), Address(16), Address(17)
DEVICE = Address(1, 16, 2)


@dataclass
class Echo:
    """Answers with what it was told, and counts."""

    device: Address = DEVICE
    heard: list[tuple[int, bytes]] = field(default_factory=list)
    released: int = 0

    def answer(self, client: int, apdu: bytes) -> bytes | None:
        self.heard.append((client, apdu))
        return b"answer to " + apdu if apdu != b"be silent" else None

    def release(self) -> None:
        self.released += 1


def frame(kind: FrameKind, information: bytes = b"", **fields: object) -> Frame:
    return replace(Frame(METER, CLIENT, kind, information), **fields)  # type: ignore[arg-type]


class Connected:
    """A link with a client on it."""

    def __init__(self, limits: Limits = Limits(), proposal: bytes = b"") -> None:  # noqa: B008
        self.server = Echo()
        self.link = Link(self.server, limits)
        self.agreed = self.one(frame(FrameKind.SNRM, proposal))

    def one(self, sent: Frame) -> Frame:
        answers = self.link.take(sent)
        assert len(answers) == 1
        return answers[0]

    def say(self, text: bytes, sent: int, awaited: int, **fields: object) -> Frame:
        return self.one(frame(FrameKind.I, text, sent=sent, awaited=awaited, **fields))


def test_without_a_connection_the_meter_says_so() -> None:
    link = Link(Echo())
    for kind in (FrameKind.I, FrameKind.DISC, FrameKind.RR):
        assert [one.kind for one in link.take(frame(kind))] == [FrameKind.DM]


def test_a_frame_for_another_is_not_answered() -> None:
    link = Link(Echo())
    for address in (Address(2), Address(1, 17, 2), Address(2, 16, 4)):
        assert link.take(replace(frame(FrameKind.SNRM), destination=address)) == []
    for address in (Address(1), DEVICE, Address(1, 16, 4)):
        answer = link.take(replace(frame(FrameKind.SNRM), destination=address))[0]
        assert (answer.kind, answer.destination, answer.source) == (FrameKind.UA, CLIENT, address)


@pytest.mark.parametrize(
    ("proposal", "transmit", "receive"),
    [
        ("", "050180", "060180"),
        ("8180140502010006020040070400000001080400000001", "050140", "0602 0100"),
        ("818006050210000601ff", "0501ff", "0602 0200"),
        ("ffff03050140", "050180", "060180"),
    ],
)
def test_both_agree_on_the_smaller_length(proposal: str, transmit: str, receive: str) -> None:
    connected = Connected(Limits(512, 512), bytes.fromhex(proposal))
    fields = bytes.fromhex(transmit + receive + "07040000000108 0400000001")
    assert connected.agreed.information == b"\x81\x80" + bytes((len(fields),)) + fields


def test_an_answer_carries_the_numbers_on() -> None:
    connected = Connected()
    for number in range(10):
        answer = connected.say(LLC_REQUEST + b"%d" % number, number % 8, number % 8)
        assert answer.information == LLC_RESPONSE + b"answer to %d" % number
        assert (answer.sent, answer.awaited) == (number % 8, (number + 1) % 8)
    assert len(connected.server.heard) == 10


def test_a_frame_that_comes_twice_is_obeyed_once_and_answered_twice() -> None:
    connected = Connected()
    first = connected.say(LLC_REQUEST + b"enter", 0, 0)
    assert connected.say(LLC_REQUEST + b"enter", 0, 0) == first
    assert connected.server.heard == [(16, b"enter")]


def test_an_answer_that_was_lost_is_sent_again_when_it_is_asked_for() -> None:
    connected = Connected()
    first = connected.say(LLC_REQUEST + b"enter", 0, 0)
    assert connected.one(frame(FrameKind.RR, awaited=0)) == first
    assert connected.one(frame(FrameKind.RR, awaited=1)).kind is FrameKind.RR
    assert len(connected.server.heard) == 1


def test_a_frame_out_of_its_order_is_not_obeyed() -> None:
    connected = Connected()
    answer = connected.say(LLC_REQUEST + b"enter", 3, 0)
    assert (answer.kind, answer.awaited) == (FrameKind.RR, 0)
    assert connected.server.heard == []


def test_a_long_answer_comes_in_segments_each_of_which_is_asked_for() -> None:
    connected = Connected(Limits(16, 128))
    text = bytes(range(40))
    answer = connected.say(LLC_REQUEST + text, 0, 0)
    whole, awaited = answer.information, 1
    while answer.segmented:
        again = connected.one(frame(FrameKind.RR, awaited=awaited - 1))
        assert again == answer, "what was not acknowledged comes again"
        answer = connected.one(frame(FrameKind.RR, awaited=awaited))
        assert len(answer.information) <= 16
        assert answer.sent == awaited
        whole += answer.information
        awaited += 1
    assert whole == LLC_RESPONSE + b"answer to " + text
    assert awaited == 4


def test_a_long_request_comes_in_segments_and_a_doubled_one_counts_once() -> None:
    connected = Connected()
    assert connected.say(LLC_REQUEST + b"one ", 0, 0, segmented=True).awaited == 1
    assert connected.say(LLC_REQUEST + b"one ", 0, 0, segmented=True).kind is FrameKind.RR
    assert connected.say(b"two ", 1, 0, segmented=True).awaited == 2
    answer = connected.say(b"three", 2, 0)
    assert answer.information == LLC_RESPONSE + b"answer to one two three"
    assert connected.server.heard == [(16, b"one two three")]


def test_what_is_no_request_or_has_no_answer_is_only_acknowledged() -> None:
    connected = Connected()
    assert connected.say(b"no LLC", 0, 0).kind is FrameKind.RR
    assert connected.say(LLC_REQUEST + b"be silent", 1, 0).kind is FrameKind.RR
    assert connected.server.heard == [(16, b"be silent")]


def test_who_may_not_speak_says_nothing_and_hears() -> None:
    connected = Connected()
    silent = frame(FrameKind.I, LLC_REQUEST + b"enter", final=False)
    assert connected.link.take(silent) == []
    assert connected.server.heard == [(16, b"enter")]
    assert connected.one(frame(FrameKind.RR, awaited=0)).information == LLC_RESPONSE + b"answer to enter"


def test_a_frame_longer_than_agreed_is_not_heard() -> None:
    connected = Connected()
    assert connected.link.take(frame(FrameKind.I, LLC_REQUEST + bytes(126))) == []
    assert connected.server.heard == []


def test_another_client_takes_the_connection_over_only_by_its_own_snrm() -> None:
    connected = Connected()
    stranger = replace(frame(FrameKind.I, LLC_REQUEST + b"enter"), source=OTHER)
    assert connected.one(stranger).kind is FrameKind.DM
    assert connected.server.heard == []
    connected.one(replace(frame(FrameKind.SNRM), source=OTHER))
    assert connected.server.released == 1
    assert connected.one(frame(FrameKind.RR)).kind is FrameKind.DM


def test_a_new_connection_begins_at_zero_and_a_released_one_is_over() -> None:
    connected = Connected()
    connected.say(LLC_REQUEST + b"one", 0, 0)
    connected.one(frame(FrameKind.SNRM))
    assert connected.say(LLC_REQUEST + b"two", 0, 0).information == LLC_RESPONSE + b"answer to two"
    assert connected.one(frame(FrameKind.DISC)).kind is FrameKind.UA
    assert connected.server.released == 2
    assert connected.one(frame(FrameKind.DISC)).kind is FrameKind.DM
