"""The reader's side of a sign-on, against a meter that is a function."""

from dataclasses import replace

import pytest

from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.echo import EchoLine
from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.optical.model import OpticalModel, Route
from hardware.optical.sign_on import Identification, SignOn, open_hdlc
from tests.support.scripted_line import Says, ScriptedLine

MODEL = OpticalModel("test", route=Route.MODE_E)
WHO = b"/LGZ5\\2ZMF100AC.M23\r\n"
REQUEST = b"/?!\r\n"
INTO_HDLC = b"\x06252\r\n"
FAST_7E1, FAST_8N1 = LineFormat(9600, 7, "E"), LineFormat(9600)


def meter(*, who: bytes = WHO, confirms: bool = True, asleep: int = 0) -> Says:
    """A meter that needs so many requests to wake up, and hears 300 baud and 7E1 only."""
    requests = 0

    def says(data: bytes, fmt: LineFormat) -> bytes:
        nonlocal requests
        if fmt != SIGN_ON_FORMAT:
            return b"\x9c\x00"
        if data == REQUEST:
            requests += 1
            return who if requests > asleep else b""
        return data if confirms else b""

    return says


def sign_on(line: ScriptedLine, model: OpticalModel = MODEL, address: str = "") -> SignOn:
    return SignOn(line, model, address=address, clock=line.clock, wait=line.clock.wait)


def test_a_meter_says_who_it_is_at_300_baud() -> None:
    line = ScriptedLine(meter())
    who = sign_on(line).identify()
    assert who == Identification("LGZ", 9600, "\\2", "ZMF100AC.M23")
    assert who.name == "LGZZMF100AC.M23"
    assert line.sent == [(SIGN_ON_FORMAT, REQUEST)]


def test_one_of_several_meters_is_called_by_its_address() -> None:
    line = ScriptedLine(lambda data, _fmt: WHO if data == b"/?12345678!\r\n" else b"")
    assert sign_on(line, address="12345678").identify().maker == "LGZ"
    with pytest.raises(NoAnswer):
        sign_on(line, address="12345679").identify()


def test_a_meter_that_slept_is_asked_twice_and_not_more() -> None:
    line = ScriptedLine(meter(asleep=1))
    assert sign_on(line).identify().maker == "LGZ"
    mute = ScriptedLine(meter(asleep=99))
    began = mute.clock()
    with pytest.raises(NoAnswer, match="put the head on the meter's optical port"):
        sign_on(mute).identify()
    assert mute.sent == [(SIGN_ON_FORMAT, REQUEST)] * 2
    assert mute.clock() - began == pytest.approx(2 * MODEL.timing.sign_on)


@pytest.mark.parametrize(
    "who",
    [
        b"\x1f\x83\xff\x00" * 10,
        b"/LG5ZMF\r\n",
        b"/LGZ9ZMF\r\n",
        b"/LGZ5" + b"Z" * 33 + b"\r\n",
        b"/LGZ5ZMF\r",
        b"7" * 2000,
    ],
    ids=["noise", "two-letters", "no-such-speed", "long", "cut", "endless"],
)
def test_what_is_no_identification_is_told_from_silence(who: bytes) -> None:
    with pytest.raises(MeterAnswersWrong, match="no identification"):
        sign_on(ScriptedLine(meter(who=who))).identify()


def test_an_identification_is_found_behind_noise_and_under_an_eighth_bit() -> None:
    with_parity = bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in WHO)
    assert with_parity != WHO
    line = ScriptedLine(meter(who=b"\x00/\xff" + with_parity))
    assert sign_on(line).identify() == Identification("LGZ", 9600, "\\2", "ZMF100AC.M23")


def test_the_echo_of_the_request_is_no_identification() -> None:
    line = ScriptedLine(meter(), echo=True)
    head = EchoLine(line, line.clock)
    assert SignOn(head, MODEL, clock=line.clock, wait=line.clock.wait).identify().maker == "LGZ"
    alone = ScriptedLine(lambda _data, _fmt: b"", echo=True)
    with pytest.raises(NoAnswer):
        SignOn(EchoLine(alone, alone.clock), MODEL, clock=alone.clock, wait=alone.clock.wait).identify()


def test_mode_e_ends_in_hdlc_at_the_speed_that_the_meter_offers() -> None:
    line = ScriptedLine(meter())
    who = open_hdlc(line, MODEL, clock=line.clock, wait=line.clock.wait)
    assert who is not None
    assert who.speed == 9600
    assert line.sent == [(SIGN_ON_FORMAT, REQUEST), (SIGN_ON_FORMAT, INTO_HDLC)]
    assert line.fmt == FAST_8N1
    assert line.read(1.0) == b""


def test_the_confirmation_is_awaited_at_the_new_speed_with_the_old_parity() -> None:
    formats: list[LineFormat] = []

    class _Line(ScriptedLine):
        def set_format(self, fmt: LineFormat) -> None:
            formats.append(fmt)
            super().set_format(fmt)

    line = _Line(meter())
    sign_on(line).into_hdlc()
    assert formats == [SIGN_ON_FORMAT, FAST_7E1, FAST_8N1]


def test_a_meter_that_confirms_nothing_is_waited_for_and_taken_at_its_word() -> None:
    line, silent = ScriptedLine(meter()), ScriptedLine(meter(confirms=False))
    begun = line.clock()
    sign_on(line).into_hdlc()
    sign_on(silent).into_hdlc()
    assert silent.fmt == FAST_8N1
    assert silent.clock() - begun > line.clock() - begun + 0.9 * MODEL.timing.confirm


def test_the_option_select_waits_for_the_meters_reaction_time() -> None:
    at: list[float] = []

    def says(data: bytes, fmt: LineFormat) -> bytes:
        at.append(line.clock())
        return meter()(data, fmt)

    line = ScriptedLine(says, piece=100, pause=0.0)
    sign_on(line).into_hdlc()
    assert at[1] - at[0] >= MODEL.timing.reaction


def test_a_speed_that_the_head_cannot_do_is_declined_for_the_first_one() -> None:
    line = ScriptedLine(meter(who=b"/LGZ6ZMF\r\n"))
    sign_on(line).into_hdlc()
    assert line.sent[-1] == (SIGN_ON_FORMAT, b"\x06202\r\n")
    assert line.fmt == LineFormat(300)
    faster = ScriptedLine(meter(who=b"/LGZ6ZMF\r\n"))
    sign_on(faster, replace(MODEL, fastest=19200)).into_hdlc()
    assert faster.sent[-1] == (SIGN_ON_FORMAT, b"\x06262\r\n")


def test_a_meter_that_reads_itself_out_instead_is_no_meter_for_hdlc() -> None:
    """As an Apator NORAX 3D does (github.com/u9n/dlms-cosem/issues/37)."""

    def says(data: bytes, _fmt: LineFormat) -> bytes:
        return WHO if data == REQUEST else b"\x020-0:C.1.0(72432595)\r\n!\r\n\x03\x00"

    with pytest.raises(MeterAnswersWrong, match="choose a model for a read-out"):
        sign_on(ScriptedLine(says)).into_hdlc()


def test_a_meter_of_plain_hdlc_is_not_signed_on_to() -> None:
    line = ScriptedLine(meter())
    model = OpticalModel("test", route=Route.HDLC, start=FAST_8N1)
    assert open_hdlc(line, model, clock=line.clock, wait=line.clock.wait) is None
    assert (line.sent, line.fmt) == ([], FAST_8N1)
