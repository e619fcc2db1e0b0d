"""How meters stand in a campaign, by what the register keeps of how many are alike (`register.tally`)."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from krn_engine.issuing.campaign import Campaign
from krn_engine.register.ready import PAIR
from krn_engine.register.tally import Counts, Kind


class Stands(Enum):
    """One of five; the value names a field of `Standings`."""

    UPGRADED = "upgraded"
    CLAIMED = "claimed"
    DUE = "due"
    BLOCKED = "blocked"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Standings:
    """How many meters stand how; see `Progress`."""

    meters: int
    upgraded: int
    claimed: int
    due: int
    blocked: int
    unclear: int


def standings(counts: Counts, campaign: Campaign) -> Standings:
    """Each meter counts once."""
    numbers: Counter[Stands] = Counter()
    for kind, number in counts.items():
        numbers[stands(kind, campaign)] += number
    return Standings(sum(counts.values()), **{each.value: numbers[each] for each in Stands})


def standings_by_unit(counts: Counts, campaign: Campaign) -> dict[str, Standings]:
    """The same for each unit, in the order of their names; those of no unit under an empty one."""
    by_unit: dict[str, Counts] = {}
    for kind, number in counts.items():
        by_unit.setdefault(kind.unit, {})[kind] = number
    return {unit: standings(by_unit[unit], campaign) for unit in sorted(by_unit)}


def stands(kind: Kind, campaign: Campaign) -> Stands:
    """As `find` tells it.

    Where rows came ready-made, the KRN of a list tells nothing of them; what staff said does. A record that says all of
    its key state is not looked at further here: `plan` may still find it odd.
    """
    if kind.blocked:
        return Stands.BLOCKED
    target = int(campaign.target.krn)
    by_krn = kind.stated or not kind.sections
    if (not kind.sections and not kind.whole) or (by_krn and kind.krn > target):
        return Stands.UNCLEAR
    if by_krn and kind.krn == target:
        return Stands.UPGRADED
    left, claimed = left_of_pairs(kind, campaign) if kind.sections else (target - kind.krn, kind.claimed)
    if left <= 0:
        return Stands.UPGRADED
    return Stands.CLAIMED if claimed == left else Stands.DUE


def left_of_pairs(kind: Kind, campaign: Campaign) -> tuple[int, int]:
    """How many pairs of its ready-made rows a meter still needs, and how many of those are claimed.

    A pair is encrypted under the key that the one before it made: if it is in, so is that one.
    """
    pairs = kind.sections // PAIR
    ahead = sum(int(hop.krn) > kind.krn for hop in campaign.hops)
    # The last pair leads to the target, the one before it to the hop before.
    start = max(0, pairs - ahead) if kind.stated else 0
    first = max(start, kind.proved.bit_length())
    return pairs - first, (kind.claimed >> first).bit_count()
