"""Calls into a library that may never return: on a thread of their own, one after the other, each with a time-out."""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class OneThread:
    """One thread, started when it is first asked. A call that hangs keeps it; everybody after is told at once.

    The thread is a daemon: a library that hangs must not keep the program from ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._hangs: Future[object] | None = None

    def ask(self, work: Callable[[], T], seconds: float) -> T:
        """What `work` returns or raises. Raises TimeoutError after so long, and while an earlier call hangs."""
        with self._lock:
            if self._hangs is not None and not self._hangs.done():
                raise TimeoutError
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        done: Future[T] = Future()
        self._calls.put(lambda: _do(work, done))
        try:
            return done.result(seconds)
        except TimeoutError:
            # One that raised it by itself has ended. One that still waits is taken away, and hangs not.
            if not done.done() and not done.cancel():
                with self._lock:
                    self._hangs = done  # type: ignore[assignment]  # whatever it returns
            raise
        except CancelledError:
            raise TimeoutError from None

    def _run(self) -> None:
        while True:
            self._calls.get()()


def _do(work: Callable[[], T], done: "Future[T]") -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(work())
    except BaseException as error:
        done.set_exception(error)
