"""The vault: whole or refused, never silently wrong, and never talking."""

import errno
import hashlib
import json
import os
import pickle
import struct
import tempfile
import traceback
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krn_engine.durable import replace_file
from krn_engine.issuing.errors import (
    KeyConflict,
    KeyNotFound,
    VaultDamaged,
    VaultMissing,
    VaultNotWritten,
    VaultVersionUnknown,
    WrongPassphrase,
)
from krn_engine.issuing.vault import KdfCost, Vault, VaultEntry, check_value
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc
from krn_engine.sts.keys import Dkga, VendingKey
from tests.support.tiny_disk import tiny_disk

CHEAP = KdfCost(log2_n=2, r=1, p=1)
SECRET = "a passphrase for tests"
CANARY = bytes.fromhex("0123456789abcdef")
CANARY20 = bytes(range(100, 120))
KEY = VendingKey(Sgc("999007"), Krn(1), KeyType.DUTK, Dkga.DKGA02, BaseDate.Y1993, Ken(255), CANARY)
KEY20 = VendingKey(Sgc("999011"), Krn(3), KeyType.DUTK, Dkga.DKGA04, BaseDate.Y2014, Ken(170), CANARY20)
VAULT = Vault((VaultEntry(KEY), VaultEntry(KEY20, date(2030, 1, 2))), SAMPLE_TABLES)
HEADER = 104


def written(path: Path) -> bytes:
    VAULT.write(path, SECRET, CHEAP)
    return path.read_bytes()


def test_a_vault_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    first = written(path)
    assert Vault.read(path, SECRET) == VAULT
    assert path.stat().st_mode & 0o777 == 0o600
    assert written(path) != first, "salt and nonce must be new each time"


def test_a_key_is_found_in_the_vault_or_named_as_missing(tmp_path: Path) -> None:
    assert VAULT.find(KEY.sgc, KEY.krn, KEY.kt, KEY.dkga).key == KEY
    with pytest.raises(KeyNotFound, match="KRN 2"):
        VAULT.find(KEY.sgc, Krn(2), KEY.kt, KEY.dkga)


def test_a_vault_is_not_opened_by_a_wrong_passphrase(tmp_path: Path) -> None:
    written(tmp_path / "vault")
    for wrong in ("", "A passphrase for tests", SECRET + " "):
        with pytest.raises(WrongPassphrase):
            Vault.read(tmp_path / "vault", wrong)


def test_every_truncation_is_found(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    whole = written(path)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(VaultDamaged):
            Vault.read(path, SECRET)
    path.write_bytes(whole + b"x")
    with pytest.raises(VaultDamaged):
        Vault.read(path, SECRET)


def test_every_altered_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    whole = written(path)
    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 1 << place % 8
        path.write_bytes(altered)
        with pytest.raises(VaultDamaged):
            Vault.read(path, SECRET)


def test_a_later_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    whole = bytearray(written(path))
    whole[8] = 2
    whole[72:HEADER] = hashlib.sha256(whole[:72]).digest()
    path.write_bytes(whole)
    with pytest.raises(VaultVersionUnknown):
        Vault.read(path, SECRET)
    whole[8:10] = b"\x01\x3f"  # version 1, and a cost that would take for ever
    whole[72:HEADER] = hashlib.sha256(whole[:72]).digest()
    path.write_bytes(whole)
    with pytest.raises(VaultDamaged, match="amount of work"):
        Vault.read(path, SECRET)


@cache
def a_vault_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return written(Path(folder) / "vault")


def with_header(whole: bytes, **fields: int | bytes) -> bytes:
    """A vault file whose header says something else under a checksum that is right."""
    names = ("magic", "version", "log2_n", "r", "p", "salt", "nonce", "verifier")
    layout = struct.Struct(">8sBBBB16s12s32s")
    known = dict(zip(names, layout.unpack(whole[: layout.size]), strict=True))
    renewed = layout.pack(*(known | fields).values())
    return renewed + hashlib.sha256(renewed).digest() + whole[HEADER:]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "magic": st.binary(min_size=8, max_size=8),
            "version": st.integers(0, 255),
            "log2_n": st.integers(0, 255),
            "r": st.integers(0, 255),
            "p": st.integers(0, 255),
            "salt": st.binary(min_size=16, max_size=16),
            "nonce": st.binary(min_size=12, max_size=12),
            "verifier": st.binary(min_size=32, max_size=32),
        },
    )
)
@settings(max_examples=300)
def test_a_header_with_a_renewed_checksum_is_refused_within_bounds(fields: dict[str, int | bytes]) -> None:
    """Here scrypt is only asked, and what it is asked for is held; the tests below really let it work."""
    asked: list[int] = []

    def scrypt(_passphrase: bytes, *, salt: bytes, n: int, r: int, p: int, maxmem: int, dklen: int) -> bytes:
        assert 1 < n < 2 ** (16 * r)
        asked.append(128 * r * n * p)
        assert 128 * r * n <= maxmem <= 131 << 20
        return hashlib.sha512(salt).digest()[:dklen]

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "vault"
        path.write_bytes(with_header(a_vault_file(), **fields))
        patch.setattr(hashlib, "scrypt", scrypt)
        with pytest.raises((VaultDamaged, VaultVersionUnknown, WrongPassphrase)):
            Vault.read(path, SECRET)
    assert all(work <= 4 * (129 << 20) for work in asked)


@pytest.mark.parametrize(
    ("log2_n", "r", "p"),
    [(16, 1, 1), (20, 8, 1), (17, 9, 1), (20, 16, 16), (255, 255, 255), (0, 8, 1), (16, 0, 1), (16, 8, 0), (16, 8, 5)],
)
def test_a_cost_that_no_vault_has_is_refused_before_any_work(tmp_path: Path, log2_n: int, r: int, p: int) -> None:
    """The first of them gave ValueError: RFC 7914 has no scrypt for it. The second asked for 1 GiB."""
    path = tmp_path / "vault"
    path.write_bytes(with_header(written(path), log2_n=log2_n, r=r, p=p))
    with pytest.raises(VaultDamaged, match="amount of work"):
        Vault.read(path, SECRET)


@pytest.mark.parametrize(
    ("log2_n", "r", "p"), [(16, 8, 2), (17, 8, 1), (15, 1, 4), (1, 1, 1), (1, 255, 4), (12, 255, 1)]
)
def test_every_cost_at_the_edge_of_what_is_taken_is_one_that_scrypt_takes(
    tmp_path: Path, log2_n: int, r: int, p: int
) -> None:
    path = tmp_path / "vault"
    path.write_bytes(with_header(written(path), log2_n=log2_n, r=r, p=p))
    with pytest.raises(WrongPassphrase):
        Vault.read(path, SECRET)


def test_a_vault_that_is_missing_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(VaultMissing):
        Vault.read(tmp_path / "nothing", SECRET)
    with pytest.raises(VaultMissing):
        Vault.read(tmp_path, SECRET)


def test_adding_keys_to_a_vault_tells_the_new_from_those_there_already() -> None:
    other = VaultEntry(replace(KEY, krn=Krn(2)))
    vault, added = VAULT.adding([other, VaultEntry(KEY)])
    assert (added.new, added.already) == ((other,), (VaultEntry(KEY),))
    assert len(vault.keys) == 3
    assert vault.tables == SAMPLE_TABLES
    for conflict in (replace(KEY, value=bytes(8)), replace(KEY, ken=Ken(1)), replace(KEY, base_date=BaseDate.Y2014)):
        with pytest.raises(KeyConflict):
            VAULT.adding([VaultEntry(conflict)])
    swapped = replace(SAMPLE_TABLES, s1=SAMPLE_TABLES.s2)
    with pytest.raises(KeyConflict, match="tables"):
        VAULT.adding([], swapped)


def test_the_check_value_of_a_vending_key_is_the_well_known_one() -> None:
    # DES of zeros under 0123456789abcdef: the well-known d5d44ff720683d0d.
    assert check_value(KEY) == "D5D44F"
    assert len(check_value(KEY20)) == 6
    assert check_value(KEY20) != check_value(replace(KEY20, value=bytes(20)))


def test_a_full_disk_leaves_the_old_vault(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", 64) as disk:
        path = disk / "vault"
        before = written(path)
        (disk / "filler").write_bytes(bytes(disk_free(disk)))
        with pytest.raises(VaultNotWritten, match="old one"):
            VAULT.write(path, SECRET, CHEAP)
        assert path.read_bytes() == before
        assert sorted(p.name for p in disk.iterdir()) == ["filler", "vault"]


def disk_free(disk: Path) -> int:
    stat = os.statvfs(disk)
    return stat.f_bavail * stat.f_frsize


def test_a_write_that_fails_half_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_vault_does_not_talk(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    written(path)
    said = [repr(VAULT), str(VAULT), repr(VAULT.keys), repr(KEY), f"{KEY}", repr(VaultEntry(KEY20))]
    for act in (
        lambda: Vault.read(path, "wrong passphrase"),
        lambda: VAULT.adding([VaultEntry(replace(KEY, ken=Ken(1)))]),
        lambda: VAULT.find(KEY.sgc, Krn(9), KEY.kt, KEY.dkga),
        lambda: pickle.dumps(VAULT),
        lambda: json.dumps(VAULT),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011  whatever it is, it must not tell
            act()
        said += ["".join(traceback.format_exception(caught.value)), repr(caught.value)]
    everything = "\n".join(said)
    for secret in (CANARY, CANARY20):
        assert secret.hex() not in everything.lower()
        assert repr(secret)[2:-1] not in everything
