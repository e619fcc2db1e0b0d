"""What can happen to a province: issues, outcomes, statements, endings and lists, in any order, for property tests."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from krn_engine.issuing.errors import IssuingError
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.errors import OfficeError
from krn_engine.register.errors import ImportRefused
from krn_engine.register.importer import import_worklist
from tests.support.office import Demo

HEADER = "IDPEL,NOMOR_METER,UNIT,KRN,BASE_DATE,BLOCKED,KCT1A,KCT1B,KCT2A,KCT2B"
CHANGES = st.sampled_from(["issue", "record", "record", "record", "record", "state", "end", "list"])
NUMBERS = count()
meters = st.integers(0, 11)
list_lines = st.lists(
    st.tuples(
        meters,
        meters,
        st.sampled_from(["", "A", "B"]),
        st.sampled_from(["", "1", "2", "3", "HAPUS"]),
        st.sampled_from(["", "why", "HAPUS"]),
        st.sampled_from(["", "one", "two", "HAPUS"]),
    ),
    max_size=4,
)
histories = st.lists(
    st.tuples(
        CHANGES,
        meters,
        st.integers(0, 99),
        st.sampled_from([RowOutcome.ACCEPTED] * 4 + list(RowOutcome)),
        st.sampled_from(list(Grade)),
        list_lines,
    ),
    min_size=4,
    max_size=12,
)


def _rows(told: str, number: int) -> str:
    made = [f"{number:04d}{part}{'1' * 15}" for part in range(4)]
    return {"": ",,,", "one": ",".join([*made[:2], "", ""]), "two": ",".join(made), "HAPUS": "HAPUS,,,"}[told]


class Life:
    """What happens to a province, one thing after the other."""

    def __init__(self, demo: Demo, folder: Path) -> None:
        self.demo = demo
        self.customers = list(demo.province)[:12]
        self.issued: list[Issued] = []
        self._list = folder / "list.csv"
        for meter in range(len(self.customers)):
            with suppress(OfficeError, IssuingError):
                self.issue(meter, 0)

    def lead(self, happening: tuple[Any, ...]) -> bool:
        """One of `histories`; false where it was refused."""
        what, *told = happening
        doing: Callable[..., None] = getattr(self, what)
        try:
            doing(*told)
        except (OfficeError, IssuingError, ImportRefused):
            return False
        return True

    def issue(self, meter: int, _number: int, *_: Any) -> None:
        """Somebody asks for the rows of a meter."""
        self.issued.append(self.demo.office.issue(self.customers[meter].meter_number, f"r{next(NUMBERS)}"))

    def record(self, _meter: int, number: int, outcome: RowOutcome, grade: Grade, *_: Any) -> None:
        """Some rows of what was issued have an outcome."""
        if self.issued:
            changes = self.issued[number % len(self.issued)].changes
            change = changes[number // 3 % len(changes)]
            name = f"a{next(NUMBERS)}"
            for section in range(1, len(change.rows) + 1) if number % 3 else (1,):
                row = RowRecord(change.id, section, outcome, "seen", "who", "kiosk", f"{name}-{section}", grade)
                self.demo.office.record(row)

    def state(self, meter: int, number: int, *_: Any) -> None:
        """Staff say what a meter holds."""
        said = Statement((None, 1, 2, 3, 9)[number % 5], "looked", "Contoh", "kiosk")
        self.demo.office.state(self.customers[meter].meter_number, said)

    def end(self, meter: int, number: int, *_: Any) -> None:
        """A session at a meter ends."""
        ending, code = (("refused", "UPG-01"), ("upgraded", ""), ("visit-asked", "periksa"))[number % 3]
        said = SessionEnding(ending, code, None, None, proved=False, place="kiosk")
        self.demo.office.end(self.customers[meter].meter_number, said)

    def list(self, _meter: int, number: int, _outcome: Any, _grade: Any, told: list[tuple[Any, ...]]) -> None:
        """A list goes in, which takes away and moves what it likes."""
        lines = [
            f"{self.customers[whose].idpel},{self.customers[which].meter_number},{unit},{krn},,{blocked},"
            + _rows(ready, number * 100 + which)
            for whose, which, unit, krn, blocked, ready in told
        ]
        self._list.write_text("\n".join((HEADER, *lines)) + "\n")
        import_worklist(self.demo.register, self._list, accept=True, skip_bad=True)
