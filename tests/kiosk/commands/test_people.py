"""`krn office people`: who signs in, decided on the office's machine."""

import io
import json
import sys
from pathlib import Path

import pytest

from krn_engine.office.access.database import Database
from krn_engine.office.access.sessions import Sessions
from krn_engine.office.wire.asked import Scope
from krn_engine.register.database import Register, sqlite_url
from tests.support.cli import Out, krn

PIN, PASSWORD = "271828", "correct horse battery"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    return tmp_path / "register.db"


class People:
    """The command, with what is typed into it."""

    def __init__(self, register: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
        self.register, self.capsys, self.monkeypatch = register, capsys, monkeypatch

    def __call__(self, *words: str, typed: str = "") -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return krn(self.capsys, "office", "people", *words, "--register", str(self.register))


@pytest.fixture
def people(register: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch) -> People:
    return People(register, capsys, monkeypatch)


def test_somebody_is_added_signs_in_and_is_removed(people: People, register: Path) -> None:
    status, out, err = people("add", "Sari", "--unit", "51101", "--unit", "51102", typed=f"{PIN}\n")
    assert (status, out, err) == (0, "sari can sign in\n", "")
    with Database.of_callers(sqlite_url(register)) as kept:
        signed_in = Sessions(kept).sign_in("sari", PIN, "from here")
    assert (signed_in.scope, signed_in.units) == (Scope.OFFICER, ("51101", "51102"))
    assert "51101, 51102: last signed in 20" in people("list")[1]
    assert people("remove", "sari")[0] == 0
    assert "removed 20" in people("list")[1]
    (listed,) = json.loads(people("list", "--json")[1])
    assert (listed["name"], listed["scope"]) == ("sari", "officer")
    assert PIN not in json.dumps(listed)
    assert "argon2" not in json.dumps(listed)


def test_an_administrator_needs_a_password(people: People) -> None:
    status, out, err = people("add", "rini", "--scope", "admin", "--all-units", typed=f"{PIN}\n")
    assert (status, out, "[NET-25]" in err) == (1, "", True)
    assert people("add", "rini", "--scope", "admin", "--all-units", typed=f"{PASSWORD}\n")[0] == 0
    assert "[NET-25]" in people("password", "rini", typed=f"{PIN}\n")[2]
    assert "[NET-26]" in people("add", "RINI", "--all-units", typed=f"{PIN}\n")[2]


@pytest.mark.parametrize("words", [("remove", "nobody"), ("password", "nobody")])
def test_a_name_that_nobody_has_is_told(people: People, words: tuple[str, ...]) -> None:
    status, _, err = people(*words, typed=f"{PIN}\n")
    assert (status, "[NET-23]" in err) == (1, True)


def test_what_is_no_name_no_unit_and_no_secret_is_refused(people: People) -> None:
    for words, typed, code in (
        (("add", "a b", "--all-units"), PIN, "KSK-04"),
        (("add", "sari", "--unit", ""), PIN, "KSK-04"),
        (("add", "sari", "--all-units"), "", "NET-25"),
        (("add", "sari", "--all-units"), "123456", "NET-25"),
    ):
        status, _, err = people(*words, typed=typed)
        assert (status, f"[{code}]" in err) == (1, True), words
    assert people("list")[1] == "nobody can sign in\n"


def test_at_a_terminal_it_is_asked_twice(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [PIN, "271829", PIN, PIN]
    monkeypatch.setattr("getpass.getpass", lambda _asks: answers.pop(0))

    def at_a_terminal() -> tuple[int, str, str]:
        screen = io.StringIO()
        monkeypatch.setattr(screen, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", screen)
        return krn(people.capsys, "office", "people", "add", "sari", "--all-units", "--register", str(people.register))

    assert "[KSK-04]" in at_a_terminal()[2]
    assert at_a_terminal()[0] == 0


def test_a_secret_is_no_argument(people: People) -> None:
    """It would stand in the list of processes, and in a shell's history."""
    for words in (("add", "sari", PIN, "--all-units"), ("password", "sari", PIN)):
        assert people(*words)[0] == 2


def test_without_an_office_there_is_nobody(people: People, tmp_path: Path) -> None:
    people.register = tmp_path / "none.db"
    assert "[REG-01]" in people("list")[2]
