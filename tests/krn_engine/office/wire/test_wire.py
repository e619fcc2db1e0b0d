"""The wire: every value comes back as itself, and of anything else only the project's own error comes out."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError
from krn_engine.office.contract import Due, Found, Grade, NotFound, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.identify import IdProblem, NotAnId
from krn_engine.office.net_errors import RefusalUnknown, WireBroken
from krn_engine.office.wire import asked, values
from krn_engine.office.wire.asked import Problem, outcome_name, problem_of, refusal_of, request_name
from krn_engine.office.wire.shapes import Instant, Maybe, Moment, Object, OneOf, Several, Shape, Text, Whole
from krn_engine.office.wire.text import LONGEST, from_bytes, to_bytes
from tests.campaigns.wire import READ, REFUSED, run
from tests.support.office import Demo
from tests.support.refusals import leaves
from tests.support.wire import SHAPES, almost, document_of, held

ANY_SHAPE = st.sampled_from(sorted(SHAPES)).map(SHAPES.__getitem__)
ROW = "1234" * 5


@given(st.data())
def test_what_a_shape_describes_it_reads_and_writes_as_it_came(data: st.DataObject) -> None:
    shape = data.draw(ANY_SHAPE)
    document = data.draw(document_of(shape))
    assert shape.write(shape.read(document)) == document
    assert held(shape, to_bytes(document))


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_no_field_of_a_value_stays_behind(name: str) -> None:
    """But for the code of what is not found, which is always the same."""
    for shape in objects_in(SHAPES[name]):
        held_by_value = {told.name for told in fields(shape.of)} - ({"code"} if shape.of is NotFound else set())
        assert shape.fields.keys() == held_by_value, shape.of


def objects_in(shape: Shape[Any]) -> Iterator[Object[Any]]:
    """Each object of a shape, however deep."""
    if isinstance(shape, Object):
        yield shape
        inner = tuple(shape.fields.values())
    elif isinstance(shape, OneOf):
        inner = shape.kinds
    else:
        inner = (shape.of,) if isinstance(shape, Maybe | Several) else ()
    for part in inner:
        yield from objects_in(part)


_ONE = settings(database=None, max_examples=10, phases=[Phase.generate])


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_of_each_shape_a_document_is_read(name: str) -> None:
    """One of each at least, whatever the search above comes to."""
    document = find(document_of(SHAPES[name]), lambda _document: True, settings=_ONE)
    assert held(SHAPES[name], to_bytes(document))


@given(st.data())
def test_what_a_shape_reads_its_schema_allows(data: st.DataObject) -> None:
    shape = data.draw(ANY_SHAPE)
    document = data.draw(document_of(shape) | almost(shape))
    try:
        content = to_bytes(document)
    except WireBroken:
        return
    if held(shape, content):
        jsonschema_rs.validator_for(shape.schema()).validate(document)


@pytest.mark.slow
def test_the_campaign_in_short() -> None:
    """Of any other JSON, and of any bytes, only our own error comes out."""
    counted = run(300)
    assert 300 <= sum(counted.values()) < 400
    assert min(counted[READ], counted[REFUSED]) > 30


def test_an_error_that_is_not_the_projects_ends_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Text, "read", lambda _self, given, _at="": given[0])
    with pytest.raises((TypeError, IndexError, KeyError, AssertionError, ExceptionGroup)):
        run(300)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "nothing"),
        (b"{", "cut off"),
        (b'{"text": "1", "text": "2"}', "a name twice"),
        (b'{"text": NaN}', "no number"),
        (b'{"text": 1e999}', "no finite number"),
        (b'{"text": "\xff"}', "no UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 10_000, "a number of too many digits"),
        (b" " * (LONGEST + 1), "too long"),
        (b'{"text": "\\ud800"}', "half a character"),
        (b'{"text": "1", "more": 1}', "a field more"),
        (b'{"text": 1}', "a number"),
        (b'{"text": "\\u0000"}', "NUL"),
        (b"<html>", "HTML"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_documents_are_refused_and_not_quoted(content: bytes, why: str) -> None:
    with pytest.raises(WireBroken) as refused:
        asked.FIND.read(from_bytes(content))
    assert "more" not in refused.value.message
    assert why


def test_a_refusal_names_the_place_and_nothing_that_came() -> None:
    document = values.ISSUED.write(sample_issued())
    document["changes"][0]["rows"][1] = "9" * 19
    with pytest.raises(WireBroken) as refused:
        values.ISSUED.read(document)
    assert refused.value.message.startswith("changes[0].rows[1]: ")
    assert "9" not in refused.value.message


def sample_issued() -> Any:
    change = {
        "id": "a",
        "old_krn": 1,
        "new_krn": None,
        "rows": [ROW] * 2,
        "outcomes": [None, "locked-out"],
        "attempts": [None, "x"],
        "claims": [False, True],
    }
    return values.ISSUED.read(
        {
            "request_id": "r",
            "meter_number": "9" * 11,
            "changes": [change],
            "minutes_for_a_change": 3,
            "first": 1,
            "krn_before": 1,
        }
    )


def test_a_change_has_one_outcome_for_each_of_its_rows() -> None:
    issued = sample_issued()
    short = replace(issued.changes[0], claims=(False,))
    for broken in (lambda: values.ISSUED.write(replace(issued, changes=(short,))), lambda: held_short(issued)):
        with pytest.raises(WireBroken, match="for each row"):
            broken()


def held_short(issued: Any) -> None:
    document = values.ISSUED.write(issued)
    del document["changes"][0]["claims"][0]
    values.ISSUED.read(document)


def test_what_is_written_is_what_would_be_read() -> None:
    wrong: tuple[tuple[Shape[Any], Any], ...] = (
        (Whole(1, 9), 10),
        (Whole(0, 1), True),
        (Text(1, 2), "abc"),
        (Text(0, 9), "a\nb"),
    )
    for shape, value in wrong:
        with pytest.raises(WireBroken):
            shape.write(value)
    with pytest.raises(WireBroken):
        Moment().write(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(WireBroken):
        Moment().write(datetime.min.replace(tzinfo=timezone(timedelta(hours=7))))
    with pytest.raises(WireBroken):
        Object(dict, {}).read([])


def test_what_a_clock_said_is_a_number() -> None:
    at = datetime(2026, 1, 15, 9, 30, 0, 7, tzinfo=timezone(timedelta(hours=7)))
    assert Instant().write(at) == 1768444200_000007
    assert Instant().read(1768444200_000007) == at
    for wrong in (-1, 2**53, "2026-01-15T02:30:00Z", None):
        with pytest.raises(WireBroken):
            Instant().read(wrong)
    with pytest.raises(WireBroken):
        Instant().write(at.replace(tzinfo=None))
    with pytest.raises(WireBroken):
        Instant().write(at.replace(year=1969))


def test_a_time_of_any_zone_is_written_in_utc() -> None:
    jakarta = timezone(timedelta(hours=7))
    at = datetime(2026, 1, 15, 9, 30, tzinfo=jakarta)
    assert Moment().write(at) == "2026-01-15T02:30:00Z"
    assert Moment().read("2026-01-15T02:30:00Z") == at == datetime(2026, 1, 15, 2, 30, tzinfo=UTC)


def test_every_answer_of_an_office_goes_over_the_wire(demo: Demo) -> None:
    """All cases of the province, issued and recorded, by values and not by strategies."""
    for text in ("", "12", "x", "9" * 12, "9" * 11, "1" * 20):
        assert again(values.FIND_RESULT, demo.office.find(text)) == demo.office.find(text)
    assert again(values.FIND_RESULT, NotAnId(IdProblem.ONE_DIGIT_SHORT)) == NotAnId(IdProblem.ONE_DIGIT_SHORT)
    due = 0
    for case in DemoCase:
        customer = demo.first(case)
        found = demo.office.find(customer.idpel)
        assert isinstance(found, Found)
        assert again(values.FIND_RESULT, found) == found
        if isinstance(found.standing, Due):
            due += 1
            issued = demo.office.issue(customer.meter_number, f"r{due}")
            assert again(values.ISSUED, issued) == issued
            row = RowRecord(
                issued.changes[0].id, 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk", f"a{due}", Grade.SENSOR
            )
            assert again(values.ROW_RECORD, row) == row
            demo.office.record(row)
        demo.office.end(customer.meter_number, SessionEnding("upgraded", "", 3, Grade.REGISTER, True, "kiosk"))
        demo.office.state(customer.meter_number, Statement.said(2, "seen", "Contoh", "counter"))
        for entry in demo.office.history(customer.meter_number):
            assert again(values.HISTORY_ENTRY, entry) == entry
    assert due == 6
    assert again(values.PROGRESS, demo.office.progress()) == demo.office.progress()


def again(shape: Any, value: Any) -> Any:
    return shape.read(json.loads(to_bytes(shape.write(value))))


def test_every_refusal_comes_back_as_itself() -> None:
    known = [leaf for leaf in leaves(KrnError) if "code" in vars(leaf) and not leaf.__name__.startswith("_")]
    assert len(known) > 50
    for leaf in known:
        assert issubclass(leaf, KrnError)
        problem = problem_of(leaf("what is wrong:\n what to do"), 409, "Conflict")
        back = refusal_of(again(asked.PROBLEM, problem))
        assert type(back) is leaf
        assert back.message == "what is wrong: what to do"
    assert type(refusal_of(Problem("", "", 400, "", "ZZZ-99"))) is RefusalUnknown
    # A code of the hardware is no answer of an office.
    assert type(refusal_of(Problem("", "", 400, "", "HW-01"))) is RefusalUnknown


def test_rows_tokens_and_codes_do_not_print_themselves() -> None:
    issued = sample_issued()
    assert ROW not in repr(issued)
    enrol = asked.ENROL.read({"name": "kiosk-1", "code": "ABCD-2345"})
    assert "ABCD" not in repr(enrol)
    assert asked.ENROL.write(enrol)["code"] == "ABCD-2345"
    assert "99100000001" not in repr(asked.ISSUE.read({"meter_number": "99100000001"}))


def test_an_outcome_has_one_name_whoever_sends_it() -> None:
    row = RowRecord("c", 1, RowOutcome.ACCEPTED, "", "", "", "attempt", Grade.SENSOR)
    assert outcome_name(row) == outcome_name(replace(row, by="somebody", place="elsewhere"))
    assert outcome_name(row) != outcome_name(replace(row, outcome=RowOutcome.STARTED))
    assert outcome_name(row) != outcome_name(replace(row, attempt="another"))


def test_a_request_is_its_own_name_where_it_is_a_uuid() -> None:
    assert request_name("0" * 31 + "1").hex == "0" * 31 + "1"
    assert request_name("r1") == request_name("r1") != request_name("r2")
