"""What is under a head is found without knowing its model, and nothing is entered while it is looked for."""

from dataclasses import replace

import pytest

from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.find import Found, find
from hardware.optical.frames import Address, FrameKind, FrameReader
from hardware.optical.hdlc import HdlcLink
from hardware.optical.line import Line
from hardware.optical.models import all_models, read_model
from hardware.optical.sign_on import SignOn
from hardware.virtual.optical.line import VirtualLine
from hardware.virtual.optical.style import Style
from tests.support.optical import Optical
from tests.support.scripted_line import ScriptedLine

MODELS = all_models()


def under(optical: Optical, line: Line | None = None) -> Found:
    return find(line or optical.line(), MODELS, clock=optical.hand, wait=optical.hand.wait)


def names(found: Found) -> list[str]:
    return [model.name for model in found.models]


def test_a_meter_is_known_by_what_it_says_of_itself() -> None:
    found = under(Optical())
    assert names(found) == ["virtual-optical", "dlms-mode-e"]
    assert found.identification is not None
    assert (found.identification.maker, found.identification.speed) == ("VRT", 9600)


@pytest.mark.parametrize(("mode_e", "model"), [(True, "dlms-mode-e"), (False, "read-out")])
def test_a_meter_of_an_unknown_maker_is_taken_by_what_it_can_do(mode_e: bool, model: str) -> None:
    assert names(under(Optical(style=Style(maker="XYZ", mode_e=mode_e)))) == [model]


def test_a_meter_that_speaks_hdlc_at_once_is_found_and_its_connection_ended() -> None:
    optical = Optical(style=Style(sign_on=False))
    line = optical.line()
    sent = bytearray()

    def write(data: bytes) -> None:
        sent.extend(data)
        VirtualLine.write(line, data)

    line.write = write  # type: ignore[method-assign]
    found = under(optical, line)
    assert (found.identification, names(found)) == (None, ["dlms-hdlc"])
    assert [frame.kind for frame in FrameReader().feed(bytes(sent))] == [FrameKind.SNRM, FrameKind.DISC]
    assert optical.gateway.entered == 0


def test_a_meter_that_an_earlier_process_left_connected_is_found_by_its_sign_on() -> None:
    optical = Optical(style=Style(baud=9600))
    line = optical.line()
    who = SignOn(line, read_model("virtual-optical"), clock=optical.hand, wait=optical.hand.wait)
    who.into_hdlc()
    HdlcLink(line, Address(1), Address(1), clock=optical.hand, wait=optical.hand.wait).connect()
    found = under(optical)
    assert found.identification is not None
    assert names(found)[0] == "virtual-optical"


def test_nothing_under_the_head_is_told() -> None:
    optical = Optical()
    optical.light.on = False
    with pytest.raises(NoAnswer, match="neither to a sign-on nor to HDLC: put the head right"):
        under(optical)


def test_something_that_is_no_meter_is_told() -> None:
    line = ScriptedLine(lambda _data, _fmt: b"AT+OK\r\n")
    with pytest.raises(MeterAnswersWrong):
        find(line, MODELS, clock=line.clock, wait=line.clock.wait)


def test_without_a_model_that_signs_on_only_hdlc_is_tried() -> None:
    only = tuple(replace(model) for model in MODELS if model.name == "dlms-hdlc")
    optical = Optical()
    with pytest.raises(NoAnswer):
        find(optical.line(), only, clock=optical.hand, wait=optical.hand.wait)
