"""A secret of one line, in a file: passphrase, PIN or password. It never prints itself, and no message holds it."""

import stat
from pathlib import Path

from krn_engine.credential import credential
from krn_engine.errors import KrnError
from krn_engine.row import Hidden


class Secret(Hidden):
    """Text that whoever needs it asks for, by `str()`."""

    __slots__ = ()


def own_line(path: Path, what: str, refused: type[KrnError]) -> Secret:
    """The only line of a file that nobody else can read. `what` it is, such as "PIN"; raises `refused`."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise refused(f"the {what} file {path} cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise refused(f"the {what} file {path} can be read by others: chmod 600 it first")
    return only_line(path, what, refused)


def only_line(path: Path, what: str, refused: type[KrnError]) -> Secret:
    """The same, whoever can read it: systemd gives a credential to one service alone."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"the {what} in {path.name} cannot be read") from error
    line = text.removesuffix("\n").removesuffix("\r")
    if not line or "\n" in line:
        raise refused(f"{path.name} must hold the {what}, on one line")
    return Secret(line)


def secret_of(file: Path | None, name: str, what: str, refused: type[KrnError]) -> Secret:
    """From a file that the settings name, else from the systemd credential `name`. Raises `refused`."""
    if file is not None:
        return own_line(file, what, refused)
    given = credential(name)
    if given is None:
        raise refused(f"there is no {what}: give the systemd credential {name}, or name a file in the settings")
    return only_line(given, what, refused)
