"""A person's own fingers as the adapter: for a meter whose keypad no contacts fit."""

import threading
import time

from hardware.adapter import Evidence, MeterAdapter, MeterRegister, Outcome, Probe, Submission, Watch, require_row
from hardware.errors import AdapterBusy, AdapterClosed

LOOK_SECONDS = 0.05
"""How often a waiting row looks whether it was cancelled."""


class ByHand(MeterAdapter):
    """Extends :class:`hardware.adapter.MeterAdapter` and represents somebody who keys each row in.

    There is nothing to wire: whoever shows `row` to that person says with `keyed` that Enter was pressed. Nothing is
    seen here, so that every row ends UNKNOWN, and the session asks the person what the meter answered. For example::

        from threading import Event, Timer

        from hardware.by_hand import ByHand

        with ByHand("generic-4x3") as hand:
            Timer(0.1, hand.keyed).start()
            print(hand.submit("73786976294838206463", deadline=60.0, cancel=Event()).outcome)

    :param str model: the meter model's name.
    """

    row_seconds = 240.0

    def __init__(self, model: str) -> None:
        self.model = model
        self.row: str | None = None
        """The row that is to be keyed in now; None: none is."""
        self._closed = False
        self._one = threading.Lock()
        self._over = threading.Event()

    def keyed(self) -> None:
        """The row is in, Enter was pressed."""
        self.row = None
        self._over.set()

    def probe(self) -> Probe:
        """Nobody looked."""
        self._require_open()
        return Probe(self.model, None, None)

    def submit(
        self,
        token: str,
        *,
        deadline: float,
        cancel: threading.Event,
        watch: Watch | None = None,
        request: str | None = None,
    ) -> Submission:
        """See `MeterAdapter.submit`. A row that was cancelled is UNKNOWN too: any of its keys may have been pressed."""
        self._require_open()
        require_row(token)
        if not self._one.acquire(blocking=False):
            raise AdapterBusy("a row is being keyed in already: wait for it, or abort it")
        try:
            self._over.clear()
            self.row = token
            end = time.monotonic() + deadline
            while not (self._over.wait(LOOK_SECONDS) or cancel.is_set() or time.monotonic() > end):
                pass
            return Submission(Outcome.UNKNOWN)
        finally:
            self.row = None
            self._one.release()

    def read(self, register: MeterRegister) -> Evidence | None:
        """A person is asked by whoever can ask; here nobody can."""
        self._require_open()
        return None

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: nobody looked."""
        self._require_open()
        return None

    def read_result(self) -> Submission:
        """See `MeterAdapter.read_result`: always UNKNOWN."""
        self._require_open()
        return Submission(Outcome.UNKNOWN)

    def abort(self) -> None:
        """Wait for no key any more."""
        self._over.set()

    def release_all(self) -> None:
        """There are no contacts."""

    def close(self) -> None:
        """Whoever keys is not waited for any more."""
        self._closed = True
        self._over.set()

    def _require_open(self) -> None:
        if self._closed:
            raise AdapterClosed("this adapter was closed")
