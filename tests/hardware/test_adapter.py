"""What every kind of adapter gets from the contract itself: a row or nothing, one at a time, closed means closed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hardware.adapter import UNKNOWN, EntryProgress, Evidence, MeterAdapter, MeterRegister, Probe, RowEntry, Submission
from hardware.errors import AdapterBusy, AdapterClosed, NotARow

ROW = "73786976294838206463"
GO = threading.Event()


class Least(MeterAdapter):
    """The least that a kind of adapter must write. It holds a row until it is let go."""

    def __init__(self) -> None:
        super().__init__("least")
        self.entries: list[RowEntry] = []
        self.entering, self.go_on = threading.Event(), threading.Event()

    def probe(self) -> Probe:
        return Probe(self.model, None, None)

    def _submit(self, entry: RowEntry) -> Submission:
        self.entries.append(entry)
        entry.watch(EntryProgress(1, 2))
        self.entering.set()
        while not (self.go_on.wait(0.01) or self._stopped(entry.cancel)):
            pass
        return UNKNOWN

    def read(self, register: MeterRegister) -> Evidence | None:
        return None

    def tampered(self) -> bool | None:
        return None

    def read_result(self) -> Submission:
        return UNKNOWN


def test_only_twenty_digits_reach_a_kind_of_adapter() -> None:
    adapter = Least()
    adapter.go_on.set()
    for row in ("", "1" * 19, "1" * 21, "1" * 19 + "x", "²" * 20):
        with pytest.raises(NotARow):
            adapter.submit(row, deadline=1.0, cancel=GO)
    assert adapter.entries == []


def test_a_second_row_is_refused_and_the_first_told_of_what_was_asked() -> None:
    adapter = Least()
    told: list[EntryProgress] = []
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(adapter.submit, ROW, deadline=9.0, cancel=GO, watch=told.append, attempt="a1")
        assert adapter.entering.wait(5)
        with pytest.raises(AdapterBusy):
            adapter.submit(ROW, deadline=1.0, cancel=GO)
        adapter.go_on.set()
        assert first.result(5) == UNKNOWN
    adapter.submit(ROW, deadline=1.0, cancel=GO)
    assert [(entry.row, entry.deadline, entry.attempt) for entry in adapter.entries] == [
        (ROW, 9.0, "a1"),
        (ROW, 1.0, None),
    ]
    assert told == [EntryProgress(1, 2, None, None)]
    assert ROW not in repr(adapter.entries)


@pytest.mark.parametrize("by", ["cancel", "abort", "close"])
def test_a_row_stops_when_it_is_told_to_and_an_abort_is_over_with_it(by: str) -> None:
    adapter, cancel = Least(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        row = pool.submit(adapter.submit, ROW, deadline=9.0, cancel=cancel)
        assert adapter.entering.wait(5)
        {"cancel": cancel.set, "abort": adapter.abort, "close": adapter.close}[by]()
        assert row.result(5) == UNKNOWN
        adapter.entering.clear()
        if by == "close":
            with pytest.raises(AdapterClosed):
                adapter.submit(ROW, deadline=1.0, cancel=GO)
            return
        again = pool.submit(adapter.submit, ROW, deadline=9.0, cancel=GO)
        assert adapter.entering.wait(5)
        with pytest.raises(TimeoutError):
            again.result(0.1)
        adapter.go_on.set()
        again.result(5)


def test_what_a_kind_does_not_write_is_not_there() -> None:
    with Least() as adapter:
        assert (adapter.tools, adapter.recall("a1")) == (None, UNKNOWN)
    with pytest.raises(AdapterClosed):
        adapter.submit(ROW, deadline=1.0, cancel=GO)
