"""A key change has one id, wherever its rows are given out."""

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.new_changes import change_id
from krn_engine.office.queries import CHANGES_OF_METER, METER_ID
from tests.support.office import Demo

ROWS = "1234" * 5 + " " + "5678" * 5


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.EA11, DemoCase.READY_MADE])
def test_the_id_of_what_is_issued_follows_from_it(demo: Demo, case: DemoCase) -> None:
    number = demo.first(case).meter_number
    issued = demo.office.issue(number, "r1").changes
    with demo.register.read() as connection:
        meter_id = connection.execute(METER_ID, {"digits": number}).scalar()
        records = {record.id: record for record in connection.execute(CHANGES_OF_METER, {"meter_id": meter_id})}
    assert len(issued) == len(records) > 0
    for change in issued:
        record = records[change.id]
        assert change.id == change_id(number, record.from_state, record.to_state, " ".join(map(str, change.rows)))


@pytest.mark.parametrize(
    "other",
    [
        ("99100000002", "a", "b", ROWS),
        ("99100000001", "A", "b", ROWS),
        ("99100000001", "a", "B", ROWS),
        ("99100000001", "a", "b", ROWS[::-1]),
    ],
)
def test_all_that_a_change_is_goes_into_its_id(other: tuple[str, str, str, str]) -> None:
    told = change_id("99100000001", "a", "b", ROWS)
    assert len(told) == 32
    assert told != change_id(*other)
