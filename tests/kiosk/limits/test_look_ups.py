"""Look-ups are limited by the minute, by the session, and by misses; a restart forgives nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.virtual.clock import HandClock
from kiosk.demo.workplace import demo_workplace
from kiosk.limits.look_ups import FIRST_PAUSE, FREE_MISSES, LONGEST_PAUSE, PER_MINUTE, PER_SESSION, LookUps
from kiosk.limits.throttle import FORGIVEN_AFTER
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import ErrorView, HomeView, IdPadView, WaitView
from tests.support.walker import Walker

UNKNOWN = "99100000019"


def miss(look_ups: LookUps, times: int, clock: HandClock | None = None) -> None:
    for _ in range(times):
        look_ups.looked(hit=False)
        if clock is not None:
            clock.now += 20.0


def test_a_queue_of_people_never_waits() -> None:
    clock = HandClock()
    look_ups = LookUps(clock=clock)
    for _ in range(200):
        look_ups.begin_session()
        assert look_ups.pause() == 0.0
        look_ups.looked(hit=True)
        clock.now += 15.0
    assert not look_ups.exhausted


def test_misses_cost_a_pause_that_doubles_and_hits_do_not_take_it_back() -> None:
    clock = HandClock()
    look_ups = LookUps(clock=clock)
    miss(look_ups, FREE_MISSES)
    assert look_ups.pause() == 0.0
    pauses = []
    for _ in range(7):
        look_ups.looked(hit=False)
        pauses.append(round(look_ups.pause()))
        clock.now += look_ups.pause()
        look_ups.looked(hit=True)
    assert pauses[:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_time_forgives() -> None:
    clock = HandClock()
    look_ups = LookUps(clock=clock)
    miss(look_ups, FREE_MISSES + 1)
    clock.now += (FREE_MISSES + 2) * FORGIVEN_AFTER
    miss(look_ups, FREE_MISSES)
    assert look_ups.pause() == 0.0


def test_no_more_than_so_many_in_a_minute() -> None:
    clock = HandClock()
    look_ups = LookUps(clock=clock)
    for _ in range(PER_MINUTE):
        assert look_ups.pause() == 0.0
        look_ups.looked(hit=True)
    assert look_ups.pause() == pytest.approx(60.0)
    clock.now += 60.0
    assert look_ups.pause() == 0.0


def test_a_restart_forgives_nothing(tmp_path: Path) -> None:
    clock = HandClock()
    path = tmp_path / "state" / "look-ups.json"
    miss(LookUps(path, clock), FREE_MISSES + 2)
    again = LookUps(path, clock)
    assert again.pause() == pytest.approx(2 * FIRST_PAUSE)
    again.looked(hit=False)
    assert again.pause() == pytest.approx(4 * FIRST_PAUSE)


def test_a_clock_that_is_set_back_does_not_close_the_kiosk() -> None:
    clock = HandClock()
    look_ups = LookUps(clock=clock)
    miss(look_ups, FREE_MISSES + 20)
    clock.now -= 900.0
    assert look_ups.pause() <= LONGEST_PAUSE
    look_ups.looked(hit=False)
    clock.now += LONGEST_PAUSE
    assert look_ups.pause() == 0.0


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"misses": "x", "at": 0, "until": 0}'])
def test_a_spoilt_count_is_no_free_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "look-ups.json"
    path.write_text(content)
    assert LookUps(path, HandClock()).pause() == LONGEST_PAUSE


def test_a_disk_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    look_ups = LookUps(tmp_path / "file" / "look-ups.json", HandClock())
    look_ups.looked(hit=True)
    assert look_ups.pause() == 0.0


def test_the_screen_says_how_long_and_goes_on(tmp_path: Path) -> None:
    clock = HandClock()
    with demo_workplace(folder=tmp_path) as demo:
        person = Walker(replace(demo, look_ups=LookUps(clock=clock)))
        person.flow.choose(Choice.START)
        for _ in range(FREE_MISSES + 1):
            person.flow.choose(Entered(UNKNOWN))
            assert isinstance(person.view, IdPadView)
        person.flow.choose(Entered(UNKNOWN))
        person.flow.tick(0.0)
        view = person.flow.view
        assert isinstance(view, WaitView)
        assert view.doing.values == {"seconds": "11"}
        clock.now += FIRST_PAUSE
        assert isinstance(person.view, IdPadView)


def test_one_session_has_an_end_and_the_next_begins_anew(tmp_path: Path) -> None:
    clock = HandClock()
    with demo_workplace(folder=tmp_path) as demo:
        person = Walker(replace(demo, look_ups=LookUps(clock=clock)))
        person.flow.choose(Choice.START)
        for _ in range(PER_SESSION):
            person.flow.choose(Entered(UNKNOWN))
            clock.now += LONGEST_PAUSE
            assert isinstance(person.view, IdPadView)
        person.flow.choose(Entered(UNKNOWN))
        view = person.view
        assert isinstance(view, ErrorView)
        assert view.code == "KSK-06"
        person.flow.choose(Choice.HOME)
        assert isinstance(person.view, HomeView)
        person.flow.choose(Choice.START)
        person.flow.choose(Entered(UNKNOWN))
        clock.now += LONGEST_PAUSE
        assert isinstance(person.view, IdPadView)
