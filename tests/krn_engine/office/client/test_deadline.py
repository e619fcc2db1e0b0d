"""A request whose time is over: nothing is begun, and nothing stays open."""

import socket
import warnings

import pytest

from krn_engine.office.client.deadline import DeadlineAdapter, Over, within


def test_a_connection_that_comes_too_late_is_closed() -> None:
    """A try again may begin at the moment at which the time ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        pool = DeadlineAdapter().poolmanager.connection_from_host("127.0.0.1", port, "http")
        with within(60.0) as deadline, warnings.catch_warnings():
            warnings.simplefilter("error", ResourceWarning)
            deadline.end()
            with pytest.raises(Over):
                pool.urlopen("GET", "/", retries=False)
        came, _ = listening.accept()
        with came:
            came.settimeout(10.0)
            assert came.recv(1) == b""
