"""Callers that do not keep to the protocol of the meter process, and one that does not read."""

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.adapter import Outcome, Submission
from hardware.client import MeterProcess
from hardware.errors import AdapterClosed, NotARow, ProfileInvalid, ProtocolBroken, VersionsDiffer
from hardware.protocol import opened_from
from hardware.virtual.adapter import VirtualAdapter
from tests.support.bench import OnBench
from tests.support.meter_process import OPEN, Process, Raw


@pytest.fixture
def raw(process: Process) -> Iterator[Raw]:
    caller = Raw(process.path)
    yield caller
    caller.close()


class TestProtocol:
    @pytest.mark.parametrize(
        "line",
        [
            b"nonsense\n",
            b"[]\n",
            b'{"v":2,"id":"x","do":"open","deadline":5}\n',
            b'{"v":2,"id":1,"do":"explode","deadline":5}\n',
            b'{"v":2,"id":1,"do":"open"}\n',
            b'{"v":2,"id":1,"do":"open","deadline":0}\n',
            b'{"v":2,"id":1,"do":"open","deadline":true}\n',
            b"\xff\xfe\n",
            b"\n",
            b'{"v":2,"id":1,"do":[],"deadline":5}\n',
            b'{"v":2,"id":1,"do":{"open":1},"deadline":5}\n',
            b'{"v":2,"id":true,"do":"open","deadline":5}\n',
            b'{"v":2,"id":1.0,"do":"open","deadline":5}\n',
            b'{"v":2,"id":-1,"do":"open","deadline":5}\n',
            b'{"v":2,"id":%s,"do":"open","deadline":5}\n' % (b"9" * 4000),
            b'{"v":2,"id":%s,"do":"open","deadline":5}\n' % (b"9" * 5000),
            b'{"v":2,"id":1,"do":"open","deadline":NaN}\n',
            b'{"v":2,"id":1,"do":"open","deadline":1e999}\n',
            b'{"v":2,"id":1,"do":"open","deadline":5,"model":NaN}\n',
            b'{"v":2,"id":1,"do":"probe","do":"open","deadline":5,"model":"generic-4x3"}\n',
            b'{"v":2,"id":1,"do":"open","deadline":5,"model":"generic-4x3\xff"}\n',
            '{"v":2,"id":1,"do":"open","deadline":5,"model":"generic-4x3"}'.encode("utf-16")[:-1] + b"\n",
            b"[" * 60_000 + b"\n",
            b'{"v":2,"id":1,"do":"open","deadline":5,"model":%s}\n' % (b"[" * 30_000 + b"]" * 30_000),
        ],
    )
    def test_what_is_no_call_is_answered_once_and_shown_out(self, process: Process, raw: Raw, line: bytes) -> None:
        answer = raw.say(line)
        assert (answer["id"], answer["error"]["code"]) == (0, ProtocolBroken.code)
        assert raw.is_shown_out()
        process.connect().close()

    @pytest.mark.parametrize(
        "version", [b"true", b'"2"', b"2.0", b"[2]", b"null", b"9" * 4000, b'"%s"' % (b"x" * 60_000)]
    )
    def test_a_version_that_is_none_is_refused_in_short(self, raw: Raw, version: bytes) -> None:
        answer = raw.say(b'{"v":%s,"id":1,"do":"open","deadline":5,"model":"generic-4x3"}\n' % version)
        assert (answer["id"], answer["error"]["code"]) == (0, VersionsDiffer.code)
        assert len(answer["error"]["message"]) < 200
        assert raw.is_shown_out()

    @pytest.mark.parametrize("model", [None, "", "x" * 65, ["generic-4x3"], "\udcff\0../../etc/passwd"])
    def test_after_a_call_that_is_refused_it_goes_on(self, raw: Raw, model: object) -> None:
        call = {"v": 2, "id": 7, "do": "open", "deadline": 5, "model": model}
        answer = raw.say(json.dumps(call).encode() + b"\n")
        assert (answer["id"], answer["error"]["code"]) in ((7, ProtocolBroken.code), (7, ProfileInvalid.code))
        assert raw.say(OPEN)["ok"]["model"] == "generic-4x3"

    @pytest.mark.parametrize("end", [b"", b"\n"])
    def test_a_line_without_end_is_not_collected_for_ever(self, raw: Raw, end: bytes) -> None:
        with contextlib.suppress(OSError):
            raw.socket.sendall(b"x" * 200_000 + end)
        answer = raw.hear()
        assert (answer["id"], answer["error"]["code"]) == (0, ProtocolBroken.code)
        assert "longer than 65536" in answer["error"]["message"]
        assert raw.is_shown_out()

    def test_nothing_is_typed_before_a_model_is_open(self, raw: Raw) -> None:
        call = {"v": 2, "id": 3, "do": "submit", "deadline": 5, "attempt": "r", "row": "1" * 20}
        answer = raw.say(json.dumps(call).encode() + b"\n")
        assert (answer["id"], answer["error"]["code"]) == (3, AdapterClosed.code)

    @pytest.mark.parametrize("change", [{"attempt": ""}, {"attempt": "x" * 65}, {"attempt": None}, {"row": 5}])
    def test_a_submission_names_itself_and_its_row(self, process: Process, raw: Raw, change: dict[str, object]) -> None:
        assert raw.say(OPEN)["ok"]["model"] == "generic-4x3"
        call = {"v": 2, "id": 2, "do": "submit", "deadline": 5, "attempt": "r", "row": "1" * 20} | change
        answer = raw.say(json.dumps(call).encode() + b"\n")
        assert answer["error"]["code"] in (ProtocolBroken.code, NotARow.code)
        assert process.on_bench.bench.wiring.closures == []

    def test_a_kiosk_that_does_not_read_does_not_hold_the_fingers(self, process: Process, raw: Raw) -> None:
        assert "ok" in raw.say(OPEN)
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        for number, row in enumerate(process.on_bench.rows):
            call = {"v": 2, "id": 2 + number, "do": "submit", "deadline": 90, "attempt": f"r{number}", "row": row}
            raw.socket.sendall(json.dumps(call).encode() + b"\n")
            while (process.journal.recall(f"r{number}") or Submission(Outcome.UNKNOWN)).outcome is Outcome.UNKNOWN:
                time.sleep(0.01)
            time.sleep(0.05)
        assert len(process.on_bench.meter.entries) == 4


OLD_CALL = b'{"v":1,"id":1,"do":"open","deadline":60.0,"model":"generic-4x3"}\n'
"""The first line of the kiosk of version 1."""
BOTH = r"speaks version 2, the other end version 1: install kiosk and meter process together"


class OldProcess:
    """A meter process of version 1: it answers each line with one of its own, which bears no version."""

    def __init__(self, path: Path, answer: bytes) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._answer = answer
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as lines:
            for _line in lines:
                connection.sendall(self._answer)

    def stop(self) -> None:
        self._listener.close()
        self._thread.join(5)


class TestVersions:
    def test_a_kiosk_of_another_version_is_refused_by_name(self, process: Process, raw: Raw) -> None:
        answer = raw.say(OLD_CALL)
        assert (answer["id"], answer["error"]["code"]) == (0, VersionsDiffer.code)
        assert re.search(BOTH, answer["error"]["message"])
        assert raw.is_shown_out()
        assert process.on_bench.bench.wiring.closures == []

    @pytest.mark.parametrize(
        "answer",
        [
            b'{"id":0,"error":{"code":"HW-13","message":"the meter process speaks version 1: install both"}}\n',
            b'{"id":1,"ok":{"model":"generic-4x3","section_timeout":600.0}}\n',
            b'{"id":0,"error":{"code":"HW-12","message":"the meter process serves another session"}}\n',
        ],
    )
    def test_a_process_of_another_version_is_refused_by_name(self, tmp_path: Path, answer: bytes) -> None:
        old = OldProcess(tmp_path / "old", answer)
        try:
            with pytest.raises(VersionsDiffer, match=BOTH) as refused:
                MeterProcess(tmp_path / "old", "generic-4x3")
        finally:
            old.stop()
        assert refused.value.code == "HW-18"

    def test_a_version_to_come_is_refused_too(self, raw: Raw) -> None:
        answer = raw.say(OLD_CALL.replace(b'"v":1', b'"v":3'))
        assert answer["error"]["code"] == VersionsDiffer.code
        assert "the other end version 3" in answer["error"]["message"]


class TestOpening:
    def test_it_tells_what_the_kiosk_must_know_of_the_meter(self, process: Process, raw: Raw) -> None:
        opened = raw.say(OPEN)
        assert opened == {
            "v": 2,
            "id": 1,
            "ok": {
                "model": "generic-4x3",
                "section_timeout": 600.0,
                "row_seconds": 90.0,
                "tools": ["keypad"],
                "set_aside": 0,
            },
        }

    def test_the_kiosks_end_takes_the_adapters_times_and_tools(self, tmp_path: Path) -> None:
        adapter = VirtualAdapter(OnBench().meter)
        adapter.section_timeout, adapter.row_seconds = 120.0, 33.0
        process = Process(tmp_path, open=lambda _model: adapter)
        try:
            with process.connect() as client:
                told = (client.model, client.section_timeout, client.row_seconds, client.tools)
        finally:
            process.stop()
        assert told == ("virtual", 120.0, 33.0, None)

    @pytest.mark.parametrize("told", [{}, {"model": "m", "section_timeout": 1, "row_seconds": "x", "tools": []}, None])
    def test_an_answer_that_tells_less_is_refused(self, told: Any) -> None:
        with pytest.raises(ProtocolBroken, match="does not tell what it opened"):
            opened_from(told)
