"""`krn setup` of a kiosk that belongs to an office, with somebody who answers."""

import io
from pathlib import Path

import pytest

from kiosk.office_link import token_file
from kiosk.settings.config import Config
from krn_engine.office.client.kept_token import KeptToken
from tests.support.cli import Out, krn

OTHERS = "10\nPLN\n123\nLoket 2\ny\nn\nn\nn\nn\n"
"""Panel, names, place, an office on the network, and no devices."""


class Terminal(io.StringIO):
    """Somebody types."""

    def isatty(self) -> bool:
        return True


class Setup:
    """`krn setup` in folders of a test."""

    def __init__(self, folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
        self.etc, self.state = folder / "etc", folder / "state"
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(
        self, *lines: str, others: str = OTHERS, piped: bool = False, more: tuple[str, ...] = ()
    ) -> tuple[int, str, str]:
        """Exit status, output and errors for these answers. `more` are options of the command."""
        text = others + "".join(f"{line}\n" for line in lines)
        self._monkeypatch.setattr("sys.stdin", io.StringIO(text) if piped else Terminal(text))
        return krn(self._capsys, "setup", "--folder", str(self.etc), "--state", str(self.state), *more)

    @property
    def config(self) -> Config:
        """What it wrote."""
        return Config.read(self.etc / "kiosk.toml")

    @property
    def token(self) -> KeptToken:
        """What it kept."""
        return KeptToken.read(token_file(self.state / "state"))

    @property
    def nothing(self) -> bool:
        """It wrote nothing."""
        return not self.etc.exists() and not self.state.exists()
