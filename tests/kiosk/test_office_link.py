"""A kiosk whose office is on the network: what works there, what is refused, and what a dead office does to it."""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hardware.adapter import AdapterKind
from kiosk import heartbeat
from kiosk.app import App
from kiosk.commands import kiosk as command
from kiosk.flow import notices
from kiosk.flow.flow import Flow
from kiosk.limits import look_ups
from kiosk.limits.pin import write_pin
from kiosk.office_link import token_file
from kiosk.settings import config as settings
from kiosk.settings.config import Config
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import ConfirmView, HomeView, IdPadView, OutOfServiceView, View, WaitView
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.client.way import Way
from krn_engine.office.contract import Found, Grade, SessionEnding
from krn_engine.office.net_errors import CallerUnknown, NotEnrolled, OfficeUnreachable
from krn_engine.office.offline.office import OfflineOffice
from krn_engine.office.server.app import build_app
from krn_engine.office.wire.heartbeat import Outbox
from tests.support.cli import Out, krn
from tests.support.networked import NAME, config_of, enrolled, kiosk_of, office_in, settings_of
from tests.support.office import Demo
from tests.support.service import Served, running, served, service_on

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    (tmp_path / "office").mkdir()
    with office_in(tmp_path / "office") as demo:
        yield demo


@pytest.fixture
def office(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    with served(demo, tmp_path) as running_office:
        yield running_office


def test_a_workplace_holds_the_office_across_the_network(office: Served, tmp_path: Path) -> None:
    write_pin(tmp_path / "pin", "271828")
    config = config_of(office, tmp_path, f'technician_pin = "{tmp_path / "pin"}"', 'meter_socket = "/run/none"')
    with configured_workplace(config) as here:
        assert isinstance(here.office, OfflineOffice)
        assert here.office is here.offline
        assert here.link is not None
        assert (here.vault, here.pin is not None, here.adapters[0]) == (None, True, AdapterKind.KEYPAD)
        found = here.office.find(office.demo.first(DemoCase.FOUR_ROWS).idpel)
        assert isinstance(found, Found)
        assert here.office.issue(found.meter_number, "1") == here.office.issue(found.meter_number, "1")


def test_a_kiosk_can_tell_how_many_facts_wait_for_its_office(
    office: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_asked: object, **_more: object) -> object:
        raise OfficeUnreachable("cut")

    with configured_workplace(config_of(office, tmp_path)) as here:
        assert here.outbox() == Outbox(waiting=0, refused=0)
        found = here.office.find(office.demo.first(DemoCase.FOUR_ROWS).idpel)
        assert isinstance(found, Found)
        monkeypatch.setattr(Way, "ask", away)
        here.office.end(found.meter_number, SessionEnding("upgraded", "", 3, Grade.REGISTER, True, "kiosk"))
        assert here.outbox() == Outbox(waiting=1, refused=0)


def test_a_kiosk_without_a_token_is_closed_with_a_code(office: Served, tmp_path: Path) -> None:
    config = Config.read(settings_of(office.url, tmp_path))
    with pytest.raises(NotEnrolled), configured_workplace(config):
        pass


def test_a_revoked_kiosk_is_let_in_no_more(office: Served, tmp_path: Path) -> None:
    with configured_workplace(config_of(office, tmp_path)) as here:
        here.office.ping()
        office.service.callers.revoke(NAME)
        with pytest.raises(CallerUnknown):
            here.office.ping()


def test_an_upgrade_in_the_terminal_goes_by_the_office_on_the_network(demo: Demo, tmp_path: Path, capsys: Out) -> None:
    """Also when that was gone meanwhile."""
    wanted = demo.first(DemoCase.FOUR_ROWS)
    with served(demo, tmp_path) as office:
        config = str(kiosk_of(office, tmp_path))
        status, out, err = krn(capsys, "upgrade", wanted.idpel, "--config", config, "--json")
        assert (status, err) == (0, "")
        rows = json.loads(out)["rows"]
        assert (len(rows), json.loads(out)["outcome"]) == (4, "rows-issued")
        port = int(office.url.rpartition(":")[2])
    # From the copy, which was fetched meanwhile; a customer that it does not have is not guessed at.
    status, out, err = krn(capsys, "upgrade", wanted.idpel, "--config", config, "--json")
    assert (status, json.loads(out)["rows"]) == (0, rows)
    status, out, err = krn(capsys, "upgrade", "5" * 12, "--config", config)
    assert (status, out) == (1, "")
    assert "Traceback" not in err
    with served(demo, tmp_path) as office, running(app_of(office), at=port):
        status, out, err = krn(capsys, "upgrade", wanted.idpel, "--config", config, "--json")
        assert (status, json.loads(out)["rows"]) == (0, rows)


def app_of(office: Served) -> object:
    return build_app(office.service, "0")


@pytest.mark.parametrize(
    "command",
    [
        "office import list.csv",
        "office import list.csv --new",
        "office report",
        "office holds 99100000001 --krn 3 --because x --by y",
        "office retract 99100000001 --because x --by y",
        "office forget-rows --accept",
        "office enrol kiosk-8 --all-units",
        "office kiosks",
        "office serve",
        "backup --to copies",
        "restore copy.db",
        "restore --accept",
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_what_needs_a_register_is_done_at_the_office(
    command: str, named: bool, tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings_of("http://localhost:1", tmp_path)
    if not named:
        monkeypatch.setattr(settings, "DEFAULT_PATH", file)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    status, out, err = krn(capsys, *command.split(), *(["--config", str(file)] if named else []))
    assert (status, out) == (1, "")
    assert "belongs to the office at http://localhost:1" in err
    assert "[NET-16]" in err
    assert sorted(tmp_path.iterdir()) == before


def test_another_register_can_be_named_on_such_a_machine(tmp_path: Path, capsys: Out) -> None:
    file = settings_of("http://localhost:1", tmp_path)
    krn(capsys, "office", "demo", "--customers", "4", "--out", str(tmp_path / "demo"))
    register = str(tmp_path / "demo/register.db")
    assert krn(capsys, "office", "report", "--register", register, "--config", str(file))[0] == 0


def test_its_register_opens_for_the_installer_since_it_has_none(tmp_path: Path, capsys: Out) -> None:
    file = settings_of("http://localhost:1", tmp_path)
    assert krn(capsys, "doctor", "--opens", "--config", str(file)) == (0, "", "")


def test_a_token_is_nowhere_in_what_a_workplace_says(office: Served, tmp_path: Path) -> None:
    with configured_workplace(config_of(office, tmp_path)) as here:
        secret = json.loads(token_file(tmp_path / "state").read_bytes())["token"]
        assert here.link is not None
        assert secret not in repr(here) + repr(here.link) + str(here.link.token.known)


def test_an_office_that_comes_back_is_found_again(demo: Demo, tmp_path: Path) -> None:
    with served(demo, tmp_path) as office:
        config = config_of(office, tmp_path)
        port = int(office.url.rpartition(":")[2])
    with configured_workplace(config) as here:
        for _ in range(2):
            assert refused(here) is OfficeUnreachable
        with served(demo, tmp_path) as office, running(app_of(office), at=port):
            assert refused(here) is None


def refused(here: Workplace) -> type[KrnError] | None:
    try:
        here.office.ping()
    except KrnError as error:
        return type(error)
    return None


def test_the_touchscreen_lives_through_a_dead_office_and_a_revoked_token(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """One run of it: staff have a PIN, the office hears it, dies, comes back, turns it away, and lets it in again."""
    monkeypatch.setattr(heartbeat, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(heartbeat, "CLOSED_SECONDS", 0.05)
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.0)
    monkeypatch.setattr(notices, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(look_ups, "SPACING", 0.0)
    write_pin(tmp_path / "pin", "271828")
    every = ExitStack()
    request.addfinalizer(every.close)
    office, parts = stack_of(demo, tmp_path)
    every.push(parts)
    callers = office.service.callers
    file = kiosk_of(office, tmp_path, f'technician_pin = "{tmp_path / "pin"}"')
    port = int(office.url.rpartition(":")[2])
    idpel = demo.first(DemoCase.FOUR_ROWS).idpel
    seen: list[View] = []

    def look_up(flow: Flow) -> Iterator[None]:
        """A customer begins and types a number."""
        flow.choose(Choice.START)
        flow.choose(Entered(idpel))
        while isinstance(flow.view, WaitView | IdPadView):
            yield

    def offline(flow: Flow) -> OfflineOffice:
        here = flow._here.offline
        assert here is not None
        return here

    def story(flow: Flow) -> Iterator[None]:
        assert isinstance(flow.view, HomeView)
        assert flow.view.has_staff
        while NAME not in callers.heartbeats.heard() or offline(flow).status.as_of is None:
            yield
        yield from look_up(flow)
        seen.append(flow.view)
        flow.choose(Choice.HOME)
        parts.close()
        # From the copy.
        yield from look_up(flow)
        seen.append(flow.view)
        flow.choose(Choice.HOME)
        again, back = stack_of(demo, tmp_path, port)
        every.push(back)
        yield from look_up(flow)
        seen.append(flow.view)
        flow.choose(Choice.HOME)
        again.service.callers.revoke(NAME)
        while not isinstance(flow.view, OutOfServiceView):
            yield
        seen.append(flow.view)
        KeptToken.keep(token_file(tmp_path / "state"), enrolled(again))
        while not isinstance(flow.view, HomeView):
            yield

    stories: list[Iterator[None]] = []
    original, end = App.step, time.monotonic() + 60

    def step(self: App, first: object = None) -> None:
        original(self, first)  # type: ignore[arg-type]
        stories[:] = stories or [story(self._flow)]  # type: ignore[arg-type]
        if next(stories[0], self) is self or time.monotonic() > end:
            self.running = False

    monkeypatch.setattr(App, "step", step)
    assert command._run_until_closed(argparse.Namespace(demo=False, config=file, panel=None)) is False
    assert [type(view) for view in seen] == [ConfirmView, ConfirmView, ConfirmView, OutOfServiceView]
    assert [view.code for view in seen if isinstance(view, OutOfServiceView)] == ["NET-30"]


def stack_of(demo: Demo, folder: Path, port: int = 0) -> tuple[Served, ExitStack]:
    """A service that runs until the stack is closed, at this port."""
    with ExitStack() as parts:
        service, said = parts.enter_context(service_on(demo, folder))
        url = parts.enter_context(running(build_app(service, "0"), at=port))
        return Served(url, service, demo, said), parts.pop_all()
    raise AssertionError
