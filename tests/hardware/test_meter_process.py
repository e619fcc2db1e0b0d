"""The meter process and its client: one contract over a socket, one session, one journal."""

import socket
import stat
import threading
import time
from pathlib import Path

import pytest

from hardware.adapter import EntryProgress, MeterAdapter, MeterRegister, Outcome, Probe, RowEntry, Submission
from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.errors import (
    AccessRefused,
    AdapterBusy,
    AdapterClosed,
    AttemptReused,
    JournalBroken,
    MeterProcessBusy,
    MeterProcessGone,
    NoAnswer,
    NotARow,
    ProfileInvalid,
    ProtocolBroken,
    SettingsInvalid,
)
from hardware.journal import Journal
from hardware.virtual.adapter import VirtualAdapter
from hardware.virtual.bench import Senses
from tests.support.bench import OnBench, tools_of
from tests.support.meter_process import GO, InBackground, Process, gated
from tests.support.scripted import Scripted


class TestContract:
    """The client is a MeterAdapter like any other."""

    def test_a_whole_upgrade(self, process: Process) -> None:
        told: list[EntryProgress] = []
        with process.connect() as adapter:
            assert adapter.probe() == Probe("generic-4x3", str(process.on_bench.meter.state.drn), 1)
            answers = [adapter.submit(row, deadline=90, cancel=GO, watch=told.append) for row in process.on_bench.rows]
            krn = adapter.read(MeterRegister.KRN)
            assert adapter.read_result().outcome is Outcome.UNKNOWN
            assert adapter.section_timeout == 600.0
        assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 4
        assert krn is not None
        assert krn.seen == "3"
        assert [event.done for event in told] == list(range(1, 22)) * 4
        assert "".join(str(event.key) for event in told[:20]) == process.on_bench.rows[0]
        assert len(answers[0].presses) == 21

    def test_what_is_no_row_never_leaves_the_kiosk(self, process: Process) -> None:
        with process.connect() as adapter, pytest.raises(NotARow):
            adapter.submit("123", deadline=90, cancel=GO)

    def test_a_calibration_is_kept_by_the_process(self, process: Process) -> None:
        with process.connect() as adapter:
            found = tools_of(adapter).calibrate(deadline=3600, cancel=GO)
            answer = adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO)
        assert 0 < found.press < process.on_bench.bench.profile.timing.press
        assert max(press.length for press in answer.presses) < process.on_bench.bench.profile.timing.press

    @pytest.mark.parametrize("plug", [True, False])
    def test_the_contacts_are_proved_by_the_process(self, process: Process, plug: bool) -> None:
        process.on_bench.bench.wiring.plug = plug
        with process.connect() as adapter:
            found = tools_of(adapter).loop_back()
        assert (found is not None) is plug
        if found is not None:
            assert found.good == found.keys
            assert len(found.keys) > 10
            assert found.bad == ()

    def test_what_an_unsettled_entry_costs_is_remembered_by_the_process(self, process: Process) -> None:
        with process.connect() as adapter:
            tools_of(adapter).unsettled()
        before = process.on_bench.clock.now
        with process.connect() as adapter:
            adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO)
        assert process.on_bench.clock.now - before > process.on_bench.bench.profile.entry_timeout

    def test_a_meter_without_keys_refuses_their_tools(self, tmp_path: Path) -> None:
        folder = tmp_path / "other"
        folder.mkdir()
        virtual = VirtualAdapter(OnBench().meter)
        process = Process(folder, open=lambda _model: virtual)
        try:
            with process.connect() as adapter, pytest.raises(ProtocolBroken, match="not reached through its keys"):
                adapter.call("loop_back")
        finally:
            process.stop()

    @pytest.mark.parametrize(("refusal", "ends"), [(AccessRefused, Outcome.FAULT), (NoAnswer, Outcome.UNKNOWN)])
    def test_an_attempt_that_sent_nothing_is_over_and_any_other_error_leaves_it_unknown(
        self, tmp_path: Path, refusal: type[AccessRefused] | type[NoAnswer], ends: Outcome
    ) -> None:
        class Refuses(Scripted):
            def _submit(self, entry: RowEntry) -> Submission:
                raise refusal("the meter says so")

        folder = tmp_path / "other"
        folder.mkdir()
        process = Process(folder, open=lambda _model: Refuses([]))
        try:
            with process.connect() as adapter:
                with pytest.raises(refusal, match="the meter says so"):
                    adapter.submit("1" * 20, deadline=90, cancel=GO, attempt="a")
                assert adapter.recall("a").outcome is ends
        finally:
            process.stop()

    def test_a_closed_client_says_so(self, process: Process) -> None:
        adapter = process.connect()
        adapter.close()
        adapter.close()
        with pytest.raises(AdapterClosed):
            adapter.probe()

    def test_an_error_comes_over_as_itself(self, process: Process) -> None:
        with pytest.raises(ProfileInvalid, match="no such model"):
            MeterProcess(process.path, "nonsense")

    @pytest.mark.parametrize("stop", ["cancel", "abort"])
    def test_a_row_is_stopped_before_enter(self, process: Process, stop: str) -> None:
        gate = gated(process, 5)
        cancel = threading.Event()
        with process.connect() as adapter:
            typing = InBackground(lambda: adapter.submit(process.on_bench.rows[0], deadline=90, cancel=cancel))
            gate.there.wait(5)
            if stop == "cancel":
                cancel.set()
                time.sleep(0.2)  # the client looks at it 20 times a second
            else:
                adapter.abort()
                time.sleep(0.1)
            gate.on.set()
            assert typing.join().outcome is Outcome.FAULT
        assert process.on_bench.pressed("enter") == 0

    def test_a_second_row_is_refused(self, process: Process) -> None:
        gate = gated(process, 5)
        with process.connect() as adapter:
            typing = InBackground(lambda: adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO))
            gate.there.wait(5)
            with pytest.raises(AdapterBusy):
                adapter.submit(process.on_bench.rows[1], deadline=90, cancel=GO)
            gate.on.set()
            assert typing.join().outcome is Outcome.ACCEPTED
        assert [entry.digits for entry in process.on_bench.meter.entries] == [process.on_bench.rows[0]]

    def test_a_deadline_ends_the_row_in_the_process_itself(self, process: Process) -> None:
        gate = gated(process, 5)
        with process.connect() as adapter:
            typing = InBackground(lambda: adapter.submit(process.on_bench.rows[0], deadline=0.3, cancel=GO))
            gate.there.wait(5)
            time.sleep(0.5)
            gate.on.set()
            assert typing.join().outcome is Outcome.FAULT
        assert process.on_bench.pressed("enter") == 0


class TestMemory:
    def test_the_same_request_is_answered_and_not_typed_again(self, process: Process) -> None:
        row = process.on_bench.rows[0]
        with process.connect() as adapter:
            first = adapter.submit(row, deadline=90, cancel=GO, attempt="r1")
            again = adapter.submit(row, deadline=90, cancel=GO, attempt="r1")
            recalled = adapter.recall("r1")
            assert adapter.recall("never heard of").outcome is Outcome.UNKNOWN
        assert first.outcome is again.outcome is recalled.outcome is Outcome.ACCEPTED
        assert len(process.on_bench.meter.entries) == 1

    def test_the_same_request_with_another_row_is_neither_typed_nor_answered(self, process: Process) -> None:
        first, other = process.on_bench.rows[:2]
        with process.connect() as adapter:
            adapter.submit(first, deadline=90, cancel=GO, attempt="r1")
            with pytest.raises(AttemptReused, match="another row"):
                adapter.submit(other, deadline=90, cancel=GO, attempt="r1")
            assert adapter.recall("r1").outcome is Outcome.ACCEPTED
        assert [entry.digits for entry in process.on_bench.meter.entries] == [first]

    def test_it_outlives_the_process(self, process: Process, tmp_path: Path) -> None:
        with process.connect() as adapter:
            adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO, attempt="r1")
        process.stop()
        again = Process(tmp_path)
        try:
            with again.connect() as adapter:
                assert adapter.recall("r1").outcome is Outcome.ACCEPTED
        finally:
            again.stop()

    def test_a_damaged_journal_stops_no_row_and_the_kiosk_hears_of_it(self, process: Process, tmp_path: Path) -> None:
        with process.connect() as adapter:
            assert adapter.set_aside == 0
            adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO, attempt="r1")
        process.stop()
        path = tmp_path / "journal"
        path.write_bytes(path.read_bytes().replace(b"ACCEPTED", b"ACCEPTFD"))
        again = Process(tmp_path)
        try:
            with again.connect() as adapter:
                assert adapter.set_aside == 1
                assert adapter.recall("r1").outcome is Outcome.UNKNOWN
                assert adapter.submit(again.on_bench.rows[0], deadline=90, cancel=GO).outcome is Outcome.ACCEPTED
        finally:
            again.stop()

    def test_an_attempt_that_was_cut_off_is_unknown_and_stays_so(self, process: Process, tmp_path: Path) -> None:
        process.stop()
        journal = Journal(tmp_path / "journal")
        journal.begin("r1", process.on_bench.rows[0])
        journal.close()
        again = Process(tmp_path)
        try:
            with again.connect() as adapter:
                assert adapter.recall("r1").outcome is Outcome.UNKNOWN
                # Even asked to type it, under this name it is not typed.
                row = again.on_bench.rows[0]
                assert adapter.submit(row, deadline=90, cancel=GO, attempt="r1").outcome is Outcome.UNKNOWN
            assert again.on_bench.meter.entries == []
        finally:
            again.stop()

    def test_after_a_crash_the_next_row_waits_until_the_meter_has_forgotten(
        self, process: Process, tmp_path: Path
    ) -> None:
        """Digits of the row that was cut off may stand in the entry: a row typed behind them would be another row."""
        process.stop()
        journal = Journal(tmp_path / "journal")
        journal.begin("r1", process.on_bench.rows[0])
        journal.close()
        again = Process(tmp_path, on_bench=OnBench(senses=Senses(())))
        for key in "123":
            again.on_bench.meter.press(key)
        try:
            with again.connect() as adapter:
                adapter.submit(again.on_bench.rows[0], deadline=90, cancel=GO, attempt="r2")
                tools_of(adapter).settled()
            assert [entry.digits for entry in again.on_bench.meter.entries] == again.on_bench.rows[:1]
            before = again.on_bench.clock.now
            with again.connect() as adapter:
                adapter.submit(again.on_bench.rows[1], deadline=90, cancel=GO, attempt="r3")
            assert again.on_bench.clock.now - before < 10.0
        finally:
            again.stop()

    def test_the_first_key_waits_for_the_disk(self, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_request: str, _row: str) -> None:
            raise JournalBroken("no room")

        monkeypatch.setattr(process.journal, "begin", broken)
        with process.connect() as adapter, pytest.raises(JournalBroken, match="no room"):
            adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO)
        assert process.on_bench.bench.wiring.closures == []

    def test_an_answer_that_cannot_be_kept_is_not_told(self, process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_request: str, _submission: Submission) -> None:
            raise JournalBroken("no room")

        monkeypatch.setattr(process.journal, "end", broken)
        with process.connect() as adapter:
            answer = adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO, attempt="r1")
            assert answer.outcome is adapter.recall("r1").outcome is Outcome.UNKNOWN

    @pytest.mark.parametrize(("abort", "outcome"), [(False, Outcome.ACCEPTED), (True, Outcome.FAULT)])
    def test_a_kiosk_that_goes_finds_the_result_when_it_comes_back(
        self, tmp_path: Path, abort: bool, outcome: Outcome
    ) -> None:
        process = Process(tmp_path, abort)
        try:
            gate = gated(process, 8)
            adapter = process.connect()
            row = process.on_bench.rows[0]
            typing = InBackground(lambda: adapter.submit(row, deadline=90, cancel=GO, attempt="r1"))
            gate.there.wait(5)
            adapter._socket.shutdown(socket.SHUT_RDWR)
            # For the kiosk that stays without an answer the row is UNKNOWN.
            assert typing.join().outcome is Outcome.UNKNOWN
            adapter.close()
            time.sleep(0.1)
            gate.on.set()
            with process.connect() as again:
                assert again.recall("r1").outcome is outcome
            assert process.on_bench.bench.wiring._places == frozenset()
            assert (process.on_bench.pressed("enter") == 0) is abort
        finally:
            process.stop()


class TestSessions:
    def test_one_at_a_time(self, process: Process) -> None:
        with process.connect(), pytest.raises(MeterProcessBusy):
            MeterProcess(process.path, "generic-4x3")
        process.connect().close()

    def test_a_meter_process_that_does_not_run_is_said_to_be_gone(self, tmp_path: Path) -> None:
        with pytest.raises(MeterProcessGone, match="is krn-meter running"):
            MeterProcess(tmp_path / "socket", "generic-4x3")

    def test_it_goes_and_comes_back(self, process: Process, tmp_path: Path) -> None:
        adapter = process.connect()
        process.stop()
        with pytest.raises(MeterProcessGone):
            adapter.probe()
        adapter.close()
        with pytest.raises(MeterProcessGone):
            MeterProcess(process.path, "generic-4x3")
        again = Process(tmp_path)
        try:
            again.connect().close()
        finally:
            again.stop()

    def test_it_stops_in_the_middle_of_a_row(self, process: Process) -> None:
        gate = gated(process, 5)
        with process.connect() as adapter:
            typing = InBackground(lambda: adapter.submit(process.on_bench.rows[0], deadline=90, cancel=GO))
            gate.there.wait(5)
            stopping = threading.Thread(target=process.stop)
            stopping.start()
            time.sleep(0.1)
            gate.on.set()
            stopping.join(10)
            assert typing.join().outcome in (Outcome.UNKNOWN, Outcome.FAULT)
        assert process.on_bench.pressed("enter") == 0
        assert process.on_bench.bench.wiring._places == frozenset()

    def test_the_socket_is_for_owner_and_group(self, process: Process) -> None:
        assert stat.S_IMODE(process.path.stat().st_mode) == 0o660


def test_an_error_of_a_driver_is_named_and_never_quoted(tmp_path: Path) -> None:
    on_bench = OnBench()

    def opened(_model: str) -> MeterAdapter:
        adapter = on_bench.bench.connect()

        def fails(entry: RowEntry) -> Submission:
            raise OSError(f"could not type {entry.row}")

        adapter._submit = fails  # type: ignore[method-assign]
        return adapter

    process = Process(tmp_path, open=opened)
    try:
        with process.connect() as adapter, pytest.raises(ProtocolBroken) as refused:
            adapter.submit(on_bench.rows[0], deadline=5, cancel=GO, attempt="r1")
        assert on_bench.rows[0] not in str(refused.value)
        assert "OSError" in str(refused.value)
        with process.connect() as adapter:
            assert adapter.recall("r1").outcome is Outcome.UNKNOWN
    finally:
        process.stop()


def test_a_file_in_the_socket_s_place_is_left_alone(tmp_path: Path) -> None:
    """Somebody named the register as the socket: it must still be there afterwards."""
    place = tmp_path / "register.db"
    place.write_bytes(b"everything")
    journal = Journal(tmp_path / "journal")
    with pytest.raises(SettingsInvalid, match="no socket"):
        MeterServer(place, journal, lambda _model: pytest.fail("nothing is opened"), abort_without_kiosk=False)
    journal.close()
    assert place.read_bytes() == b"everything"


def test_a_socket_left_by_a_killed_process_is_replaced(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(tmp_path / "socket"))
    left.close()
    process = Process(tmp_path)
    try:
        process.connect().close()
    finally:
        process.stop()
    assert not (tmp_path / "socket").exists()
