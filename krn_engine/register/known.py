"""What is known of each row that was issued: one definition, whether one meter is asked for or all of them."""

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, case, cast, func, not_, or_, select, true

from krn_engine.register.tables import key_changes, outcomes, statements
from krn_engine.register.watch import sound

KnownRow = Row[str, int, str | None, str | None, bool]
"""A record of `known_rows`."""
TAKEN = "accepted"
"""The outcome of a row that is in: a value of `RowOutcome`."""
A_WORD = "customer"
"""The grade of what a customer says: a value of `Grade`."""
EVERY = true()
_WRITTEN_OUT = "__/__/______/__/_/_/____"
"""The pattern of a key state that is written out, `str(KeyState)`."""
_PLACE_OF_KRN = 17
"""Where the KRN stands in it, from 1."""


def krn_in(state: ColumnElement[str]) -> ColumnElement[int | None]:
    """The KRN of a key state that was written out; NULL for ready-made rows, of which only the rows are known."""
    return case((state.like(_WRITTEN_OUT), cast(func.substr(state, _PLACE_OF_KRN, 1), Integer)))


def known_rows(
    of_outcomes: ColumnElement[bool] = EVERY,
    of_changes: ColumnElement[bool] = EVERY,
    of_statements: ColumnElement[bool] = EVERY,
) -> Select[str, int, str | None, str | None, bool]:
    """A record for each row of a key change that anything was recorded of, of the outcomes asked for.

    `outcome` and `attempt_id` are those of the newest outcome that is no claim, and where a row was proved to be in, of
    the newest that is not a customer's word: their refusal takes no proof away. NULL: there is none, or staff said
    later that the meter holds an older key. Of ready-made rows no KRN is known: what staff say of their meter sets all
    of them aside, and tells by itself which are in. `claimed`: the newest of all outcomes is a customer's word that the
    row is in, and nobody has taken it back. Outcomes and statements are compared by ids, never by a clock.
    """
    o, s, k = outcomes.c, statements.c, key_changes.c
    is_in, of_customer = o.outcome == TAKEN, o.grade.is_not_distinct_from(A_WORD)
    proof = func.max(o.id).filter(is_in, not_(of_customer))
    no_claim = func.max(o.id).filter(not_(and_(is_in, of_customer)))
    newest = (
        select(
            o.key_change_id,
            o.section,
            no_claim.label("no_claim"),
            func.max(o.id).filter(is_in, of_customer).label("claim"),
            case((proof.is_(None), no_claim), else_=func.max(o.id).filter(not_(of_customer))).label("told"),
        )
        .where(of_outcomes, sound(outcomes))
        .group_by(o.key_change_id, o.section)
        .subquery("newest")
    )
    said = (
        select(
            s.meter_id,
            func.max(s.after_outcome).label("after_outcome"),
            func.max(s.id).filter(s.krn.is_not(None)).label("holds"),
        )
        .where(of_statements, sound(statements))
        .group_by(s.meter_id)
        .subquery("said")
    )
    told, holds = outcomes.alias("told"), statements.alias("holds")
    new_krn = krn_in(k.to_state)
    set_aside = and_(
        told.c.outcome == TAKEN,
        told.c.id <= holds.c.after_outcome,
        or_(new_krn.is_(None), new_krn > holds.c.krn),
    )
    return (
        select(
            newest.c.key_change_id,
            newest.c.section,
            case((set_aside, None), else_=told.c.outcome).label("outcome"),
            case((set_aside, None), else_=told.c.attempt_id).label("attempt_id"),
            and_(
                newest.c.claim.is_not(None),
                newest.c.claim > func.coalesce(newest.c.no_claim, 0),
                newest.c.claim > func.coalesce(said.c.after_outcome, 0),
            ).label("claimed"),
        )
        .select_from(
            newest.join(key_changes, k.id == newest.c.key_change_id)
            .outerjoin(told, told.c.id == newest.c.told)
            .outerjoin(said, said.c.meter_id == k.meter_id)
            .outerjoin(holds, holds.c.id == said.c.holds)
        )
        .where(of_changes)
    )
