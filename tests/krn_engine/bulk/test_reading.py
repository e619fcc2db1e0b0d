"""What is taken from many lines at once is what the reader of worklists makes of each."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krn_engine.bulk.batch import Batch, Position
from krn_engine.bulk.reading import WorklistSource
from krn_engine.office.errors import MeterBlocked
from krn_engine.register.errors import ImportRefused
from krn_engine.register.importer import customer_twice, meter_twice
from krn_engine.register.line_problem import RefusedLine
from krn_engine.register.worklist import open_worklist
from tests.krn_engine.bulk.numbers import a_number
from tests.support.bulk import write

HEADER = "IDPEL NAMA NOMOR_METER UNIT EA DKGA SGC TI KRN KT BASE_DATE KEN BLOCKED TOKEN_KCT1A TOKEN_KCT1B".split()  # noqa: SIM905
GOOD = ["012345678901", "Contoh", "", "99001", "7", "2", "123456", "01", "1", "2", "1993", "255", "", "", ""]
ODD_CELLS = {
    0: ["12345678901", "0123 4567 8901", "x", "", "1.3E+11"],
    1: ["Contoh, Satu", 'Contoh "Satu"', "Conto\u0301h", "", "two\nlines"],
    3: ["99002", "", "unit dengan nama panjang", "HAPUS", "99001 ", "kantör"],
    4: ["EA07", "11", "9", "", "7.0"],
    6: ["12345", "'123456", ""],
    7: ["1", ""],
    8: ["KRN1", "0", "10", ""],
    10: ["93", "2014", ""],
    11: ["", "256"],
    12: ["diblokir", "ya", "HAPUS"],
    13: ["1" * 20, "12345678901234567890"],
    14: ["2" * 20, "1"],
}


@st.composite
def lines(draw: st.DrawFn) -> list[list[str]]:
    """A list in which some cells are not as usual, and some lines neither; some stand in it twice."""
    made = []
    numbers = [""]
    for number in range(draw(st.integers(1, 12))):
        line = [*GOOD]
        line[0] = f"{number - draw(st.sampled_from((0, 0, 1, 3))):012d}".replace("-", "0")
        numbers.append(a_number(draw(st.randoms()), draw(st.sampled_from((11, 11, 13)))))
        # Of 13 digits, one that says the same number as one of 11 is another meter.
        line[2] = draw(st.sampled_from((numbers[-1], numbers[-1], numbers[-2], numbers[1].zfill(13))))
        for place in draw(st.sets(st.sampled_from(sorted(ODD_CELLS)), max_size=2)):
            line[place] = draw(st.sampled_from(ODD_CELLS[place]))
        shape = draw(st.integers(0, 15))
        made.append(line[:-1] if shape == 0 else [] if shape == 1 else [""] * len(line) if shape == 2 else line)
    return made


def told(batch: Batch) -> dict[int, object]:
    """What it says of each line."""
    found: dict[int, object] = {}
    for index, line in enumerate(batch.places.tolist()):
        if index in batch.refused:
            found[line] = batch.refused[index].code, batch.refused[index].reason
            continue
        kind, rows = batch.ready[index] if index in batch.ready else (batch.kinds[batch.kind_of[index]], ())
        found[line] = batch.idpels[index].decode(), batch.number(index), kind.unit, dict(kind.record), rows
    return found


def together(batches: Iterable[Batch]) -> dict[int, object]:
    """Of each line of these."""
    return {line: it for batch in batches for line, it in told(batch).items()}


def expected(path: Path, units: tuple[str, ...]) -> dict[int, object]:
    found: dict[int, object] = {}
    idpels, meters = set[str](), set[str]()
    with open_worklist(path, units=units) as worklist:
        for line in worklist:
            if isinstance(line, RefusedLine):
                found[line.number] = line.code, line.reason
                continue
            if line.idpel in idpels:
                found[line.number] = "LIN-09", customer_twice(line.idpel)
                continue
            if line.meter_number in meters:
                found[line.number] = "LIN-09", meter_twice(line.meter_number)
                continue
            idpels.add(line.idpel)
            meters.add(line.meter_number)
            if line.blocked:
                found[line.number] = MeterBlocked.code, f"the office has blocked this meter: {line.blocked}"
            else:
                rows = tuple(map(str, line.rows))
                found[line.number] = line.idpel, line.meter_number, line.unit or "", dict(line.key), rows
    return found


START = Position()


def read(path: Path, units: tuple[str, ...], after: Position = START) -> list[Batch]:
    return list(WorklistSource(path, units).batches(after))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines(), st.sampled_from("\n,;|\t"), st.sampled_from(("\n", "\r\n")), st.booleans(), st.booleans())
def test_each_line_is_what_it_is_when_it_is_imported(
    tmp_path: Path, listed: list[list[str]], delimiter: str, end: str, last_ends: bool, of_a_unit: bool
) -> None:
    delimiter = delimiter.strip("\n") or ","
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([HEADER, *listed])
    path = tmp_path / "list.csv"
    path.write_text(text.getvalue() if last_ends else text.getvalue().removesuffix(end), newline="")
    units = ("99001",) if of_a_unit else ()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("krn_engine.bulk.reading.BLOCK_BYTES", 300)
        batches = read(path, units)
        assert together(batches) == expected(path, units)
        assert list(together(batches)) == sorted(together(batches))
        for number, batch in enumerate(batches):
            assert together(read(path, units, batch.end)) == together(batches[number + 1 :])


def test_a_line_that_is_refused_keeps_no_later_one_out(tmp_path: Path) -> None:
    lines = [[*GOOD] for _ in range(5)]
    for line, (idpel, ea) in zip(lines, ((1, "9"), (1, "7"), (2, "7"), (2, "7"), (3, "7")), strict=True):
        line[0], line[2], line[4] = f"{idpel:012d}", "01234567893", ea
    lines[4][2] = "0001234567893"
    write(path := tmp_path / "list.csv", [HEADER, *lines])
    codes = {
        line: batch.refused[line - 2].code
        for batch in read(path, ())
        for line in range(2, 7)
        if line - 2 in batch.refused
    }
    assert codes == {2: "LIN-06", 4: "LIN-09", 5: "LIN-09"}


@pytest.mark.parametrize("wrong", [b"\xff\xfe", b"a\0b", b"x" * 100_001])
def test_what_is_no_text_of_a_worklist_is_refused_by_its_line(tmp_path: Path, wrong: bytes) -> None:
    path = tmp_path / "list.csv"
    write(path, [HEADER, GOOD])
    path.write_bytes(path.read_bytes() + wrong + b"\n" + path.read_bytes())
    with pytest.raises(ImportRefused, match="line 3"):
        read(path, ())


def test_no_list_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        WorklistSource(tmp_path / "none").name()
    (tmp_path / "headless.csv").write_text("1,2,3\n")
    with pytest.raises(ImportRefused):
        read(tmp_path / "headless.csv", ())
