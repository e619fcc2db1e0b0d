"""`krn office orders` in a terminal: files that are private and new, and reasons for whatever is refused."""

import json
import stat
from pathlib import Path

import pytest

from krn_engine.demo import UNIT
from krn_engine.durable import new_file
from krn_engine.office.access.database import Database
from krn_engine.office.access.people import People
from krn_engine.office.wire.asked import Scope
from tests.support.cli import Out, krn


@pytest.fixture
def office(tmp_path: Path, capsys: Out) -> list[str]:
    """The words that name the settings of a demo office."""
    assert krn(capsys, "office", "demo", "--customers", "8", "--out", str(tmp_path / "o"))[0] == 0
    return ["--config", str(tmp_path / "o/kiosk.toml")]


def make(capsys: Out, office: list[str], *words: str) -> tuple[int, str, str]:
    return krn(capsys, "office", "orders", "make", UNIT, "--officer", "sari", *words, *office)


def test_a_list_goes_out_in_private_files_and_its_results_come_back(
    tmp_path: Path, capsys: Out, office: list[str]
) -> None:
    files = [tmp_path / f"list.{kind}" for kind in ("xlsx", "csv", "pdf")]
    names = [word for file in files for word in ("--out", str(file))]
    status, out, err = make(capsys, office, *names, "--json", "--limit", "2")
    assert (status, err) == (0, "")
    made = json.loads(out)
    assert (made["orders"], made["without_rows"]) == (2, 0)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["list.csv", "list.pdf", "list.xlsx", "o"]
    lines = files[1].read_text("utf-8-sig").splitlines()
    assert all(made["list"] in line for line in lines[1:])
    place = lines[0].split(";").index("HASIL")
    cells = lines[1].split(";")
    cells[place] = "B"
    files[1].write_text("\n".join([lines[0], ";".join(cells), lines[2]]))
    status, out, err = krn(capsys, "office", "orders", "results", str(files[1]), "--json", *office)
    assert (status, err) == (0, "")
    assert {name: json.loads(out)[name] for name in ("taken", "without", "stored")} == {
        "taken": 1,
        "without": 1,
        "stored": True,
    }


def test_what_cannot_be_written_gives_no_codes_out(tmp_path: Path, capsys: Out, office: list[str]) -> None:
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    for words, code in (
        (["--out", str(tmp_path / "there.csv")], "ORD-03"),
        (["--out", str(tmp_path / "link.csv")], "ORD-03"),
        (["--out", str(tmp_path / "no/folder.csv")], "ORD-07"),
        (["--out", str(tmp_path / "list.txt")], "KSK-04"),
        (["--out", str(tmp_path / "a.csv"), "--out", str(tmp_path / "b"), "--format", "pdf"], "KSK-04"),
        (["--out", str(tmp_path / "a.csv"), "--limit", "0"], "KSK-04"),
        (["--out", str(tmp_path / "a.csv"), "--officer", "=sari"], "KSK-04"),
    ):
        status, _, err = make(capsys, office, *words)
        assert (status, f"[{code}]" in err) == (1, True), err
    status, _, err = krn(
        capsys, "office", "orders", "make", "nowhere", "--officer", "s", "--out", str(tmp_path / "a.csv"), *office
    )
    assert (status, "[ORD-08]" in err) == (1, True)
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert not (tmp_path / "a.csv").exists()
    status, out, _ = krn(capsys, "office", "audit", "list", *office)
    assert "issued" not in out


def test_a_list_is_for_somebody_who_is_there(tmp_path: Path, capsys: Out, office: list[str]) -> None:
    out = ["--out", str(tmp_path / "a.csv")]
    with Database.of_callers(f"sqlite:///{tmp_path / 'o/register.db'}") as kept:
        People(kept).add("sari2", Scope.OFFICER, [UNIT], "271828")
    status, _, err = make(capsys, office, *out)
    assert (status, "[KSK-04]" in err, "close to it: sari2" in err) == (1, True, True)
    assert not (tmp_path / "a.csv").exists()
    assert make(capsys, office, *out, "--new-name")[0] == 0
    assert make(capsys, office, "--officer", "Sari2", "--out", str(tmp_path / "b.csv"))[0] == 0


def test_refused_lines_are_told_and_nothing_is_stored(tmp_path: Path, capsys: Out, office: list[str]) -> None:
    file = tmp_path / "list.csv"
    make(capsys, office, "--out", str(file), "--limit", "1")
    file.write_text(file.read_text().replace(";sari;", ";budi;"))
    status, out, err = krn(capsys, "office", "orders", "results", str(file), *office)
    assert status == 1
    assert "line 2: what the office wrote in this line was changed" in out
    assert "[ORD-04]" in out
    assert "[ORD-02]" in err


def test_a_new_file_takes_no_other_files_place_and_leaves_nothing_behind(tmp_path: Path) -> None:
    new_file(tmp_path / "a", b"1")
    with pytest.raises(FileExistsError):
        new_file(tmp_path / "a", b"2")
    with pytest.raises(OSError, match="No such file"):
        new_file(tmp_path / "no" / "a", b"3")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a", b"1")]
