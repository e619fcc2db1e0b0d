"""From where a meter is to where the campaign wants it: the chain of key changes, and their rows."""

from dataclasses import dataclass, replace
from datetime import datetime

from krn_engine.issuing.campaign import Campaign, Hop, Route
from krn_engine.issuing.errors import BeyondTarget, KeyStateOdd, VendingKeyExpired
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.vault import Vault, VaultEntry
from krn_engine.row import Row
from krn_engine.sts.identity import Ken, MeterPan
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, derive


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


def rows_of(step: Step, pan: MeterPan, vault: Vault, at: datetime) -> tuple[Row, ...]:
    """The rows of one step for one meter: 2 (EA07) or 4 (EA11) of 20 digits.

    `at` decides only whether the new key is still good; the rows themselves carry no time. Raises KeyNotFound,
    VendingKeyExpired, KeyStateOdd (a vending key on another base date than the record says), InvalidKey (EA07
    without tables).
    """
    entry = _entry(step.new, vault)
    new = derive(entry.key, pan, step.new.ti, step.new.ea)
    if step.ken is not None:
        new = new.with_ken(step.ken)
    expires = new.ken.expires(new.base_date)
    if (expires is not None and at >= expires) or (entry.expires is not None and at.date() > entry.expires):
        raise VendingKeyExpired(
            f"the vending key of SGC {new.sgc}, KRN {new.krn} has expired: "
            "a meter moved onto it would take no credit. Ask the office for a newer key"
        )
    return KeyChange(key_of(step.old, pan, vault), new).tokens(vault.tables)


def key_of(state: KeyState, pan: MeterPan, vault: Vault) -> DecoderKey:
    """The decoder key of a meter in this state; raises KeyNotFound or KeyStateOdd."""
    return derive(_entry(state, vault).key, pan, state.ti, state.ea)


def _entry(state: KeyState, vault: Vault) -> VaultEntry:
    entry = vault.find(state.sgc, state.krn, state.kt, state.dkga)
    if entry.key.base_date != state.base_date:
        raise KeyStateOdd(
            f"the vending key of SGC {state.sgc}, KRN {state.krn} has base date {entry.key.base_date:d}, but "
            f"{state.base_date:d} was expected: the campaign, the record or the key file is wrong"
        )
    return entry
