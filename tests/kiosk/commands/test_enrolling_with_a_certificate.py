"""`krn setup` at a door that wants a certificate of the kiosk, a real nginx: asked for there, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.commands.enrolling import CERTIFICATE, KEY
from kiosk.workplace import configured_workplace
from krn_engine.demo import DemoCase
from krn_engine.office.wire.asked import Scope
from tests.support import certificates, nginx
from tests.support.certificates import Certificate
from tests.support.cli import Out
from tests.support.networked import NAME
from tests.support.proxied import Proxied, proxied
from tests.support.setting_up import OTHERS, Setup

pytestmark = [pytest.mark.slow, nginx.installed, certificates.installed]
ASKED = "own certificate (PEM; empty: there is none)?"


@pytest.fixture(scope="module")
def door() -> Iterator[Proxied]:
    with proxied() as office:
        yield office


@pytest.fixture
def setup(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> Setup:
    return Setup(tmp_path, capsys, monkeypatch)


def answers(door: Proxied, url: str = "") -> tuple[str, ...]:
    """To all questions about an office but those of the kiosk's certificate."""
    code = door.office.service.callers.make_code(NAME, Scope.KIOSK, ("99001",)).code
    return (url or door.office.url, str(door.ca), NAME, str(code))


def named(files: Certificate) -> tuple[str, ...]:
    return ("--certificate", str(files.certificate), "--certificate-key", str(files.key))


@pytest.mark.parametrize("piped", [False, True])
def test_the_door_asks_for_it_and_the_kiosk_serves_a_customer(door: Proxied, setup: Setup, piped: bool) -> None:
    # The key lies beside it.
    status, out, err = setup(*answers(door), str(door.good.certificate), "", piped=piped)
    assert (status, err) == (0, "")
    assert out.count("[NET-24]") == out.count(ASKED) == 1
    own = (setup.etc / CERTIFICATE, setup.etc / KEY)
    assert setup.config.certificate == own
    assert [file.stat().st_mode & 0o777 for file in own] == [0o644, 0o600]
    assert own[1].read_text() == door.good.key.read_text()
    wanted = door.office.demo.first(DemoCase.FOUR_ROWS)
    with configured_workplace(setup.config) as here:
        assert here.office.issue(wanted.meter_number, f"r-{piped}").rows


def test_each_one_that_does_not_do_is_a_sentence_and_another_try(door: Proxied, setup: Setup, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    tries = (
        (str(tmp_path / "none.pem"), str(tmp_path / "no.pem")),
        (str(door.another.certificate), ""),
        (str(door.expired.certificate), ""),
        (str(door.good.certificate), str(door.expired.key)),
        (str(door.good.certificate), str(door.good.key.with_name("none")), str(door.good.key)),
    )
    status, out, err = setup(*answers(door), *(line for each in tries for line in each))
    assert (status, err) == (0, "")
    assert out.count("[NET-24]") == 3
    assert out.count("this machine's certificate cannot be read") == 2
    assert out.count("this kiosk's certificate ended on 20") == 1
    assert out.count("they belong together") == 1
    assert out.count("there is no such file") == 1
    # A code was asked for once: nothing was the matter with it.
    assert out.count("The code that the office made") == 1
    assert (setup.etc / KEY).read_text() == door.good.key.read_text()


def test_a_wrong_code_does_not_lose_it(door: Proxied, setup: Setup) -> None:
    url, ca, name, code = answers(door)
    status, out, _ = setup(url, ca, name, "AAAA-AAAA", str(door.good.certificate), "", name, code)
    assert (status, out.count("[NET-13]"), out.count(ASKED)) == (0, 1, 1)


def test_one_that_was_named_is_not_asked_for(door: Proxied, setup: Setup) -> None:
    status, out, _ = setup(*answers(door), more=named(door.good))
    assert (status, ASKED in out, "[NET-24]" in out) == (0, False, False)
    assert setup.config.certificate is not None


def test_who_has_none_writes_nothing(door: Proxied, setup: Setup) -> None:
    status, out, err = setup(*answers(door), "")
    assert (status, "[NET-24]" in out, "nothing was written" in err) == (1, True, True)
    assert setup.nothing


@pytest.mark.parametrize("given", ["half", "no file", "no office"])
def test_one_that_cannot_be_meant_is_refused(door: Proxied, setup: Setup, given: str, tmp_path: Path) -> None:
    more = named(door.good)
    if given == "half":
        more = more[:2]
    if given == "no file":
        more = (*more[:3], str(tmp_path / "none"))
    others = "10\nPLN\n123\nLoket 2\nn\nn\nn\nn\nn\nn\n"
    status, out, err = setup(others=others, more=more)
    assert (status, "Address of the office" in out) == (1, False)
    assert {"half": "name both", "no file": "cannot be used", "no office": "of an office on the network"}[given] in err
    assert setup.nothing


def test_a_second_setup_keeps_it_and_asks_where_it_ended(door: Proxied, setup: Setup) -> None:
    asked = answers(door)
    setup(*asked, str(door.good.certificate), "")
    again = "y\n" + OTHERS
    status, out, _ = setup("n", "", "", others=again)
    assert (status, "[NET-24]" in out, "did not say" in out) == (0, False, False)
    assert setup.config.certificate == (setup.etc / CERTIFICATE, setup.etc / KEY)
    for files, to in ((door.expired.certificate, CERTIFICATE), (door.expired.key, KEY)):
        (setup.etc / to).write_bytes(files.read_bytes())
    status, out, _ = setup("n", "", "", str(door.good.certificate), "", others=again)
    assert (status, out.count("[NET-24]"), "did not say" in out) == (0, 1, False)
    assert (setup.etc / KEY).read_text() == door.good.key.read_text()
    # Files that are gone are told, and asked for by the door.
    (setup.etc / KEY).unlink()
    status, out, _ = setup("n", "", "", str(door.good.certificate), "", others=again)
    assert (status, "it is not used" in out, "[NET-24]" in out) == (0, True, True)
    assert (setup.etc / KEY).stat().st_mode & 0o777 == 0o600


def test_a_kiosk_that_comes_to_the_door_of_people_is_told(door: Proxied, setup: Setup) -> None:
    status, out, _ = setup(*answers(door, door.people))
    assert (status, "is enrolled, and has another office_url" in out) == (0, True)
