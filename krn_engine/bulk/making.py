"""The rows of a batch: of most meters by arrays, of some one by one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.batch import Batch, Refused
from krn_engine.bulk.chains import Chain, rows_of
from krn_engine.bulk.derive import DigitRows
from krn_engine.bulk.digits import Digits
from krn_engine.bulk.errors import ArraysWrong
from krn_engine.bulk.pans import pans_of_text
from krn_engine.bulk.recipes import Kitchen, Recipe
from krn_engine.issuing.plan import Step
from krn_engine.sts.identity import Drn

Places = NDArray[np.intp]
Together = tuple[Chain, DigitRows]
"""Meters whose rows arrays make: how, and their PANs."""
ArraysAtWork = Callable[[Sequence[Together]], list[Digits]]
"""Makes the rows of each of these."""
FEW = 4
"""So few meters of a recipe are quicker one by one."""


@dataclass(frozen=True, slots=True)
class Group:
    """Meters of a batch with the same key changes, and their rows in one array."""

    members: Places
    """Their places in the batch, shape (m,)."""
    steps: tuple[Step, ...]
    """The key changes of each of them."""
    rows: Digits
    """Shape (m, rows of one meter), in the order in which they are typed."""


@dataclass(frozen=True, slots=True)
class Single:
    """The key changes of one meter, each with its rows or why it has none."""

    steps: tuple[Step, ...]
    rows: tuple[tuple[str, ...] | Refused, ...]
    """What is refused counts unless the rows of that change are on record."""


@dataclass(slots=True)
class Made:
    """What became of each meter of a batch: it is in a group, in `singles` or in `refused`."""

    groups: list[Group]
    singles: dict[int, Single]
    refused: dict[int, Refused]
    """Meters that were refused before any row of theirs was asked for, by their place in the batch."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What arrays are to make, and what the engine says of one of it."""

    members: Places
    recipe: Recipe
    sample: tuple[str, ...]


@dataclass(slots=True)
class Prepared:
    """A batch before its arrays: what they are to make, and all else."""

    made: Made
    waiting: list[_Waiting]
    together: list[Together]

    def finished(self, rows: Sequence[Digits]) -> Made:
        """With what the arrays made. Raises ArraysWrong if it is not what the engine makes."""
        for wait, digits in zip(self.waiting, rows, strict=True):
            if tuple(row.decode("ascii") for row in digits[0].tolist()) != wait.sample:
                raise ArraysWrong(
                    "the rows of many meters at once are not those of one meter: nothing more was written. Report this"
                )
            self.made.groups.append(Group(wait.members, wait.recipe.steps, digits))
        return self.made


def at_once(together: Sequence[Together]) -> list[Digits]:
    """The rows of each of these, made in this process. Raises what `rows_of` raises."""
    return [rows_of(chain, pans) for chain, pans in together]


def prepare(batch: Batch, kitchen: Kitchen, *, asks: bool = True) -> Prepared:
    """A batch before its arrays: the engine is asked for what only it can tell.

    Without `asks` no rows are asked for of those in `singles`.
    """
    prepared = Prepared(Made([], {}, dict(batch.refused)), [], [])
    pans, good = pans_of_text(batch.numbers)
    # Kinds that differ in their unit alone have one recipe: an array of all of them is quicker than one for each.
    alike: dict[int, tuple[Recipe, list[Places]]] = {}
    for kind, members in _by_kind(batch):
        for index in members[~good[members]].tolist():
            prepared.made.refused[index] = kitchen.why_no_number(batch.kinds[kind], batch.number(index))
        fit = members[good[members]]
        if len(fit):
            recipe = kitchen.recipe(batch.kinds[kind], Drn(batch.number(int(fit[0]))))
            alike.setdefault(id(recipe), (recipe, []))[1].append(fit)
    for recipe, parts in alike.values():
        _prepare(prepared, batch, np.sort(np.concatenate(parts)), recipe, kitchen, pans, asks=asks)
    return prepared


def _prepare(
    prepared: Prepared,
    batch: Batch,
    members: Places,
    recipe: Recipe,
    kitchen: Kitchen,
    pans: DigitRows,
    *,
    asks: bool,
) -> None:
    singles = prepared.made.singles
    if recipe.why_none is not None:
        for index in members.tolist():
            if recipe.refused is None and index in batch.known:
                singles[index] = Single(recipe.steps, kitchen.one(recipe, Drn(batch.number(index))))
            else:
                prepared.made.refused[index] = recipe.why_none
    elif recipe.chain is None or len(members) < FEW:
        for index in members.tolist():
            rows = kitchen.one(recipe, Drn(batch.number(index))) if asks else ()
            singles[index] = Single(recipe.steps, rows)
    else:
        # The engine's rows of one of them, each time anew: arrays go wrong in memory too.
        sample: list[str] = []
        for each in kitchen.one(recipe, Drn(batch.number(int(members[0])))):
            sample += () if isinstance(each, Refused) else each
        prepared.waiting.append(_Waiting(members, recipe, tuple(sample)))
        prepared.together.append((recipe.chain, pans[members]))


def _by_kind(batch: Batch) -> Iterator[tuple[int, Places]]:
    """The meters of each kind, in order."""
    by_kind = np.argsort(batch.kind_of, kind="stable")
    bounds = np.searchsorted(batch.kind_of[by_kind], np.arange(len(batch.kinds) + 1))
    for kind in range(len(batch.kinds)):
        members = by_kind[bounds[kind] : bounds[kind + 1]]
        if len(members):
            yield kind, members
