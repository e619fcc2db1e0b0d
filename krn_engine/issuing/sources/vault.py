"""The sealed vault as a source of rows: keys and rows are computed here."""

from datetime import datetime

from krn_engine.issuing.errors import KeyNotFound, SourceRefused
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import rows_of
from krn_engine.issuing.sources.port import Asked, Health, KeyChangeAsked, SourceKind
from krn_engine.issuing.vault import Vault
from krn_engine.row import Row
from krn_engine.sts.identity import Ken, MeterPan, Sgc


class VaultSource:
    """Serves `sgcs`; without any, all that the vault has keys of and no other source serves."""

    kind = SourceKind.VAULT
    waits = False
    repeats = True

    def __init__(self, vault: Vault, sgcs: tuple[Sgc, ...] = ()) -> None:
        self._vault = vault
        self._sgcs = sgcs

    @property
    def vault(self) -> Vault:
        """What it computes with, for who makes the rows of many meters at once."""
        return self._vault

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        """See `RowSource.rows`. Raises what `rows_of` raises."""
        if not isinstance(asked, KeyChangeAsked):
            raise SourceRefused("the vault has no ready-made rows")
        return rows_of(asked.step, MeterPan.of(asked.drn), self._vault, asked.at)

    def ken_of(self, state: KeyState) -> Ken | None:
        """See `RowSource.ken_of`."""
        return self._vault.ken_of(state)

    def health(self, _at: datetime) -> Health:
        """See `RowSource.health`: a vault without the keys of a group that it should serve is not ready."""
        there = {entry.key.sgc for entry in self._vault.keys}
        missing = [str(sgc) for sgc in self._sgcs if sgc not in there]
        if there and not missing:
            return Health(self.kind, self._sgcs)
        what = f"no vending key of SGC {', '.join(missing)}" if missing else "no vending key"
        return Health(self.kind, self._sgcs, KeyNotFound.code, f"the vault has {what}: import the key file")

    def close(self) -> None:
        """Nothing is open."""
