"""Who tries numbers out pays within their session; the next person does not, and all together there is a budget."""

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.virtual.clock import HandClock
from kiosk.limits.budget import DAY, HOUR, PER_DAY, PER_HOUR, Budget
from kiosk.limits.look_ups import FIRST_PAUSE, FREE_MISSES, LONGEST_PAUSE, PER_SESSION, SPACING, LookUps
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import ErrorView, HomeView, IdPadView, WaitView
from krn_engine.demo import DemoCase
from tests.support.walker import Walker
from tests.support.workplaces import demo_in

UNKNOWN = "99100000019"


def miss(look_ups: LookUps, times: int) -> None:
    for _ in range(times):
        look_ups.looked(UNKNOWN, None)


def customer(number: int) -> str:
    return f"{number:012d}"


class TestSession:
    def test_misses_cost_a_pause_that_doubles_and_hits_do_not_take_it_back(self) -> None:
        clock = HandClock()
        look_ups = LookUps(clock=clock)
        miss(look_ups, FREE_MISSES)
        assert look_ups.pause() == pytest.approx(SPACING)
        pauses = []
        for _ in range(7):
            look_ups.looked(UNKNOWN, None)
            pauses.append(round(look_ups.pause()))
            look_ups.looked(customer(1), customer(1))
            assert round(look_ups.pause()) == pauses[-1]
            clock.now += look_ups.pause()
        assert pauses[:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
        assert pauses[-1] == LONGEST_PAUSE

    def test_the_next_person_begins_without_a_pause(self) -> None:
        clock = HandClock()
        look_ups = LookUps(clock=clock)
        miss(look_ups, FREE_MISSES + 5)
        look_ups.begin_session()
        assert look_ups.pause() <= SPACING
        clock.now += SPACING
        assert look_ups.pause() == 0.0

    def test_staff_have_no_limit_and_take_from_no_budget(self) -> None:
        look_ups = LookUps(Budget(clock=HandClock(), per_hour=1, per_day=1), HandClock())
        look_ups.begin_session(staff=True)
        for number in range(3 * PER_SESSION):
            assert not look_ups.exhausted
            assert not look_ups.refused(customer(number))
            assert look_ups.pause() == 0.0
            look_ups.looked(customer(number), customer(number))
        look_ups.begin_session()
        assert not look_ups.refused(customer(99))


class TestBudget:
    def test_a_queue_of_people_never_waits(self) -> None:
        """90 seconds each is faster than anybody copies four codes."""
        clock = HandClock()
        look_ups = LookUps(Budget(clock=clock), clock)
        for number in range(PER_DAY):
            look_ups.begin_session()
            assert not look_ups.refused(customer(number))
            assert look_ups.pause() == 0.0
            look_ups.looked(customer(number), customer(number))
            clock.now += 91.0

    @pytest.mark.parametrize("pace", [0.0, 5.0, 60.0])
    def test_a_collector_gets_no_more_than_the_budget(self, pace: float) -> None:
        clock = HandClock()
        start = clock.now
        look_ups = LookUps(Budget(clock=clock), clock)
        told: list[float] = []
        for number in range(3000):
            if look_ups.exhausted:
                look_ups.begin_session()
            clock.now += look_ups.pause() + pace
            if not look_ups.refused(customer(number)):
                look_ups.looked(customer(number), customer(number))
                told.append(clock.now)
        assert sum(at < start + HOUR for at in told) <= PER_HOUR
        assert sum(at < start + DAY for at in told) <= PER_DAY

    def test_who_was_told_of_may_come_back_by_either_number(self) -> None:
        clock = HandClock()
        budget = Budget(clock=clock, per_hour=1, per_day=1)
        budget.told("12345678901", customer(1))
        assert budget.wait("12345678901") == 0.0
        assert budget.wait(customer(1)) == 0.0
        assert budget.wait(customer(2)) == pytest.approx(DAY)
        budget.told(customer(1), customer(1))
        clock.now += DAY
        assert budget.wait(customer(2)) == 0.0

    def test_a_restart_forgives_nothing_and_keeps_nobody_s_number(self, tmp_path: Path) -> None:
        clock = HandClock()
        path = tmp_path / "state" / "customers.json"
        first = Budget(path, clock, per_hour=2, per_day=9)
        for number in (987654321012, 987654321013):
            first.told(str(number), str(number))
        assert Budget(path, clock, per_hour=2, per_day=9).wait(customer(3)) == pytest.approx(HOUR)
        assert "9876543210" not in path.read_text()

    def test_a_clock_that_is_set_back_closes_nothing_for_longer(self) -> None:
        clock = HandClock()
        budget = Budget(clock=clock, per_hour=1, per_day=9)
        budget.told(customer(1), customer(1))
        clock.now -= 10 * DAY
        assert budget.wait(customer(2)) <= HOUR

    @pytest.mark.parametrize("content", ["", "{}", '["x"]', "[[1]]", "7"])
    def test_a_spoilt_count_is_no_free_start(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "customers.json"
        path.write_text(content)
        budget = Budget(path, HandClock())
        assert budget.wait(customer(1)) > 0

    def test_a_disk_that_cannot_be_written_stops_nobody(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        budget = Budget(tmp_path / "file" / "customers.json", HandClock())
        budget.told(customer(1), customer(1))
        assert budget.wait(customer(2)) == 0.0


def test_the_screen_says_how_long_and_goes_on(tmp_path: Path) -> None:
    clock = HandClock()
    with demo_in(tmp_path) as demo:
        person = Walker(replace(demo, look_ups=LookUps(clock=clock)))
        person.flow.choose(Choice.START)
        for _ in range(FREE_MISSES + 1):
            clock.now += SPACING
            person.flow.choose(Entered(UNKNOWN))
            person.see(IdPadView)
        person.flow.choose(Entered(UNKNOWN))
        person.flow.tick(0.0)
        view = person.flow.view
        assert isinstance(view, WaitView)
        assert view.doing.values == {"seconds": "11"}
        clock.now += FIRST_PAUSE
        person.see(IdPadView)


def test_one_session_has_an_end_and_the_next_begins_anew(tmp_path: Path) -> None:
    clock = HandClock()
    with demo_in(tmp_path) as demo:
        person = Walker(replace(demo, look_ups=LookUps(clock=clock)))
        person.flow.choose(Choice.START)
        for _ in range(PER_SESSION):
            person.flow.choose(Entered(UNKNOWN))
            clock.now += LONGEST_PAUSE
            person.see(IdPadView)
        person.flow.choose(Entered(UNKNOWN))
        view = person.see(ErrorView)
        assert view.code == "KSK-06"
        person.flow.choose(Choice.HOME)
        person.see(HomeView)
        person.flow.choose(Choice.START)
        person.flow.choose(Entered(UNKNOWN))
        clock.now += LONGEST_PAUSE
        person.see(IdPadView)


def test_eleven_digits_that_begin_somebody_s_number_count_and_a_spent_budget_says_so(tmp_path: Path) -> None:
    clock = HandClock()
    with demo_in(tmp_path) as demo:
        look_ups = LookUps(Budget(clock=clock, per_hour=1, per_day=1), clock)
        person = Walker(replace(demo, look_ups=look_ups))
        idpel = demo.province.first(DemoCase.FOUR_ROWS).idpel
        person.flow.choose(Choice.START)
        person.flow.choose(Entered(idpel[:11]))
        person.see(IdPadView)
        assert look_ups.spent
        clock.now += SPACING
        person.flow.choose(Entered(demo.province.first(DemoCase.TWO_ROWS).idpel))
        view = person.see(ErrorView)
        assert view.code == "KSK-09"
