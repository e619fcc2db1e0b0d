"""All that is told of a campaign, as one value: numbers in all and by unit, day by day, and the pace.

It is asked for by a command once, and by pages again and again: nothing that could change is kept between two answers
(`days` keeps only what is over).
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from threading import Lock

from krn_engine.issuing.campaign import Campaign
from krn_engine.office.report.days import Days, Flow, Flows
from krn_engine.office.report.numbers import Numbers, numbers, numbers_by_unit, of_units
from krn_engine.register.database import Register
from krn_engine.register.errors import RecordDamaged, RegisterError
from krn_engine.register.tally import Counts, count_all, is_kept, kept
from krn_engine.register.transactions import reading

WEEK, FORTNIGHT = 7, 14
"""Days."""


@dataclass(frozen=True, slots=True)
class OfDay:
    """One day of the campaign: what it brought, and where things stood when it ended."""

    day: date
    proved: int
    """Meters that were proved."""
    claimed: int
    """Meters that a customer says are done."""
    proved_by_then: int
    """Proved since the first day; what lists and staff said is not in it."""
    claimed_by_then: int
    """Claimed until then, and not proved until then."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes and must go, in proved meters a day. What is not known is None."""

    deadline: date | None
    """The last day of the campaign."""
    days_left: int | None
    """Until then, today counted; 0 when it is past."""
    needed: float | None
    """To be done by then; None without a deadline, or after it."""
    week: float | None
    """Of the last 7 days that are over; None where the records do not go back so far."""
    fortnight: float | None
    """Of the last 14 days that are over; None where the records do not go back so far."""
    done_on: date | None
    """When the last meter is proved if it goes on like the last 14 days, or 7; None if that is not known."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another campaign to compare with."""

    meters: int
    done: int

    @property
    def left(self) -> int:
        """Meters."""
        return self.meters - self.done

    @property
    def percent(self) -> float:
        """0 to 100."""
        return 100.0 * self.done / self.meters

    def done_of(self, meters: int) -> int:
        """How many of so many meters would be done at the same share."""
        return round(self.done * meters / self.meters)


SEED = Reference(meters=662_241, done=394_762)
"""Where the campaign stood that this project began with."""


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """How far a campaign is."""

    campaign: str
    """The campaign's name."""
    at: datetime
    """When this was so, in the zone by which days are counted."""
    all: Numbers
    units: Mapping[str, Numbers]
    """By the name of the unit, in order; those of no unit under an empty one."""
    days: tuple[OfDay, ...]
    """From the first day on which a meter was proved or claimed until today, none left out."""
    pace: Pace
    reference: Reference = SEED
    of_some_units: bool = False
    """Only the units of whoever asks are told of, and meters of no unit."""

    @property
    def proved_otherwise(self) -> int:
        """How many meters are upgraded without a proof on any of these days: as lists or staff have it.

        Less than none where staff said of more of them that they are not, after all.
        """
        return self.all.upgraded - (self.days[-1].proved_by_then if self.days else 0)

    @property
    def reasons(self) -> Mapping[str, Mapping[str, int]]:
        """How many meters for which reason, by the part that they are in; the most frequent reason first."""
        by_part = {
            "refused": self.all.reasons,
            "half_done": self.all.half_done_reasons,
            "visit_asked": self.all.visit_reasons,
        }
        codes = {code for reasons in by_part.values() for code in reasons}
        told = {code: {part: reasons.get(code, 0) for part, reasons in by_part.items()} for code in codes}
        return dict(sorted(told.items(), key=lambda item: (-sum(item[1].values()), item[0])))


class Reporter:
    """Reports of one register and campaign. `clock` gives aware times. Threads may share it."""

    def __init__(
        self, register: Register, campaign: Campaign, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._register = register
        self._campaign = campaign
        self._clock = clock
        self._days = Days(int(campaign.target.krn))
        self._warming = Lock()
        self._is_warm = False

    def report(self, units: Collection[str] | None = None) -> CampaignReport:
        """How far it is now: of all, or of these units and of meters of no unit. Days are those of this machine's zone.

        Raises what reading the register raises.
        """
        now = self._clock().astimezone()
        self._warm(now)
        counts, flows = self._read(now)
        if units is not None:
            own = {unit.casefold() for unit in units}
            counts = of_units(counts, units)
            flows = {key: flow for key, flow in flows.items() if not key[0] or key[0].casefold() in own}
        told, days = numbers(counts, self._campaign), _days(flows, now.date())
        return CampaignReport(
            self._campaign.name,
            now,
            told,
            numbers_by_unit(counts, self._campaign),
            days,
            pace(self._campaign.deadline, now.date(), told.left, days),
            of_some_units=units is not None,
        )

    def _warm(self, now: datetime) -> None:
        """The first time all days are counted, which takes as long as it takes: once, and the others wait for it."""
        with self._warming:
            if not self._is_warm:
                with self._register.unhurried() as connection, reading(connection):
                    self._days.read(connection, now)
                self._is_warm = True

    def _read(self, now: datetime) -> tuple[Counts, Flows]:
        """Both of one moment."""
        try:
            with self._register.read() as connection:
                if is_kept(connection):
                    return kept(connection), self._days.read(connection, now)
        except RecordDamaged:
            # If it is a tally, that is mended here; what else it is, is told below.
            pass
        with suppress(RegisterError):
            self._register.recount()
        with self._register.read() as connection:
            counts = kept(connection) if is_kept(connection) else count_all(connection)
            return counts, self._days.read(connection, now)


def _days(flows: Flows, today: date) -> tuple[OfDay, ...]:
    by_day: dict[date, Flow] = {}
    for (_, day), flow in flows.items():
        by_day[day] = by_day.get(day, Flow()) + flow
    if not by_day:
        return ()
    first = min(by_day)
    # A clock that went ahead once leaves no day out.
    every = [first + timedelta(days=number) for number in range((max(today, *by_day) - first).days + 1)]
    of_each = [by_day.get(day, Flow()) for day in every]
    return tuple(
        OfDay(day, flow.proved, flow.claimed, until.proved, until.claimed - until.settled)
        for day, flow, until in zip(every, of_each, accumulate(of_each), strict=True)
    )


def pace(deadline: date | None, today: date, left: int, days: tuple[OfDay, ...]) -> Pace:
    """How fast it goes, of days that are over, and how fast it must go for so many meters that are left."""
    days_left = None if deadline is None else max(0, (deadline - today).days + 1)
    last = {number: _proved_in(days, today, number) for number in (WEEK, FORTNIGHT)}
    known = {number: proved for number, proved in last.items() if proved is not None}
    return Pace(
        deadline,
        days_left,
        needed=left / days_left if days_left else None,
        week=known[WEEK] / WEEK if WEEK in known else None,
        fortnight=known[FORTNIGHT] / FORTNIGHT if FORTNIGHT in known else None,
        done_on=_done_on(today, left, *max(known.items())) if known else None,
    )


def _proved_in(days: tuple[OfDay, ...], today: date, number: int) -> int | None:
    """How many were proved in so many days before today; None where the records begin later."""
    first = today - timedelta(days=number)
    if not days or days[0].day > first:
        return None
    return sum(day.proved for day in days if first <= day.day < today)


def _done_on(today: date, left: int, number: int, proved: int) -> date | None:
    if not left:
        return today
    if not proved:
        return None
    try:
        return today + timedelta(days=-(-left * number // proved))
    except OverflowError:
        return None
