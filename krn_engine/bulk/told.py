"""What each meter of a batch is given: rows on record are given again, and are those that are made now."""

from collections.abc import Iterator, Mapping, Sequence

from krn_engine.bulk.batch import Batch, Refused
from krn_engine.bulk.making import Group, Made, Single
from krn_engine.bulk.recipes import states_of
from krn_engine.issuing.plan import Step
from krn_engine.office.remaining import rows_differ


def settle(batch: Batch, made: Made) -> dict[int, tuple[str, ...]]:
    """The rows of meters that no array holds, or not rightly; who gets none goes into `made.refused`."""
    given: dict[int, tuple[str, ...]] = {index: rows for index, (_, rows) in batch.ready.items()}
    for index, single in made.singles.items():
        rows = _of_single(single, batch.known.get(index, {}))
        if isinstance(rows, Refused):
            made.refused[index] = rows
        else:
            given[index] = rows
    if batch.known:
        for group in made.groups:
            for index in _differing(batch, group):
                made.refused[index] = Refused.by(rows_differ())
    return given


def _of_single(single: Single, known: Mapping[tuple[str, str], str]) -> tuple[str, ...] | Refused:
    given: list[str] = []
    for step, rows in zip(single.steps, single.rows, strict=True):
        on_record = known.get(states_of(step))
        if isinstance(rows, tuple):
            if on_record is not None and on_record != " ".join(rows):
                return Refused.by(rows_differ())
            given += rows
        elif on_record is not None:
            given += on_record.split()
        else:
            return rows
    return tuple(given)


def _differing(batch: Batch, group: Group) -> Iterator[int]:
    places = dict(_places(group.steps))
    for index, rows in zip(group.members.tolist(), group.rows.tolist(), strict=True):
        for states, on_record in batch.known.get(index, {}).items():
            here = places.get(states)
            if here is not None and on_record.encode("ascii") != b" ".join(rows[here]):
                yield index


def _places(steps: Sequence[Step]) -> Iterator[tuple[tuple[str, str], slice]]:
    """The states of each key change, and which rows of a meter are its."""
    first = 0
    for step in steps:
        yield states_of(step), slice(first, first + step.rows)
        first += step.rows
