"""A head in front of the virtual meter's port, on a clock moved by hand: times, formats, echo, and what goes wrong."""

from dataclasses import replace

import pytest

from hardware.errors import LineLost
from hardware.optical.association import Aarq, InitiateRequest, Mechanism
from hardware.optical.axdr import octet_string
from hardware.optical.frames import Address, Frame, FrameKind, FrameReader
from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.optical.xdlms import ActionRequest, Descriptor
from hardware.virtual.optical.faults import CHANCE, LightDice, OpticalFault
from hardware.virtual.optical.line import VirtualLine
from hardware.virtual.optical.objects import GATEWAY
from hardware.virtual.optical.style import USUAL_STYLE, Closing
from tests.support.optical import BY_PASSWORD, PASSWORD, Optical

IDENTIFICATION = b"/VRT5\\2VIRTUAL\r\n"
SELECT = b"\x06252\r\n"
HDLC = LineFormat(9600)
SNRM = Frame(Address(1), Address(BY_PASSWORD), FrameKind.SNRM)
AARQ = bytes(Aarq(bytes(InitiateRequest(0xFFFFFF, 500)), mechanism=Mechanism.LLS, secret=PASSWORD))


class Head:
    """A head, and the least that a client does with it."""

    def __init__(self, optical: Optical) -> None:
        self.optical = optical
        self.line: VirtualLine = optical.line()
        self.reader = FrameReader()

    def sign_on(self) -> bytes:
        """Into HDLC; what the meter said at first."""
        self.line.set_format(SIGN_ON_FORMAT)
        self.line.write(b"/?!\r\n")
        who = self.line.read(2)
        self.line.write(SELECT)
        self.line.set_format(LineFormat(9600, 7, "E"))
        self.line.read(2)
        self.line.set_format(HDLC)
        return who

    def send(self, frame: Frame, seconds: float = 2.0) -> list[Frame]:
        self.line.write(bytes(frame))
        return self.reader.feed(self.line.read(seconds))

    def enter(self, row: str, sent: int = 1, seconds: float = 2.0) -> list[Frame]:
        apdu = bytes(ActionRequest(Descriptor(115, GATEWAY, 1), octet_string(row.encode())))
        return self.send(
            replace(SNRM, kind=FrameKind.I, information=b"\xe6\xe6\x00" + apdu, sent=sent, awaited=sent), seconds
        )

    def let_in(self) -> None:
        self.sign_on()
        self.send(SNRM)
        self.send(replace(SNRM, kind=FrameKind.I, information=b"\xe6\xe6\x00" + AARQ))


def kinds(frames: list[Frame]) -> list[FrameKind]:
    return [frame.kind for frame in frames]


def test_every_byte_takes_the_time_of_its_bits_and_the_meter_its_reaction_time() -> None:
    optical = Optical()
    line = optical.line()
    start = optical.hand()
    line.write(b"/?!\r\n")
    assert optical.hand() - start == pytest.approx(5 * 10 / 300)
    assert line.read(0.1) == b""
    assert line.read(1) == IDENTIFICATION
    whole = (5 + len(IDENTIFICATION)) * 10 / 300 + USUAL_STYLE.reaction
    assert optical.hand() - start == pytest.approx(whole)
    assert (line.bytes_sent, line.bytes_read) == (5, len(IDENTIFICATION))


def test_a_read_that_is_given_up_early_takes_its_time_and_loses_nothing() -> None:
    optical = Optical()
    line = optical.line()
    line.write(b"/?!\r\n")
    start = optical.hand()
    for _ in range(4):
        assert line.read(0.05) == b""
    assert optical.hand() - start == pytest.approx(0.2)
    assert line.read(0.05) == IDENTIFICATION


def test_a_head_that_echoes_hears_itself_first() -> None:
    optical = Optical(echo=True)
    line = optical.line()
    line.write(b"/?!\r\n")
    assert line.read(0) == b"/?!\r\n"
    assert line.read(1) == IDENTIFICATION


@pytest.mark.parametrize(
    "fmt", [HDLC, LineFormat(300, 7, "O"), LineFormat(600, 7, "E"), LineFormat(2400, 7, "E")], ids=str
)
def test_a_request_in_another_format_is_not_heard(fmt: LineFormat) -> None:
    line = Optical().line()
    line.set_format(fmt)
    line.write(b"/?!\r\n")
    assert line.read(3) == b""


def test_eight_bits_at_300_baud_spoil_what_is_heard() -> None:
    """Both characters of a request have an even number of ones or not: a meter that checks its parity drops some."""
    line = Optical().line()
    line.write(b"/?!\r\n")
    line.set_format(LineFormat(300))
    spoiled = line.read(2)
    assert spoiled != IDENTIFICATION
    assert bytes(byte & 0x7F for byte in spoiled) == IDENTIFICATION


def test_who_changes_the_speed_too_early_does_not_understand_the_rest() -> None:
    optical = Optical()
    line = optical.line()
    line.write(b"/?!\r\n")
    optical.hand.wait(USUAL_STYLE.reaction + 5 * 10 / 300 + 0.001)
    line.set_format(HDLC)
    got = line.read(2)
    assert got.startswith(IDENTIFICATION[:5])
    assert IDENTIFICATION[5:10] not in got


def test_a_frame_at_300_baud_is_none_to_a_meter_that_speaks_hdlc() -> None:
    head = Head(Optical())
    head.sign_on()
    head.line.set_format(SIGN_ON_FORMAT)
    assert head.send(SNRM) == []
    head.line.set_format(HDLC)
    assert kinds(head.send(SNRM)) == [FrameKind.UA]


def test_a_meter_that_settles_hears_nothing_until_it_has() -> None:
    optical = Optical(style=replace(USUAL_STYLE, settle=0.5))
    head = Head(optical)
    head.sign_on()
    assert head.send(SNRM, 0.2) == []
    optical.hand.wait(0.3)
    assert kinds(head.send(SNRM)) == [FrameKind.UA]


def test_a_meter_that_hears_no_frame_for_its_time_out_is_back_at_300_baud() -> None:
    optical = Optical()
    head = Head(optical)
    head.let_in()
    optical.hand.wait(USUAL_STYLE.inactivity - 10)
    assert kinds(head.send(replace(SNRM, kind=FrameKind.RR, awaited=1))) == [FrameKind.RR]
    optical.hand.wait(USUAL_STYLE.inactivity + 1)
    assert head.send(SNRM) == []
    assert head.sign_on() == IDENTIFICATION


def test_a_row_goes_in_and_a_power_cut_ends_the_connection() -> None:
    optical = Optical()
    head = Head(optical)
    head.let_in()
    assert kinds(head.enter(optical.rows[0])) == [FrameKind.I]
    optical.face.power_cut()
    assert head.send(SNRM) == [], "dark"
    optical.meter.power_on()
    assert head.send(SNRM) == [], "and back at 300 baud"
    assert head.sign_on() == IDENTIFICATION
    assert kinds(head.send(SNRM)) == [FrameKind.UA]
    assert optical.gateway.token == optical.rows[0].encode()


def test_a_lock_out_may_close_the_port_until_it_is_over() -> None:
    optical = Optical(style=replace(USUAL_STYLE, closing=Closing.CLOSED))
    head = Head(optical)
    head.let_in()
    for sent in range(1, 4):
        assert kinds(head.enter(optical.rows[2], sent)) == [FrameKind.I]
    assert optical.gateway.locked_for > 9
    assert head.enter(optical.rows[0], 4) == []
    assert head.send(SNRM) == []
    assert head.sign_on() == b""
    optical.hand.wait(optical.gateway.locked_for)
    assert head.sign_on() == IDENTIFICATION
    head.let_in()
    assert optical.gateway.entered == 3


def test_a_lock_out_of_another_meter_leaves_the_port_open() -> None:
    optical = Optical()
    head = Head(optical)
    head.let_in()
    for sent in range(1, 5):
        assert kinds(head.enter(optical.rows[2], sent)) == [FrameKind.I]
    assert optical.gateway.status.result.standard_name == "Lockout"


def test_a_head_that_is_pulled_off_hears_and_says_nothing_until_it_is_back() -> None:
    optical = Optical()
    head = Head(optical)
    head.let_in()
    optical.light.on = False
    assert head.enter(optical.rows[0]) == []
    assert optical.gateway.entered == 0
    optical.light.on = True
    assert kinds(head.enter(optical.rows[0])) == [FrameKind.I]


def test_a_head_whose_cable_is_pulled_is_lost() -> None:
    line = Optical().line()
    line.plugged = False
    for use in (lambda: line.write(b"x"), lambda: line.read(1), line.drop_input, lambda: line.set_format(HDLC)):
        with pytest.raises(LineLost):
            use()
    line.close()


def test_what_is_dropped_or_comes_after_the_end_is_not_read() -> None:
    optical = Optical()
    line = optical.line()
    line.write(b"/?!\r\n")
    optical.hand.wait(2)
    line.drop_input()
    assert line.read(1) == b""
    line.write(b"/?!\r\n")
    line.close()
    assert line.read(1) == b""


# --- faults


def dice(fault: OpticalFault, seed: int = 0) -> LightDice:
    return LightDice(frozenset({fault}), seed)


def test_without_a_fault_everything_arrives_as_it_was_sent() -> None:
    thrown = LightDice()
    assert all(thrown.request(b"abc") == [b"abc"] == thrown.answer(b"abc") for _ in range(500))
    assert not thrown.pulled_off()
    assert thrown.reaction(0.2) == 0.2
    assert thrown.cut_at_row == 0


@pytest.mark.parametrize(
    ("fault", "request_", "answer"),
    [
        (OpticalFault.LOST_REQUEST, lambda got: got == [], None),
        (OpticalFault.LOST_ANSWER, None, lambda got: got == []),
        (OpticalFault.DOUBLED_REQUEST, lambda got: got == [b"abcdef", b"abcdef"], None),
        (OpticalFault.DOUBLED_ANSWER, None, lambda got: got == [b"abcdef", b"abcdef"]),
        (OpticalFault.CUT_ANSWER, None, lambda got: len(got[0]) < 6 and b"abcdef".startswith(got[0])),
        (OpticalFault.NOISE, lambda got: 6 < len(got[0]) <= 11, lambda got: 6 < len(got[0]) <= 11),
        (OpticalFault.FLIPPED, lambda got: _differ(got[0]) == 1, lambda got: _differ(got[0]) == 1),
    ],
)
def test_each_fault_does_what_it_says_now_and_then(fault: OpticalFault, request_: object, answer: object) -> None:
    thrown = dice(fault)
    for direction, meant in ((thrown.request, request_), (thrown.answer, answer)):
        others = [got for _ in range(2000) if (got := direction(b"abcdef")) != [b"abcdef"]]
        if meant is None:
            assert others == []
        else:
            assert all(meant(got) for got in others)  # type: ignore[operator]
            assert 0.5 * CHANCE < len(others) / 2000 < 2 * CHANCE


def _differ(got: bytes) -> int:
    return sum((one ^ other).bit_count() for one, other in zip(got, b"abcdef", strict=True))


def test_the_same_seed_throws_the_same_faults() -> None:
    every = frozenset(OpticalFault)

    def run(seed: int) -> list[object]:
        thrown = LightDice(every, seed)
        return [(thrown.request(b"abc"), thrown.answer(b"xyz"), thrown.reaction(0.2)) for _ in range(100)]

    assert run(7) == run(7)
    assert run(7) != run(8)


def test_a_mute_meter_still_hears() -> None:
    optical = Optical(dice=dice(OpticalFault.MUTE, 3))
    head = Head(optical)
    head.let_in()
    sent = 0
    while kinds(head.enter(optical.rows[0], (sent + 1) % 8)) == [FrameKind.I]:
        sent += 1
        assert sent < 60
    assert optical.gateway.entered == sent + 1


@pytest.mark.parametrize("seed", range(6))
def test_a_head_comes_off_once_in_the_middle_of_a_burst(seed: int) -> None:
    optical = Optical(dice=dice(OpticalFault.HEAD_OFF, seed))
    optical.dice.away_seconds = 20.0
    head = Head(optical)

    def signs_on() -> bool:
        optical.face._leave()
        return head.sign_on() == IDENTIFICATION

    assert not all(signs_on() for _ in range(40))
    optical.hand.wait(20)
    assert all(signs_on() for _ in range(40))


@pytest.mark.parametrize("seed", range(12))
def test_while_the_head_is_away_the_meter_is_given_nothing(seed: int) -> None:
    optical = Optical(dice=dice(OpticalFault.HEAD_OFF, seed))
    optical.dice.away_seconds = 1000.0
    head = Head(optical)
    head.let_in()
    sent = 0
    while kinds(head.enter(optical.rows[0], (sent + 1) % 8, 0.3)) == [FrameKind.I]:
        sent += 1
        assert sent < 60
    for number in range(8):
        head.enter(optical.rows[0], number, 0.3)
    # The one in whose middle the head came off may have been heard, and its answer not.
    assert optical.gateway.entered in (sent, sent + 1)


def test_what_is_mended_is_as_it_was() -> None:
    optical = Optical(dice=LightDice(frozenset({OpticalFault.HEAD_OFF, OpticalFault.MUTE}), 1))
    optical.dice.away_seconds = float("inf")
    head = Head(optical)
    for _ in range(40):
        head.sign_on()
    optical.face.power_cut()
    optical.light.mend()
    assert head.sign_on() == IDENTIFICATION


@pytest.mark.parametrize("seed", range(8))
def test_a_power_cut_comes_behind_a_token_and_is_over_after_two_seconds(seed: int) -> None:
    optical = Optical(dice=dice(OpticalFault.POWER_CUT, seed))
    head = Head(optical)
    head.let_in()
    wanted = optical.dice.cut_at_row
    answers = [kinds(head.enter(row, number + 1, 0.4)) for number, row in enumerate(optical.rows[:wanted])]
    assert answers[:-1] == [[FrameKind.I]] * (wanted - 1)
    assert answers[-1] == ([] if optical.dice.cut_before_answer else [FrameKind.I])
    assert not optical.meter.powered
    assert head.sign_on() == b""
    optical.hand.wait(2)
    assert head.sign_on() == IDENTIFICATION
    assert optical.gateway.token == optical.rows[wanted - 1].encode()


def test_a_slow_meter_takes_up_to_four_seconds() -> None:
    thrown = dice(OpticalFault.SLOW)
    taken = [thrown.reaction(0.2) for _ in range(200)]
    assert min(taken) == 0.2
    assert 3.5 < max(taken) <= 4
