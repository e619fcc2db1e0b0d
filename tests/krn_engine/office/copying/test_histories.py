"""Whatever becomes of a register, and whenever a kiosk asks: a copy that followed is one that begins now."""

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from krn_engine.demo import UNIT
from krn_engine.issuing.errors import IssuingError
from krn_engine.office.contract import Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.copying import feed
from krn_engine.office.errors import OfficeError
from krn_engine.register.importer import import_worklist
from tests.support.copies import copied, told
from tests.support.office import Demo

HEADER = "IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT,KRN,BLOCKED"
UNITS = ((UNIT,), ("51101", "51102"), ())
STEPS = 60


class History:
    """Lets things happen to a demo, by lot."""

    def __init__(self, demo: Demo, folder: Path, seed: int) -> None:
        self._demo = demo
        self._file = folder / "list.csv"
        self._lot = random.Random(seed)
        self._customers = list(demo.province)
        self._number = 0

    def step(self) -> None:
        """One thing."""
        self._number += 1
        self._lot.choice((self._issue, self._issue, self._outcome, self._outcome, self._end, self._state, self._list))()

    def _meter(self) -> str:
        return self._lot.choice(self._customers).meter_number

    def _issue(self) -> None:
        self._tried(lambda: self._demo.office.issue(self._meter(), f"r{self._number}"))

    def _outcome(self) -> None:
        def record() -> None:
            issued = self._demo.office.issue(self._meter(), f"r{self._number}")
            change = self._lot.choice(issued.changes)
            grade = self._lot.choice((Grade.SENSOR, Grade.CUSTOMER))
            for section in range(1, len(change.rows) + 1):
                outcome = self._lot.choice((RowOutcome.ACCEPTED, RowOutcome.ACCEPTED, RowOutcome.REJECTED))
                attempt = f"a{self._number}-{section}"
                row = RowRecord(change.id, section, outcome, "seen", "somebody", "kiosk", attempt, grade)
                self._demo.office.record(row)

        self._tried(record)

    def _end(self) -> None:
        self._demo.office.end(self._meter(), SessionEnding("stopped", "UPG-05", None, None, False, "kiosk"))

    def _state(self) -> None:
        krn = self._lot.choice((None, 1, 2, 3))
        self._demo.office.state(self._meter(), Statement.said(krn, "seen", "Contoh", "counter"))

    def _list(self) -> None:
        """Names, units, blocks, key revisions, and meters that were swapped."""
        lines = []
        for n, customer in enumerate(self._lot.sample(self._customers, 4)):
            meter = self._lot.choice((customer.meter_number, customer.meter_number, f"98{self._number:04d}{n:05d}"))
            unit = self._lot.choice((UNIT, UNIT, "51101", "51102", "51103", ""))
            what = self._lot.choice(("", "", "fraud", "HAPUS"))
            lines.append(
                f"{customer.idpel},{meter},NAMA {self._number},R1,900,{unit},{self._lot.choice(('', 2))},{what}"
            )
        self._file.write_text("\n".join((HEADER, *lines)) + "\n")
        assert import_worklist(self._demo.register, self._file, accept=True).stored

    @staticmethod
    def _tried(work: Callable[[], object]) -> None:
        with suppress(OfficeError, IssuingError):
            work()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_copy_that_followed_is_one_that_begins_now(
    demo: Demo, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ENTRIES", 7)
    lot = random.Random(seed)
    history = History(demo, tmp_path, seed)
    copies = [copied(demo.office, demo.register, *units, limit=lot.choice((3, 11))) for units in UNITS]
    for _ in range(STEPS):
        history.step()
        if lot.random() < 0.5:
            lot.choice(copies).page()
    for copy, units in zip(copies, UNITS, strict=True):
        copy.follow()
        fresh = copied(demo.office, demo.register, *units)
        fresh.follow()
        assert told(copy) == told(fresh)
        assert len(fresh.meters) > 0
