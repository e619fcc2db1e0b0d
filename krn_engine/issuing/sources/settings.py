"""Which source serves which supply group: the file of the sources, TOML, read strictly.

Each kind of source has a table; what is in it is declared here once, for the reader and for docs/config.md::

    [pkcs11]
    library = "/usr/lib/softhsm/libsofthsm2.so"
    token = "krn"
    [[pkcs11.key]]
    label = "vk-999011-1"
    sgc = "999011"
    …
    [sts-module]
    address = "sts.example:9443"
    sgc = ["999007"]
    …
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import KeyNotProtected, SourcesInvalid
from krn_engine.issuing.settings_file import read_file, top_table
from krn_engine.issuing.sources.held_key import NOT_DKGA02, HeldKey
from krn_engine.setting import Explained, values_of
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc
from krn_engine.sts.keys import Dkga

T = TypeVar("T")
WHAT = "file of the sources"
SECONDS = range(1, 31)
CHECK_DIGITS = 6
USUAL_PORT = 9443


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """`[vault]`: where the vault serves some groups only."""

    sgc: Annotated[tuple[str, ...] | None, Explained("the supply groups that the vault serves", unset="all others")] = (
        None
    )


@dataclass(frozen=True, slots=True)
class Pkcs11Settings:
    """`[pkcs11]`: a PKCS#11 module. The groups that it serves are those of its keys."""

    library: Annotated[Path, Explained("the library that the module's maker gives")]
    token: Annotated[str, Explained("the label of the token that the keys lie in")]
    pin_file: Annotated[
        Path | None,
        Explained("file with its user PIN, readable by its owner only", unset="the systemd credential `krn-pkcs11`"),
    ] = None
    tables: Annotated[
        Path | None,
        Explained("file of the operational EA07 tables (JSON)", unset="none: rows for EA11 meters only"),
    ] = None
    seconds: Annotated[int, Explained("how long one call may take", choices=SECONDS)] = 5


@dataclass(frozen=True, slots=True)
class HeldKeySettings:
    """`[[pkcs11.key]]`: one DKGA04 vending key in it, by everything but the key."""

    label: Annotated[str, Explained("what the key is called in the module (`CKA_LABEL`)")]
    sgc: Annotated[str, Explained("its supply group code, six digits")]
    krn: Annotated[int, Explained("its key revision number")]
    base_date: Annotated[int, Explained("its base date: 1993, 2014 or 2035")]
    check_value: Annotated[str, Explained("its check value, six hexadecimal digits, as `krn vault list` tells it")]
    ken: Annotated[int, Explained("its key expiry number")] = 255
    kt: Annotated[int, Explained("its key type")] = 2
    dkga: Annotated[int, Explained("its algorithm: a module does not protect a key for any other than `4`")] = 4
    expires: Annotated[
        str | None, Explained('the last day on which it may be used, such as `"2027-12-31"`', unset="none")
    ] = None


@dataclass(frozen=True, slots=True)
class StsModuleSettings:
    """`[sts-module]`: an STS security module with a TokenApi."""

    address: Annotated[str, Explained(f'its name and port, such as `"sts.example:{USUAL_PORT}"`')]
    ca: Annotated[Path, Explained("certificate of the authority that signed the module's; no other is believed")]
    realm: Annotated[str, Explained("the realm that this office signs in to")]
    user: Annotated[str, Explained("the name that it signs in by")]
    sgc: Annotated[tuple[str, ...] | None, Explained("the supply groups that it serves", unset="all others")] = None
    password_file: Annotated[
        Path | None,
        Explained(
            "file with its password, readable by its owner only", unset="the systemd credential `krn-sts-module`"
        ),
    ] = None
    ken: Annotated[int, Explained("the KEN that its vending keys have, where a campaign sets none")] = 255
    interface: Annotated[
        Path | None,
        Explained(
            "the maker's own interface file (`….thrift`); without it fields have the numbers and types of this project",
            unset="the project's own",
        ),
    ] = None
    seconds: Annotated[int, Explained("how long one conversation with it may take", choices=SECONDS)] = 4


@dataclass(frozen=True, slots=True)
class SourcesSettings:
    """What the file says. A source that it has no table for is not there; a vault is, if there is one."""

    vault: tuple[Sgc, ...] = ()
    pkcs11: Pkcs11Settings | None = None
    keys: tuple[HeldKey, ...] = ()
    sts_module: StsModuleSettings | None = None
    sts_sgcs: tuple[Sgc, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "SourcesSettings":
        """Raises SourcesInvalid with everything that is wrong, and KeyNotProtected for a DKGA02 key in a module."""
        table = top_table(text, WHAT, SourcesInvalid)
        vault = values_of(VaultSettings, table.table("vault"))
        pkcs11: dict[str, Any] | None = None
        keys: tuple[dict[str, Any], ...] = ()
        if table.has("pkcs11"):
            inner = table.table("pkcs11")
            keys = tuple(values_of(HeldKeySettings, item) for item in inner.tables("key"))
            pkcs11 = values_of(Pkcs11Settings, inner)
            if not keys:
                inner.refuse("key", "is missing: name each key as [[pkcs11.key]]")
        module = values_of(StsModuleSettings, table.table("sts-module")) if table.has("sts-module") else None
        problems = table.problems()
        if problems:
            raise SourcesInvalid(f"the {WHAT} cannot be used: " + "; ".join(problems))
        return cls(
            vault=_sgcs(vault, "vault"),
            pkcs11=None if pkcs11 is None else Pkcs11Settings(**pkcs11),
            keys=tuple(_held(HeldKeySettings(**key)) for key in keys),
            sts_module=None if module is None else _module(StsModuleSettings(**module)),
            sts_sgcs=() if module is None else _sgcs(module, "sts-module"),
        )

    @classmethod
    def read(cls, path: Path) -> "SourcesSettings":
        """From a file. Raises SourcesInvalid, which names it, and KeyNotProtected."""
        return read_file(path, WHAT, "Name another in the setting sources", SourcesInvalid, cls.parse)


TABLES: tuple[tuple[str, type], ...] = (
    ("[vault]", VaultSettings),
    ("[pkcs11]", Pkcs11Settings),
    ("[[pkcs11.key]]", HeldKeySettings),
    ("[sts-module]", StsModuleSettings),
)
"""Every table of the file, in the order of the documentation."""


def address_of(text: str) -> tuple[str, int]:
    """Name and port of `name:port`, `name`, or `[address of IPv6]:port`. Raises SourcesInvalid."""
    host, colon, port = text.rpartition(":")
    if not colon or "]" in port:
        host, port = text, str(USUAL_PORT)
    host = host.removeprefix("[").removesuffix("]")
    number = int(port) if port.isascii() and port.isdecimal() else 0
    if not host or not 0 < number < 1 << 16:
        raise SourcesInvalid(
            f'the address of the security module must be a name and a port, "sts.example:{USUAL_PORT}"'
        )
    return host, number


def _sgcs(values: dict[str, Any], name: str) -> tuple[Sgc, ...]:
    given = values.get("sgc")
    if given == ():
        raise SourcesInvalid(f"[{name}] names no supply group in sgc: leave it out, or name one")
    return tuple(_made(partial(Sgc, text), f"[{name}]") for text in given or ())


def _module(settings: StsModuleSettings) -> StsModuleSettings:
    """Looks at what only its use would find."""
    address_of(settings.address)
    _made(lambda: Ken(settings.ken), "[sts-module]")
    return settings


def _held(key: HeldKeySettings) -> HeldKey:
    where = f"the key {key.label}"
    if _made(lambda: Dkga.parse(key.dkga), where) is not Dkga.DKGA04:
        raise KeyNotProtected(f"{where} is for DKGA02: {NOT_DKGA02}")
    check_value = key.check_value.upper()
    if len(check_value) != CHECK_DIGITS or not set(check_value) <= set("0123456789ABCDEF"):
        raise SourcesInvalid(f"{where}: check_value has {CHECK_DIGITS} hexadecimal digits")
    return _made(
        lambda: HeldKey(
            key.label,
            Sgc(key.sgc),
            Krn(key.krn),
            KeyType.parse(key.kt),
            BaseDate.parse(key.base_date),
            Ken(key.ken),
            check_value,
            None if key.expires is None else _day(key.expires, where),
        ),
        where,
    )


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SourcesInvalid(f'{where}: expires is a day, such as "2027-12-31"') from None


def _made(make: Callable[[], T], where: str) -> T:
    """Raises SourcesInvalid for a value that cannot be."""
    try:
        return make()
    except SourcesInvalid:
        raise
    except KrnError as error:
        raise SourcesInvalid(f"in the {WHAT}, {where}: {error.message}") from error
