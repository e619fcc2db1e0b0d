"""Kiosks that are silent, half gone, deaf or noisy: none of them keeps another one out, and none breaks a row off."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.adapter import MeterRegister, Outcome
from hardware.client import MeterProcess
from hardware.errors import AdapterBusy, MeterProcessBusy, MeterProcessGone, SessionEnded
from hardware.protocol import ALIVE_SECONDS, CALLS, LONGEST_LINE, QUIET_SECONDS
from hardware.session import USUAL_LIMITS, Limits
from tests.support.bench import OnBench
from tests.support.meter_process import GO, OPEN, InBackground, Process, Raw, gated

SHORT = Limits(quiet=0.4, sending=0.2, queued=64)
"""So that a test need not wait a minute."""


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Process]:
    running = Process(tmp_path, limits=SHORT)
    yield running
    running.stop()


def submission(process: Process, number: int, deadline: float = 90, row: int = 0) -> bytes:
    call = {"v": 2, "id": number, "do": "submit", "deadline": deadline, "attempt": f"r{number}"}
    return json.dumps(call | {"row": process.on_bench.rows[row]}).encode() + b"\n"


def lets_in(process: Process) -> None:
    """The next kiosk is let in and served. `connect` tries for two seconds."""
    with process.connect() as adapter:
        assert adapter.read(MeterRegister.KRN) is not None


def test_a_kiosk_that_waits_says_so_often_enough() -> None:
    assert USUAL_LIMITS.quiet == QUIET_SECONDS >= 3 * ALIVE_SECONDS


@pytest.mark.slow
class TestSilent:
    @pytest.mark.parametrize("said", [b"", OPEN, OPEN[:-1]])
    def test_it_is_told_and_shown_out(self, short: Process, said: bytes) -> None:
        raw = Raw(short.path)
        if said == OPEN:
            assert "ok" in raw.say(OPEN)
        else:
            raw.socket.sendall(said)
        with pytest.raises(MeterProcessBusy):
            MeterProcess(short.path, "generic-4x3")
        answer = raw.hear()
        assert (answer["id"], answer["error"]["code"]) == (0, SessionEnded.code)
        assert raw.is_shown_out()
        lets_in(short)
        raw.close()

    def test_a_byte_now_and_then_is_no_word(self, short: Process) -> None:
        raw = Raw(short.path)
        said = 0
        with contextlib.suppress(OSError):
            for _ in range(100):
                raw.socket.sendall(b"x")
                said += 1
                time.sleep(0.05)
        assert said < 40
        lets_in(short)
        raw.close()

    def test_one_that_waits_quietly_stays(self, short: Process) -> None:
        with short.connect(alive_every=0.1) as adapter:
            time.sleep(4 * SHORT.quiet)
            assert adapter.read(MeterRegister.KRN) is not None

    def test_one_that_was_frozen_hears_why_it_is_out(self, short: Process) -> None:
        with short.connect(alive_every=60) as adapter:
            time.sleep(3 * SHORT.quiet)
            with pytest.raises(SessionEnded, match="open the meter again"):
                adapter.probe()
            with pytest.raises(MeterProcessGone):
                adapter.probe()
        lets_in(short)

    def test_a_row_is_not_broken_off_and_its_answer_comes(self, short: Process) -> None:
        gate = gated(short, 8, between=True)
        with short.connect(alive_every=60) as adapter:
            typing = InBackground(lambda: adapter.submit(short.on_bench.rows[0], deadline=90, cancel=GO, attempt="r1"))
            gate.there.wait(5)
            time.sleep(3 * SHORT.quiet)
            gate.on.set()
            assert typing.join().outcome is Outcome.ACCEPTED
        assert short.on_bench.pressed("enter") == 1

    def test_a_client_ends_its_words_with_its_session(self, short: Process) -> None:
        adapter = short.connect(alive_every=0.01)
        before = [thread for thread in threading.enumerate() if thread.name == "meter-alive"]
        adapter.close()
        for thread in before:
            thread.join(5)
        assert not any(thread.is_alive() for thread in before)


class TestHalfGone:
    def test_it_is_answered_and_shown_out(self, short: Process) -> None:
        raw = Raw(short.path)
        raw.socket.sendall(OPEN)
        raw.socket.shutdown(socket.SHUT_WR)
        assert "ok" in raw.hear()
        assert raw.is_shown_out()
        lets_in(short)
        raw.close()

    @pytest.mark.parametrize("reads", [True, False])
    def test_its_row_is_finished_and_the_next_one_hears_of_it(self, short: Process, reads: bool) -> None:
        gate = gated(short, 8, between=True)
        raw = Raw(short.path)
        assert "ok" in raw.say(OPEN)
        raw.socket.sendall(submission(short, 2))
        gate.there.wait(5)
        raw.socket.shutdown(socket.SHUT_WR if reads else socket.SHUT_RDWR)
        with pytest.raises(MeterProcessBusy):
            MeterProcess(short.path, "generic-4x3")
        gate.on.set()
        with short.connect() as adapter:
            assert adapter.recall("r2").outcome is Outcome.ACCEPTED
        assert [entry.digits for entry in short.on_bench.meter.entries] == short.on_bench.rows[:1]
        raw.close()

    def test_a_pace_is_sought_for_nobody(self, short: Process) -> None:
        """It may take an hour, unlike a row; what it leaves in the meter's entry is waited out by the next one."""
        gate = gated(short, 1)
        raw = Raw(short.path)
        assert "ok" in raw.say(OPEN)
        raw.socket.sendall(b'{"v":2,"id":2,"do":"calibrate","deadline":3600}\n')
        gate.there.wait(5)
        raw.close()
        time.sleep(0.1)
        gate.on.set()
        before = short.on_bench.clock.now
        with short.connect() as adapter:
            assert short.journal.doubtful
            adapter.submit(short.on_bench.rows[0], deadline=90, cancel=GO)
        assert short.on_bench.clock.now - before > short.on_bench.bench.profile.entry_timeout


def calls_until_it_is_shown_out(raw: Raw, call: bytes) -> int:
    """How many calls a caller that reads no answer can make."""
    for number in range(100_000):
        try:
            raw.socket.sendall(call.replace(b"NUMBER", b"%d" % number))
        except (BrokenPipeError, ConnectionResetError):
            return number
    raise AssertionError("it is never shown out")


class TestDeaf:
    """It never reads: what it is told fills the socket's buffer, and then the queue."""

    @pytest.mark.parametrize(
        "limits", [Limits(sending=0.2, queued=1_000_000), Limits(sending=60.0, queued=8)], ids=["time", "queue"]
    )
    def test_it_is_shown_out_although_it_speaks(self, tmp_path: Path, limits: Limits) -> None:
        """By either limit alone: for as long as it does not read, and for as much as waits for it."""
        process = Process(tmp_path, limits=limits)
        try:
            raw = Raw(process.path)
            raw.socket.settimeout(10)
            calls_until_it_is_shown_out(raw, b'{"v":2,"id":NUMBER,"do":"recall","deadline":5,"attempt":"a"}\n')
            lets_in(process)
            raw.close()
        finally:
            process.stop()

    def test_its_row_is_finished(self, short: Process) -> None:
        gate = gated(short, 8, between=True)
        raw = Raw(short.path)
        raw.socket.settimeout(10)
        assert "ok" in raw.say(OPEN)
        raw.socket.sendall(submission(short, 2))
        gate.there.wait(5)
        calls_until_it_is_shown_out(raw, b'{"v":2,"id":NUMBER,"do":"probe","deadline":5}\n')
        assert short.on_bench.pressed("enter") == 0
        gate.on.set()
        with short.connect() as adapter:
            assert adapter.recall("r2").outcome is Outcome.ACCEPTED
        raw.close()


class TestNoisy:
    def test_a_flood_of_calls_is_answered_or_ended_and_its_row_typed_once(self, process: Process) -> None:
        raw = Raw(process.path)
        assert "ok" in raw.say(OPEN)
        for number in range(2, 200):
            raw.socket.sendall(submission(process, 2) if number % 2 else b'{"v":2,"id":9,"do":"alive","deadline":1}\n')
        answers = [raw.hear() for _ in range(20)]
        assert all("progress" in answer or "error" in answer or "ok" in answer for answer in answers)
        raw.close()
        lets_in(process)
        assert [entry.digits for entry in process.on_bench.meter.entries] == process.on_bench.rows[:1]

    def test_a_crowd_is_sent_away_at_once_and_holds_no_threads(self, short: Process) -> None:
        with short.connect(alive_every=0.1) as adapter:
            before = threading.active_count()
            crowd = []
            for _ in range(50):
                one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                one.connect(str(short.path))
                one.settimeout(5)
                crowd.append(one)
            assert [json.loads(one.recv(4096))["error"]["code"] for one in crowd] == [MeterProcessBusy.code] * 50
            assert threading.active_count() <= before
            assert adapter.read(MeterRegister.KRN) is not None
            for one in crowd:
                one.close()

    def test_it_lets_others_in_again_when_files_had_run_out(
        self, process: Process, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = socket.socket.accept
        failures: list[socket.socket] = []

        def accept(listener: socket.socket) -> object:
            if len(failures) < 3:
                failures.append(listener)
                raise OSError(24, "Too many open files")
            return real(listener)

        monkeypatch.setattr(socket.socket, "accept", accept)
        process.connect().close()
        lets_in(process)
        assert len(failures) == 3


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=80)
    | st.sampled_from(["generic-4x3", "krn", "a1", "x" * 65, "1" * 19, "²" * 20]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted(CALLS - {"calibrate", "loop_back"}))
CALL = st.fixed_dictionaries(
    {
        "v": st.just(2) | JSON,
        "id": st.integers(0, 99) | JSON,
        "do": NAMES | JSON,
        "deadline": st.sampled_from([1, 0.5, 3600]) | JSON,
    },
    optional={
        "model": st.just("generic-4x3") | JSON,
        "attempt": st.just("a1") | JSON,
        "row": JSON,
        "register": st.just("krn") | JSON,
        "more": JSON,
    },
).map(lambda call: json.dumps(call).encode())
LINES = st.lists(
    CALL
    | CALL.map(lambda line: line[:-1] + b',"id":3}')
    | st.binary(max_size=200)
    | st.integers(1, 3000).map(lambda depth: b"[" * depth)
    | st.integers(1, 3000).map(lambda depth: b'{"v":2,"id":1,"do":"open","deadline":1,"model":' + b'{"":' * depth)
    | st.integers(LONGEST_LINE - 2, LONGEST_LINE + 2).map(lambda length: b"x" * length)
    | st.binary(max_size=30).map(lambda told: OPEN[:30] + told + OPEN[30:-1]),
    max_size=5,
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    running = Process(tmp_path_factory.mktemp("fuzzed"), limits=Limits(quiet=5.0, sending=1.0, queued=64))
    yield running
    running.stop()


SYNC = b'{"v":2,"id":77777,"do":"recall","deadline":5,"attempt":"sync"}\n'
BUSY = AdapterBusy.code
SILENT = (b'"abort"', b'"release"', b'"alive"')
"""Calls that have no answer."""


def opened(process: Process) -> Raw:
    """A caller with a meter; the session before may be on its way out still."""
    for _ in range(200):
        raw = Raw(process.path)
        # Whoever is sent away may find the door closed before it has spoken.
        with contextlib.suppress(BrokenPipeError):
            if "ok" in raw.say(OPEN):
                return raw
        raw.close()
        time.sleep(0.01)
    raise AssertionError("the last session does not end")


def answers_to(raw: Raw, line: bytes) -> tuple[list[dict[str, Any]], bool]:
    """What comes for a line, and whether the connection goes on; it is asked something that is always answered."""
    answers = []
    try:
        raw.socket.sendall(line + b"\n")
        while True:
            raw.socket.sendall(SYNC)
            while (answer := raw.hear())["id"] != 77777:
                answers.append(answer)
            if answer.get("error", {}).get("code") != BUSY:
                return answers, True
    except (BrokenPipeError, ConnectionResetError, json.JSONDecodeError):
        # What it said before it hung up is still there to be heard.
        with contextlib.suppress(ConnectionResetError, json.JSONDecodeError):
            while True:
                answers.append(raw.hear())
        return [answer for answer in answers if answer["id"] != 77777], False


@pytest.mark.slow
@given(LINES)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_it_answers_or_ends_and_never_types_a_row(fuzzed: Process, lines: list[bytes]) -> None:
    """None of these is a row. Each answer is a line of the protocol; afterwards the next kiosk is served."""
    raw = opened(fuzzed)
    for line in lines:
        answers, goes_on = answers_to(raw, line)
        for answer in answers:
            assert answer["v"] == 2
            assert set(answer) == {"v", "id", "ok"} or set(answer["error"]) == {"code", "message"}
            assert answer.get("error", {}).get("code", "HW-13").startswith("HW-")
        if goes_on:
            # A binary line may hold an end, and so be several.
            assert len(answers) == 1 or b"\n" in line or any(name in line for name in SILENT)
        else:
            assert [answer["id"] for answer in answers][-1:] == [0], "it says why it ends"
            break
    raw.close()
    with fuzzed.connect() as adapter:
        assert adapter.recall("a1").outcome is Outcome.UNKNOWN
    assert fuzzed.journal.recall("a1") is None
    assert fuzzed.on_bench.meter.entries == []


def test_a_kiosk_that_reads_nothing_does_not_keep_the_process_from_stopping(tmp_path: Path) -> None:
    process = Process(tmp_path, limits=SHORT, on_bench=OnBench())
    raw = Raw(process.path)
    gate = gated(process, 8, between=True)
    assert "ok" in raw.say(OPEN)
    raw.socket.sendall(submission(process, 2))
    gate.there.wait(5)
    threading.Timer(0.1, gate.on.set).start()
    began = time.monotonic()
    process.stop()
    assert time.monotonic() - began < 5
    assert process.on_bench.pressed("enter") == 0
    raw.close()
