"""A list of orders for one officer: its rows are given out, each on record before anybody sees it."""

import base64
import secrets
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import AnswerLost, SourceDown, SourceLocked
from krn_engine.office.audit.checkpoints import ORIGIN, origin_of
from krn_engine.office.errors import NoUpgradeNeeded
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.errors import NothingToList
from krn_engine.office.orders.finding import MOST, Orders
from krn_engine.office.orders.marks import Marks, Written
from krn_engine.office.orders.order import Listed, Order, OrderList, Why
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterError

_NAMES = uuid.UUID("4b1d3f0e-3f5e-5d0a-9b0c-6b1c5a0d7a11")
"""Of what is named after a list; the same in every release."""
_ID_BYTES = 10
_ORIGIN_SIGNS = 12


def list_name() -> str:
    """A name for a new list: letters and digits that no spreadsheet takes for a number."""
    return "L" + base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode()


def list_named(name: uuid.UUID, officer: str) -> str:
    """The name of the list that an officer asked for under `name`: the same name and officer give the same list."""
    return "L" + base64.b32encode(named_after("list", name, officer).bytes[:_ID_BYTES]).decode()


def named_after(*parts: object) -> uuid.UUID:
    """A UUID that follows from these parts: the same parts give the same."""
    return uuid.uuid5(_NAMES, "\n".join(map(str, parts)))


def request_of(list_id: str, meter_number: str) -> str:
    """The request by which a list was given the rows of a meter."""
    return named_after("request", list_id, meter_number).hex


def name_of_office(register: Register) -> str:
    """What a list calls the office that it is of: the first signs of the name of the office's audit."""
    with register.read() as connection:
        return "K" + origin_of(connection).removeprefix(ORIGIN)[:_ORIGIN_SIGNS].upper()


class ListMaker:
    """Makes lists of what is open at an office, for `actor` in the audit, marked with `marks`.

    `clock` gives aware times.
    """

    def __init__(
        self,
        register: Register,
        office: LocalOffice,
        orders: Orders,
        marks: Marks,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        actor: str = LOCAL,
    ) -> None:
        self._register = register
        self._office = office.acting_for(actor)
        self._orders = orders
        self._marks = marks
        self._clock = clock
        self._actor = actor

    def make(
        self, unit: str, officer: str, limit: int = MOST, whys: Collection[Why] = (), list_id: str = ""
    ) -> OrderList:
        """The most pressing orders of a unit, `limit` of them at most, with their rows.

        `list_id`: the name of the list, where whoever asks has given it one; the same name twice issues nothing twice.

        Raises NothingToList, and what issuing raises where no rows can be had for any meter; a meter whose rows are
        refused for its own sake is on the list without them.
        """
        found = self._orders.of_unit(unit, limit, whys).orders
        if not found:
            raise NothingToList(
                f"there is nothing to do in unit {unit}: is it the name of the unit, as the worklists have it?"
            )
        now = self._clock()
        list_id = list_id or list_name()
        lines = tuple(self._lines(list_id, found))
        told: dict[str, Any] = {"list": list_id, "unit": unit, "officer": officer, "orders": len(lines)}
        self._register.change(lambda connection: note(connection, AuditEvent.ORDERS_LISTED, now, self._actor, **told))
        origin, minutes = name_of_office(self._register), self._orders.campaign.minutes_for_a_change
        made_at = now.astimezone()

        def marked(line: Listed) -> Listed:
            order = line.order
            written = Written(
                origin, list_id, officer, line.number, order.idpel, order.meter_number, line.first, line.rows
            )
            return replace(line, mark=self._marks.of_line(written, made_at.date()))

        return OrderList(list_id, origin, unit, officer, made_at, minutes, tuple(map(marked, lines)))

    def _lines(self, list_id: str, orders: Collection[Order]) -> Iterator[Listed]:
        numbers = count(1)
        for order in orders:
            if not order.rows:
                yield Listed(next(numbers), order)
                continue
            try:
                issued = self._office.issue(order.meter_number, request_of(list_id, order.meter_number))
            except NoUpgradeNeeded:
                # It was proved since.
                continue
            except (RegisterError, SourceDown, SourceLocked, AnswerLost):
                raise
            except KrnError as refusal:
                yield Listed(next(numbers), order, refusal=refusal.code)
            else:
                yield Listed(next(numbers), order, issued.first, issued.rows, issued.pairs, issued)
