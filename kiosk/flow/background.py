"""Work that can wait runs beside the screen: one thread for one job, asked for its result at each round."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

T = TypeVar("T")
WORK_THREAD = "kiosk-work"


class Background(Generic[T]):
    """A job in a thread of its own. `result` is None until it is done, and raises what the job raised."""

    def __init__(self, job: Callable[[], T]) -> None:
        self._job = job
        self._value: T | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=WORK_THREAD, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._job()
        except Exception as error:  # noqa: BLE001, RUF100  it is raised again where the result is asked for
            self._error = error

    @property
    def done(self) -> bool:
        """True when the result is there."""
        return not self._thread.is_alive()

    def result(self) -> T | None:
        """What the job returned, once it is done."""
        return self.finished() if self.done else None

    def finished(self) -> T:
        """What it returned, of a job that is done; raises what it raised."""
        if self._error is not None:
            raise self._error
        return cast("T", self._value)

    def join(self, seconds: float) -> None:
        """Wait for the job, at most this long."""
        self._thread.join(seconds)
