"""The crash campaign in short, offices that it must find guilty, and an auditor that finds every sin."""

import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware.virtual.meter import Entry
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.register.database import Register, sqlite_url
from krn_engine.sts.results import TokenResult
from tests.campaigns import crash
from tests.campaigns.crash_audit import SINS, Change, History, Kept, Truth, issued_otherwise, judge, read, sins_on_disk
from tests.campaigns.crash_person import Seen

KILLS = 60
FIRST = (TokenResult.FIRST_KCT, False)
SECOND = (TokenResult.SECOND_KCT, True)
WRONG = (TokenResult.CRC_ERROR, False)


@pytest.mark.slow
def test_after_a_kill_nothing_is_lost_or_said_that_is_not_so() -> None:
    count = crash.run(KILLS, seed=3)
    assert count.guilty == []
    assert set(count.sins) == set(SINS)
    assert sum(count.sins.values()) == 0
    assert count.kills == KILLS
    # The kills are spread: over all three kinds, in the middle of the typing too, before and after the meter answered.
    assert {victims for _, victims in count.killed} == {"kiosk", "meter", "kiosk and meter"}
    assert sum(number for (view, _), number in count.killed.items() if view == "TypingView") > KILLS / 10
    assert count.left["accepted, and the meter took it"] > 0
    assert sum(number for left, number in count.left.items() if left.startswith(("started", "unknown"))) > 0
    # It is no achievement to lose nothing by doing nothing.
    assert count.endings["upgraded"] > KILLS / 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("office", "kills", "sin"),
    [
        ("Forgetful", 6, "typed without a record of its start"),
        ("Late", 30, "told ACCEPTED, and not so on record"),
        ("Inventive", 6, "shown row lost"),
    ],
)
def test_an_office_that_is_broken_is_found_out(
    office: str, kills: int, sin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Wrong rows lock the meter, and the kiosk counts minutes down: nobody need stay for that.
    monkeypatch.setattr(crash, "STUCK_SECONDS", 5.0)
    count = crash.run(kills, seed=1, office=f"tests.campaigns.crash_broken:{office}")
    assert count.sins[sin] > 0
    assert any(sin in line for line in count.guilty)


@pytest.mark.slow
@pytest.mark.parametrize(("office", "sin"), [("Fatal", "process ended of itself"), ("Endless", "kiosk stuck")])
def test_a_kiosk_that_is_never_done_is_found_out(office: str, sin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No visit of these ends well, so no kill comes to pass: what is counted is one life."""
    monkeypatch.setattr(crash, "STUCK_SECONDS", 3.0)
    monkeypatch.setattr(crash.Campaign, "run", lambda self, _kills: self._life(next(self._customers), 0))
    count = crash.run(1, seed=1, office=f"tests.campaigns.crash_broken:{office}")
    assert count.sins[sin] > 0
    assert count.sins["no good end"] == 1


# --- the auditor, on made-up histories

ROWS = tuple(str(number) * 20 for number in range(1, 5))
CHANGES = (Change(ROWS[:2], 2), Change(ROWS[2:], 3))


def kept(*outcomes: tuple[int, str, str]) -> tuple[Kept, ...]:
    """Row from 1, attempt, outcome."""
    return tuple(Kept(ROWS[row - 1], attempt, outcome) for row, attempt, outcome in outcomes)


def claimed(outcomes: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """The same by a customer's word."""
    return tuple(replace(outcome, claim=True) for outcome in outcomes)


def entries(*given: tuple[int, tuple[TokenResult, bool]]) -> tuple[Entry, ...]:
    return tuple(Entry(ROWS[row - 1], result, 0.0, changed) for row, (result, changed) in given)


PAIR_1 = kept((1, "a", "started"), (1, "a", "accepted"), (2, "b", "started"), (2, "b", "accepted"))
PAIR_2 = kept((3, "c", "started"), (3, "c", "accepted"), (4, "d", "started"), (4, "d", "accepted"))
TYPED_1, TYPED_2 = entries((1, FIRST), (2, SECOND)), entries((3, FIRST), (4, SECOND))
HALF = (History(2, CHANGES, PAIR_1), Truth(1, 2, TYPED_1), Seen(ROWS, [ROWS], set(ROWS[:2])))
WHOLE = (
    History(3, CHANGES, PAIR_1 + PAIR_2),
    Truth(1, 3, TYPED_1 + TYPED_2),
    Seen(ROWS, [ROWS, ROWS[2:]], set(ROWS), good_news=True),
)
ASIDE = {
    "shown row issued otherwise",
    "register damaged",
    "fact refused by the office",
    "fact not delivered",
    "audit not whole",
    "process ended of itself",
    "kiosk stuck",
    "no good end",
}
"""Sins that are not seen by `judge`."""
Case = tuple[History, Truth, Seen]
HONEST: dict[str, Case] = {
    "nothing began": (History(1, CHANGES, ()), Truth(1, 1, ()), Seen(ROWS, [ROWS])),
    "pair 1": HALF,
    "both pairs": WHOLE,
    "begun, and nobody knows": (History(1, CHANGES, PAIR_1[:1]), Truth(1, 1, TYPED_1[:1]), Seen(ROWS, [ROWS])),
    "begun, and no key pressed": (History(1, CHANGES, PAIR_1[:1]), Truth(1, 1, ()), Seen(ROWS, [ROWS])),
    "doubt, and then known": (
        History(1, CHANGES, kept((1, "a", "started"), (1, "a", "unknown"), (1, "a", "accepted"))),
        Truth(1, 1, TYPED_1[:1]),
        Seen(ROWS, [ROWS]),
    ),
    "refused, and taken": (
        History(1, CHANGES, kept((1, "a", "started"), (1, "a", "rejected")) + kept((1, "b", "started"))),
        Truth(1, 1, entries((1, WRONG), (1, FIRST))),
        Seen(ROWS, [ROWS]),
    ),
    "by hand, by the customer's word": (
        History(1, CHANGES, claimed(kept((1, "a", "accepted"), (2, "b", "accepted")))),
        Truth(1, 2, TYPED_1),
        Seen(ROWS, [ROWS], by_hand=Counter(ROWS[:2])),
    ),
}


def _half(**changed: Any) -> Case:
    """Pair 1 is in, and the record says something otherwise."""
    return replace(HALF[0], **changed), HALF[1], HALF[2]


GUILTY: list[tuple[str, Case]] = [
    ("impossible history of a row", _half(outcomes=(*PAIR_1, *kept((2, "b", "rejected"))), krn=1)),
    ("impossible history of a row", _half(outcomes=(*PAIR_1, *kept((2, "b", "started"))))),
    ("impossible history of a row", _half(outcomes=kept((1, "a", "rejected")))),
    ("impossible history of a row", _half(outcomes=kept((1, "a", "started"), (2, "a", "accepted")))),
    ("record advanced without its rows", (replace(HALF[0], outcomes=PAIR_1[:3]), *HALF[1:])),
    ("record advanced without its rows", (replace(HALF[0], krn=1), *HALF[1:])),
    # A customer's word closed it.
    ("record advanced without its rows", _half(outcomes=claimed(kept((1, "a", "accepted"), (2, "b", "accepted"))))),
    ("record ahead of the meter", (HALF[0], replace(HALF[1], krn=1), HALF[2])),
    ("typed without a record of its start", (replace(HALF[0], outcomes=PAIR_1[:2]), *HALF[1:])),
    ("on record as taken, and the meter did not", (HALF[0], Truth(1, 2, entries((1, WRONG), (2, SECOND))), HALF[2])),
    (
        "on record as taken, and the meter did not",
        (HONEST["by hand, by the customer's word"][0], Truth(1, 2, ()), HALF[2]),
    ),
    (
        "on record as not taken, and the meter did",
        (replace(HALF[0], krn=1, outcomes=(*PAIR_1[:3], *kept((2, "b", "rejected")))), *HALF[1:]),
    ),
    ("shown row lost", (*HALF[:2], replace(HALF[2], lists=[(*ROWS, "9" * 20)]))),
    ("told ACCEPTED, and not so on record", (*HALF[:2], replace(HALF[2], accepted=set(ROWS[:3])))),
    ("told ACCEPTED, and the meter did not take it", (*HALF[:2], replace(HALF[2], accepted=set(ROWS[:3])))),
    ("told that all is done, and it is not", (*HALF[:2], replace(HALF[2], good_news=True))),
    ("row of another pair typed", (HALF[0], replace(HALF[1], entries=TYPED_1 + TYPED_1[:1]), HALF[2])),
    ("row of another pair typed", (HALF[0], replace(HALF[1], entries=TYPED_2[:1]), HALF[2])),
]


class TestAuditor:
    @pytest.mark.parametrize("name", list(HONEST))
    def test_what_is_honest_is_free_of_sin(self, name: str) -> None:
        assert list(judge(*HONEST[name])) == []

    @pytest.mark.parametrize(("sin", "case"), GUILTY)
    def test_a_sin_is_found(self, sin: str, case: Case) -> None:
        assert sin in set(judge(*case))

    def test_every_sin_has_its_case(self) -> None:
        assert {sin for sin, _ in GUILTY} | ASIDE == set(SINS)

    def test_rows_that_are_issued_again(self) -> None:
        history, _, seen = HALF
        assert list(issued_otherwise(history, seen, ROWS[2:])) == []
        for again in ((), ROWS, ROWS[:2], (ROWS[3], ROWS[2])):
            assert list(issued_otherwise(history, seen, again)) == ["shown row issued otherwise"]
        assert list(issued_otherwise(history, Seen(), ROWS)) == []


class TestRegister:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        with Register.create(sqlite_url(tmp_path / "register.db")) as register:
            self.province.load(register)
        return tmp_path / "register.db"

    province = DemoProvince(16)
    number = province.first(DemoCase.FOUR_ROWS).meter_number

    def test_a_new_register_is_free_of_sin(self, file: Path) -> None:
        history, sins = sins_on_disk(file, self.number, self.province.vault, Truth(1, 1, ()), Seen())
        assert sins == []
        assert history == History(1, (), ())

    def test_rows_are_read_as_they_were_issued(self, file: Path) -> None:
        _, sins = sins_on_disk(file, self.number, self.province.vault, Truth(1, 1, ()), Seen(ROWS, [ROWS]))
        assert set(sins) == {"shown row lost", "shown row issued otherwise"}
        assert [(len(change.rows), change.new_krn) for change in read(file, self.number).changes] == [(2, 2), (2, 3)]

    def test_a_damaged_register_is_found(self, file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[4096:12288] = b"\xa5" * 8192
        file.write_bytes(content)
        with pytest.raises(sqlite3.DatabaseError):
            read(file, self.number)
        _, sins = sins_on_disk(file, self.number, self.province.vault, Truth(1, 1, ()), Seen())
        assert sins == ["register damaged"]
