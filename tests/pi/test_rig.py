"""The rig's own reckoning, without the emulated machine: edges to digits, and what counts as lost."""

import random

import pytest

from hardware.keypad.forms import place_of
from hardware.keypad.models import read_profile
from tests.pi.crash import Memory
from tests.pi.guest.adapter import MODEL, ROW
from tests.pi.machine import Edge, parsed_edge
from tests.pi.run import FORM, entry_of

LAYOUT = read_profile(MODEL).layout


def edges_of(keys: str, press: float = 0.12, gap: float = 0.15, jitter: float = 0.003) -> list[Edge]:
    """What an observer sees of these keys and Enter, with stamps that jitter."""
    source, now, edges = random.Random(1), 1000.0, []
    for key in (*keys, "enter"):
        row, column = place_of(key, LAYOUT)
        lines = (FORM.rows[row], FORM.columns[column])
        for pin in (FORM.enable, *lines):
            edges.append(Edge(pin, True, now + source.random() * jitter))
        now += press
        for pin in (*lines, FORM.enable):
            edges.append(Edge(pin, False, now + source.random() * jitter))
        now += gap
    return sorted(edges, key=lambda edge: edge.at)


def test_observed_edges_spell_the_row() -> None:
    entry, presses = entry_of(edges_of(ROW))
    assert entry == ROW
    assert len(presses) == 21
    assert all(abs(press - 0.12) < 0.01 for press in presses)


@pytest.mark.parametrize("wrong", [ROW[:-1] + "4", ROW[:-1], ROW[1] + ROW[0] + ROW[2:]])
def test_another_row_is_not_taken_for_it(wrong: str) -> None:
    assert entry_of(edges_of(wrong))[0] != ROW


def test_presses_that_are_too_short_are_not_read() -> None:
    assert entry_of(edges_of(ROW, press=0.01))[0] != ROW


def test_without_enable_no_key_is_pressed() -> None:
    entry, presses = entry_of([edge for edge in edges_of(ROW) if edge.pin != FORM.enable])
    assert (entry, presses) == ("", [])


def test_no_edges_are_no_entry() -> None:
    assert entry_of([]) == ("", [])


@pytest.mark.parametrize(
    ("line", "edge"),
    [
        ("IRQ raise 17\n", Edge(17, True, 5.0)),
        ("IRQ lower 27\n", Edge(27, False, 5.0)),
        ("OK\n", None),
        ("OK 0x00000000\n", None),
        ("", None),
    ],
)
def test_reports_of_qtest(line: str, edge: Edge | None) -> None:
    assert parsed_edge(line, 5.0) == edge


GOOD = ["TORN 0", "CHECK ok", "DOUBLED 0"]


def test_a_card_with_everything_on_it() -> None:
    memory = Memory(["begun a", "ended a", "rows a 12"])
    verdict = memory.verdict([*GOOD, "ON begun a", "ON ended a", "ON rows a 12", "ON begun b"], before=1)
    assert (verdict.shown, verdict.missing, verdict.wrong) == (2, (), ())


@pytest.mark.parametrize(
    ("said", "missing", "wrong"),
    [
        ([*GOOD, "ON begun a"], ("ended a",), ()),
        ([*GOOD, "ON begun a", "ON ended a", "ON ended a"], (), ("a record twice",)),
        (["TORN 1", *GOOD[1:], "ON begun a", "ON ended a"], (), ("TORN 1",)),
        (["TORN 0", "CHECK row missing", "DOUBLED 0", "ON begun a", "ON ended a"], (), ("CHECK row missing",)),
        ([*GOOD[:2], "DOUBLED 2", "ON begun a", "ON ended a"], (), ("DOUBLED 2",)),
        (
            ["ON begun a", "ON ended a"],
            (),
            ("TORN 0 is missing", "CHECK ok is missing", "DOUBLED 0 is missing"),
        ),
    ],
)
def test_each_fault_is_found(said: list[str], missing: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    verdict = Memory(["begun a", "ended a"]).verdict(said, before=0)
    assert (verdict.missing, verdict.wrong) == (missing, wrong)
