"""What a register may keep no longer is in none of its files: names of customers, from a list or an older release.

`register-0005.sql` is the dump of a file that the release before masked names made on the demo province.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.masking import mask_name
from krn_engine.office.contract import Found
from krn_engine.office.local import LocalOffice
from krn_engine.register import applying
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.importer import import_worklist

DUMP = Path(__file__).with_name("register-0005.sql")
PROVINCE = DemoProvince(16)
FORMER = "Contoh Terdahulu"
NAME = "Canariensis Serinus"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of the release before. A customer was deleted from it, whose name is left in a free block."""
    path = tmp_path / "register.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        connection.create_function("krn_digest", -1, lambda *_: 0)
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute(
            "INSERT INTO customers (idpel, meter_id, name, tariff, unit) VALUES ('000000000000', 2, ?, 'R1', '')",
            (FORMER,),
        )
        connection.execute("DELETE FROM customers WHERE name = ?", (FORMER,))
        connection.commit()
    assert FORMER.encode() in path.read_bytes()
    return path


def names() -> list[str]:
    """Every name of the province, and that of the customer who is gone."""
    return [FORMER, *(customer.name for customer in PROVINCE)]


def found_in(folder: Path, words: list[str]) -> set[str]:
    """Which of these words stand in a file of the folder."""
    files = [file.read_bytes() for file in folder.iterdir() if file.is_file()]
    return {word for word in words for content in files if word.encode() in content}


def test_a_register_of_the_release_before_keeps_masked_names_only(old: Path) -> None:
    with Register.open(sqlite_url(old)) as register:
        assert found_in(old.parent, names()) == set()
        with register.read() as connection:
            kept = connection.exec_driver_sql("SELECT name FROM customers ORDER BY id").scalars().all()
        customer = next(iter(PROVINCE))
        found = LocalOffice(register, PROVINCE.campaign, PROVINCE.vault, clock=lambda: DEMO_DAY).find(customer.idpel)
    assert kept == [mask_name(customer.name) for customer in PROVINCE]
    assert isinstance(found, Found)
    assert found.customer.masked_name == mask_name(customer.name)


def test_what_another_program_kept_from_being_wiped_is_wiped_at_the_next_opening(old: Path) -> None:
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM customers").fetchone()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("krn_engine.register.database.BUSY_SECONDS", 0.0)
            Register.open(sqlite_url(old)).close()
        assert found_in(old.parent, names()) != set()
        other.execute("COMMIT")
        # It stays open: the last who closes a register would end its log by that.
        with Register.open(sqlite_url(old)):
            assert found_in(old.parent, names()) == set()


def test_no_name_of_a_list_comes_into_a_file_while_it_goes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worklist, folder = tmp_path / "list.csv", tmp_path / "register"
    folder.mkdir()
    worklist.write_text(
        "IDPEL,NOMOR_METER,NAMA\n" + "".join(f"{990000000000 + n},{99100000000 + n},{NAME} {n}\n" for n in range(1, 40))
    )
    looked: list[int] = []

    def looks(connection: Connection, part: applying.Part) -> None:
        store(connection, part)
        assert found_in(folder, [NAME, "Canariensis", NAME.upper()]) == set()
        looked.append(len(list(folder.iterdir())))
        if len(looked) == 3:
            raise KeyboardInterrupt

    store = applying.store
    monkeypatch.setattr(applying, "store", looks)
    monkeypatch.setattr(applying, "CHUNK", 10)
    with Register.create(sqlite_url(folder / "register.db")) as register, pytest.raises(KeyboardInterrupt):
        import_worklist(register, worklist, progress=lambda *_: looked.append(len(found_in(folder, [NAME]))))
    assert looked[0] == 0
    assert (folder / "register.db.list").is_file()
    assert found_in(folder, [NAME, "Canariensis"]) == set()
