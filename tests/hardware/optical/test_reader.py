"""A meter that is only read: alone, and beside a keypad that types."""

import threading
from collections.abc import Callable

import pytest

from hardware.adapter import Evidence, MeterRegister, Outcome, Probe, Source
from hardware.errors import AccessRefused, AdapterBusy, AdapterClosed, HardwareError, LineLost, NoAnswer
from hardware.optical.beside import ReadBeside
from hardware.optical.line import SIGN_ON_FORMAT, Line, LineFormat
from hardware.optical.model import OpticalModel, Route
from hardware.optical.reader import BY, FRESH_SECONDS, OpticalReader
from tests.support.bench import GO, OnBench
from tests.support.data_set import block
from tests.support.scripted_line import ScriptedLine

NUMBER, OTHER = "01234567890", "09876543210"


def model(*registers: MeterRegister) -> OpticalModel:
    """A model that tells these registers, each at an address of its own name."""
    return OpticalModel("test", route=Route.READ_OUT, read_out={register: register.name for register in registers})


class Meter:
    """Tells these values, and counts how often it was read."""

    def __init__(self, **values: str) -> None:
        self.values = values
        self.reads = 0
        self.mute = False
        self.line = ScriptedLine(self.says)

    def says(self, data: bytes, fmt: LineFormat) -> bytes:
        if self.mute or fmt != SIGN_ON_FORMAT:
            return b""
        if data == b"/?!\r\n":
            return b"/VRT5\r\n"
        self.reads += 1
        lines = "".join(f"{address}({value})\r\n" for address, value in self.values.items())
        return block(f"{lines}!\r\n".encode("ascii"))

    def open(self) -> Line:
        self.line.closed = False
        return self.line

    def reader(self, *registers: MeterRegister) -> OpticalReader:
        return OpticalReader(self.open, model(*registers), clock=self.line.clock, wait=self.line.clock.wait)


class TestReader:
    def test_it_tells_number_and_key_and_gives_the_head_back(self) -> None:
        meter = Meter(METER_NUMBER=NUMBER, KRN="3")
        with meter.reader(MeterRegister.METER_NUMBER, MeterRegister.KRN) as reader:
            assert reader.probe() == Probe("test", NUMBER, 3)
            assert meter.line.closed
            assert reader.read(MeterRegister.KRN) == Evidence(Source.REGISTER, "3", BY)
            assert (reader.tampered(), reader.read_result().outcome) == (None, Outcome.UNKNOWN)

    def test_what_the_model_does_not_know_is_not_asked_for(self) -> None:
        meter = Meter(KRN="3")
        with meter.reader(MeterRegister.METER_NUMBER) as reader:
            assert reader.read(MeterRegister.KRN) is None
            assert meter.reads == 0
            assert reader.read(MeterRegister.METER_NUMBER) is None
            assert reader.probe() == Probe("test", None, None)

    def test_one_data_set_answers_for_a_while_and_no_longer(self) -> None:
        meter = Meter(METER_NUMBER=NUMBER, KRN="1")
        with meter.reader(MeterRegister.METER_NUMBER, MeterRegister.KRN) as reader:
            reader.read(MeterRegister.METER_NUMBER)
            meter.values["KRN"] = "2"
            reader.read(MeterRegister.KRN)
            assert meter.reads == 1
            meter.line.clock.wait(FRESH_SECONDS)
            shown = reader.read(MeterRegister.KRN)
            assert shown is not None
            assert (shown.seen, meter.reads) == ("2", 2)

    def test_it_never_sends_a_row(self) -> None:
        meter = Meter()
        with meter.reader(MeterRegister.METER_NUMBER) as reader:
            with pytest.raises(AccessRefused, match="it is only read"):
                reader.submit("1" * 20, deadline=60, cancel=GO)
            assert meter.line.sent == []

    def test_it_keeps_the_contract(self) -> None:
        meter = Meter(METER_NUMBER=NUMBER)
        reader = meter.reader(MeterRegister.METER_NUMBER)
        begun, go_on = threading.Event(), threading.Event()

        def slow() -> Line:
            begun.set()
            go_on.wait(10)
            return meter.line

        busy = OpticalReader(
            slow, model(MeterRegister.METER_NUMBER), clock=meter.line.clock, wait=meter.line.clock.wait
        )
        other = threading.Thread(target=busy.probe)
        other.start()
        begun.wait(10)
        with pytest.raises(AdapterBusy):
            busy.probe()
        go_on.set()
        other.join()
        reader.close()
        for call in (
            reader.probe,
            lambda: reader.read(MeterRegister.METER_NUMBER),
            reader.tampered,
            reader.read_result,
        ):
            with pytest.raises(AdapterClosed):
                call()


ALL = (MeterRegister.METER_NUMBER, MeterRegister.KRN)


class TestBeside:
    """The keypad's meter is a whole virtual one; what the head reads is told apart from it by its values."""

    def test_registers_come_by_light_and_rows_by_keys(self) -> None:
        on_bench, light = OnBench(), Meter(METER_NUMBER=OTHER, KRN="7")
        with ReadBeside(on_bench.bench.connect(), light.reader(*ALL)) as adapter:
            assert adapter.probe() == Probe(adapter.model, OTHER, 7)
            assert adapter.read(MeterRegister.KRN) == Evidence(Source.REGISTER, "7", BY)
            assert on_bench.bench.wiring.closures == []
            done = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
            assert done.outcome is Outcome.ACCEPTED
            assert adapter.read_result().outcome is Outcome.ACCEPTED
            assert adapter.tampered() is False
            sgc = adapter.read(MeterRegister.SGC)
            assert sgc is not None
            assert sgc.source is Source.PICTURE
        assert [entry.digits for entry in on_bench.meter.entries][:1] == [on_bench.rows[0]]

    def test_what_was_read_before_a_row_is_not_told_after_it(self) -> None:
        on_bench, light = OnBench(), Meter(KRN="1")
        with ReadBeside(on_bench.bench.connect(), light.reader(*ALL)) as adapter:
            adapter.read(MeterRegister.KRN)
            light.values["KRN"] = "2"
            adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
            shown = adapter.read(MeterRegister.KRN)
            assert shown is not None
            assert shown.seen == "2"

    def test_what_the_light_does_not_tell_the_keys_are_asked_for(self) -> None:
        on_bench, light = OnBench(), Meter(KRN="7")
        number = str(on_bench.meter.state.drn)
        with ReadBeside(on_bench.bench.connect(), light.reader(*ALL)) as adapter:
            assert adapter.probe() == Probe(adapter.model, number, 7)

    @pytest.mark.parametrize("fault", [LineLost("gone"), NoAnswer("mute")])
    def test_a_head_that_fails_is_as_none(self, fault: HardwareError) -> None:
        on_bench, light = OnBench(), Meter(KRN="7")

        def lost() -> Line:
            raise fault

        reader = OpticalReader(lost, model(*ALL), clock=light.line.clock, wait=light.line.clock.wait)
        with ReadBeside(on_bench.bench.connect(), reader) as adapter:
            assert adapter.probe().meter_number == str(on_bench.meter.state.drn)
            shown = adapter.read(MeterRegister.KRN)
            assert shown is not None
            assert shown.source is Source.PICTURE

    def test_it_is_one_adapter(self) -> None:
        on_bench, light = OnBench(), Meter(KRN="7")
        keypad = on_bench.bench.connect()
        adapter = ReadBeside(keypad, light.reader(*ALL))
        assert (adapter.model, adapter.tools) == (keypad.model, keypad)
        assert (adapter.section_timeout, adapter.row_seconds) == (keypad.section_timeout, keypad.row_seconds)
        adapter.abort()
        adapter.close()
        calls: list[Callable[[], object]] = [keypad.probe, adapter.probe, adapter._reader.probe]
        for call in calls:
            with pytest.raises(AdapterClosed):
                call()
