"""The sources of an office, as its settings name them. Nothing is asked of a module before rows are."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import SourceLocked, SourcesInvalid
from krn_engine.issuing.key_file import read_tables_file
from krn_engine.issuing.secret import Secret, secret_of
from krn_engine.issuing.sources.held_key import HeldKey
from krn_engine.issuing.sources.pkcs11 import Pkcs11Source
from krn_engine.issuing.sources.port import RowSource
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.sources.settings import Pkcs11Settings, SourcesSettings, StsModuleSettings, address_of
from krn_engine.issuing.sources.vault import VaultSource
from krn_engine.issuing.vault import Vault
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import Ken, Sgc

if TYPE_CHECKING:
    from krn_engine.issuing.sources.pkcs11_module import Pkcs11Module

PIN_CREDENTIAL, PASSWORD_CREDENTIAL = "krn-pkcs11", "krn-sts-module"
SECONDS_TO_WRITE = 30.0
Serving = tuple[RowSource, tuple[Sgc, ...]]


def open_sources(file: Path | None, vault: Vault | None) -> Sources:
    """By the file of the sources; without one the vault serves every group.

    Raises SourcesInvalid, and KeyNotProtected for a DKGA02 key in a PKCS#11 module.
    """
    if file is None:
        return Sources.of_vault(vault)
    told = SourcesSettings.read(file)
    serving: list[Serving] = []
    if vault is not None:
        serving.append((VaultSource(vault, told.vault), told.vault))
    elif told.vault:
        raise SourcesInvalid(f"{file} lets the vault serve groups, and there is none: set vault, or leave [vault] out")
    if told.pkcs11 is not None:
        source = _pkcs11(told.pkcs11, told.keys)
        serving.append((source, source.sgcs))
    if told.sts_module is not None:
        serving.append((_sts_module(told.sts_module, told.sts_sgcs), told.sts_sgcs))
    return Sources(serving)


def writable_module(library: Path, token: str, pin: Callable[[], Secret]) -> "Pkcs11Module":
    """A PKCS#11 module that keys are put into. Raises SourcesInvalid if the package for it is not installed."""
    return _module(library, token, pin, SECONDS_TO_WRITE, writable=True)


def _module(
    library: Path, token: str, pin: Callable[[], Secret], seconds: float, *, writable: bool = False
) -> "Pkcs11Module":
    try:
        from krn_engine.issuing.sources.pkcs11_module import Pkcs11Module  # noqa: PLC0415  some offices have no module
    except ImportError:
        raise SourcesInvalid(_not_installed("a PKCS#11 module", "python-pkcs11")) from None
    return Pkcs11Module(library, token, pin, seconds, writable=writable)


def _pkcs11(settings: Pkcs11Settings, keys: Sequence[HeldKey]) -> Pkcs11Source:
    pin = partial(secret_of, settings.pin_file, PIN_CREDENTIAL, "PIN", SourceLocked)
    module = _module(settings.library, settings.token, pin, settings.seconds)
    tables = None if settings.tables is None else _tables(settings.tables)
    return Pkcs11Source(module.hmac, keys, tables, module.close)


def _tables(file: Path) -> Ea07Tables:
    try:
        return read_tables_file(file)
    except KrnError as error:
        raise SourcesInvalid(f"the EA07 tables of the PKCS#11 module: {error.message}") from error


def _sts_module(settings: StsModuleSettings, sgcs: tuple[Sgc, ...]) -> RowSource:
    try:
        from krn_engine.issuing.sources.interface import OURS, Interface  # noqa: PLC0415  the same
        from krn_engine.issuing.sources.sts_module import StsModuleSource  # noqa: PLC0415
        from krn_engine.issuing.sources.tls_line import trusting  # noqa: PLC0415
        from krn_engine.issuing.sources.token_api import ModuleAddress, ModuleUser, TokenApi  # noqa: PLC0415
    except ImportError:
        raise SourcesInvalid(_not_installed("a security module", "thriftpy2")) from None
    host, port = address_of(settings.address)
    password = partial(secret_of, settings.password_file, PASSWORD_CREDENTIAL, "password", SourceLocked)
    api = TokenApi(
        Interface(settings.interface or OURS),
        ModuleAddress(host, port, trusting(settings.ca), settings.seconds),
        ModuleUser(settings.realm, settings.user, password),
    )
    return StsModuleSource(api, sgcs, Ken(settings.ken))


def _not_installed(source: str, package: str) -> str:
    return (
        f"{source} needs the package {package}, and it is not installed here: "
        "pip install --require-hashes -r requirements/modules.txt"
    )
