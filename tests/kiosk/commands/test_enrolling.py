"""`krn setup` of a kiosk that belongs to an office: a code becomes a token, and nothing is half written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.enrolling import CA
from kiosk.office_link import token_file
from kiosk.workplace import configured_workplace
from krn_engine.office.access.callers import TRIES
from krn_engine.office.offline.leaving import facts_in
from krn_engine.office.server.app import build_app
from krn_engine.office.wire.asked import Scope
from tests.support import certificates
from tests.support.cli import Out
from tests.support.far_office import FarOffice, Kiosk, outcome
from tests.support.networked import office_in
from tests.support.service import Served, running, served, service_on
from tests.support.setting_up import OTHERS, Setup
from tests.support.strange_servers import http, says, strange
from tests.support.tiny_disk import tiny_disk

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "office").mkdir()
    with office_in(tmp_path / "office") as demo, served(demo, tmp_path) as running_office:
        yield running_office


@pytest.fixture
def setup(tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> Setup:
    return Setup(tmp_path, capsys, monkeypatch)


def code(office: Served, name: str = "kiosk-7", scope: Scope = Scope.KIOSK) -> str:
    return str(office.service.callers.make_code(name, scope, ("99001",)).code)


def test_a_code_becomes_a_token_and_the_kiosk_works(office: Served, setup: Setup) -> None:
    status, out, err = setup(office.url, "kiosk-7", code(office).lower().replace("-", ""))
    assert (status, err) == (0, "")
    assert (setup.config.office_url, setup.config.register, setup.config.place) == (office.url, "", "Loket 2")
    assert (setup.token.known.name, setup.token.known.units) == ("kiosk-7", ("99001",))
    assert token_file(setup.state / "state").stat().st_mode & 0o777 == 0o600
    assert not (setup.state / "register.db").exists()
    assert setup.token() not in out
    with configured_workplace(setup.config) as here:
        here.office.ping()


def test_a_wrong_code_is_a_sentence_and_another_try(office: Served, setup: Setup) -> None:
    good = code(office)
    status, out, _ = setup(office.url, "kiosk-8", good, "kiosk-7", "x", "AAAA-AAAA", "kiosk-7", good)
    assert status == 0
    assert out.count("[NET-13]") == 2
    assert "a code has 8 letters and digits" in out
    assert setup.token.known.name == "kiosk-7"


@pytest.mark.parametrize("how", ["used", "tried too often", "never made", "of somebody else"])
def test_a_code_that_is_none_writes_nothing(office: Served, setup: Setup, how: str) -> None:
    given = code(office, scope=Scope.REPORT if how == "of somebody else" else Scope.KIOSK)
    if how == "used":
        office.service.callers.enrol("kiosk-7", given)
    if how == "never made":
        given = "ABCD-2345"
    tries = ["AAAA-AAAA", "kiosk-7"] * TRIES if how == "tried too often" else []
    status, out, err = setup(office.url, "kiosk-7", *tries, given)
    assert (status, "[NET-13]" in out) == (1, True)
    assert "were not answered to the end: nothing was written" in err
    assert setup.nothing


def test_a_full_disk_uses_up_no_code(office: Served, setup: Setup, tmp_path: Path) -> None:
    given = code(office)
    with tiny_disk(tmp_path / "state", 100) as disk:
        (disk / "filling").write_bytes(bytes(96 * 1024))
        status, _, err = setup(office.url, "kiosk-7", given)
        assert status == 1
        assert "make room" in err
        assert [path.name for path in disk.iterdir()] == ["filling"]
        (disk / "filling").unlink()
        status, _, err = setup(office.url, "kiosk-7", given)
        assert (status, err) == (0, "")
        assert setup.token.known.name == "kiosk-7"


def test_an_office_that_is_not_there_is_asked_about_again(office: Served, setup: Setup) -> None:
    status, out, _ = setup("http://127.0.0.1:1", "kiosk-7", "ABCD-2345", office.url, "kiosk-7", code(office))
    assert (status, "[NET-01]" in out) == (0, True)
    assert setup.config.office_url == office.url


def test_somebody_else_who_answers_is_no_office(setup: Setup) -> None:
    with strange(says(http("200 OK", "text/html", b"<html>"))) as (url, _):
        status, out, _ = setup(url, "kiosk-7", "ABCD-2345")
    assert (status, "[NET-02]" in out) == (1, True)
    assert setup.nothing


def test_through_a_pipe_the_first_failure_ends_it(setup: Setup) -> None:
    status, _, err = setup("http://127.0.0.1:1", "kiosk-7", "ABCD-2345", piped=True)
    assert (status, "[NET-01]" in err, "nothing was written" in err) == (1, True, True)
    assert setup.nothing


@pytest.mark.parametrize(
    ("given", "told"),
    [("office:8443", "is no URL"), ("http://office:8443", "plain HTTP is for this machine alone")],
)
def test_an_address_that_is_none_is_asked_for_again(setup: Setup, given: str, told: str) -> None:
    assert told in setup(given)[1]
    assert setup.nothing


@certificates.installed
def test_only_the_offices_own_authority_is_believed(office: Served, setup: Setup, tmp_path: Path) -> None:
    by, stranger = certificates.authority(tmp_path, "ca"), certificates.authority(tmp_path, "stranger")
    made = certificates.certificate(tmp_path, by, "localhost")
    old = certificates.certificate(tmp_path, by, "127.0.0.1", -1)
    with service_on(office.demo, tmp_path) as (service, _):
        for certificate, ca, told in ((made, stranger, "[NET-03]"), (old, by, "[NET-04]")):
            host = "localhost" if certificate is made else "127.0.0.1"
            files: dict[str, Any] = {"ssl_certfile": certificate.certificate, "ssl_keyfile": certificate.key}
            with running(build_app(service, "0"), 0, **files) as url:
                at = url.replace("localhost", host)
                status, out, _ = setup(at, str(ca.certificate), "kiosk-7", code(office))
            assert (status, told in out) == (1, True)
            assert setup.nothing
        files = {"ssl_certfile": made.certificate, "ssl_keyfile": made.key}
        with running(build_app(service, "0"), 0, **files) as url:
            no_file = str(tmp_path / "none.pem")
            status, out, _ = setup(url, no_file, str(by.certificate), "kiosk-7", code(office))
            assert (status, "it is a PEM file" in out) == (0, True)
            # The stick that it came on may be pulled out.
            assert setup.config.office_ca == setup.etc / CA
            by.certificate.rename(tmp_path / "away")
            with configured_workplace(setup.config) as here:
                here.office.ping()


def test_a_second_setup_keeps_the_token_unless_it_is_asked_to(office: Served, setup: Setup) -> None:
    setup(office.url, "kiosk-7", code(office))
    token = setup.token()
    status, out, _ = setup("n", "", others="y\n" + OTHERS)
    assert (status, "did not say" in out) == (0, False)
    assert (setup.token(), setup.config.office_url) == (token, office.url)
    office.service.callers.revoke("kiosk-7")
    _, out, _ = setup("n", "", others="y\n" + OTHERS)
    assert "[NET-30]" in out
    assert setup.token() == token
    assert setup("y", "", "", code(office), others="y\n" + OTHERS)[0] == 0
    assert setup.token() != token
    with configured_workplace(setup.config) as here:
        here.office.ping()


def test_what_is_there_stays_if_the_enrolment_is_given_up(office: Served, setup: Setup) -> None:
    setup(office.url, "kiosk-7", code(office))
    before = {path: path.read_bytes() for path in (setup.etc / "kiosk.toml", token_file(setup.state / "state"))}
    status, _, _ = setup("y", "", "", "ABCD-2345", others="y\n" + OTHERS.replace("Loket 2", "Loket 3"))
    assert status == 1
    assert {path: path.read_bytes() for path in before} == before


def test_a_register_of_before_is_told(office: Served, setup: Setup) -> None:
    setup.state.mkdir()
    (setup.state / "register.db").touch()
    assert "register of before is left at" in setup(office.url, "kiosk-7", code(office))[1]


def waiting(setup: Setup) -> None:
    """A fact for the office that the kiosk belongs to."""
    kiosk = Kiosk(FarOffice(), setup.state / "state")
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.copy.close()


def moved(office: Served, tmp_path: Path, setup: Setup) -> str:
    """The address of another office, and a kiosk of the first one that has a fact for it."""
    assert setup(office.url, "kiosk-7", code(office))[0] == 0
    waiting(setup)
    # The same one is as good as another: nobody has asked it yet who it is.
    return office.url.replace("127.0.0.1", "localhost")


def test_a_kiosk_with_facts_is_moved_to_no_other_office_unless_somebody_says_so(
    office: Served, tmp_path: Path, setup: Setup
) -> None:
    other = moved(office, tmp_path, setup)
    before = setup.token()
    status, _, err = setup("y", other, "n", "n", others=f"y\n{OTHERS}")
    assert (status, "--leave-facts" in err) == (1, True)
    assert (setup.config.office_url, setup.token()) == (office.url, before)
    assert facts_in(setup.state / "state") == 1
    status, out, _ = setup("y", other, "n", "y", "kiosk-8", code(office, "kiosk-8"), others=f"y\n{OTHERS}")
    assert (status, setup.config.office_url) == (0, other)
    (aside,) = (setup.state / "state").glob("outbox-left-*")
    assert str(aside) in out
    assert (facts_in(setup.state / "state"), facts_in(aside)) == (0, 1)


@pytest.mark.parametrize("answers", [("y",), ()])
def test_an_office_under_another_address_keeps_its_facts_and_who_is_told_is_not_asked(
    office: Served, tmp_path: Path, setup: Setup, answers: tuple[str, ...]
) -> None:
    other = moved(office, tmp_path, setup)
    more = () if answers else ("--leave-facts",)
    status, _, _ = setup("y", other, *answers, "kiosk-8", code(office, "kiosk-8"), others=f"y\n{OTHERS}", more=more)
    assert status == 0
    assert facts_in(setup.state / "state") == (1 if answers else 0)
