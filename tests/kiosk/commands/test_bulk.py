"""`krn bulk` as its user meets it: what is wrong is told with a code, and nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.commands.bulk import BEGINS_ANEW, OTHER_JOB, _Bars
from krn_engine.demo import UNIT, DemoProvince
from tests.support.bulk import RECIPIENT, opened, worklist, write
from tests.support.cli import Out, krn

TREE = Path(__file__).parents[3]


@pytest.fixture
def office(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo office, which is the folder that commands are given in."""
    assert krn(capsys, "office", "demo", "--customers", "32", "--out", str(tmp_path))[0] == 0
    monkeypatch.chdir(tmp_path)
    return tmp_path


def bulk(capsys: Out, *words: str, to: str | None = RECIPIENT) -> tuple[int, str, str]:
    readers = () if to is None else ("--to", to)
    return krn(capsys, "bulk", *words, *readers, "--config", "kiosk.toml")


def left(office: Path) -> set[str]:
    """What is in the folder but the office."""
    kept = {"audit-key", "kiosk.toml", "passphrase", "register.db", "vault"}
    return {path.name for path in office.iterdir() if not path.name.startswith("register.db-")} - kept


def entries(capsys: Out) -> str:
    return krn(capsys, "office", "audit", "list", "--after", "1", "--register", "register.db")[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--unit", UNIT, "--unit", "5100l", "--out", "rows.age"), "BLK-08"),
        (("--worklist", "none.csv", "--out", "rows.age"), "REG-07"),
        (("--worklist", "none.csv", "--workers", "1", "--out", "rows.age"), "REG-07"),
        (("--worklist", ".", "--out", "rows.age"), "REG-07"),
        (("--worklist", "kiosk.toml", "--out", "rows.age"), "REG-07"),
        (("--out", "none/rows.age"), "BLK-04"),
        (("--out", ""), "BLK-02"),
        (("--out", "/"), "BLK-02"),
        (("--out", "kiosk.toml"), "BLK-02"),
        (("--issue", "--out", "kiosk.toml"), "BLK-02"),
        (("--issue", "--out", "x" * 235), "BLK-04"),
        (("--issue", "--out", "x" * 300), "BLK-04"),
    ],
)
def test_what_cannot_be_is_told_with_a_code_and_leaves_nothing(
    office: Path, capsys: Out, words: tuple[str, ...], code: str
) -> None:
    before = entries(capsys)
    status, out, error = bulk(capsys, *words)
    assert (status, out) == (1, "")
    assert error.startswith("krn: error: ")
    assert error.endswith(f"[{code}]\n")
    assert left(office) == set()
    assert entries(capsys) == before


def test_a_unit_that_is_written_otherwise_is_named(office: Path, capsys: Out) -> None:
    assert "5100l" in bulk(capsys, "--unit", "5100l", "--out", "rows.age")[2]
    assert bulk(capsys, "--issue", "--unit", "5100l", to=None)[2].endswith("[BLK-08]\n")
    assert bulk(capsys, "--unit", UNIT, "--out", "rows.age")[0] == 0


def test_a_list_without_a_meter_gives_no_file(office: Path, capsys: Out) -> None:
    write(office / "list.csv", [("IDPEL", "NOMOR_METER")])
    assert bulk(capsys, "--worklist", "list.csv", "--out", "rows.age")[2].endswith("[BLK-08]\n")
    lines = worklist(office / "list.csv", DemoProvince(2)).read_bytes()
    (office / "list.csv").write_bytes(lines.replace(b"\n", b"\r"))
    error = bulk(capsys, "--worklist", "list.csv", "--out", "rows.age")[2]
    assert "no lines below its header" in error
    assert error.endswith("[BLK-08]\n")
    assert left(office) == {"list.csv"}


def test_the_line_of_a_file_of_recipients_that_is_none_is_named_and_not_shown(office: Path, capsys: Out) -> None:
    (office / "keys").write_text(f"# the region\n{RECIPIENT}\nage1secret\n")
    error = bulk(capsys, "--out", "rows.age", to="keys")[2]
    assert "line 3 of keys" in error
    assert "secret" not in error


def test_a_line_that_cannot_be_read_gives_its_number_and_nothing_of_others(office: Path, capsys: Out) -> None:
    province = DemoProvince(4)
    lines = worklist(office / "list.csv", province).read_text().splitlines()
    lines.insert(2, "123,456")
    (office / "list.csv").write_text("\n".join(lines) + "\n")
    assert bulk(capsys, "--worklist", "list.csv", "--out", "rows.age")[0] == 0
    [told] = [line for line in Path("rows.age.refused.csv").read_text().splitlines() if "LIN-01" in line]
    assert told.startswith("3,,LIN-01,")


def test_json_has_counts_by_code_and_plain_says_what_it_means(office: Path, capsys: Out) -> None:
    status, out, error = bulk(capsys, "--issue", "--out", "rows.csv", "--plain", "--json", to=None)
    assert status == 0
    told = json.loads(out)
    assert told["codes_without"] == told["codes_not_issued"]
    assert sum(told["codes_without"].values()) == told["meters_without"] == 32 - told["meters_with_rows"]
    assert "not encrypted" in error
    assert '"recipients": 0' in entries(capsys)


def test_help_fits_eighty_columns_and_says_what_a_number_must_be(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["bulk", "--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
    with pytest.raises(SystemExit):
        main(["bulk", "--workers", "0"])
    assert "a number from 1 on" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [40, 80])
def test_how_far_it_is_fits_the_terminal_with_the_time_that_is_left(
    capfd: Out, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda *_: os.terminal_size((columns, 24)))
    with _Bars(shown=True) as bars:
        progress = bars.of("customers")
        progress(0, 48_000_000)
        time.sleep(0.11)
        progress(12_300_000, 48_000_000)
    last = capfd.readouterr().err.splitlines()[-1].rpartition("\r")[2]
    assert "12.3M/48.0M" in last
    assert "00:00" in last
    assert last.rstrip().rstrip("]").endswith("customers/s")
    assert len(last) <= columns


def test_a_job_that_cannot_be_gone_on_with_says_so_before_it_begins(office: Path, capsys: Out) -> None:
    settings = (office / "kiosk.toml").read_text().splitlines()
    without = [line for line in settings if not line.startswith(("vault", "passphrase"))]
    (office / "kiosk.toml").write_text("\n".join(without) + "\n")
    status, out, error = bulk(capsys, "--out", "rows.age")
    assert (status, error) == (0, f"krn: {BEGINS_ANEW}\n")
    assert "OFF-06" in out
    (office / ".2.age.job").write_bytes(b"krn-bulk-2 of another job, as long as the beginning of one is")
    assert OTHER_JOB in bulk(capsys, "--out", "2.age")[2]


@pytest.mark.slow
def test_ctrl_c_ends_all_processes_without_a_word_of_theirs_and_the_job_goes_on(office: Path, capsys: Out) -> None:
    listed = worklist(office / "list.csv", DemoProvince(40_000))
    journal = office / ".rows.age.job"
    words = ["--worklist", str(listed), "--workers", "2", "--out", str(office / "rows.age"), "--to", RECIPIENT]
    command = [sys.executable, "-m", "tests.programs.in_parts", "bulk", *words, "--config", str(office / "kiosk.toml")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=TREE) as process:
        while not journal.exists() or journal.stat().st_size < 1000:
            assert process.poll() is None
            time.sleep(0.01)
        # As a terminal does it: to all that have no session of their own.
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read() == "krn: stopped\n"
        assert process.wait() == 130
    status, out, _ = bulk(capsys, "--worklist", listed.name, "--out", "rows.age", "--json")
    assert status == 0
    assert json.loads(out)["went_on"]
    assert len(opened(office / "rows.age")) == json.loads(out)["meters_with_rows"]
    assert not journal.exists()
