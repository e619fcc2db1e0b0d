"""What kiosks and officers do at meters: the calls of `Office`."""

from typing import Any

from krn_engine.office.contract import Statement
from krn_engine.office.net_errors import DeliveryReused
from krn_engine.office.server.by_whom import recorded, stated
from krn_engine.office.server.operations.operation import AT_METERS, EVERYBODY, Asked, Operation
from krn_engine.office.server.paging import page_of
from krn_engine.office.wire import asked, values


def _find(a: Asked) -> Any:
    return a.office.find(a.body.text)


def _issue(a: Asked) -> Any:
    return a.office.issue(a.body.meter_number, _hex(a))


def _home_page(a: Asked) -> Any:
    return asked.HomeAddress(a.office.home_page(a.body.meter_number, _hex(a), a.body.digest))


def _record(a: Asked) -> None:
    if asked.outcome_name(a.body) != a.name:
        raise DeliveryReused("this is not the name of this outcome: it follows from the attempt and the outcome")
    a.office.record(recorded(a.known, a.body))


def _end(a: Asked) -> None:
    a.office.end(a.body.meter_number, a.body.session, str(a.name))


def _state(a: Asked) -> None:
    said = a.body.statement
    statement = stated(a.known, Statement.said(said.krn, said.reason, said.by, said.place))
    a.office.state(a.body.meter_number, statement, str(a.name))


def _history(a: Asked) -> Any:
    return page_of(a.office.history(a.body.meter_number), a.body.after, a.body.limit)


def _hex(a: Asked) -> str:
    return "" if a.name is None else a.name.hex


OF_METERS: tuple[Operation, ...] = (
    Operation(
        "find",
        "POST",
        "/v1/find",
        "Whose number is it, and how does the meter stand? A number is never part of an address.",
        AT_METERS,
        _find,
        asked.FIND,
        values.FIND_RESULT,
        refusals=(409,),
    ),
    Operation(
        "issue",
        "PUT",
        "/v1/issues/{uuid}",
        "The rows that a meter still needs. The same request has the same answer, for ever.",
        AT_METERS,
        _issue,
        asked.ISSUE,
        values.ISSUED,
        refusals=(404, 409),
    ),
    Operation(
        "home-page",
        "PUT",
        "/v1/home-pages/{uuid}",
        "A page on which a customer goes through the rows of this request at home; its secret stays with the kiosk.",
        AT_METERS,
        _home_page,
        asked.HOME_PAGE,
        asked.HOME_ADDRESS,
        refusals=(404, 409),
    ),
    Operation(
        "record",
        "PUT",
        "/v1/outcomes/{uuid}",
        "What happened to a row. The UUID follows from the attempt and the outcome (version 5).",
        AT_METERS,
        _record,
        values.ROW_RECORD,
        refusals=(409,),
    ),
    Operation(
        "end",
        "PUT",
        "/v1/endings/{uuid}",
        "How a session at a meter ended.",
        AT_METERS,
        _end,
        asked.END,
        refusals=(404, 409),
    ),
    Operation(
        "state",
        "PUT",
        "/v1/statements/{uuid}",
        "What staff say of a meter.",
        AT_METERS,
        _state,
        asked.STATE,
        refusals=(404, 409),
    ),
    Operation(
        "history",
        "POST",
        "/v1/history",
        "What became of a meter, the newest first, in pages.",
        AT_METERS,
        _history,
        asked.HISTORY,
        asked.HISTORY_PAGE,
        refusals=(409,),
    ),
    Operation(
        "progress",
        "GET",
        "/v1/progress",
        "How far the campaign is.",
        EVERYBODY,
        lambda a: a.office.progress(),
        answer=values.PROGRESS,
        refusals=(409,),
    ),
    Operation(
        "ping",
        "GET",
        "/v1/ping",
        "Whether the office answers this caller.",
        EVERYBODY,
        lambda a: a.office.ping(),
    ),
)
