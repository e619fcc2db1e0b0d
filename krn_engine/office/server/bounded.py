"""An answer within so many seconds, whatever becomes of the work: who asks if an office is ready waits no longer."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Generic, TypeVar

from krn_engine.office.net_errors import OfficeNotReady

Result = TypeVar("Result")
SECONDS = 10.0
"""A proxy gives up after 30, and asks nobody what was wrong."""


class Bounded(Generic[Result]):
    """`work` in one thread of its own at a time: who comes while it goes on waits for the same answer."""

    def __init__(self, work: Callable[[], Result], seconds: float = SECONDS) -> None:
        self._work = work
        self._seconds = seconds
        self._lock = threading.Lock()
        self._going_on: Future[Result] | None = None

    def __call__(self) -> Result:
        """What `work` gives or raises. Raises OfficeNotReady where that takes too long."""
        with self._lock:
            going_on = self._going_on
            if going_on is None or going_on.done():
                going_on = self._going_on = Future()
                threading.Thread(target=self._run, args=(going_on,), name="bounded", daemon=True).start()
        try:
            return going_on.result(self._seconds)
        except NotYet:
            raise OfficeNotReady(
                f"the office cannot say within {self._seconds:g} seconds whether it can work: does its database answer?"
            ) from None

    def _run(self, ends: "Future[Result]") -> None:
        try:
            ends.set_result(self._work())
        except BaseException as error:
            ends.set_exception(error)
