"""A PKCS#11 token of SoftHSM2 in a folder of its own, with vending keys in it: a rehearsal of a real module.

SoftHSM2 reads where its tokens lie from its environment, once for a process, so tests of it run in one process each
of their own tokens: every token is in the one folder that the session has, under a label of its own.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass

from krn_engine.issuing.secret import Secret
from krn_engine.issuing.sources.held_key import HeldKey, padded
from krn_engine.issuing.sources.pkcs11_module import Pkcs11Module
from krn_engine.issuing.vault import VaultEntry, check_value
from krn_engine.sts.keys import VendingKey

PIN, OFFICER = "4711-rehearsal", "0815-officer"
LIBRARY = next(
    (path for path in map(Path, ("/usr/lib/softhsm/libsofthsm2.so",)) if path.exists()),
    None,
)
installed = pytest.mark.skipif(LIBRARY is None, reason="apt-get install softhsm2")


@dataclass
class Token:
    """One token, and the folder that it lies in."""

    label: str
    folder: Path

    def put(self, label: str, key: bytes, *, sensitive: bool = True, extractable: bool = False) -> None:
        """Put a key in under a label."""
        with self._open() as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.SECRET_KEY,
                    Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
                    Attribute.LABEL: label,
                    Attribute.VALUE: key,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: True,
                    Attribute.SENSITIVE: sensitive,
                    Attribute.EXTRACTABLE: extractable,
                    Attribute.SIGN: True,
                }
            )

    def hold(self, entry: VaultEntry) -> HeldKey:
        """Put a vending key of a vault in, padded, and tell what the settings would of it."""
        label = f"krn-{uuid4().hex}"
        self.put(label, padded(entry.key.value))
        return held(label, entry.key)

    def take_out(self, label: str) -> None:
        """Take the keys of a label out."""
        with self._open() as session:
            for key in list(session.get_objects({Attribute.LABEL: label})):
                key.destroy()

    def module(self, pin: str = PIN, seconds: float = 5.0, *, writable: bool = False) -> Pkcs11Module:
        """The project's own end of it."""
        assert LIBRARY is not None
        return Pkcs11Module(LIBRARY, self.label, lambda: Secret(pin), seconds, writable=writable)

    def wrong_pin(self) -> None:
        """Somebody gives a wrong PIN, in a process of their own."""
        tool = ["softhsm2-util", "--import", os.devnull, "--token", self.label, "--pin", "9999", "--label", "x"]
        subprocess.run([*tool, "--id", "00"], capture_output=True, check=False)

    def _open(self) -> pkcs11.Session:
        token = pkcs11.lib(str(LIBRARY)).get_token(token_label=self.label)
        try:
            return token.open(rw=True, user_pin=PIN)
        except pkcs11.exceptions.UserAlreadyLoggedIn:
            # A login is of the whole process: a source of the test has the token open.
            return token.open(rw=True)


def held(label: str, key: VendingKey) -> HeldKey:
    """What the settings tell of a key."""
    return HeldKey(label, key.sgc, key.krn, key.kt, key.base_date, key.ken, check_value(key))


def new_token(folder: Path) -> Token:
    """Make a token in the folder that SOFTHSM2_CONF leads to."""
    label = f"krn-{uuid4().hex[:12]}"
    initialise(label, {})
    reinitialise()
    return Token(label, folder)


def reinitialise() -> None:
    """The library sees new tokens when it is initialised."""
    pkcs11.lib(str(LIBRARY)).reinitialize()


def initialise(label: str, environment: Mapping[str, str]) -> None:
    """Make a token of this label, with `PIN`."""
    made = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", OFFICER]
    subprocess.run(made, capture_output=True, check=True, env=os.environ | dict(environment))
