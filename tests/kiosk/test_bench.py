"""The bench: a measured session comes to its rows, and a process that fails is no measurement."""

from dataclasses import replace

import pytest

from hardware.virtual.clock import HandClock
from kiosk.bench.child import printed, program, running
from kiosk.bench.programs.sessions import Kiosk
from kiosk.demo.workplace import DEMO_CUSTOMERS, demo_workplace
from kiosk.limits.look_ups import LookUps
from krn_engine.demo import DemoCase


def test_a_session_that_comes_to_no_rows_is_not_measured() -> None:
    clock = HandClock()
    with demo_workplace(customers=DEMO_CUSTOMERS) as here:
        kiosk = Kiosk(replace(here, look_ups=LookUps(clock=clock)), clock)
        for _ in range(2):
            kiosk.session(here.province.first(DemoCase.TWO_ROWS).idpel)
        with pytest.raises(RuntimeError, match="ResultView"):
            kiosk.session(here.province.first(DemoCase.DONE).idpel)


def test_a_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)the measured process failed: .*IndexError"):
        printed(program("sessions"))
    with pytest.raises(RuntimeError, match="did not start"), running(program("nothing")):
        pass


def test_a_process_that_ends_too_soon_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="ended too soon"), running(program("first_frame")) as process:
        process.wait(20)
