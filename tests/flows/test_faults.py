"""What can be wrong with an office's machine: each fault has a screen, an event, and, where it lasts, a doctor's line.

The meter's own faults are those of `tests/campaigns/faults.py`; the printer's are in `test_take_away.py`.
"""

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.adapter import MeterAdapter
from hardware.errors import MeterProcessBusy, MeterProcessGone, PinTaken
from kiosk.clock import BUILT
from kiosk.commands import kiosk as command
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.doctor import examine
from kiosk.errors import ClockWrong, ConfigInvalid
from kiosk.event_log import Event, EventLog
from kiosk.flow.out_of_service import OutOfServiceFlow
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.settings.config import Config
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import Mood
from kiosk.view.views import ErrorView, HomeView, IdPadView, OutOfServiceView, RowsView
from kiosk.workplace import configured_workplace
from krn_engine.demo import DemoCase
from krn_engine.register import database
from krn_engine.register.database import Register, sqlite_url
from tests.support.journeys import to_rows
from tests.support.tiny_disk import tiny_disk
from tests.support.walker import At, Walker


def bad_parts(here: DemoWorkplace) -> set[str]:
    return {check.part for check in examine(here) if check.mood is Mood.BAD}


def test_a_full_disk_issues_no_rows_and_says_so(tmp_path: Path) -> None:
    """Nothing is shown that could not be kept; when there is room again the same person gets the rows."""
    with tiny_disk(tmp_path / "small", 400) as small, demo_workplace(folder=small) as demo:
        events = EventLog()
        here = replace(demo, events=events, folders=(small,), printer=None)
        filler = small / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 512)
            except OSError:
                pass
        person = Walker(here)
        person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(ErrorView)])
        view = person.see(ErrorView)
        assert view.code == "REG-05"
        assert (Event.ERROR_SHOWN, "REG-05") in [(noted.event, noted.code) for noted in events.last_errors]
        assert "disk" in bad_parts(here)
        filler.unlink()
        again = Walker(here).walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView)])
        assert isinstance(again, RowsView)


def test_a_read_only_file_system_closes_the_kiosk_until_it_can_be_written(
    here: DemoWorkplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says so at the first write; the kiosk closes itself until records can be kept again."""
    monkeypatch.setattr("kiosk.flow.notices.RETRY_SECONDS", 0.0)
    events = EventLog()
    # A read-only database stands for a read-only file system: root may write to every file.
    with here.office._register._engine.connect() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.commit()
    person = Walker(replace(here, events=events, printer=None))
    for step in to_rows(here, DemoCase.FOUR_ROWS):
        assert step.choose is not None
        assert isinstance(person.view, step.view)
        person.flow.choose(step.choose)
    seen = []
    for _ in range(400):
        person.flow.tick(0.0)
        seen.append(type(person.flow.view))
        if OutOfServiceView in seen:
            break
        time.sleep(0.005)
    assert OutOfServiceView in seen
    assert (Event.OUT_OF_SERVICE, "REG-04") in [(noted.event, noted.code) for noted in events.last_errors]


def test_a_locked_database_is_shown_by_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with demo_workplace(folder=tmp_path) as demo:
        here = replace(demo, printer=None)
        with closing(sqlite3.connect(tmp_path / "register.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            view = Walker(here).walk([*to_rows(here, DemoCase.FOUR_ROWS), At(ErrorView)])
            assert isinstance(view, ErrorView)
            assert view.code == "REG-06"
            other.execute("ROLLBACK")
        assert isinstance(Walker(here).walk(to_rows(here, DemoCase.FOUR_ROWS)), RowsView)


@pytest.mark.parametrize("jump", [-10 * 365 * 86400.0, -3600.0, 3600.0, 10 * 365 * 86400.0])
def test_a_clock_that_jumps_closes_nothing(here: DemoWorkplace, jump: float) -> None:
    """In the middle of a session: the idle clock and the look-ups' limits go by it, or survive it."""
    now = [1_795_000_000.0]
    person = Walker(replace(here, look_ups=LookUps(Budget(clock=lambda: now[0])), printer=None))
    steps = to_rows(here, DemoCase.FOUR_ROWS)
    person.walk(steps[:2])
    now[0] += jump
    person.walk(steps[2:])
    person.see(RowsView)
    person.walk([At(RowsView, Choice.HOME), At(HomeView, Choice.START), At(IdPadView, Entered("123456789012"))])
    person.walk([At(IdPadView, Choice.HOME)])
    person.see(HomeView)


def test_a_clock_in_the_past_closes_the_kiosk_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    config = Config(sqlite_url(tmp_path / "register.db"))
    with configured_workplace(config):
        pass
    monkeypatch.setattr(time, "time", lambda: BUILT - 1.0)
    with pytest.raises(ClockWrong) as caught, configured_workplace(config):
        pass
    view = OutOfServiceFlow(caught.value.code, 0.0).view
    assert isinstance(view, OutOfServiceView)
    assert view.code == "KSK-08"


@pytest.mark.parametrize(
    ("error", "code"), [(MeterProcessGone, "HW-11"), (MeterProcessBusy, "HW-12"), (PinTaken, "HW-05")]
)
def test_nothing_to_type_with(here: DemoWorkplace, error: type[MeterProcessGone], code: str) -> None:
    """The meter process is missing, is busy, or its lines are held by another program: the rows are not lost."""

    def connect(_number: str, _model: str) -> MeterAdapter:
        raise error("not now")

    events = EventLog()
    person = Walker(replace(here, connect=connect, events=events, printer=None))
    person.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.TYPE), At(ErrorView)])
    view = person.see(ErrorView)
    assert view.code == code
    assert (Event.ERROR_SHOWN, code) in [(noted.event, noted.code) for noted in events.last_errors]
    assert "meter" in bad_parts(replace(here, connect=connect, demo=False))


@pytest.mark.parametrize("text", [None, "register = ", "colour = 1"])
def test_a_wrong_configuration_is_on_the_screen_where_nobody_reads_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    path = tmp_path / "kiosk.toml"
    if text is not None:
        path.write_text(text)
    shown: list[str] = []

    def shows(error: Exception, _config: Config, _pulse: object) -> bool:
        shown.append(error.code)  # type: ignore[attr-defined]
        return False

    monkeypatch.setattr(command, "_wait_out_of_service", shows)
    arguments = command.argparse.Namespace(demo=False, config=path, panel=None)  # type: ignore[attr-defined]
    with pytest.raises(ConfigInvalid):
        command.run(arguments)
    assert shown == []
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    assert command.run(arguments) == 0
    assert shown == ["KSK-01"]
