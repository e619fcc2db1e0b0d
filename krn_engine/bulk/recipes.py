"""How the rows of all meters of one kind are made, or why there are none.

The engine is asked for the rows of one meter of each kind, one key change after the other. What it refuses does not
depend on the meter, so it refuses them all; what it gives the arrays have to give too, or nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from krn_engine.bulk.batch import Kind, Refused
from krn_engine.bulk.chains import Chain, Link
from krn_engine.bulk.errors import TooManyRows
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.sources.vault import VaultSource
from krn_engine.issuing.vault import Vault
from krn_engine.office.remaining import no_vending_keys, require_any, steps_of
from krn_engine.sts.identity import Drn

MOST_ROWS = 4
"""Columns that a worklist has for rows."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the rows of all meters of one kind are made."""

    steps: tuple[Step, ...]
    refused: Refused | None
    """Why there are no rows for any of them; None: there are."""
    of_steps: tuple[Refused | None, ...]
    """Why there are none for a key change; it counts where the rows of that change are not on record."""
    chain: Chain | None
    """How arrays make them; None: one by one."""

    @property
    def why_none(self) -> Refused | None:
        """Why a meter that was never issued anything gets no rows; None: it gets them."""
        return self.refused or next((why for why in self.of_steps if why is not None), None)


States = tuple[str, str]
"""The key states that a key change leads from and to, written out."""


def states_of(step: Step) -> States:
    """The key states that a key change leads from and to."""
    return str(step.old), str(step.new)


class Kitchen:
    """Makes recipes. `at` decides whether keys are still good, `most` how many rows a meter may need; None: any."""

    def __init__(self, campaign: Campaign, sources: Sources, at: datetime, most: int | None = MOST_ROWS) -> None:
        self.campaign = campaign
        self.sources = sources
        self.at = at
        self._most = most
        self._known: dict[tuple[Any, ...], Recipe] = {}
        self._states: dict[tuple[Any, ...], tuple[States, ...]] = {}

    def recipe(self, kind: Kind, drn: Drn) -> Recipe:
        """How the rows of meters of this kind are made; the engine is asked for those of one of them, `drn`."""
        state = tuple(kind.record.items())
        if state not in self._known:
            self._known[state] = self._made(kind, drn)
        return self._known[state]

    def states(self, kind: Kind) -> tuple[States, ...]:
        """The states that each key change of a meter of this kind leads from and to; none where it gets none."""
        state = tuple(kind.record.values())
        if state not in self._states:
            try:
                self._states[state] = tuple(map(states_of, self.steps(kind)))
            except KrnError:
                self._states[state] = ()
        return self._states[state]

    def why_no_number(self, kind: Kind, number: str) -> Refused:
        """Why a meter of this kind gets no rows whose number is none. Raises LookupError if it is one."""
        try:
            self.steps(kind)
            if not self.sources:
                raise no_vending_keys()
            Drn(number)
        except KrnError as error:
            return Refused.by(error)
        raise LookupError("this is the number of a meter")

    def one(self, recipe: Recipe, drn: Drn) -> tuple[tuple[str, ...] | Refused, ...]:
        """The rows of each key change of one meter, as the engine makes them."""
        return tuple(
            self._of_step(step, drn) if why is None else why
            for step, why in zip(recipe.steps, recipe.of_steps, strict=True)
        )

    def _of_step(self, step: Step, drn: Drn) -> tuple[str, ...] | Refused:
        try:
            if not self.sources:
                raise no_vending_keys()
            return tuple(str(row) for row in self.sources.rows(drn, step, self.at))
        except KrnError as error:
            return Refused.by(error)

    def _made(self, kind: Kind, drn: Drn) -> Recipe:
        try:
            steps = self.steps(kind)
        except KrnError as error:
            return Recipe((), Refused.by(error), (), None)
        vault = self._vault_of(steps)
        if vault is None:
            # Each of its meters is asked for by itself: what is refused is heard there.
            return Recipe(steps, None, (None,) * len(steps), None)
        sample = [self._of_step(step, drn) for step in steps]
        of_steps = tuple(rows if isinstance(rows, Refused) else None for rows in sample)
        return Recipe(steps, None, of_steps, None if any(of_steps) else _chain(steps, vault))

    def steps(self, kind: Kind) -> tuple[Step, ...]:
        """The key changes of a meter of this kind. Raises why it gets none, before any row is asked for."""
        steps = steps_of(kind.record, self.campaign)
        require_any(steps)
        if self._most is not None:
            require_room(sum(step.rows for step in steps), self._most)
        return steps

    def _vault_of(self, steps: Sequence[Step]) -> Vault | None:
        """The vault that has all keys of these steps; None: something else makes some of their rows."""
        if not self.sources:
            return None
        try:
            sources = [self.sources.source_of(step) for step in steps]
        except KrnError:
            return None
        first = sources[0]
        if any(source is not first for source in sources) or not isinstance(first, VaultSource):
            return None
        return first.vault


def require_room(rows: int, most: int = MOST_ROWS) -> None:
    """See that a worklist has columns for so many rows of one meter. Raises TooManyRows."""
    if rows > most:
        raise TooManyRows(f"this meter needs {rows} rows, and a worklist has columns for {most}: issue them at a kiosk")


def _chain(steps: Sequence[Step], vault: Vault) -> Chain:
    states: list[KeyState] = [steps[0].old, *(step.new for step in steps)]
    keys = [vault.find(state.sgc, state.krn, state.kt, state.dkga).key for state in states]
    kens = [None, *(step.ken for step in steps)]
    return Chain(
        states[0].ea,
        vault.tables,
        tuple(Link(key, state.ti, ken or key.ken) for key, state, ken in zip(keys, states, kens, strict=True)),
    )
