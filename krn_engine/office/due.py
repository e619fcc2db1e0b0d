"""How a meter stands that needs key changes, by what is known of those that it was given before."""

from collections.abc import Sequence

from krn_engine.office.contract import Due, IssuedChange


def due_of(counts: Sequence[int], told: Sequence[IssuedChange | None]) -> Due:
    """`counts` are the rows of each key change that it needs, in order; `told` what is known, None: never given out."""
    handed_out = [change for change in told if change is not None]
    claimed = len(handed_out) == len(counts) and all(change.claimed for change in handed_out)
    return Due(
        sum(counts),
        handed_out=told[0] is not None,
        claimed=claimed,
        partly_claimed=not claimed and any(any(change.claims) for change in handed_out),
    )
