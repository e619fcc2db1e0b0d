"""What a head hears of its own bytes never reaches whoever reads."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hardware.optical.echo import AWAITED, EchoLine
from hardware.optical.line import LineFormat
from hardware.virtual.clock import HandClock
from tests.support.scripted_line import ScriptedLine

FRAME = bytes.fromhex("7ea00703219300 0f0c7e")
ANSWER = bytes.fromhex("7ea007210373 1f8a7e")


class _Far(ScriptedLine):
    """Hands over what a test says, in pieces as it says."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__(lambda _data, _fmt: b"")
        self.pieces = [piece for piece in pieces if piece]

    def read(self, seconds: float) -> bytes:
        if not self.pieces:
            self.clock.wait(seconds)
            return b""
        return self.pieces.pop(0)


def heard(line: EchoLine) -> bytes:
    """All that comes until nothing does."""
    got = b""
    while come := line.read(1.0):
        got += come
    return got


def over(*pieces: bytes, sent: tuple[bytes, ...] = (FRAME,)) -> bytes:
    """What is heard of these pieces after this was sent."""
    far = _Far(*pieces)
    line = EchoLine(far, far.clock)
    for data in sent:
        line.write(data)
    return heard(line)


def test_an_echo_is_dropped_however_it_is_cut() -> None:
    whole = FRAME + ANSWER
    for cut in range(len(whole)):
        assert over(whole[:cut], whole[cut:]) == ANSWER
    assert over(*(bytes((byte,)) for byte in whole)) == ANSWER


def test_a_head_without_echo_loses_nothing() -> None:
    assert over(ANSWER) == ANSWER
    assert over(ANSWER, ANSWER, FRAME[:1]) == ANSWER + ANSWER + FRAME[:1]


def test_a_read_waits_on_behind_the_echo_for_what_is_left_of_its_time() -> None:
    far = _Far(FRAME)
    line = EchoLine(far, far.clock)
    line.write(FRAME)
    began = far.clock()
    assert line.read(2.0) == b""
    assert far.clock() - began == 2.0


def test_stray_bytes_before_an_echo_do_not_save_it() -> None:
    assert over(b"\xff\x00" + FRAME + ANSWER) == b"\xff\x00" + ANSWER
    assert over(FRAME[:1] + FRAME + ANSWER) == FRAME[:1] + ANSWER


def test_a_damaged_echo_is_handed_on_and_the_answer_with_it() -> None:
    damaged = FRAME[:4] + b"\x00" + FRAME[5:]
    assert over(damaged + ANSWER) == damaged + ANSWER


def test_a_lost_echo_does_not_keep_the_next_ones() -> None:
    other = FRAME[:5] + b"\x11" + FRAME[6:]
    assert over(other + ANSWER, sent=(FRAME, other)) == ANSWER
    assert over(FRAME + ANSWER, sent=(FRAME, FRAME)) == ANSWER
    assert over(FRAME + other + ANSWER, sent=(FRAME, other)) == ANSWER


def test_an_answer_is_never_taken_for_a_late_echo() -> None:
    """Once the answer has begun, what looks like an echo is the meter's."""
    assert over(ANSWER + FRAME) == ANSWER + FRAME


def test_an_echo_comes_once() -> None:
    assert over(FRAME + FRAME + ANSWER) == FRAME + ANSWER


def test_no_more_echoes_are_awaited_than_a_client_may_send() -> None:
    sent = tuple(bytes((number,)) * 5 for number in range(AWAITED + 1))
    assert over(sent[0], sent=sent) == sent[0]
    assert over(sent[1], sent=sent) == b""


def test_the_rest_of_the_line_is_the_line() -> None:
    line = ScriptedLine(lambda _data, _fmt: ANSWER)
    with EchoLine(line, HandClock()) as head:
        head.set_format(LineFormat(300, 7, "E"))
        head.write(FRAME)
        head.drop_input()
        assert head.read(1.0) == b""
    assert (line.fmt, line.closed) == (LineFormat(300, 7, "E"), True)


@given(st.binary(max_size=60), st.binary(min_size=5, max_size=20), st.lists(st.integers(0, 80), max_size=5))
def test_whatever_comes_only_whole_echoes_are_ever_missing(noise: bytes, sent: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(noise)]
    got = over(*(noise[begin:end] for begin, end in pairwise(edges)), sent=(sent,))
    held = len(noise) - len(got)
    # A beginning of an echo that goes no further is still held back.
    assert got == noise or got + sent[:held] == noise or noise.replace(sent, b"", 1).startswith(got)
