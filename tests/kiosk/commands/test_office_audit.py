"""`krn office audit`: what a person reads, and the exit status that a program goes by."""

import json
import shutil
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.differing import Differing, keep_differing
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register
from krn_engine.register.seal import Seal
from tests.support.audit import owner
from tests.support.cli import Out, krn

PROVINCE = DemoProvince(8)
NUMBER = next(iter(PROVINCE)).meter_number


@pytest.fixture
def folder(tmp_path: Path, capsys: Out) -> Path:
    """A demo office that has a key, and in which rows were issued."""
    folder = tmp_path / "office"
    assert krn(capsys, "office", "demo", "--customers", "8", "--out", str(folder))[0] == 0
    with Register.open(url(folder)) as register:
        LocalOffice(register, PROVINCE.campaign, PROVINCE.vault).issue(NUMBER, "r1")
    return folder


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'register.db'}"


def audit(capsys: Out, folder: Path, *words: str) -> tuple[int, str, str]:
    return krn(capsys, "office", "audit", *words, "--config", str(folder / "kiosk.toml"))


def kept_elsewhere(capsys: Out, folder: Path, path: Path) -> Path:
    status, out, _ = audit(capsys, folder, "checkpoint")
    assert status == 0
    path.write_text(out)
    return path


def test_a_whole_audit(folder: Path, tmp_path: Path, capsys: Out) -> None:
    point = kept_elsewhere(capsys, folder, tmp_path / "point.json")
    status, out, err = audit(capsys, folder, "verify", "--checkpoint", str(point))
    assert (status, err) == (0, "")
    assert out.startswith("3 entries whole from 1 on, head ")
    assert out.endswith(", 2 of 2 checkpoints fit\n")
    status, out, _ = audit(capsys, folder, "verify", "--from", "3", "--json")
    document = json.loads(out)
    assert (status, document["whole"], document["entries"], document["first"]) == (0, True, 1, 3)


def test_one_that_was_changed_is_an_error_with_what_is_wrong_first(folder: Path, capsys: Out) -> None:
    with owner(url(folder)) as connection:
        connection.exec_driver_sql("UPDATE audit SET body = replace(body, 'r1', 'r2') WHERE seq = 3")
    status, out, err = audit(capsys, folder, "verify")
    assert status == 1
    assert out.startswith("entry 3: its hash is not that of what it says")
    assert err.startswith("krn: error: the audit does not fit: entry 3: its hash")
    assert err.rstrip().endswith("[AUD-01]")
    status, out, _ = audit(capsys, folder, "verify", "--json")
    assert (status, json.loads(out)["bad_seq"]) == (1, 3)


def test_an_older_copy_that_was_put_back_is_found_by_what_a_kiosk_sent_back(
    folder: Path, tmp_path: Path, capsys: Out
) -> None:
    before = back_up(folder / "register.db", tmp_path / "copies", DEMO_DAY)
    with Register.open(url(folder)) as register:
        LocalOffice(register, PROVINCE.campaign, PROVINCE.vault).issue(NUMBER, "r2")
    point = json.loads(kept_elsewhere(capsys, folder, tmp_path / "point.json").read_text())
    with Database.of_callers(url(folder)) as database:
        who = Callers(database)
        known = who.know(str(who.enrol("kiosk-7", str(who.make_code("kiosk-7", Scope.KIOSK, ()).code)).token))
        who.witness(known, point["seq"], point["hash"])
    for name in ("register.db", "register.db-wal", "register.db-shm"):
        (folder / name).unlink(missing_ok=True)
    before.rename(folder / "register.db")
    status, out, _ = audit(capsys, folder, "verify")
    assert status == 1
    assert out.startswith("entry 4: what kiosk-7 sent back knows entry 4, and the chain ends at 3: it was cut off")
    assert audit(capsys, folder, "accept", "--because", "the disk broke", "--by", "Sari")[0] == 0
    assert audit(capsys, folder, "verify")[0] == 0


def test_what_a_kiosk_sent_back_and_did_not_fit_is_named_until_somebody_answers_for_it(
    folder: Path, tmp_path: Path, capsys: Out
) -> None:
    """Also where who is enrolled is that of the older copy, and the audit has grown past what it lacks."""
    before = (folder / "register.db").with_name("before.db")
    shutil.copyfile(back_up(folder / "register.db", tmp_path / "copies", DEMO_DAY), before)
    with Register.open(url(folder)) as register:
        LocalOffice(register, PROVINCE.campaign, PROVINCE.vault).issue(NUMBER, "r2")
    point = json.loads(kept_elsewhere(capsys, folder, tmp_path / "point.json").read_text())
    for name in ("register.db", "register.db-wal", "register.db-shm"):
        (folder / name).unlink(missing_ok=True)
    before.rename(folder / "register.db")
    with Register.open(url(folder)) as register:
        for request in ("r3", "r4"):
            LocalOffice(register, PROVINCE.campaign, PROVINCE.vault).issue(NUMBER, request)
    assert audit(capsys, folder, "verify")[0] == 0
    said = CHECKPOINT.read(point)
    strange = Differing("kiosk-8", said.origin, 2, "0" * 64, said.at, "0" * 128)
    with Database.of_callers(url(folder)) as database:
        for found in (Differing("kiosk-7", said.origin, said.seq, said.hash, said.at, said.signature), strange):
            assert keep_differing(database, found, DEMO_DAY)
    status, out, err = audit(capsys, folder, "verify")
    assert (status, err.count("[AUD-01]")) == (1, 1)
    assert f"entry {said.seq}: kiosk-7 sent back a checkpoint of " in out
    assert "note: kiosk-8 sent back a checkpoint of " in out
    answer = ("accept", "--because", "the disk broke", "--by", "Sari")
    status, out, _ = audit(capsys, folder, *answer)
    assert (status, out) == (
        0,
        f"accepted: what kiosk-7 knows of entry {said.seq}\naccepted: what kiosk-8 knows of entry 2\n",
    )
    assert audit(capsys, folder, "verify")[0] == 0
    told = json.loads(audit(capsys, folder, "list", "--json")[1])[-1]
    assert (told["event"], told["by"], told["because"]) == ("difference-accepted", "Sari", "the disk broke")
    assert ["kiosk-7", said.seq, said.hash] in told["checkpoints"]
    assert audit(capsys, folder, *answer)[1].endswith("there is nothing to accept\n")


def test_a_copy_is_verified_with_no_key_of_its_rows_and_nothing_is_made_beside_it(
    folder: Path, tmp_path: Path, capsys: Out
) -> None:
    with Register.open(url(folder), Seal(bytes(range(32)))):
        pass
    copy = back_up(folder / "register.db", tmp_path / "copies", DEMO_DAY)
    status, out, _ = krn(capsys, "office", "audit", "verify", "--register", str(copy))
    assert status == 0
    assert "note: no public key was given" in out
    assert [path for path in copy.parent.iterdir() if not path.name.startswith("register-")] == []


def test_a_public_key_in_a_file(folder: Path, tmp_path: Path, capsys: Out) -> None:
    kept_elsewhere(capsys, folder, tmp_path / "point.json")
    other = krn(capsys, "office", "audit", "key", "--out", str(tmp_path / "other-key"))
    for name, (status, out, _) in (("own", audit(capsys, folder, "key")), ("other", other)):
        assert status == 0
        (tmp_path / name).write_text(out)
    assert audit(capsys, folder, "verify", "--public-key", str(tmp_path / "own"))[0] == 0
    status, out, _ = audit(capsys, folder, "verify", "--public-key", str(tmp_path / "other"))
    assert status == 1
    assert "was not signed by the office's key" in out


@pytest.mark.parametrize(
    ("text", "code"), [("", "AUD-04"), ("{}", "AUD-04"), ('{"seq":1,"seq":1}', "AUD-04"), (None, "AUD-04")]
)
def test_what_is_no_checkpoint(folder: Path, tmp_path: Path, capsys: Out, text: str | None, code: str) -> None:
    path = tmp_path / "point.json"
    if text is not None:
        path.write_text(text)
    status, _, err = audit(capsys, folder, "verify", "--checkpoint", str(path))
    assert status == 1
    assert f"[{code}]" in err


def test_a_list_of_entries(folder: Path, capsys: Out) -> None:
    status, out, _ = audit(capsys, folder, "list", "--after", "1")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["2", "3"]
    status, out, _ = audit(capsys, folder, "list", "--meter", NUMBER, "--json")
    assert status == 0
    assert [(entry["seq"], entry["event"]) for entry in json.loads(out)] == [(3, "issued")]
    assert NUMBER not in out
    assert json.loads(audit(capsys, folder, "list", "--after", "9", "--json")[1]) == []
    assert audit(capsys, folder, "list", "--after", "9" * 20)[0] == 2
    assert "[OFF-01]" in audit(capsys, folder, "list", "--meter", "99999999999")[2]


def test_without_a_key_there_is_no_checkpoint(folder: Path, capsys: Out) -> None:
    register = ("--register", str(folder / "register.db"))
    status, _, err = krn(capsys, "office", "audit", "checkpoint", *register)
    assert status == 1
    assert "[AUD-06]" in err
    status, _, err = krn(capsys, "office", "audit", "key", *register)
    assert (status, "[AUD-02]" in err) == (1, True)


def test_a_code_and_a_revocation_have_entries(folder: Path, capsys: Out) -> None:
    config = ("--config", str(folder / "kiosk.toml"))
    assert krn(capsys, "office", "enrol", "kiosk-7", "--all-units", *config)[0] == 0
    with Database.of_callers(url(folder)) as database:
        who = Callers(database)
        who.enrol("kiosk-7", str(who.make_code("kiosk-7", Scope.KIOSK, ()).code))
    assert krn(capsys, "office", "kiosks", "--revoke", "kiosk-7", *config)[0] == 0
    entries = json.loads(audit(capsys, folder, "list", "--after", "3", "--json")[1])
    assert [(entry["event"], entry["caller"]) for entry in entries] == [
        ("code-made", "kiosk-7"),
        ("revoked", "kiosk-7"),
    ]
