"""Which source serves which supply group, and nothing in between: a group has one source, or none."""

from collections.abc import Sequence
from datetime import datetime

from krn_engine.issuing.errors import NoSource, SourcesInvalid
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step
from krn_engine.issuing.sources.port import Health, KeyChangeAsked, RowSource
from krn_engine.issuing.sources.vault import VaultSource
from krn_engine.issuing.vault import Vault
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, Ken, Sgc


class Sources:
    """The sources of an office that make rows from key states. Raises SourcesInvalid if two serve the same group."""

    def __init__(self, serving: Sequence[tuple[RowSource, tuple[Sgc, ...]]] = ()) -> None:
        """`serving`: each source with its groups; one without any serves all groups that no other serves."""
        self._all = tuple(source for source, _ in serving)
        self._of: dict[Sgc, RowSource] = {}
        for source, sgcs in serving:
            for sgc in sgcs:
                if sgc in self._of:
                    raise SourcesInvalid(f"SGC {sgc} is served twice: name it in one source only")
                self._of[sgc] = source
        rest = [source for source, sgcs in serving if not sgcs]
        if len(rest) > 1:
            raise SourcesInvalid("two sources serve all groups that no other serves: name the groups of one of them")
        self._rest = rest[0] if rest else None

    @classmethod
    def of_vault(cls, vault: Vault | None) -> "Sources":
        """A vault alone serves every group; without one no rows can be made."""
        return cls() if vault is None else cls([(VaultSource(vault), ())])

    def __bool__(self) -> bool:
        """Whether there is a source at all."""
        return bool(self._all)

    def rows(self, drn: Drn, step: Step, at: datetime) -> tuple[Row, ...]:
        """The rows of one key change. Raises NoSource, and what the source raises."""
        return self.source_of(step).rows(KeyChangeAsked(drn, step, at))

    @property
    def waits(self) -> bool:
        """Whether one of them may take seconds."""
        return any(source.waits for source in self._all)

    def rows_again(self, drn: Drn, step: Step, at: datetime) -> tuple[Row, ...] | None:
        """The same, only to compare them; None from a source that is not asked for that. Raises what `rows` raises."""
        source = self.source_of(step)
        return source.rows(KeyChangeAsked(drn, step, at)) if source.repeats else None

    def ken_of(self, state: KeyState) -> Ken | None:
        """The KEN that the vending key of a state brings along; None where nothing here tells."""
        source = self._serving(state.sgc)
        return None if source is None else source.ken_of(state)

    def health(self, at: datetime) -> tuple[Health, ...]:
        """Of each source, whether it can give rows now."""
        return tuple(source.health(at) for source in self._all)

    def close(self) -> None:
        """Close every source."""
        for source in self._all:
            source.close()

    def _serving(self, sgc: Sgc) -> RowSource | None:
        return self._of.get(sgc, self._rest)

    def source_of(self, step: Step) -> RowSource:
        """The source that makes the rows of a key change. Raises NoSource.

        Both keys of a change must be in one place: rows hold the new key, encrypted under the old one.
        """
        old, new = self._serving(step.old.sgc), self._serving(step.new.sgc)
        missing = [state.sgc for state, source in ((step.old, old), (step.new, new)) if source is None]
        if missing:
            raise NoSource(
                f"no source serves SGC {missing[0]}: name it in the file of the sources, or import ready-made rows"
            )
        if old is not new or old is None:
            raise NoSource(
                f"SGC {step.old.sgc} and SGC {step.new.sgc} have their keys in two sources: no rows lead from one to "
                "the other. Bring both keys into one source, or ask the region for ready-made rows"
            )
        return old
