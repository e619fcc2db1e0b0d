"""What a killed program leaves beside a register or a copy: taken away at the next opening, and told of until then."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from krn_engine.register import applying, database, half_made
from krn_engine.register.backup import back_up, put_back, unsealed
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterError
from krn_engine.register.half_made import alone_in, take_away_in
from krn_engine.register.importer import import_worklist
from krn_engine.register.seal import KEY_BYTES, Seal

pytestmark = pytest.mark.slow
SEAL = Seal(bytes(range(KEY_BYTES)))
NOW = datetime(2026, 1, 15, tzinfo=UTC)
ROW = "12345678901234567890"
LINES = 7


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of an empty register, in a folder of its own."""
    folder = tmp_path / "register"
    folder.mkdir()
    Register.create(sqlite_url(folder / "register.db")).close()
    return folder / "register.db"


@contextmanager
def at_work_in(folder: Path, seconds: float) -> Iterator[None]:
    """Somebody holds the lock of the folder for so long."""
    held = threading.Event()

    def hold() -> None:
        with alone_in(folder, "busy"):
            held.set()
            time.sleep(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    yield
    thread.join()


def beside(path: Path) -> set[str]:
    """The names of the files beside a register, but for its own."""
    return {file.name for file in path.parent.iterdir()} - {path.name}


@pytest.fixture
def worklist(tmp_path: Path) -> Path:
    """A list with ready-made rows."""
    file = tmp_path / "list.csv"
    lines = [f"{990000000000 + n},{99100000000 + n},{n}{ROW[1:]},{n}{ROW[:0:-1]}" for n in range(1, LINES + 1)]
    file.write_text("\n".join(("IDPEL,NOMOR_METER,KCT1A,KCT1B", *lines)) + "\n")
    return file


@pytest.fixture
def half(path: Path, worklist: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The register with four lines of the list; the rest stands in its file."""

    def stores(connection: Connection, part: applying.Part) -> None:
        if connection.exec_driver_sql("SELECT count(*) FROM customers").scalar_one() >= 4:
            raise KeyboardInterrupt
        store(connection, part)

    store = applying.store
    with monkeypatch.context() as patch:
        patch.setattr(applying, "CHUNK", 2)
        patch.setattr(applying, "store", stores)
        with Register.open(sqlite_url(path)) as register, pytest.raises(KeyboardInterrupt):
            import_worklist(register, worklist)
    assert beside(path) == {"register.db.list"}
    return path


def customers(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute("SELECT count(*) FROM customers").fetchone()[0]
        return number


# --- left over beside a register


@pytest.mark.parametrize("ending", ["list-new", "list", "new", "new-journal", "list-new-wal"])
@pytest.mark.parametrize("open_register", [Register.open, Register.create])
def test_what_a_killed_program_left_beside_a_register_goes_at_the_next_opening(
    path: Path, ending: str, open_register: Callable[[str, Seal], Register]
) -> None:
    (path.parent / f"register.db.{ending}").write_text(ROW)
    if "new-" in ending:
        (path.parent / f"register.db.{ending.rpartition('-')[0]}").write_text(ROW)
    open_register(sqlite_url(path), SEAL).close()
    assert beside(path) == set()


def test_what_somebody_is_at_work_with_stays_and_is_not_told(path: Path) -> None:
    Register.open(sqlite_url(path), SEAL).close()
    for ending in ("list-new", "new"):
        (path.parent / f"register.db.{ending}").write_text(ROW)
    with at_work_in(path.parent, 1.5):
        Register.open(sqlite_url(path), SEAL).close()
        assert beside(path) == {"register.db.list-new", "register.db.new"}
        assert unsealed(path, None) == []
    assert {file.name for file in unsealed(path, None)} == beside(path)


def test_what_is_left_over_and_cannot_be_taken_away_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path.parent / "register.db.list-new").write_text(ROW)
    (path.parent / "copies").mkdir()
    (path.parent / "copies" / "register-000001-2026-01-15-000000.new").write_text(ROW)

    def refuse(_path: Path, **_: bool) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        Register.open(sqlite_url(path), SEAL).close()
        take_away_in(path.parent / "copies")
    told = unsealed(path, path.parent / "copies")
    assert [file.name for file in told] == ["register.db.list-new", "register-000001-2026-01-15-000000.new"]


def test_half_made_copies_go_unless_one_is_being_made(tmp_path: Path) -> None:
    left = tmp_path / "register-000001-2026-01-15-000000.new"
    left.write_text(ROW)
    with at_work_in(tmp_path, 0.3):
        take_away_in(tmp_path)
        assert unsealed(None, tmp_path) == []
        assert left.exists()
    take_away_in(tmp_path)
    assert not left.exists()
    take_away_in(tmp_path / "none")


def test_no_copy_is_put_back_where_somebody_is_at_work(path: Path, tmp_path: Path) -> None:
    copy = back_up(path, tmp_path / "copies", NOW)
    with at_work_in(path.parent, 1.5), pytest.raises(RegisterBusy, match="another copy is being put back"):
        put_back(copy, path)
    assert put_back(copy, path) is not None


def test_what_could_not_be_wiped_is_told(path: Path) -> None:
    with Register.open(sqlite_url(path)) as register:
        assert not register.is_to_be_wiped()
        with register.write() as connection:
            connection.exec_driver_sql("INSERT INTO counters (name, value) VALUES ('leftovers', 1)")
        assert register.is_to_be_wiped()


# --- half a list


def test_a_list_in_its_file_is_told_as_one_that_goes_in(half: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_connection: Connection) -> None:
        raise RegisterBusy("the disk")

    monkeypatch.setattr(database, "finish", full)
    with Register.open(sqlite_url(half)) as register:
        assert isinstance(register.half_list(), RegisterBusy)
    monkeypatch.undo()
    with Register.open(sqlite_url(half)) as register:
        assert register.half_list() is None
    assert customers(half) == LINES


@pytest.fixture(params=["gone", "empty", "no list", "cut short"])
def lost(half: Path, request: pytest.FixtureRequest) -> Path:
    """Half a list is in, and nobody can go on with the rest."""
    file = half.with_name("register.db.list")
    content = file.read_bytes()
    file.unlink()
    left = {"empty": b"", "no list": b"no list" * 1000, "cut short": content[: len(content) // 2]}
    if request.param in left:
        file.write_bytes(left[request.param])
    return half


@pytest.mark.parametrize("seal", [None, SEAL])
def test_half_a_list_whose_rest_is_lost_is_told_alike_by_all(
    lost: Path, worklist: Path, tmp_path: Path, seal: Seal | None
) -> None:
    told: list[RegisterError | None] = []
    with Register.open(sqlite_url(lost), seal) as register:
        told.append(register.half_list())
        with pytest.raises(RegisterDamaged) as refused:
            import_worklist(register, worklist)
        told.append(refused.value)
    with pytest.raises(RegisterDamaged) as refused:
        back_up(lost, tmp_path / "copies", NOW)
    told.append(refused.value)
    assert {str(error) for error in told} == {str(half_made.half_list(lost))}
    assert all("krn office import FILE --accept" in str(error) for error in told)
    assert customers(lost) == 4


@pytest.mark.parametrize("seal", [None, SEAL])
def test_the_way_out_is_to_import_the_list_once_more(
    lost: Path, worklist: Path, tmp_path: Path, seal: Seal | None
) -> None:
    with Register.open(sqlite_url(lost), seal) as register:
        assert import_worklist(register, worklist, accept=True).stored
        assert register.half_list() is None
    assert customers(lost) == LINES
    assert beside(lost) == set()
    assert back_up(lost, tmp_path / "copies", NOW).is_file()


def test_a_damaged_rest_of_a_list_is_kept_unless_rows_are_sealed(half: Path) -> None:
    half.with_name("register.db.list").write_text(ROW)
    Register.open(sqlite_url(half)).close()
    assert beside(half) == {"register.db.list"}
    Register.open(sqlite_url(half), SEAL).close()
    assert beside(half) == set()


def test_nobody_waits_after_the_last_lines_of_a_list(
    path: Path, worklist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(applying, "CHUNK", 3)
    monkeypatch.setattr(time, "sleep", pauses.append)
    with Register.open(sqlite_url(path)) as register:
        assert import_worklist(register, worklist).stored
    assert customers(path) == LINES
    assert len(pauses) == 2


# --- two first openings at once


def test_a_first_opening_waits_while_another_seals(path: Path) -> None:
    with at_work_in(path.parent, 1.0), Register.open(sqlite_url(path), SEAL) as register:
        assert register.is_sealed()


def test_a_first_opening_waits_while_another_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE another (x)")
        threading.Timer(0.3, other.execute, ("COMMIT",)).start()
        with Register.create(sqlite_url(path)) as register:
            assert register.generation() is not None
