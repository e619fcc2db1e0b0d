"""The virtual bench in a process of its own outlives whoever drives its wires."""

import socket
import threading
from pathlib import Path

from hardware.virtual.remote import BenchServer, RemoteWires
from tests.support.bench import OnBench


def test_one_that_is_killed_before_it_has_read_an_answer_leaves_the_bench_to_the_next(tmp_path: Path) -> None:
    server = BenchServer(OnBench().bench, tmp_path / "wires")
    serving = threading.Thread(target=server.serve)
    serving.start()
    try:
        for _ in range(20):
            killed = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            killed.connect(str(tmp_path / "wires"))
            killed.settimeout(5)
            killed.sendall(b"display\n" * 3)
            killed.recv(1)
            # What it was told and has not read is thrown away, and the bench's next word finds nobody.
            killed.close()
        wires = RemoteWires(tmp_path / "wires")
        wires._socket.settimeout(5)
        assert isinstance(wires.display(), str)
        wires.close()
    finally:
        server.close()
        serving.join(5)
    assert not serving.is_alive()
