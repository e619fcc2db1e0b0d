"""Callers that do not keep to the protocol of the meter process, and one that does not read."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.adapter import Outcome, Submission
from hardware.errors import (
    AdapterClosed,
    NotARow,
    ProtocolBroken,
)
from tests.support.meter_process import Process


class Raw:
    """A caller that does not keep to the protocol."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(5)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")

    def say(self, line: bytes) -> dict[str, Any]:
        self._socket.sendall(line)
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def is_shown_out(self) -> bool:
        return self._lines.readline() == b""

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def raw(process: Process) -> Iterator[Raw]:
    caller = Raw(process.path)
    yield caller
    caller.close()


OPEN = b'{"v":1,"id":1,"do":"open","deadline":5,"model":"generic-4x3"}\n'


class TestProtocol:
    @pytest.mark.parametrize(
        "line",
        [
            b"nonsense\n",
            b"[]\n",
            b'{"v":2,"id":1,"do":"open","deadline":5}\n',
            b'{"v":1,"id":"x","do":"open","deadline":5}\n',
            b'{"v":1,"id":1,"do":"explode","deadline":5}\n',
            b'{"v":1,"id":1,"do":"open"}\n',
            b'{"v":1,"id":1,"do":"open","deadline":0}\n',
            b'{"v":1,"id":1,"do":"open","deadline":true}\n',
            b"\xff\xfe\n",
        ],
    )
    def test_what_is_no_call_is_answered_and_shown_out(self, raw: Raw, line: bytes) -> None:
        answer = raw.say(line)
        assert (answer["id"], answer["error"]["code"]) == (0, ProtocolBroken.code)
        assert raw.is_shown_out()

    def test_a_line_without_end_is_not_collected_for_ever(self, raw: Raw) -> None:
        with contextlib.suppress(OSError):
            raw._socket.sendall(b"x" * 200_000)
        with contextlib.suppress(ConnectionResetError):
            assert raw.is_shown_out()

    def test_nothing_is_typed_before_a_model_is_open(self, raw: Raw) -> None:
        call = {"v": 1, "id": 3, "do": "submit", "deadline": 5, "request": "r", "token": "1" * 20}
        answer = raw.say(json.dumps(call).encode() + b"\n")
        assert (answer["id"], answer["error"]["code"]) == (3, AdapterClosed.code)

    @pytest.mark.parametrize("change", [{"request": ""}, {"request": "x" * 65}, {"request": None}, {"token": 5}])
    def test_a_submission_names_itself_and_its_row(self, process: Process, raw: Raw, change: dict[str, object]) -> None:
        assert raw.say(OPEN)["ok"]["model"] == "generic-4x3"
        call = {"v": 1, "id": 2, "do": "submit", "deadline": 5, "request": "r", "token": "1" * 20} | change
        answer = raw.say(json.dumps(call).encode() + b"\n")
        assert answer["error"]["code"] in (ProtocolBroken.code, NotARow.code)
        assert process.on_bench.bench.wiring.closures == []

    def test_a_kiosk_that_does_not_read_does_not_hold_the_fingers(self, process: Process, raw: Raw) -> None:
        assert "ok" in raw.say(OPEN)
        raw._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        for number, row in enumerate(process.on_bench.rows):
            call = {"v": 1, "id": 2 + number, "do": "submit", "deadline": 90, "request": f"r{number}", "token": row}
            raw._socket.sendall(json.dumps(call).encode() + b"\n")
            while (process.journal.recall(f"r{number}") or Submission(Outcome.UNKNOWN)).outcome is Outcome.UNKNOWN:
                time.sleep(0.01)
            time.sleep(0.05)
        assert len(process.on_bench.meter.entries) == 4
