"""A source of rows that a test stops and starts: the vault's rows, as a module would give them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from krn_engine.issuing.errors import SourceDown
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.sources.port import Asked, Health, SourceKind
from krn_engine.issuing.sources.vault import VaultSource
from krn_engine.issuing.vault import Vault
from krn_engine.row import Row
from krn_engine.sts.identity import Ken, Sgc


class ScriptedSource:
    """Counts how often it is asked; `repeats` as given."""

    kind = SourceKind.STS_MODULE
    waits = True

    def __init__(self, vault: Vault, *, repeats: bool = False) -> None:
        self._inner = VaultSource(vault)
        self.repeats = repeats
        self.asked = 0
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens while it is asked."""
        self.is_down = False
        self.sgcs: tuple[Sgc, ...] = ()
        """As it tells of itself."""

    @contextmanager
    def down(self) -> Iterator[None]:
        """It does not answer meanwhile."""
        self.is_down = True
        yield
        self.is_down = False

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        """Those of the vault. Raises SourceDown."""
        if self.is_down:
            raise SourceDown("the module does not answer")
        self.asked += 1
        self.meanwhile()
        return self._inner.rows(asked)

    def ken_of(self, state: KeyState) -> Ken | None:
        """That of the vault."""
        return self._inner.ken_of(state)

    def health(self, _at: datetime) -> Health:
        """Down or not."""
        if self.is_down:
            return Health(self.kind, self.sgcs, SourceDown.code, "the module does not answer")
        return Health(self.kind, self.sgcs)

    def close(self) -> None:
        """Nothing is open."""
