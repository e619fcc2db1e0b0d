"""Who is let in: codes, tokens, their ends, and how often somebody may ask."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from krn_engine.office.access import callers as module
from krn_engine.office.access.callers import CODE_LASTS, LASTS, OVERLAP, ROTATES_AFTER, TRIES, Callers, Known
from krn_engine.office.access.database import SCHEMA, Database, asked, codes, settings, tokens
from krn_engine.office.access.limits import Limits
from krn_engine.office.net_errors import CallerMissing, CallerUnknown, EnrolmentRefused, TooManyRequests
from krn_engine.office.wire.asked import CODE, Scope
from krn_engine.register.database import sqlite_url
from krn_engine.register.errors import RegisterTooNew
from tests.support.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def who(database: Database, clock: Clock) -> Callers:
    return Callers(database, clock)


def enrolled(who: Callers, name: str = "kiosk-1", scope: Scope = Scope.KIOSK, units: tuple[str, ...] = ()) -> str:
    return str(who.enrol(name, str(who.make_code(name, scope, units).code)).token)


def test_a_code_becomes_a_token_that_is_known(who: Callers) -> None:
    made = who.make_code("kiosk-1", Scope.KIOSK, ("51101", "51102"))
    assert CODE.read(str(made.code))
    got = who.enrol("kiosk-1", str(made.code))
    known = who.know(str(got.token))
    assert (known.name, known.scope, known.units) == ("kiosk-1", Scope.KIOSK, ("51101", "51102"))
    assert (got.name, got.scope, got.units) == (known.name, known.scope, known.units)
    # 256 random bits, as base64url without its padding.
    assert len(str(got.token).split("_", 2)[2]) == 43


def test_only_its_hash_is_kept_of_a_token_and_of_a_code(who: Callers, database: Database, tmp_path: Path) -> None:
    made = who.make_code("kiosk-2", Scope.KIOSK, ())
    token = enrolled(who)
    with database.read() as connection:
        assert connection.execute(select(tokens.c.digest)).scalar() == hashlib.sha256(token.encode()).hexdigest()
    database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.split("_", 2)[2].encode() not in stored
    assert str(made.code).replace("-", "").encode() not in stored


@pytest.mark.parametrize("token", [None, "", "krn", "krn_", "krn__", "krn_x_y", "bearer", "krn_\x00_y", "krn_" * 1000])
def test_what_is_no_token_is_not_known(who: Callers, token: str | None) -> None:
    with pytest.raises(CallerUnknown):
        who.know(token)


def test_a_token_with_one_sign_changed_is_not_known(who: Callers) -> None:
    token = enrolled(who)
    with pytest.raises(CallerUnknown):
        who.know(token[:-1] + ("a" if token[-1] != "a" else "b"))


def test_a_code_can_be_used_once(who: Callers) -> None:
    code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    who.enrol("kiosk-1", code.replace("-", ""))
    with pytest.raises(EnrolmentRefused):
        who.enrol("kiosk-1", code)


def test_a_code_is_for_one_name(who: Callers) -> None:
    code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    with pytest.raises(EnrolmentRefused):
        who.enrol("kiosk-2", code)
    who.enrol("kiosk-1", code)


def test_a_code_lasts_a_quarter_of_an_hour(who: Callers, clock: Clock) -> None:
    code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    clock.now += CODE_LASTS
    with pytest.raises(EnrolmentRefused):
        who.enrol("kiosk-1", code)
    code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    clock.now += CODE_LASTS - timedelta(seconds=1)
    who.enrol("kiosk-1", code)


def test_after_five_wrong_tries_the_right_code_is_refused_too(who: Callers) -> None:
    for tries in (TRIES - 1, TRIES):
        code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
        for _ in range(tries):
            with pytest.raises(EnrolmentRefused):
                who.enrol("kiosk-1", "AAAA-AAAA")
        if tries < TRIES:
            who.enrol("kiosk-1", code)
        else:
            with pytest.raises(EnrolmentRefused):
                who.enrol("kiosk-1", code)


def test_a_new_code_makes_the_one_before_void(who: Callers) -> None:
    before = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    who.make_code("kiosk-1", Scope.KIOSK, ())
    with pytest.raises(EnrolmentRefused):
        who.enrol("kiosk-1", before)


def test_who_tries_one_code_at_the_same_moment_gets_one_token(who: Callers) -> None:
    code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    got: list[str] = []
    begin = threading.Barrier(8)

    def one() -> None:
        begin.wait()
        with suppress(EnrolmentRefused):
            got.append(str(who.enrol("kiosk-1", code).token))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_the_next_token_leaves_the_one_before_good_for_a_day_once_it_was_used(who: Callers, clock: Clock) -> None:
    first = enrolled(who)
    clock.now += ROTATES_AFTER
    second = str(who.rotate(who.know(first)).token)
    # The answer was lost, and then the network: days later it asks once more with the old one.
    clock.now += 3 * OVERLAP
    third = str(who.rotate(who.know(first)).token)
    with pytest.raises(CallerUnknown):
        who.know(second)
    clock.now += OVERLAP
    assert who.know(third)
    clock.now += OVERLAP - timedelta(seconds=1)
    assert who.know(first).name == who.know(third).name
    clock.now += timedelta(seconds=1)
    with pytest.raises(CallerUnknown):
        who.know(first)
    assert who.know(third)


def test_a_token_ends(who: Callers, clock: Clock) -> None:
    token = enrolled(who)
    clock.now += LASTS - timedelta(seconds=1)
    assert who.know(token)
    clock.now += timedelta(seconds=1)
    with pytest.raises(CallerUnknown):
        who.know(token)


def test_who_is_revoked_is_out_at_once_and_can_be_enrolled_anew(who: Callers) -> None:
    token = enrolled(who)
    code = str(who.make_code("kiosk-1", Scope.KIOSK, ()).code)
    who.revoke("kiosk-1")
    with pytest.raises(CallerUnknown):
        who.know(token)
    with pytest.raises(EnrolmentRefused):
        who.enrol("kiosk-1", code)
    assert who.page("", 10).callers[0].revoked_at is not None
    assert who.know(enrolled(who)).name == "kiosk-1"
    assert who.page("", 10).callers[0].revoked_at is None
    with pytest.raises(CallerMissing):
        who.revoke("nobody")


def test_who_is_enrolled_anew_has_one_token(who: Callers) -> None:
    before = enrolled(who)
    after = enrolled(who, scope=Scope.OFFICER, units=("51101",))
    with pytest.raises(CallerUnknown):
        who.know(before)
    assert who.know(after).scope is Scope.OFFICER


def test_callers_are_listed_by_name_in_pages(who: Callers) -> None:
    for number in range(5):
        enrolled(who, f"kiosk-{number}")
    names, after = [], ""
    while True:
        page = who.page(after, 2)
        names += [caller.name for caller in page.callers]
        after = page.next
        if not after:
            break
    assert names == [f"kiosk-{number}" for number in range(5)]


def test_when_somebody_was_last_seen_is_written_once_a_minute(
    who: Callers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = enrolled(who)
    who.know(token)
    seen = who.page("", 1).callers[0].last_seen
    assert seen == clock.now
    with monkeypatch.context() as nobody_writes:
        nobody_writes.setattr(Database, "write", None)
        clock.now += timedelta(seconds=59)
        who.know(token)
    clock.now += timedelta(seconds=1)
    who.know(token)
    assert who.page("", 1).callers[0].last_seen == clock.now


def test_the_key_of_the_log_stays(who: Callers, tmp_path: Path) -> None:
    key = who.log_key()
    assert len(key) == 32
    with Database.of_callers(sqlite_url(tmp_path / "register.db")) as again:
        assert Callers(again).log_key() == key


def test_a_list_of_a_later_program_is_refused(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        connection.execute(settings.update().values(value=str(SCHEMA + 1)))
    with pytest.raises(RegisterTooNew):
        Database.of_callers(sqlite_url(tmp_path / "register.db"))


def test_tokens_are_compared_in_constant_time(who: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    original = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return bool(original(one, other))

    monkeypatch.setattr(hmac, "compare_digest", compare)
    token = enrolled(who)
    who.know(token)
    assert len(compared) == 2
    with pytest.raises(CallerUnknown):
        who.know("krn_unknown_x")
    # Also where there is nothing to compare with.
    assert len(compared) == 3


# --- limits


@pytest.fixture
def counts(tmp_path: Path) -> Iterator[Database]:
    with Database.of_counts(sqlite_url(tmp_path / "register.db")) as database:
        yield database


def test_so_many_in_a_minute_and_no_more(counts: Database) -> None:
    now = [60.0 * 1000]
    limits = Limits(counts, lambda: now[0])
    for _ in range(3):
        limits.count("a", 3)
    with pytest.raises(TooManyRequests):
        limits.count("a", 3)
    limits.count("b", 3)
    now[0] += 59.9
    assert limits.rest() == 1
    with pytest.raises(TooManyRequests):
        limits.count("a", 3)
    now[0] += 0.1
    limits.count("a", 3)


def test_the_count_is_one_for_all_processes(counts: Database, tmp_path: Path) -> None:
    with Database.of_counts(sqlite_url(tmp_path / "register.db")) as other:
        here, there = Limits(counts, lambda: 0.0), Limits(other, lambda: 0.0)
        for _ in range(5):
            here.count("a", 10)
            there.count("a", 10)
        with pytest.raises(TooManyRequests):
            there.count("a", 10)


def test_no_count_is_lost_when_many_ask_at_once(counts: Database) -> None:
    limits = Limits(counts, lambda: 0.0)

    def ask() -> None:
        for _ in range(25):
            limits.count("a", 1000)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with counts.read() as connection:
        assert connection.execute(select(asked.c.count)).scalar_one() == 200


def test_old_counts_are_thrown_away(counts: Database) -> None:
    now = [0.0]
    limits = Limits(counts, lambda: now[0])
    limits.count("a", 1)
    now[0] = 2 * 3600
    limits.count("b", 1)
    with counts.read() as connection:
        assert connection.execute(select(asked.c.key)).scalars().all() == ["b"]


def test_counts_wait_for_no_disk_and_callers_do(counts: Database, database: Database) -> None:
    for opened, synchronous in ((counts, 0), (database, 2)):
        with opened.read() as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar_one() == synchronous


def test_a_code_is_made_of_signs_that_nobody_mistakes() -> None:
    assert not set("0O1IL") & set(module.CODE_SIGNS)
    assert codes.c.digest.type.length == 64  # type: ignore[attr-defined]
    assert Known.__slots__
