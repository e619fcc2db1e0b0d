"""From where a meter is to where the campaign wants it: the chain of key changes, and their rows."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from krn_engine.issuing.campaign import Campaign, Hop, Route
from krn_engine.issuing.errors import BeyondTarget, KeyStateOdd, VendingKeyExpired
from krn_engine.issuing.key_state import KeyState
from krn_engine.row import Row
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import Ken, MeterPan, Pan
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey


@dataclass(frozen=True, slots=True)
class Step:
    """One key change of a plan: the key states before and after it."""

    old: KeyState
    new: KeyState
    ken: Ken | None = None
    """The KEN that the campaign sets; None: the vending key's own."""

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.old.ea.sections


@dataclass(frozen=True, slots=True)
class Plan:
    """The key changes that a meter still needs, in order; none when it is at the target, which is good news."""

    steps: tuple[Step, ...]

    @property
    def rows(self) -> int:
        """How many rows they have in all."""
        return sum(step.rows for step in self.steps)


def plan(state: KeyState, campaign: Campaign) -> Plan:
    """The chain from a meter's state to the campaign's target.

    Raises BeyondTarget or KeyStateOdd, both saying what is odd.
    """
    target = campaign.target
    require_in_reach(int(state.krn), campaign)
    if state.krn == target.krn:
        if _at(state, target) != state:
            raise KeyStateOdd(
                f"the record says KRN {state.krn} already, but with base date {state.base_date:d}, SGC {state.sgc} and "
                f"TI {state.ti}, which is not this campaign's target: ask the office which is right"
            )
        return Plan(())
    ahead = [hop for hop in campaign.hops if hop.krn > state.krn]
    if ahead[0].base_date < state.base_date:
        raise KeyStateOdd(
            f"the record says KRN {state.krn} with base date {state.base_date:d}, but KRN {ahead[0].krn} comes with "
            f"{ahead[0].base_date:d}: a base date never goes back, so the record is wrong"
        )
    if campaign.route(state.ea) is Route.STRAIGHT:
        ahead = ahead[-1:]
    steps = []
    for hop in ahead:
        new = _at(state, hop)
        steps.append(Step(state, new, hop.ken))
        state = new
    return Plan(tuple(steps))


def require_in_reach(krn: int, campaign: Campaign) -> None:
    """Raises BeyondTarget for a KRN above the one where the campaign ends."""
    if krn > int(campaign.target.krn):
        raise BeyondTarget(
            f"the record says KRN {krn}, but this campaign ends at KRN {campaign.target.krn}: "
            "key in 04 and compare, the record or the campaign is wrong"
        )


def _at(state: KeyState, hop: Hop) -> KeyState:
    return replace(state, krn=hop.krn, base_date=hop.base_date, sgc=hop.sgc or state.sgc, ti=hop.ti or state.ti)


class VendingKeys(Protocol):
    """Whatever derives decoder keys from vending keys: a vault that holds them, or a module that does."""

    @property
    def tables(self) -> Ea07Tables | None:
        """The tables that rows of EA07 are encrypted with."""
        ...

    def decoder_key(self, state: KeyState, pan: Pan) -> DecoderKey:
        """The key of a meter in this state, with the vending key's own KEN.

        Raises KeyNotFound or its like, and KeyStateOdd for a vending key on another base date than the state has.
        """
        ...

    def last_day(self, state: KeyState) -> date | None:
        """The day after which the owner of the state's vending key no longer wants it used."""
        ...


def rows_of(step: Step, pan: MeterPan, keys: VendingKeys, at: datetime) -> tuple[Row, ...]:
    """The rows of one step for one meter: 2 (EA07) or 4 (EA11) of 20 digits.

    `at` decides only whether the new key is still good; the rows themselves carry no time. Raises KeyNotFound,
    VendingKeyExpired, KeyStateOdd (a vending key on another base date than the record says), InvalidKey (EA07
    without tables).
    """
    new = keys.decoder_key(step.new, pan)
    if step.ken is not None:
        new = new.with_ken(step.ken)
    require_good(new.ken, step.new, keys.last_day(step.new), at)
    return KeyChange(keys.decoder_key(step.old, pan), new).tokens(keys.tables)


def require_good(ken: Ken, state: KeyState, last_day: date | None, at: datetime) -> None:
    """Raises VendingKeyExpired for a key that is past its KEN, or past the last day that its owner wants it used."""
    expires = ken.expires(state.base_date)
    if (expires is not None and at >= expires) or (last_day is not None and at.date() > last_day):
        raise VendingKeyExpired(
            f"the vending key of SGC {state.sgc}, KRN {state.krn} has expired: "
            "a meter moved onto it would take no credit. Ask the office for a newer key"
        )
