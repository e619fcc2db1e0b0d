"""What a kiosk needs to go on without a network: a key, its copy page by page; and what it delivers afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from krn_engine.errors import KrnError
from krn_engine.office.access.callers import Known
from krn_engine.office.book import UNKNOWN
from krn_engine.office.contract import Statement
from krn_engine.office.errors import MeterUnknown, NotOffered
from krn_engine.office.net_errors import CallerUnknown, DeliveryReused
from krn_engine.office.passing import passes
from krn_engine.office.server.operations.operation import KIOSK, Asked, Operation
from krn_engine.office.wire import asked, delivered, sync
from krn_engine.office.wire.delivered import SHAPES, Answers, Fact, Fate, Kind, Told
from krn_engine.office.wire.sync import CopyKey, SyncPage

_LONGEST_BATCH = 512 * 1024
"""Bytes: a batch of the longest facts, in an alphabet of three bytes a sign, is below."""


def _known(a: Asked) -> Known:
    if a.known is None:
        raise CallerUnknown("a token is needed, and none was sent")
    return a.known


def _copy_key(a: Asked) -> CopyKey:
    return a.service.callers.copy_key(_known(a))


def _sync(a: Asked) -> SyncPage:
    known = _known(a)
    copies = a.service.callers.copies
    name, seal = copies.key(known.id)
    page = a.service.office.pages.page(known.units, name, seal, a.body.after, a.body.limit)
    return SyncPage(
        copy=name,
        anew=page.anew,
        listed=page.listed,
        meters=page.meters,
        next=page.next,
        more=page.more,
        left_out=page.left_out,
        as_of=page.as_of,
        lease=copies.lease(known.name, name, known.units),
    )


def _deliver(a: Asked) -> Answers:
    answers: list[Told] = []
    for fact in a.body.facts:
        before = answers[-1] if answers else None
        if before is not None and before.fate is Fate.LATER:
            # What comes later comes in its order.
            answers.append(replace(before, n=fact.n))
        else:
            answers.append(_take(a, fact))
    return Answers(tuple(answers))


def _issued(a: Asked, body: Any, uuid: UUID, at: datetime) -> None:
    """The meter may have left the units of this kiosk since. Whoever names its key changes rightly had their rows."""
    known = _known(a)
    is_seen = not known.units or a.within(a.service.office, known).sees(body.meter_number)
    try:
        a.service.office.given_outs.keep(body, uuid.hex, a.actor, at)
    except NotOffered:
        if is_seen:
            raise
        # To whoever guesses, it is a meter that nobody has.
        raise MeterUnknown(UNKNOWN) from None


def _recorded(a: Asked, body: Any, uuid: UUID, at: datetime) -> None:
    if asked.outcome_name(body) != uuid:
        raise DeliveryReused("this is not the name of this outcome: it follows from the attempt and the outcome")
    a.office_of(at).record(body)


def _ended(a: Asked, body: Any, uuid: UUID, at: datetime) -> None:
    a.office_of(at).end(body.meter_number, body.session, str(uuid))


def _stated(a: Asked, body: Any, uuid: UUID, at: datetime) -> None:
    said = body.statement
    statement = Statement.said(said.krn, said.reason, said.by, said.place)
    a.office_of(at).state(body.meter_number, statement, str(uuid))


_TAKE: Mapping[Kind, Callable[[Asked, Any, UUID, datetime], None]] = {
    Kind.ISSUE: _issued,
    Kind.OUTCOME: _recorded,
    Kind.ENDING: _ended,
    Kind.STATEMENT: _stated,
}


def _take(a: Asked, fact: Fact) -> Told:
    """One fact, whose refusal is its own. The office may be able to do later what it cannot do now."""
    try:
        _TAKE[fact.kind](a, SHAPES[fact.kind].read(fact.body), UUID(fact.uuid), fact.at)
    except KrnError as refusal:
        message = " ".join(refusal.message.split())[:1000]
        return Told(fact.n, Fate.LATER if passes(refusal) else Fate.REFUSED, refusal.code, message)
    return Told(fact.n, Fate.DONE, "", "")


OF_COPIES: tuple[Operation, ...] = (
    Operation(
        "copy-key",
        "POST",
        "/v1/copy-key",
        "A new key for this kiosk's copy, shown once. What was sealed under the one before it opens no more.",
        KIOSK,
        _copy_key,
        answer=sync.COPY_KEY,
    ),
    Operation(
        "sync",
        "POST",
        "/v1/sync",
        "Meters of this kiosk's units with their rows sealed for it: all of them first, then those that changed.",
        KIOSK,
        _sync,
        sync.SYNC,
        sync.PAGE_OF_COPY,
        refusals=(409,),
    ),
    Operation(
        "deliver",
        "POST",
        "/v1/deliveries",
        "What was so while the office was away, in its order. Each fact is answered by itself; repeating is harmless.",
        KIOSK,
        _deliver,
        delivered.FACTS,
        delivered.ANSWERS,
        longest_body=_LONGEST_BATCH,
    ),
)
