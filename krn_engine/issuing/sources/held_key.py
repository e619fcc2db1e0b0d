"""A DKGA04 vending key that lies in a PKCS#11 module: what the settings tell of it, which is all but the key."""

from dataclasses import dataclass
from datetime import date

from krn_engine.issuing.errors import KeyNotProtected
from krn_engine.issuing.vault import VaultEntry, check_value
from krn_engine.setting import Value, to_toml
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc
from krn_engine.sts.keys import Dkga, VendingKey

NOT_DKGA02 = (
    "a PKCS#11 module does not protect a DKGA02 key, since whoever may use it and sees one decoder key has it. "
    "Keep it in the vault, or in an STS module (docs/sts.md)"
)
KEPT_BYTES = (32, 64)
"""How long a 20-byte vending key may be in a module, with zeros after it.

HMAC fills a short key up with zeros to its block of 64 bytes (RFC 2104, 2), so the padded key gives the same; without
padding a module may refuse it as shorter than the digest.
"""


@dataclass(frozen=True, slots=True)
class HeldKey:
    """`label` names the object in the module (CKA_LABEL). The other fields are those of a key file."""

    label: str
    sgc: Sgc
    krn: Krn
    kt: KeyType
    base_date: BaseDate
    ken: Ken
    check_value: str
    """The six digits that `krn vault list` tells of the key: a label alone is moved too easily."""
    expires: date | None = None


def require_protected(key: VendingKey) -> None:
    """Raises KeyNotProtected for a key that no PKCS#11 module protects."""
    if key.dkga is not Dkga.DKGA04:
        raise KeyNotProtected(f"the key of SGC {key.sgc}, KRN {key.krn}: {NOT_DKGA02}")


def key_table(label: str, entry: VaultEntry) -> str:
    """What the file of the sources says of a key, as TOML."""
    told: dict[str, Value] = {"label": label, **entry.key.attributes, "check_value": check_value(entry.key)}
    if entry.expires is not None:
        told["expires"] = entry.expires.isoformat()
    return "[[pkcs11.key]]\n" + "".join(f"{name} = {to_toml(value)}\n" for name, value in told.items())


def padded(key: bytes) -> bytes:
    """A 20-byte vending key as it is put into a module."""
    return key.ljust(KEPT_BYTES[0], b"\0")
