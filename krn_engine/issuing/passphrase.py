"""Where the vault's passphrase comes from: a systemd credential, a file, or a prompt. Never a command line."""

import getpass
import sys
from pathlib import Path

from krn_engine.credential import credential
from krn_engine.issuing.errors import PassphraseRefused
from krn_engine.issuing.secret import only_line, own_line

CREDENTIAL = "krn-vault"
"""Name of the systemd credential (LoadCredential= or LoadCredentialEncrypted=)."""
WHAT = "passphrase"
SHORTEST = 12


def from_system(file: Path | None = None) -> str:
    """The passphrase from `file`, else from the systemd credential, else from a prompt on a terminal.

    Raises PassphraseRefused if there is none, or if the file can be read by others.
    """
    if file is not None:
        return from_file(file)
    given = credential(CREDENTIAL)
    if given is not None:
        return only_line(given, WHAT, PassphraseRefused)
    if not sys.stdin.isatty():
        raise PassphraseRefused(
            f"no passphrase for the vault: give the systemd credential {CREDENTIAL} or a passphrase file"
        )
    return getpass.getpass("Passphrase of the vault: ")


def from_file(path: Path) -> str:
    """The first line of a file that nobody else can read; raises PassphraseRefused."""
    return own_line(path, WHAT, PassphraseRefused)


def choose() -> str:
    """A new passphrase, asked for twice; raises PassphraseRefused if the two differ or it is short."""
    first = getpass.getpass(f"New passphrase (at least {SHORTEST} characters): ")
    require_long_enough(first)
    if getpass.getpass("Once more: ") != first:
        raise PassphraseRefused("the two were not the same: nothing was written")
    return first


def require_long_enough(passphrase: str) -> None:
    """Raises PassphraseRefused for a short one."""
    if len(passphrase) < SHORTEST:
        raise PassphraseRefused(f"a passphrase has at least {SHORTEST} characters: nothing was written")
