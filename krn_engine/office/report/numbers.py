"""How many meters stand how: what `standings` tells, and what is known of those that are due. Each counts once.

It reads the tallies of the register, so it costs the same however many meters there are.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from krn_engine.issuing.campaign import Campaign
from krn_engine.office.guide import AT_HOME, VISIT_ASKED
from krn_engine.office.standings import Stands, left_of_pairs, stands
from krn_engine.register.tally import Counts, Kind
from krn_engine.row import GAGAL, PERIKSA, SALAH

_AT_HOME_ANSWER = re.compile(rf"({SALAH}|{GAGAL}|{PERIKSA})\b")
"""What a meter at home showed, in front of which row it was and whose meter."""


class Part(Enum):
    """Where a meter counts: in one of these. Those from HALF_PROVED to NOT_STARTED are due."""

    UPGRADED = "upgraded"
    """Proved."""
    CLAIMED = "claimed"
    """All that is left is in by a customer's word."""
    HALF_PROVED = "half_proved"
    """At least one of its key changes is proved to be in, and another is not in: it takes no credit now."""
    HALF_CLAIMED = "half_claimed"
    """One of its key changes is in by a customer's word, none by a proof, and another is not in."""
    REFUSED = "refused"
    """No key change is in, and the last session ended for a reason."""
    VISIT_ASKED = "visit_asked"
    """No key change is in, and what was said last is that an officer should come."""
    NOT_STARTED = "not_started"
    """Nothing is known of any of its rows, and no session ended for a reason. Rows may have been given out."""
    BLOCKED = "blocked"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many meters stand how, of one unit or of all."""

    meters: int
    """All of them; what follows adds up to it, `half_claimed` and the properties left out."""
    upgraded: int
    claimed: int
    half_done: int
    refused: int
    visit_asked: int
    not_started: int
    blocked: int
    unclear: int
    half_claimed: int
    """How many of the half done are so by a customer's word alone."""
    reasons: Mapping[str, int]
    """Of the refused: how many for which reason (`reason_of`)."""
    half_done_reasons: Mapping[str, int]
    """Of the half done: how many for which reason. The others of them have none."""
    visit_reasons: Mapping[str, int]
    """Of those where a visit is asked for: how many for which reason."""

    @property
    def due(self) -> int:
        """What is left to do, claimed meters left out; as `Progress.due`."""
        return self.half_done + self.refused + self.visit_asked + self.not_started

    @property
    def left(self) -> int:
        """Every meter that is not proved."""
        return self.meters - self.upgraded

    @property
    def percent(self) -> float:
        """Share of the meters that are proved, 0 to 100."""
        return 100.0 * self.upgraded / self.meters if self.meters else 0.0


def numbers(counts: Counts, campaign: Campaign) -> Numbers:
    """How many meters stand how, by all these tallies together."""
    parts: Counter[Part] = Counter()
    reasons: dict[Part, Counter[str]] = {part: Counter() for part in Part}
    for kind, meters in counts.items():
        part = part_of(kind, campaign)
        parts[part] += meters
        if reason := reason_of(kind.ending, kind.code):
            reasons[part][reason] += meters
    return Numbers(
        meters=sum(counts.values()),
        half_done=parts[Part.HALF_PROVED] + parts[Part.HALF_CLAIMED],
        reasons=_sorted(reasons[Part.REFUSED]),
        half_done_reasons=_sorted(reasons[Part.HALF_PROVED] + reasons[Part.HALF_CLAIMED]),
        visit_reasons=_sorted(reasons[Part.VISIT_ASKED]),
        **{part.value: parts[part] for part in Part if part is not Part.HALF_PROVED},
    )


def numbers_by_unit(counts: Counts, campaign: Campaign) -> dict[str, Numbers]:
    """How many meters of each unit stand how, in the order of the units' names; those of no unit under an empty one."""
    by_unit: dict[str, Counts] = {}
    for kind, meters in counts.items():
        by_unit.setdefault(kind.unit, {})[kind] = meters
    return {unit: numbers(by_unit[unit], campaign) for unit in sorted(by_unit)}


def of_units(counts: Counts, units: Iterable[str]) -> Counts:
    """The tallies that somebody of these units sees: theirs, and those of no unit (see `OfficeOfUnits`)."""
    own = {unit.casefold() for unit in units}
    return {kind: meters for kind, meters in counts.items() if not kind.unit or kind.unit.casefold() in own}


def part_of(kind: Kind, campaign: Campaign) -> Part:
    """Where the meters of a tally count."""
    standing = stands(kind, campaign)
    if standing is not Stands.DUE:
        return Part(standing.value)
    proved, claimed = _begun(kind, campaign)
    if proved or claimed:
        # What a session ended for is told beside it: that its keys are half changed comes first.
        return Part.HALF_PROVED if proved else Part.HALF_CLAIMED
    if not kind.code:
        return Part.NOT_STARTED
    return Part.VISIT_ASKED if kind.ending == VISIT_ASKED else Part.REFUSED


def _begun(kind: Kind, campaign: Campaign) -> tuple[bool, bool]:
    """Of a due meter: whether a key change of this campaign is proved to be in, and whether one is claimed."""
    if kind.sections:
        left, claimed = left_of_pairs(kind, campaign)
        return left < kind.sections // 2, claimed > 0
    on_the_way = {int(hop.krn) for hop in campaign.hops}
    return kind.proved > 0 and kind.krn in on_the_way, kind.claimed > 0


def reason_of(ending: str, code: str) -> str:
    """The reason that a session ended for, as reports count it: a code, or the answer of a meter at home."""
    answer = _AT_HOME_ANSWER.match(code) if ending == AT_HOME else None
    return code if answer is None else answer[1]


def _sorted(reasons: Mapping[str, int]) -> Mapping[str, int]:
    """The most frequent first."""
    return MappingProxyType(dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))))
