"""The vault: vending keys and operational EA07 tables in one encrypted file.

The file is a header and the AES-256-GCM encryption of a JSON document. The header (see `_Header`) holds the version,
the cost and salt of scrypt (RFC 7914), the nonce, a verifier by which a wrong passphrase is told from a damaged file,
and its own SHA-256; all of it is authenticated with the document. Salt and nonce are new each time it is written.
"""

import hashlib
import hmac
import json
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from Crypto.Cipher import AES, DES

from krn_engine.durable import replace_file
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import (
    KeyConflict,
    KeyNotFound,
    VaultDamaged,
    VaultMissing,
    VaultNotWritten,
    VaultVersionUnknown,
    WrongPassphrase,
)
from krn_engine.issuing.key_state import KeyState
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import Ken, KeyType, Krn, Pan, Sgc
from krn_engine.sts.keys import DecoderKey, Dkga, VendingKey, derive

_MAGIC = b"KRNVAULT"
_VERSION = 1
_TAG_BYTES = 16
_CHECK_BYTES = 3
_MOST_MEMORY = 129 << 20
"""Bytes: twice the default, and what scrypt needs beside its blocks."""
_MOST_PASSES = 4
KeyName = tuple[Sgc, Krn, KeyType, Dkga]
"""What a vending key is found by."""


@dataclass(frozen=True, slots=True)
class KdfCost:
    """Cost of scrypt: 2^log2_n blocks of 128 * r bytes, p times over. The default takes 64 MiB (OWASP's advice).

    Raises VaultDamaged for more than 128 MiB, for p over 4, and for what RFC 7914 has no scrypt for: such a header was
    altered, and whoever altered it could renew its checksum.
    """

    log2_n: int = 16
    r: int = 8
    p: int = 2

    def __post_init__(self) -> None:
        # RFC 7914, 2: N is less than 2^(128 * r / 8).
        possible = 1 <= self.log2_n < 16 * self.r and 1 <= self.p <= _MOST_PASSES
        if not possible or self.memory > _MOST_MEMORY:
            raise VaultDamaged(
                "the vault's header asks for an impossible amount of work: the file was altered. Restore its backup"
            )

    @property
    def memory(self) -> int:
        """Bytes that a derivation takes."""
        return 128 * self.r * ((1 << self.log2_n) + self.p + 2)

    def derive(self, passphrase: str, salt: bytes) -> bytes:
        """64 bytes: the first half encrypts, the second makes the verifier."""
        room = self.memory + (1 << 20)
        return hashlib.scrypt(
            passphrase.encode(), salt=salt, n=2**self.log2_n, r=self.r, p=self.p, maxmem=room, dklen=64
        )


@dataclass(frozen=True, slots=True)
class _Header:
    """magic 8, version 1, log2 n 1, r 1, p 1, salt 16, nonce 12, verifier 32, and the SHA-256 of all that."""

    cost: KdfCost
    salt: bytes
    nonce: bytes
    verifier: bytes
    layout: ClassVar[struct.Struct] = struct.Struct(">8sBBBB16s12s32s")

    def pack(self) -> bytes:
        fields = self.layout.pack(
            _MAGIC, _VERSION, self.cost.log2_n, self.cost.r, self.cost.p, self.salt, self.nonce, self.verifier
        )
        return fields + hashlib.sha256(fields).digest()

    @classmethod
    def size(cls) -> int:
        return cls.layout.size + hashlib.sha256().digest_size

    @classmethod
    def unpack(cls, content: bytes) -> "_Header":
        if len(content) < cls.size() + _TAG_BYTES:
            _damaged("is cut short")
        fields, checksum = content[: cls.layout.size], content[cls.layout.size : cls.size()]
        magic, version, log2_n, r, p, salt, nonce, verifier = cls.layout.unpack(fields)
        if magic != _MAGIC:
            _damaged("is no vault, or was altered")
        if hashlib.sha256(fields).digest() != checksum:
            _damaged("was altered")
        if version != _VERSION:
            raise VaultVersionUnknown("this vault was written by a later version of this program: update it first")
        return cls(KdfCost(log2_n, r, p), salt, nonce, verifier)


def _damaged(how: str) -> NoReturn:
    raise VaultDamaged(f"the vault file {how}: restore its backup, and keep this file for repair")


def _verifier(derived: bytes) -> bytes:
    return hmac.digest(derived[32:], b"KRN vault passphrase", "sha256")


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """A vending key, and the day after which its owner no longer wants it used, where one is given."""

    key: VendingKey
    expires: date | None = None

    @property
    def name(self) -> KeyName:
        """What it is found by."""
        return self.key.sgc, self.key.krn, self.key.kt, self.key.dkga


@dataclass(frozen=True, slots=True)
class Added:
    """What an import did: the new entries, and those that were there already."""

    new: tuple[VaultEntry, ...]
    already: tuple[VaultEntry, ...]


@dataclass(frozen=True, slots=True)
class Vault:
    """Vending keys by name, and the operational tables, if the utility gave them. It prints no key."""

    keys: tuple[VaultEntry, ...] = field(default=(), repr=False)
    tables: Ea07Tables | None = field(default=None, repr=False)
    generation: int = field(default=0, compare=False)
    """How often its file was written: an older one that was put back has a smaller number."""
    _by_name: dict[KeyName, VaultEntry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {entry.name: entry for entry in self.keys})

    def __reduce__(self) -> NoReturn:
        raise TypeError("a vault is not pickled: its keys leave it for nothing but a derivation")

    def find(self, sgc: Sgc, krn: Krn, kt: KeyType, dkga: Dkga) -> VaultEntry:
        """The vending key of a supply group at a revision, with its last day; raises KeyNotFound."""
        entry = self._by_name.get((sgc, krn, kt, dkga))
        if entry is None:
            raise KeyNotFound(
                f"the vault has no vending key for SGC {sgc}, KRN {krn}, {kt.name}, {dkga.name}: import the key file"
            )
        return entry

    def decoder_key(self, state: KeyState, pan: Pan) -> DecoderKey:
        """See `VendingKeys.decoder_key`. Raises KeyNotFound, KeyStateOdd."""
        key = self._of(state).key
        state.require_base_date(key.base_date)
        return derive(key, pan, state.ti, state.ea)

    def last_day(self, state: KeyState) -> date | None:
        """See `VendingKeys.last_day`. Raises KeyNotFound."""
        return self._of(state).expires

    def ken_of(self, state: KeyState) -> Ken | None:
        """The KEN of the state's vending key; None if it is not here."""
        entry = self._by_name.get((state.sgc, state.krn, state.kt, state.dkga))
        return None if entry is None else entry.key.ken

    def _of(self, state: KeyState) -> VaultEntry:
        return self.find(state.sgc, state.krn, state.kt, state.dkga)

    def adding(self, entries: Iterable[VaultEntry], tables: Ea07Tables | None = None) -> tuple["Vault", Added]:
        """This vault with more entries. Raises KeyConflict if a name is taken by another key."""
        new, already = [], []
        for entry in entries:
            known = self._by_name.get(entry.name)
            if known is None:
                new.append(entry)
            elif known == entry:
                already.append(entry)
            else:
                raise KeyConflict(
                    f"the vault holds another key, or other attributes, for SGC {entry.key.sgc}, KRN {entry.key.krn}, "
                    f"{entry.key.kt.name}, {entry.key.dkga.name}: nothing was changed. Compare the check values"
                )
        if tables is not None and self.tables is not None and tables != self.tables:
            raise KeyConflict("the vault holds other EA07 tables: nothing was changed. Make a new vault for them")
        return Vault((*self.keys, *new), tables or self.tables, self.generation), Added(tuple(new), tuple(already))

    @classmethod
    def read(cls, path: Path, passphrase: str) -> "Vault":
        """Open a vault file. Raises VaultMissing, VaultDamaged, VaultVersionUnknown, WrongPassphrase."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise VaultMissing(f"there is no vault at {path}: make one with `krn vault init`") from None
        except OSError as error:
            raise VaultMissing(f"the vault at {path} cannot be read: {error.strerror}") from error
        header = _Header.unpack(content)
        derived = header.cost.derive(passphrase, header.salt)
        if not hmac.compare_digest(_verifier(derived), header.verifier):
            raise WrongPassphrase("this is not the passphrase of the vault: take the one with which the vault was made")
        cipher = AES.new(derived[:32], AES.MODE_GCM, nonce=header.nonce, mac_len=_TAG_BYTES)
        cipher.update(content[: _Header.size()])
        try:
            document = cipher.decrypt_and_verify(content[_Header.size() : -_TAG_BYTES], content[-_TAG_BYTES:])
        except ValueError:
            _damaged("was cut short or altered")
        return _from_document(document)

    def write(self, path: Path, passphrase: str, cost: KdfCost = KdfCost()) -> None:
        """Write the vault file in place of the old one, durably. Raises VaultNotWritten; the old one then stays."""
        salt, nonce = os.urandom(16), os.urandom(12)
        derived = cost.derive(passphrase, salt)
        header = _Header(cost, salt, nonce, _verifier(derived)).pack()
        cipher = AES.new(derived[:32], AES.MODE_GCM, nonce=nonce, mac_len=_TAG_BYTES)
        cipher.update(header)
        encrypted, tag = cipher.encrypt_and_digest(_to_document(self))
        try:
            replace_file(path, header + encrypted + tag)
        except OSError as error:
            raise VaultNotWritten(
                f"the vault at {path} could not be written ({error.strerror}): the old one is as it was"
            ) from error


def check_value(key: VendingKey) -> str:
    """Six hex digits by which two holders of a key can compare it without saying it.

    A DES key's is the usual one: the first 3 bytes of 8 zero bytes encrypted under it. For the 20-byte keys of DKGA04
    no standard one is known to us; ours is the first 3 bytes of HMAC-SHA-256 over 8 zero bytes.
    """
    zeros = bytes(8)
    if key.dkga is Dkga.DKGA02:
        value = DES.new(key.value, DES.MODE_ECB).encrypt(zeros)  # noqa: S304  the key is for DES
    else:
        value = hmac.digest(key.value, zeros, "sha256")
    return value[:_CHECK_BYTES].hex().upper()


def _to_document(vault: Vault) -> bytes:
    keys = [
        {
            **entry.key.attributes,
            "expires": None if entry.expires is None else entry.expires.isoformat(),
            "key": entry.key.value.hex(),
        }
        for entry in vault.keys
    ]
    tables = vault.tables
    listed = None if tables is None else {"S1": tables.s1, "S2": tables.s2, "P": tables.p}
    return json.dumps({"keys": keys, "tables": listed, "generation": vault.generation + 1}).encode()


def _from_document(document: bytes) -> Vault:
    try:
        data = json.loads(document)
        entries = tuple(_entry(item) for item in data["keys"])
        return Vault(
            entries,
            None if data["tables"] is None else Ea07Tables.parse(data["tables"]),
            # One that an older release wrote has none.
            int(data.get("generation", 0)),
        )
    except (KrnError, ValueError, KeyError, TypeError):
        # `from None`: the document is in the clear, and a traceback must not carry any of it.
        raise VaultDamaged("the vault was written by something else: restore its backup") from None


def _entry(item: dict[str, Any]) -> VaultEntry:
    return VaultEntry(
        VendingKey.of_attributes(item, bytes.fromhex(item["key"])),
        None if item["expires"] is None else date.fromisoformat(item["expires"]),
    )
