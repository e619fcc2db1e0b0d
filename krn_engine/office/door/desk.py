"""What an office does for an officer who is signed in: gives out today's orders, and takes what came of them."""

from datetime import timedelta
from uuid import UUID

from krn_engine.errors import KrnError
from krn_engine.office import guide
from krn_engine.office.access.callers import Known
from krn_engine.office.contract import Issued
from krn_engine.office.door.told import AskForList, Became, DayList, Fate, ListLine, Told
from krn_engine.office.guide import KRN_CHOICES
from krn_engine.office.home.told import KrnMeans
from krn_engine.office.net_errors import NotAllowed
from krn_engine.office.orders.errors import NothingToList, ResultProblem
from krn_engine.office.orders.finding import Orders
from krn_engine.office.orders.making import ListMaker, list_named
from krn_engine.office.orders.marks import Marks
from krn_engine.office.orders.order import Listed
from krn_engine.office.orders.results import issued_by, said_of
from krn_engine.office.orders.taking import ResultImpossible, Taken, take
from krn_engine.office.passing import passes
from krn_engine.office.server.operations.operation import Asked
from krn_engine.office.server.service import Service
from krn_engine.office.units import OfficeOfUnits
from krn_engine.register.audit.entries import AuditEvent, note

KEPT_FOR = timedelta(hours=16)
"""How long a telephone keeps a list: one day's work."""

_FATES = {Taken.RECORDED: Fate.TAKEN, Taken.KNOWN: Fate.KNOWN, Taken.CONFLICT: Fate.CONFLICT}


class Desk:
    """The desk of one process of the service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._marks = Marks(service.callers.orders_key())

    def orders(self, known: Known, asked: AskForList) -> DayList:
        """Today's orders in one unit of this officer. Raises NotAllowed, NothingToList, and what issuing raises."""
        unit = self._unit(known, asked.unit)
        office, register = self._service.office, self._service.register
        orders = Orders(register, office.campaign, office.clock)
        maker = ListMaker(register, office, orders, self._marks, office.clock, known.name)
        made = maker.make(unit, known.name, asked.limit, list_id=list_named(UUID(asked.id), known.name))
        return DayList(
            made.id,
            made.officer,
            made.unit,
            made.made_at,
            made.made_at + KEPT_FOR,
            made.minutes_for_a_change,
            tuple(
                _line(line, self._marks.of_order(made.id, made.officer, line.order.meter_number)) for line in made.lines
            ),
        )

    def _unit(self, known: Known, asked: str) -> str:
        if not asked:
            if not known.units:
                raise NothingToList("which unit? Somebody who sees all of them has to name one")
            return known.units[0]
        if known.units and asked.casefold() not in {unit.casefold() for unit in known.units}:
            raise NotAllowed("this unit is not one of yours")
        return asked

    def take(self, known: Known, told: tuple[Told, ...]) -> tuple[Became, ...]:
        """Put on record what came of some orders. Raises what may pass: all of it may be told again then."""
        self._note(known, told)
        return tuple(self._take(known, one) for one in told)

    def _note(self, known: Known, told: tuple[Told, ...]) -> None:
        """In the audit: that they came, and which photographs an officer has of them."""
        lists = sorted({one.list for one in told})
        photos = [one.photo for one in told if one.photo is not None]
        now = self._service.office.clock()
        self._service.register.change(
            lambda connection: note(
                connection,
                AuditEvent.RESULTS_TAKEN,
                now,
                known.name,
                lists=lists,
                results=len(told),
                photos=photos,
            )
        )

    def _take(self, known: Known, one: Told) -> Became:
        now = self._service.office.clock()
        # A telephone's clock may be ahead: nothing was said in the future.
        office = Asked(self._service, known).office_of(min(one.at, now))
        result = one.result
        try:
            if not self._marks.is_of_order(one.mark, one.list, known.name, one.meter_number):
                return Became(one.id, Fate.REFUSED, ResultProblem.NOT_OURS.value)
            if isinstance(office, OfficeOfUnits) and not office.sees(one.meter_number):
                return Became(one.id, Fate.REFUSED, ResultProblem.NOT_OURS.value)
            issued = issued_by(self._service.register, office, one.list, one.meter_number)
            said = said_of(known.name, one.list, one.meter_number, result, one.id)
            taken = take(office, one.meter_number, issued, result, said)
        except ResultImpossible:
            return Became(one.id, Fate.REFUSED, ResultProblem.RESULT.value)
        except KrnError as refusal:
            if passes(refusal):
                raise
            return Became(one.id, Fate.REFUSED, refusal.code)
        return Became(one.id, _FATES[taken], "")


def _line(listed: Listed, mark: str) -> ListLine:
    order, issued = listed.order, listed.issued
    return ListLine(
        number=listed.number,
        mark=mark,
        meter_number=order.meter_number,
        masked_name=order.masked_name,
        tariff=order.tariff,
        power_va=order.power_va,
        whys=order.whys,
        code=order.code,
        told_at=order.told_at,
        refusal=listed.refusal,
        first=listed.first,
        rows=listed.rows,
        firsts=tuple(first for first, _ in listed.pairs),
        known=listed.first - 1 if issued is None else _proved_in(issued),
        begins=() if issued is None else _begins(issued),
        krns=() if issued is None else _krns(issued),
        before=None if issued is None else issued.krn_before,
        wanted=None if issued is None else issued.changes[-1].new_krn,
    )


def _proved_in(issued: Issued) -> int:
    """The last row up to which key changes are proved; a customer's claim is looked at, and not believed."""
    done = issued.first - 1
    for change, (_, last) in zip(issued.changes, issued.pairs, strict=True):
        if not change.done:
            break
        done = last
    return done


def _begins(issued: Issued) -> tuple[int, ...]:
    last = issued.pairs[-1][1]
    return tuple(guide.begins_after(issued, done) for done in range(issued.first - 1, last + 1))


def _krns(issued: Issued) -> tuple[KrnMeans, ...]:
    read = {krn: guide.read_krn(issued, krn) for krn in (0, *KRN_CHOICES)}
    return tuple(KrnMeans(krn, means.meaning, means.done) for krn, means in read.items())
