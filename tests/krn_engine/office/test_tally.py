"""What is kept for the progress report is what counting all meters anew gives, whatever was done to them."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection

from krn_engine.demo import UNIT, DemoCase
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import STATE_COLUMNS
from krn_engine.office.contract import Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.local import LocalOffice
from krn_engine.office.standings import standings
from krn_engine.register import applying
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterReadOnly
from krn_engine.register.importer import import_worklist
from krn_engine.register.known import A_WORD, TAKEN
from krn_engine.register.tally import KEY_STATE, Counts, count_all, is_kept, kept, note_uncounted
from tests.support.life import Life, histories
from tests.support.office import Demo
from tests.support.places import POSTGRESQL


def tallies(register: Register) -> tuple[Counts, Counts]:
    with register.read() as connection:
        assert is_kept(connection)
        return kept(connection), count_all(connection)


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_whatever_happens_what_is_kept_is_what_is_counted(
    demo: Demo, tmp_path: Path, history: list[tuple[Any, ...]]
) -> None:
    life = Life(demo, tmp_path)
    for happening in history:
        life.lead(happening)
    here, there = tallies(demo.register)
    assert here == there
    units = demo.office.units()
    assert sum(unit.meters for unit in units.values()) == demo.count("meters")
    told_whole = asdict(standings(here, demo.province.campaign))
    assert told_whole == {name: sum(getattr(unit, name) for unit in units.values()) for name in told_whole}
    assert demo.register.recount()


@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
def test_a_long_list_holds_no_other_meter_of_its_unit_up(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes the tallies last. Its own meters wait for it, as they do where it changes them."""
    monkeypatch.setattr(applying, "CHUNK", 1)
    listed = [customer for customer in demo.province if customer.case is DemoCase.TWO_ROWS]
    others = demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r").changes[0]
    seen: list[bool] = []

    def stores(connection: Connection, part: applying.Part, *moves: Any) -> None:
        store(connection, part, *moves)
        row = RowRecord(
            others.id, 1 + len(seen), RowOutcome.ACCEPTED, "04: 2", "x", "y", f"a{len(seen)}", Grade.REGISTER
        )
        demo.office.record(row)
        seen.append(demo.office.find(demo.first(DemoCase.FOUR_ROWS).meter_number) is not None)

    store = applying.store
    monkeypatch.setattr(applying, "store", stores)
    path = tmp_path / "list.csv"
    lines = [f"{customer.idpel},{customer.meter_number},3,2014" for customer in listed[:2]]
    path.write_text("\n".join(("IDPEL,NOMOR_METER,KRN,BASE_DATE", *lines)) + "\n")
    before = demo.office.progress()
    assert import_worklist(demo.register, path).stored
    assert seen == [True, True]
    here, there = tallies(demo.register)
    assert here == there
    assert demo.office.progress().upgraded == before.upgraded + 2


def test_each_unit_has_its_own_numbers(demo: Demo, tmp_path: Path) -> None:
    whole = demo.office.units()[UNIT]
    first, second = demo.first(DemoCase.FOUR_ROWS), demo.first(DemoCase.DONE)
    path = tmp_path / "list.csv"
    path.write_text(f"IDPEL,NOMOR_METER,UNIT\n{first.idpel},{first.meter_number},51101\n")
    import_worklist(demo.register, path)
    units = demo.office.units()
    assert list(units) == ["51101", UNIT]
    assert (units["51101"].meters, units["51101"].due, units[UNIT].due) == (1, 1, whole.due - 1)
    # A meter that two customers have counts once; one that none has is of no unit.
    path.write_text(f"IDPEL,NOMOR_METER\n{first.idpel},{second.meter_number}\n")
    import_worklist(demo.register, path, accept=True)
    units = demo.office.units()
    assert {unit: numbers.meters for unit, numbers in units.items()} == {"": 1, "51101": 1, UNIT: 30}
    assert units[""].due == units["51101"].upgraded == 1


def test_the_last_ending_of_a_meter_is_in_its_tally(demo: Demo) -> None:
    """Told twice it is one, and what ended well needs no word."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told: list[set[tuple[str, str]]] = []
    for ending, code in (("refused", "UPG-01"), ("visit-asked", "periksa"), ("upgraded", "")):
        for _ in range(2):
            demo.office.end(number, SessionEnding(ending, code, None, None, proved=False, place="kiosk"))
        here, there = tallies(demo.register)
        assert here == there
        told.append({(kind.ending, kind.code) for kind in here})
        assert sum(meters for kind, meters in here.items() if kind.code) == (1 if code else 0)
    assert told == [{("", ""), ("refused", "UPG-01")}, {("", ""), ("visit-asked", "periksa")}, {("", "")}]


def test_proved_key_changes_are_counted_without_ready_made_rows_too(demo: Demo) -> None:
    """A meter that was half done is not one that a list brought at that KRN."""
    here, there = tallies(demo.register)
    assert here == there
    half = sum(customer.case is DemoCase.HALF_DONE for customer in demo.province)
    assert sum(meters for kind, meters in here.items() if kind.proved and not kind.sections) == half
    number = next(customer.meter_number for customer in demo.province if customer.case is DemoCase.HALF_DONE)
    demo.office.state(number, Statement(1, "looked", "Contoh", "kiosk"))
    here, there = tallies(demo.register)
    assert here == there
    assert sum(meters for kind, meters in here.items() if kind.proved and not kind.sections) == half - 1


def test_another_campaign_tells_of_the_same_tallies(demo: Demo) -> None:
    """None of them is counted anew: which meters are due follows from the campaign that is asked with."""
    other = Campaign("one hop", hops=demo.province.campaign.hops[:1], minutes_for_a_change=30)
    now, then = demo.office.progress(), LocalOffice(demo.register, other).progress()
    assert then.meters == now.meters
    assert then.upgraded < now.upgraded
    assert then.unclear > now.unclear


def test_what_could_not_be_counted_is_counted_by_who_asks(demo: Demo) -> None:
    before = demo.office.progress()
    with demo.register.write() as connection:
        connection.exec_driver_sql("DELETE FROM tallies")
        note_uncounted(connection)
    assert demo.office.units()[UNIT].meters == 32
    assert demo.office.progress() == before
    with demo.register.read() as connection:
        assert is_kept(connection)


def test_a_register_that_cannot_be_written_is_counted_and_told(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    before = demo.office.progress()
    with demo.register.write() as connection:
        connection.exec_driver_sql("DELETE FROM tallies")
        note_uncounted(connection)

    def refuse(_register: Register) -> bool:
        raise RegisterReadOnly("it is read-only")

    monkeypatch.setattr(Register, "recount", refuse)
    assert demo.office.progress() == before


def test_the_words_of_the_register_are_those_of_the_office() -> None:
    assert RowOutcome.ACCEPTED.value == TAKEN
    assert Grade.CUSTOMER.value == A_WORD
    assert KEY_STATE == STATE_COLUMNS
