"""The line between a kiosk and its office: what is sent over it arrives, or does not, as it was told to be."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from kiosk.demo.line import Line, Way

DELAY = 0.05


class Office:
    """Answers each line with the same line, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                while said := connection.recv(65536):
                    self.heard.append(said)
                    connection.sendall(said)
            except OSError:
                return

    def close(self) -> None:
        if self._listening.fileno() >= 0:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


def kiosk(line: Line) -> socket.socket:
    host, port = line.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def asks(connection: socket.socket, said: bytes = b"x") -> bytes:
    """What is answered; nothing: the connection has ended."""
    try:
        connection.sendall(said)
        return connection.recv(65536)
    except (ConnectionResetError, BrokenPipeError):
        return b""


def until_heard(office: Office, said: list[bytes]) -> None:
    end = time.monotonic() + 5
    while office.heard != said and time.monotonic() < end:
        time.sleep(0.005)
    assert office.heard == said


def test_what_is_sent_arrives_and_is_answered(office: Office) -> None:
    with Line(office.url) as line, kiosk(line) as one, kiosk(line) as other:
        assert (asks(one, b"one"), asks(other, b"other"), asks(one, b"again")) == (b"one", b"other", b"again")


def test_each_way_takes_its_time(office: Office) -> None:
    with Line(office.url, DELAY) as line, kiosk(line) as one:
        asks(one)
        began = time.monotonic()
        assert asks(one) == b"x"
        assert time.monotonic() - began >= 2 * DELAY


def test_a_cut_line_ends_what_is_there_and_what_comes(office: Office) -> None:
    with Line(office.url) as line, kiosk(line) as one:
        assert asks(one) == b"x"
        line.be(Way.CUT)
        assert asks(one) == b""
        with kiosk(line) as other:
            assert asks(other) == b""
        line.be(Way.OPEN)
        assert office.heard == [b"x"]
        with kiosk(line) as again:
            assert asks(again, b"again") == b"again"


def test_a_silent_line_tells_nobody_and_nothing_of_it_arrives_later(office: Office) -> None:
    with Line(office.url) as line, kiosk(line) as one:
        assert asks(one) == b"x"
        line.be(Way.SILENT)
        one.settimeout(0.1)
        with pytest.raises(TimeoutError):
            asks(one, b"half a request")
        line.be(Way.OPEN)
        one.settimeout(5)
        assert asks(one) == b""
        assert office.heard == [b"x"]


def test_a_lost_answer_was_heard_by_the_office(office: Office) -> None:
    with Line(office.url) as line:
        line.be(Way.ANSWERS_LOST)
        with kiosk(line) as one:
            assert asks(one, b"asked") == b""
        until_heard(office, [b"asked"])


def test_an_office_that_is_gone_ends_the_connection(office: Office) -> None:
    office.close()
    with Line(office.url) as line, kiosk(line) as one:
        assert asks(one) == b""
