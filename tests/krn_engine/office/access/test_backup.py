"""Who is enrolled is copied with the register, and comes back only where it is gone or somebody says so."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from krn_engine.office.access.backup import FILE, back_up_callers, copy_of_callers, put_callers_back
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.differing import Differing, all_differing, keep_differing
from krn_engine.office.access.witnesses import all_witnesses, keep_witness, witnesses
from krn_engine.office.audit.telling import Teller
from krn_engine.office.audit.verify import verify
from krn_engine.office.net_errors import CallerUnknown
from krn_engine.office.wire.asked import Scope
from krn_engine.register.audit.chain import moment
from krn_engine.register.audit.entries import AuditEvent, head_of
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterBusy, RegisterDamaged
from krn_engine.register.tables import audit
from tests.support.cli import Out, krn
from tests.support.provinces import register_in

NOW = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)


class Case:
    """An office on SQLite at which one kiosk is enrolled, and a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.url = register_in(folder)
        self.register = folder / "register.db"
        self.copies = folder / "copies"
        with Database.of_callers(self.url) as database:
            callers = Callers(database)
            self.token = str(callers.enrol("kiosk-7", str(callers.make_code("kiosk-7", Scope.KIOSK, ()).code)).token)
        self.copy = self.back_up()

    def back_up(self, kept: int = 14) -> Path:
        copy = back_up(self.register, self.copies, NOW, kept)
        made = back_up_callers(self.register, copy)
        assert made == copy_of_callers(copy)
        return copy

    def revoke(self) -> None:
        with Database.of_callers(self.url) as database:
            Callers(database).revoke("kiosk-7")

    @property
    def lets_in(self) -> bool:
        with Database.of_callers(self.url) as database:
            try:
                Callers(database).know(self.token)
            except CallerUnknown:
                return False
        return True


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_a_copy_stands_beside_that_of_the_register_and_has_no_token(case: Case) -> None:
    (made,) = case.copies.glob("access-*.db")
    assert made.name.removeprefix("access-") == case.copy.name.removeprefix("register-")
    assert made.stat().st_mode & 0o777 == 0o600
    assert case.token.encode() not in made.read_bytes()


def test_it_goes_when_the_copy_of_the_register_goes(case: Case) -> None:
    (case.copies / "access-000001-x.half").touch()
    for _ in range(3):
        case.back_up(kept=2)
    numbers = [sorted(path.name[-28:] for path in case.copies.glob(f"{kind}-*")) for kind in ("register", "access")]
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == 2


def test_a_kiosk_has_none(tmp_path: Path) -> None:
    register_in(tmp_path)
    copy = back_up(tmp_path / "register.db", tmp_path / "copies", NOW)
    assert back_up_callers(tmp_path / "register.db", copy) is None
    assert copy_of_callers(copy) is None
    assert copy_of_callers(tmp_path / "register.db") is None


def test_what_is_no_list_is_not_put_back(case: Case) -> None:
    before = (case.register.with_name(FILE)).read_bytes()
    broken = case.copies / "access-000009-x.db"
    for content in (b"x" * 4096, case.copy.read_bytes()):
        broken.write_bytes(content)
        with pytest.raises(RegisterDamaged):
            put_callers_back(broken, case.register)
    assert case.register.with_name(FILE).read_bytes() == before


def test_one_that_is_in_use_is_not_replaced(case: Case) -> None:
    copy = copy_of_callers(case.copy)
    assert copy is not None
    with Database.of_callers(case.url) as database, database.read(), pytest.raises(RegisterBusy, match="krn-office"):
        put_callers_back(copy, case.register)


def test_a_restore_lets_nobody_in_who_was_revoked(case: Case, capsys: Out, tmp_path: Path) -> None:
    config = tmp_path / "office.toml"
    config.write_text(f'register = "{case.url}"\n')
    case.revoke()
    status, out, _ = krn(capsys, "restore", str(case.copy), "--config", str(config))
    assert (status, "who is enrolled is as it was" in out) == (0, True)
    assert not case.lets_in
    status, out, _ = krn(capsys, "restore", str(case.copy), "--callers", "--config", str(config))
    assert (status, "krn office kiosks" in out) == (0, True)
    assert case.lets_in
    assert case.register.with_name(f"{FILE}.replaced-1").is_file()


def test_a_lost_disk_gets_both_back(case: Case, capsys: Out, tmp_path: Path) -> None:
    config = tmp_path / "office.toml"
    config.write_text(f'register = "{case.url}"\n')
    case.register.with_name(FILE).unlink()
    assert krn(capsys, "restore", str(case.copy), "--config", str(config))[0] == 0
    assert case.lets_in


def test_the_command_copies_both_and_names_one(case: Case, capsys: Out, tmp_path: Path) -> None:
    config = tmp_path / "office.toml"
    config.write_text(f'register = "{case.url}"\n')
    status, out, _ = krn(capsys, "backup", "--to", str(tmp_path / "to"), "--config", str(config))
    (copy,) = out.splitlines()
    assert (status, copy_of_callers(Path(copy)) is not None) == (0, True)


def test_a_copy_without_one_says_so(tmp_path: Path, capsys: Out) -> None:
    url = register_in(tmp_path)
    (tmp_path / "office.toml").write_text(f'register = "{url}"\n')
    copy = back_up(tmp_path / "register.db", tmp_path / "copies", NOW)
    status, _, err = krn(capsys, "restore", str(copy), "--callers", "--config", str(tmp_path / "office.toml"))
    assert (status, "[REG-01]" in err) == (1, True)


def test_the_service_of_an_office_is_named_that_has_the_register_open(case: Case, capsys: Out, tmp_path: Path) -> None:
    config = tmp_path / "office.toml"
    config.write_text(f'register = "{case.url}"\n')
    with Register.open(case.url) as register, register.read():
        status, _, err = krn(capsys, "restore", str(case.copy), "--config", str(config))
    assert (status, "systemctl stop krn-office" in err, "krn-kiosk" in err) == (1, True, False)


# --- what a copy that is put back must not hide


def kept_of(case: Case) -> dict[str, tuple[int, str]]:
    with Database.of_callers(case.url) as database, database.read() as connection:
        return {name: (seq, digest) for name, seq, digest in all_witnesses(connection)}


def restored(case: Case, capsys: Out, tmp_path: Path, *words: str) -> int:
    config = tmp_path / "office.toml"
    config.write_text(f'register = "{case.url}"\n')
    return krn(capsys, "restore", str(case.copy), *words, "--config", str(config))[0]


@pytest.mark.parametrize("had", ["then", "nobody", "no table"])
def test_what_kiosks_remember_of_the_audit_stays_when_callers_are_put_back(
    case: Case, capsys: Out, tmp_path: Path, had: str
) -> None:
    with Database.of_callers(case.url) as database:
        if had == "then":
            keep_witness(database, "kiosk-7", 3, "33" * 32, NOW)
            keep_witness(database, "kiosk-8", 6, "66" * 32, NOW)
        elif had == "no table":
            with database.write() as connection:
                connection.exec_driver_sql("DROP TABLE access_witnesses")
    case.copy = case.back_up()
    with Database.of_callers(case.url) as database:
        keep_witness(database, "kiosk-7", 9, "99" * 32, NOW)
        keep_witness(database, "kiosk-9", 4, "44" * 32, NOW)
        if had == "then":
            with database.write() as connection:
                connection.execute(update(witnesses).where(witnesses.c.name == "kiosk-8").values(seq=5))
    assert restored(case, capsys, tmp_path, "--callers") == 0
    assert kept_of(case) == {
        "kiosk-7": (9, "99" * 32),
        "kiosk-9": (4, "44" * 32),
        **({"kiosk-8": (6, "66" * 32)} if had == "then" else {}),
    }


@pytest.mark.parametrize("had", [True, False])
def test_what_did_not_fit_the_audit_stays_when_callers_are_put_back(
    case: Case, capsys: Out, tmp_path: Path, had: bool
) -> None:
    if not had:
        with Database.of_callers(case.url) as database, database.write() as connection:
            connection.exec_driver_sql("DROP TABLE access_differing")
        case.copy = case.back_up()
    found = Differing("kiosk-7", "krn-audit/" + 32 * "0", 9, 64 * "9", NOW, 128 * "a")
    with Database.of_callers(case.url) as database:
        assert keep_differing(database, found, NOW)
    assert restored(case, capsys, tmp_path, "--callers") == 0
    with Database.of_callers(case.url) as database, database.read() as connection:
        assert all_differing(connection) == (found,)


def test_an_audit_that_was_cut_is_found_after_callers_were_put_back(case: Case, capsys: Out, tmp_path: Path) -> None:
    with Register.open(case.url) as register:
        teller = Teller(register)
        for name in ("kiosk-1", "kiosk-2", "kiosk-3"):
            teller(AuditEvent.REVOKED, "local", caller=name)
        with register.read() as connection:
            seq, digest = head_of(connection)
    with Database.of_callers(case.url) as database:
        keep_witness(database, "kiosk-7", seq, digest.hex(), NOW)
    assert restored(case, capsys, tmp_path, "--callers") == 0
    status, out, err = krn(capsys, "office", "audit", "verify", "--register", case.url)
    assert (status, "what kiosk-7 sent back knows entry" in out, "[AUD-01]" in err) == (1, True, True)


@pytest.mark.parametrize("callers", [False, True])
def test_the_audit_tells_that_a_copy_was_put_back(case: Case, capsys: Out, tmp_path: Path, callers: bool) -> None:
    with Register.open(case.url) as register:
        generation = register.generation()
        with register.read() as connection:
            last = connection.execute(select(audit.c.at).order_by(audit.c.seq.desc())).scalars().first()
    assert last is not None
    assert restored(case, capsys, tmp_path, *(["--callers"] if callers else [])) == 0
    with Register.open(case.url) as register, register.read() as connection:
        entry = connection.execute(select(audit).order_by(audit.c.seq.desc())).first()
        assert entry is not None
        told = json.loads(entry.body)
        assert verify(connection).whole
        assert register.generation() == generation
    assert (told["event"], told["actor"], told["last"], told["callers"]) == ("restored", "local", moment(last), callers)
