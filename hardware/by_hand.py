"""The adapter for a meter whose keypad no contacts fit: a person keys each row in."""

import threading
import time

from hardware.adapter import Evidence, MeterAdapter, MeterRegister, Outcome, Probe, RowEntry, Submission

LOOK_SECONDS = 0.05
"""How often a waiting row looks whether it was cancelled."""


class ByHand(MeterAdapter):
    """Extends :class:`hardware.adapter.MeterAdapter` and represents somebody who keys each row in.

    There is nothing to wire: the screen that shows `row` to that person calls `keyed` when Enter was pressed. Nothing
    is seen here: every row ends UNKNOWN, and the session asks the person what the meter answered. For example::

        from threading import Event, Timer

        from hardware.by_hand import ByHand

        with ByHand("generic-4x3") as hand:
            Timer(0.1, hand.keyed).start()
            print(hand.submit("73786976294838206463", deadline=60.0, cancel=Event()).outcome)

    :param str model: the meter model's name.
    """

    row_seconds = 240.0

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.row: str | None = None
        """The row that is to be keyed in now, or None."""
        self._keyed = threading.Event()

    def keyed(self) -> None:
        """Say that the row was keyed in and Enter pressed."""
        self.row = None
        self._keyed.set()

    def probe(self) -> Probe:
        """See `MeterAdapter.probe`: only the model is known."""
        self._require_open()
        return Probe(self.model, None, None)

    def _submit(self, entry: RowEntry) -> Submission:
        """Wait for `keyed`. A row that was cancelled is UNKNOWN too: any of its keys may have been pressed."""
        self._keyed.clear()
        self.row = entry.row
        end = time.monotonic() + entry.deadline
        try:
            while not (self._keyed.wait(LOOK_SECONDS) or self._stopped(entry.cancel) or time.monotonic() > end):
                pass
            return Submission(Outcome.UNKNOWN)
        finally:
            self.row = None

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`: always None, for the session asks the person."""
        self._require_open()
        return None

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: always None, for the session asks the person."""
        self._require_open()
        return None

    def read_result(self) -> Submission:
        """See `MeterAdapter.read_result`: always UNKNOWN."""
        self._require_open()
        return Submission(Outcome.UNKNOWN)
