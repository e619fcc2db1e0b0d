"""A library that never returns must not take everybody with it."""

import threading
import time

import pytest

from krn_engine.issuing.sources.one_thread import OneThread


def test_it_gives_what_the_call_gives() -> None:
    thread = OneThread("test")
    assert thread.ask(lambda: 7, 5) == 7
    assert thread.ask(threading.get_ident, 5) == thread.ask(threading.get_ident, 5) != threading.get_ident()
    with pytest.raises(LookupError, match="none"):
        thread.ask(_none, 5)


def _none() -> int:
    raise LookupError("none")


def test_a_call_that_hangs_is_told_and_those_after_it_at_once() -> None:
    thread, end = OneThread("test"), threading.Event()
    with pytest.raises(TimeoutError):
        thread.ask(end.wait, 0.05)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        thread.ask(lambda: 7, 60)
    assert time.monotonic() - began < 5
    end.set()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert thread.ask(lambda: 7, 5) == 7
            break
        except TimeoutError:
            time.sleep(0.01)
    else:
        pytest.fail("it did not come back")


def test_a_call_that_only_waited_is_never_made() -> None:
    thread, end, made = OneThread("test"), threading.Event(), list[int]()
    other = threading.Thread(target=thread.ask, args=(end.wait, 30))
    other.start()
    time.sleep(0.05)
    with pytest.raises(TimeoutError):
        thread.ask(lambda: made.append(1), 0.05)
    end.set()
    other.join()
    thread.ask(lambda: None, 5)
    assert made == []
