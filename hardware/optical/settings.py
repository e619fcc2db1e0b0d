"""The optical part of the meter process's settings: the table `[optical]`, which `make config` documents."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar

from hardware.errors import SettingsInvalid
from hardware.optical.model import Access, OpticalModel
from hardware.optical.models import all_models
from hardware.optical.secrets import Secrets, read_key, read_password, require_private
from krn_engine.credential import credential
from krn_engine.setting import Explained, declared, values_of
from krn_engine.strict_toml import StrictTable

PASSWORD, AUTHENTICATION_KEY, ENCRYPTION_KEY = (
    "krn-optical-password",
    "krn-optical-authentication-key",
    "krn-optical-encryption-key",
)
"""Names of the systemd credentials of krn-meter.service."""
TITLE = re.compile(r"[0-9A-Fa-f]{16}", re.ASCII)
CLIENTS = range(1, 128)
DEVICES = range(16384)
T = TypeVar("T")


def _of_credential(name: str) -> str:
    return f"the systemd credential `{name}`, if there is one"


@dataclass(frozen=True, slots=True)
class OpticalSettings:
    """Where the head is, and how the utility lets this kiosk into its meters. It names secrets, and holds none."""

    port: Annotated[
        Path | None,
        Explained(
            "device file of the head's serial adapter, best by its name in `/dev/serial/by-id`", unset="the only one"
        ),
    ] = None
    beside_keypad: Annotated[
        str | None,
        Explained(
            "optical model by which number and KRN are read while contacts type, such as `read-out`",
            unset="none is read",
        ),
    ] = None
    access: Annotated[
        str | None,
        Explained(
            "how meters let the kiosk in", unset="as the model says", choices=tuple(access.value for access in Access)
        ),
    ] = None
    ciphered: Annotated[
        bool | None, Explained("whether what is said is ciphered (security suite 0)", unset="as the model says")
    ] = None
    client: Annotated[int | None, Explained("address of the client", unset="as the model says", choices=CLIENTS)] = None
    logical_device: Annotated[
        int | None, Explained("address of the logical device", unset="as the model says", choices=DEVICES)
    ] = None
    physical_device: Annotated[
        int | None, Explained("address of the physical device", unset="as the model says", choices=DEVICES)
    ] = None
    address_bytes: Annotated[
        int | None, Explained("octets of these two together", unset="as the model says", choices=(1, 2, 4))
    ] = None
    client_title: Annotated[
        str | None, Explained("system title of the client, 16 hex digits that the utility gave out", unset="none")
    ] = None
    password_file: Annotated[
        Path | None, Explained("file with the password for LLS", unset=_of_credential(PASSWORD))
    ] = None
    authentication_key_file: Annotated[
        Path | None,
        Explained("file with the authentication key, 32 hex digits", unset=_of_credential(AUTHENTICATION_KEY)),
    ] = None
    encryption_key_file: Annotated[
        Path | None, Explained("file with the encryption key, 32 hex digits", unset=_of_credential(ENCRYPTION_KEY))
    ] = None

    @classmethod
    def of(cls, table: StrictTable) -> "OpticalSettings":
        """From the table, which then knows every problem."""
        values = values_of(OpticalSettings, table)
        if "client_title" in values and not TITLE.fullmatch(values["client_title"]):
            table.refuse("client_title", "must be 16 hex digits")
        readers = [model.name for model in all_models() if model.read_out]
        if values.get("beside_keypad", readers[0]) not in readers:
            table.refuse("beside_keypad", f"must be one of {', '.join(readers)}")
        return cls(**values)

    def applied_to(self, model: OpticalModel) -> OpticalModel:
        """The model with what the utility set otherwise. Raises SettingsInvalid where that does not go together."""
        applied = replace(
            model,
            access=model.access if self.access is None else Access(self.access),
            ciphered=model.ciphered if self.ciphered is None else self.ciphered,
            client=_first(self.client, model.client),
            logical_device=_first(self.logical_device, model.logical_device),
            physical_device=_first(self.physical_device, model.physical_device),
            address_bytes=_first(self.address_bytes, model.address_bytes),
        )
        problem = applied.address_problem or applied.access_problem
        if problem:
            raise SettingsInvalid(f"[optical]: {problem} (model {model.name})")
        return applied

    @property
    def title(self) -> bytes:
        """The client's system title; empty: none."""
        return bytes.fromhex(self.client_title or "")

    def secrets(self) -> Secrets:
        """Read now, each time that a meter is opened. Raises SettingsInvalid for one that cannot be used."""
        return Secrets(
            password=_secret(self.password_file, PASSWORD, read_password),
            authentication_key=_secret(self.authentication_key_file, AUTHENTICATION_KEY, read_key),
            encryption_key=_secret(self.encryption_key_file, ENCRYPTION_KEY, read_key),
        )


SETTINGS = declared(OpticalSettings)


def _secret(file: Path | None, name: str, read: Callable[[Path], bytes]) -> bytes | None:
    if file is not None:
        require_private(file)
        return read(file)
    given = credential(name)
    return None if given is None else read(given)


def _first(chosen: T | None, usual: T) -> T:
    return usual if chosen is None else chosen
