"""A kiosk's token: on its disk for its owner alone, exchanged in time, and never lost on the way."""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from krn_engine.office.access.callers import LASTS, OVERLAP, ROTATES_AFTER, Callers
from krn_engine.office.access.database import Database
from krn_engine.office.client import kept_token
from krn_engine.office.client.kept_token import LONGEST, KeptToken
from krn_engine.office.net_errors import CallerUnknown, NotEnrolled, OfficeUnreachable, TokenNotKept
from krn_engine.office.wire.asked import Enrolled, Scope
from krn_engine.register.database import sqlite_url
from krn_engine.row import Hidden

NOW = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)
FIRST = Enrolled("kiosk-7", Scope.KIOSK, ("51101",), Hidden("krn_a_canary"), NOW + ROTATES_AFTER, NOW + LASTS)


def test_it_is_kept_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "office-token"
    kept = KeptToken.keep(path, FIRST)
    assert path.stat().st_mode & 0o777 == 0o600
    assert KeptToken.read(path).known == kept.known == FIRST
    assert kept() == "krn_a_canary"
    assert "canary" not in repr(kept) + repr(kept.known) + f"{kept.known.token}"


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"token":"krn_a_canary"}', b"\xff" * 10, b"{" * LONGEST])
def test_what_is_no_token_is_told_without_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "office-token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NotEnrolled, match="krn setup") as refused:
        KeptToken.read(path)
    assert "canary" not in refused.value.message


def test_a_token_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="cannot be read"):
        KeptToken.read(tmp_path)


class Office:
    """Gives tokens as an office's own list of callers does, and may lose its answer."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._database = Database.of_callers(sqlite_url(folder / "register.db"))
        self._callers = Callers(self._database, now)
        self.token: Callable[[], str] = str
        self.loses = False
        self.asked = 0

    def enrol(self) -> Enrolled:
        code = self._callers.make_code("kiosk-7", Scope.KIOSK, ())
        return self._callers.enrol("kiosk-7", str(code.code))

    def rotate(self) -> Enrolled:
        self.asked += 1
        made = self._callers.rotate(self._callers.know(self.token()))
        if self.loses:
            raise OfficeUnreachable("cut")
        return made

    def lets_in(self, token: str) -> bool:
        try:
            self._callers.know(token)
        except CallerUnknown:
            return False
        return True

    def close(self) -> None:
        self._database.close()


class Case:
    """A kiosk and its office, on one clock."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.office = Office(folder, lambda: self.now)
        self.path = folder / "state" / "office-token"
        self.kept = KeptToken.keep(self.path, self.office.enrol())
        self.office.token = self.kept

    def rotate(self) -> bool:
        return self.kept.rotate_if_due(self.office, self.now)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case(tmp_path)
    yield made
    made.office.close()


def test_it_is_exchanged_when_it_is_time_and_not_before(case: Case) -> None:
    before = case.kept()
    case.now += ROTATES_AFTER - timedelta(seconds=1)
    assert not case.rotate()
    assert case.office.asked == 0
    case.now += timedelta(seconds=1)
    assert case.rotate()
    assert case.kept() != before
    assert KeptToken.read(case.path)() == case.kept()
    case.now += timedelta(minutes=1)
    assert case.office.lets_in(case.kept())
    assert case.office.lets_in(before)
    case.now += OVERLAP
    assert not case.office.lets_in(before)
    assert not case.rotate()


def test_an_answer_that_was_lost_is_asked_for_again(case: Case) -> None:
    before = case.kept()
    case.now += ROTATES_AFTER
    case.office.loses = True
    with pytest.raises(OfficeUnreachable):
        case.rotate()
    assert case.kept() == KeptToken.read(case.path)() == before
    case.now += OVERLAP / 2
    case.office.loses = False
    assert case.rotate()
    case.now += OVERLAP
    assert case.office.lets_in(case.kept())


def test_a_crash_between_answer_and_disk_loses_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    before = case.kept()
    case.now += ROTATES_AFTER

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(kept_token, "replace_file", full)
    with pytest.raises(TokenNotKept, match="make room"):
        case.rotate()
    assert case.kept() == before
    monkeypatch.undo()
    again = KeptToken.read(case.path)
    case.office.token = again
    assert again.rotate_if_due(case.office, case.now + OVERLAP / 2)
    assert again() == KeptToken.read(case.path)() != before
    assert case.office.lets_in(again())


def test_a_token_that_somebody_renewed_counts_at_once(case: Case) -> None:
    KeptToken.keep(case.path, replace(FIRST, token=Hidden("krn_b_other")))
    assert case.kept() == "krn_b_other"
    case.path.write_bytes(b"broken")
    assert case.kept() == "krn_b_other"
    case.path.unlink()
    assert case.kept() == "krn_b_other"
