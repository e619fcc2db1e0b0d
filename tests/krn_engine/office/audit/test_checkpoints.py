"""Checkpoints: when one is made, who signed it, and whether it lies on a chain; and the key that signs them."""

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.office.audit import checkpoints
from krn_engine.office.audit.checkpoints import Checkpoint, newest, require_newest, require_on_chain
from krn_engine.office.audit.errors import AuditKeyExists, AuditKeyUnusable, CheckpointForeign, CheckpointMissing
from krn_engine.office.audit.keeper import LOOKS_EVERY, SEALS_EVERY, Keeper, kept
from krn_engine.office.audit.key import PublicKey, SigningKey, key_from_system, make_key
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.register.audit.entries import AuditEvent, note
from tests.support.audit import bodies
from tests.support.office import Demo
from tests.support.places import Place

SECRET, PUBLIC = (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
)
"""RFC 8032, section 7.1, test 1."""
SIGNED_NOTHING = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
    "5141438e7a100b"
)
KEY = SigningKey(SECRET)


def test_the_key_is_ed25519_as_the_standard_has_it() -> None:
    assert KEY.public.digits == PUBLIC
    assert KEY.sign(b"").hex() == SIGNED_NOTHING
    assert PublicKey(PUBLIC).signed(b"", bytes.fromhex(SIGNED_NOTHING))
    assert not PublicKey(PUBLIC).signed(b"x", bytes.fromhex(SIGNED_NOTHING))
    assert not PublicKey(PUBLIC).signed(b"", b"short")
    assert SECRET not in repr(KEY) + str(vars(KEY))


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    made = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = key_from_system(path)
    assert again is not None
    assert again.public.digits == made.public.digits
    with pytest.raises(AuditKeyExists):
        make_key(path)
    with pytest.raises(AuditKeyUnusable, match="cannot be written"):
        make_key(tmp_path / "none" / "key")
    path.chmod(0o640)
    with pytest.raises(AuditKeyUnusable, match="chmod 600"):
        key_from_system(path)


@pytest.mark.parametrize("text", ["", "00", SECRET + "00", SECRET[:-1] + "x", SECRET + "\n" + SECRET])
def test_what_is_no_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(AuditKeyUnusable) as told:
        key_from_system(path)
    assert SECRET not in str(told.value)
    with pytest.raises(AuditKeyUnusable):
        PublicKey.read(path)


def test_a_credential_is_a_key_and_without_either_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert key_from_system(None) is None
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert key_from_system(None) is None
    (tmp_path / "krn-audit").write_text(SECRET + "\n")
    key = key_from_system(None)
    assert key is not None
    assert key.public.digits == PUBLIC


# --- when one is made


def point(demo: Demo) -> Checkpoint | None:
    with demo.register.read() as connection:
        return newest(connection)


def entry(demo: Demo, number: int = 1) -> None:
    with demo.register.write() as connection:
        for _ in range(number):
            note(connection, AuditEvent.ENDED, DEMO_DAY, "local", 1)


def test_one_a_minute_if_there_is_something_new(demo: Demo) -> None:
    now = [DEMO_DAY]
    keeper = Keeper(demo.register, KEY, lambda: now[0])

    def beats(at: datetime) -> int:
        now[0] = at
        keeper.beat()
        made = point(demo)
        assert made is not None
        assert made.fits(KEY.public)
        return made.seq

    assert beats(DEMO_DAY) == 2
    assert beats(DEMO_DAY + timedelta(hours=1)) == 2
    entry(demo)
    assert beats(DEMO_DAY + timedelta(seconds=59)) == 2
    assert beats(DEMO_DAY + timedelta(seconds=60)) == 3
    entry(demo)
    # A clock that went back does not stop them.
    assert beats(DEMO_DAY - timedelta(days=1)) == 4


def test_and_when_very_much_is_new(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkpoints.MOST == 1000
    monkeypatch.setattr(checkpoints, "MOST", 5)
    keeper = Keeper(demo.register, KEY, lambda: DEMO_DAY)
    keeper.beat()
    entry(demo, 4)
    keeper.beat()
    assert (made := point(demo)) is not None
    assert made.seq == 2
    entry(demo)
    keeper.beat()
    assert (made := point(demo)) is not None
    assert made.seq == 7


def test_without_a_key_entries_are_sealed_all_the_same(demo: Demo, place: Place) -> None:
    entry(demo)
    pause = Keeper(demo.register, None).beat()
    assert pause == (LOOKS_EVERY if place.engine == "sqlite" else SEALS_EVERY)
    with demo.register.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit WHERE seq IS NULL").scalar() == 0
        with pytest.raises(CheckpointMissing):
            require_newest(connection)


def test_a_thread_seals_and_signs_while_an_office_serves(demo: Demo) -> None:
    demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    with kept(demo.register, KEY) as keeper:
        keeper.sign_now()
    assert (made := point(demo)) is not None
    assert made.seq == 3


# --- whether it lies on the chain


def test_it_lies_on_its_own_chain_and_on_no_other(demo: Demo) -> None:
    Keeper(demo.register, KEY, lambda: DEMO_DAY).sign_now()
    entry(demo)
    bodies(demo.register)
    made = point(demo)
    assert made is not None
    assert CHECKPOINT.read(CHECKPOINT.write(made)) == made
    with demo.register.read() as connection:
        require_on_chain(connection, made)
        for origin, seq, digest in (
            ("krn-audit/" + 32 * "0", made.seq, made.hash),
            (made.origin, made.seq + 1, made.hash),
            (made.origin, 99, made.hash),
            (made.origin, made.seq, 64 * "0"),
        ):
            with pytest.raises(CheckpointForeign):
                require_on_chain(connection, Checkpoint(origin, seq, digest, made.at, made.signature))
