"""People sign in by what only they know: who they are, how long it lasts, and how often somebody may guess."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from krn_engine.errors import KrnError
from krn_engine.office.access import hashing, open_tries, tries
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.hashing import is_kept_as, is_outdated, kept_as
from krn_engine.office.access.people import People
from krn_engine.office.access.people_tables import people, sessions
from krn_engine.office.access.sessions import LASTS, RESTS, Sessions
from krn_engine.office.access.tries import LOCKED, MOST
from krn_engine.office.net_errors import (
    EnrolmentRefused,
    PersonMissing,
    PersonThere,
    SecretUnfit,
    SessionOver,
    SignInLocked,
    SignInRefused,
    TooManyRequests,
)
from krn_engine.office.wire.asked import Scope
from krn_engine.register.errors import RecordDamaged
from tests.support.clock import Clock
from tests.support.places import Place

PIN, PASSWORD = "271828", "correct horse battery"
HERE, THERE = "from here", "from there"


@pytest.fixture(autouse=True)
def _at_little_cost(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What it really costs has a test of its own."""
    monkeypatch.setattr(hashing, "MEMORY_KIB", 64)
    hashing.nobodys.cache_clear()
    yield
    hashing.nobodys.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    with Database.of_callers(place.empty()) as database:
        yield database


@pytest.fixture
def staff(database: Database, clock: Clock) -> People:
    made = People(database, clock)
    made.add("Sari", Scope.OFFICER, ("51101",), PIN)
    return made


@pytest.fixture
def door(staff: People, database: Database, clock: Clock) -> Sessions:
    return Sessions(database, clock)


def wrong(door: Sessions, times: int, name: str = "sari", address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            door.sign_in(name, "000111", address)


def test_who_gives_name_and_pin_is_known_by_the_token(door: Sessions) -> None:
    signed_in = door.sign_in("SARI", PIN, HERE)
    known = door.know(str(signed_in.token))
    assert (known.name, known.scope, known.units, known.is_person) == ("sari", Scope.OFFICER, ("51101",), True)
    assert (signed_in.name, signed_in.scope, signed_in.units) == (known.name, known.scope, known.units)
    assert len(str(signed_in.token).split("_", 2)[2]) == 43
    # Callers have numbers of their own, from 1 on.
    assert known.id < 0


def test_of_secret_and_token_only_hashes_are_kept(door: Sessions, database: Database) -> None:
    token = str(door.sign_in("sari", PIN, HERE).token)
    with database.read() as connection:
        assert connection.execute(select(sessions.c.digest)).scalar() == hashlib.sha256(token.encode()).hexdigest()
        kept = connection.execute(select(people.c.secret)).scalar_one()
        stored = " ".join(str(row) for table in (people, sessions) for row in connection.execute(select(table)))
    assert kept.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert PIN not in stored
    assert token.split("_", 2)[2] not in stored


# --- how long


def test_a_session_ends_after_eight_hours_however_much_it_is_used(door: Sessions, clock: Clock) -> None:
    token = str(door.sign_in("sari", PIN, HERE).token)
    ends = clock.now + LASTS
    while clock.now + timedelta(minutes=20) < ends:
        clock.now += timedelta(minutes=20)
        door.know(token)
    clock.now = ends
    with pytest.raises(SessionOver):
        door.know(token)


def test_a_session_ends_unused_after_half_an_hour(door: Sessions, clock: Clock) -> None:
    token = str(door.sign_in("sari", PIN, HERE).token)
    for _ in range(2):
        clock.now += RESTS - timedelta(seconds=1)
        door.know(token)
    clock.now += RESTS
    with pytest.raises(SessionOver):
        door.know(token)


def test_who_signs_out_is_out_and_another_session_goes_on(door: Sessions) -> None:
    one, other = str(door.sign_in("sari", PIN, HERE).token), str(door.sign_in("sari", PIN, HERE).token)
    door.sign_out(door.know(one))
    with pytest.raises(SessionOver):
        door.know(one)
    door.know(other)


@pytest.mark.parametrize("change", ["removed", "secret"])
def test_who_is_removed_or_has_another_secret_is_out_at_once(door: Sessions, staff: People, change: str) -> None:
    token = str(door.sign_in("sari", PIN, HERE).token)
    if change == "removed":
        staff.remove("sari")
    else:
        staff.set_secret("sari", "314159")
    with pytest.raises(SessionOver):
        door.know(token)
    with pytest.raises(SignInRefused):
        door.sign_in("sari", PIN, HERE)
    if change == "removed":
        staff.add("sari", Scope.ADMIN, (), PASSWORD)
        assert door.sign_in("sari", PASSWORD, HERE).scope is Scope.ADMIN
    else:
        door.sign_in("sari", "314159", HERE)


@pytest.mark.parametrize(
    "token", ["krs_", "krs__", "krs_x_y", "krs_\x00_y", "krs_" * 1000, f"krs_{'0' * 12}_{'A' * 43}"]
)
def test_what_is_no_session_is_over(door: Sessions, token: str) -> None:
    with pytest.raises(SessionOver):
        door.know(token)
    good = str(door.sign_in("sari", PIN, HERE).token)
    with pytest.raises(SessionOver):
        door.know(good[:-1] + ("a" if good[-1] != "a" else "b"))


# --- guessing


def test_five_wrong_tries_lock_the_person_everywhere_for_a_quarter_of_an_hour(door: Sessions, clock: Clock) -> None:
    for place in range(MOST):
        wrong(door, 1, address=f"from {place}")
    with pytest.raises(SignInLocked, match="for 15 minutes"):
        door.sign_in("sari", PIN, "from anywhere")
    clock.now += LOCKED - timedelta(seconds=1)
    with pytest.raises(SignInLocked, match="for 1 minutes"):
        door.sign_in("sari", PIN, "from anywhere")
    clock.now += timedelta(seconds=1)
    door.sign_in("sari", PIN, "from anywhere")


def test_five_wrong_tries_lock_the_address_for_everybody(door: Sessions, clock: Clock) -> None:
    for number in range(MOST):
        wrong(door, 1, name=f"name-{number}")
    with pytest.raises(SignInLocked):
        door.sign_in("sari", PIN, HERE)
    door.sign_in("sari", PIN, THERE)
    clock.now += LOCKED
    door.sign_in("sari", PIN, HERE)


def test_a_lock_is_not_made_longer_by_who_goes_on_to_try(door: Sessions, clock: Clock) -> None:
    wrong(door, MOST)
    for _ in range(14):
        clock.now += timedelta(minutes=1)
        with pytest.raises(SignInLocked):
            door.sign_in("sari", "000111", HERE)
    clock.now += timedelta(minutes=1)
    door.sign_in("sari", PIN, HERE)


def test_a_right_secret_leaves_the_tries_at_others_counted(door: Sessions, staff: People) -> None:
    """Else somebody with a name of their own could guess at all others from one address."""
    staff.add("budi", Scope.OFFICER, (), "161803")
    for _ in range(MOST - 1):
        wrong(door, 1)
        door.sign_in("budi", "161803", HERE)
    wrong(door, 1)
    with pytest.raises(SignInLocked):
        door.sign_in("budi", "161803", HERE)
    door.sign_in("budi", "161803", THERE)


def test_a_right_secret_keeps_no_wrong_tries_of_others_alive(door: Sessions, clock: Clock) -> None:
    for _ in range(2 * MOST):
        # One clerk errs, another signs in ten minutes later, all day long.
        wrong(door, 1, name="budi")
        clock.now += timedelta(minutes=10)
        door.sign_in("sari", PIN, HERE)
        clock.now += timedelta(minutes=10)
    door.sign_in("sari", PIN, HERE)


def test_a_right_secret_ends_the_count_of_its_name(door: Sessions) -> None:
    wrong(door, MOST - 1, address=THERE)
    door.sign_in("sari", PIN, HERE)
    wrong(door, MOST - 1, address="from elsewhere")
    door.sign_in("sari", PIN, HERE)


def test_typing_errors_that_were_put_right_lock_nobody_behind_the_same_address(door: Sessions, staff: People) -> None:
    """A whole unit comes from one address."""
    staff.add("budi", Scope.OFFICER, (), "161803")
    for _ in range(3):
        wrong(door, MOST - 1)
        door.sign_in("sari", PIN, HERE)
    wrong(door, MOST - 1, name="budi")
    door.sign_in("budi", "161803", HERE)
    # Only those at this name, from this address: three at another name stay, and these two make it five.
    wrong(door, 3, name="rini")
    wrong(door, 2, name="budi", address=THERE)
    door.sign_in("budi", "161803", HERE)
    wrong(door, 2)
    with pytest.raises(SignInLocked):
        door.sign_in("budi", "161803", HERE)


def test_another_secret_undoes_the_lock_of_a_name(door: Sessions, staff: People) -> None:
    wrong(door, MOST, address=THERE)
    staff.set_secret("sari", "314159")
    door.sign_in("sari", "314159", HERE)


def test_of_many_guesses_at_one_moment_five_are_looked_at(door: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def compared(_secret: str, kept: str) -> bool:
        looked.append(kept)
        return False

    monkeypatch.setattr(hashing, "is_kept_as", compared)
    got: list[type[BaseException]] = []
    begin = threading.Barrier(20)

    def guess(number: int) -> None:
        begin.wait()
        try:
            door.sign_in("sari", "000111", f"from {number}")
        except (SignInRefused, SignInLocked) as refusal:
            got.append(type(refusal))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(looked), got.count(SignInLocked), len(got)) == (MOST, 20 - MOST, 20)


def test_a_name_that_nobody_has_costs_and_says_what_a_wrong_secret_does(
    door: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []

    def compared(secret: str, kept: str) -> bool:
        work.append(kept.rpartition("p=1$")[0] + str(len(kept)))
        return is_kept_as(secret, kept)

    assert hashing.nobodys.cache_info().currsize == 1
    monkeypatch.setattr(hashing, "is_kept_as", compared)
    said: list[str] = []
    for name in ("sari", "nobody"):
        for _ in range(MOST):
            with pytest.raises(SignInRefused) as refusal:
                door.sign_in(name, "000111", f"from {len(said)}")
            said.append(refusal.value.message)
        with pytest.raises(SignInLocked) as locked:
            door.sign_in(name, "000111", "from anywhere")
        said.append(locked.value.message)
    assert said[: MOST + 1] == said[MOST + 1 :]
    assert len(work) == 2 * MOST
    assert len(set(work)) == 1


def test_right_secrets_at_one_moment_lock_nobody_out(door: Sessions, staff: People) -> None:
    """Twice as many as may be wrong, from one address: the last ones wait for the first ones."""
    names = [f"person-{number}" for number in range(2 * MOST)]
    for name in names:
        staff.add(name, Scope.OFFICER, (), PIN)
    wrong(door, MOST - 2)
    begin = threading.Barrier(len(names))
    said: list[str] = []

    def sign_in(name: str) -> None:
        begin.wait()
        try:
            said.append(door.sign_in(name, PIN, HERE).name)
        except KrnError as refusal:
            said.append(refusal.code)

    threads = [threading.Thread(target=sign_in, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == sorted(names)
    # What was wrong before is counted as before.
    wrong(door, 2)
    with pytest.raises(SignInLocked):
        door.sign_in(names[0], PIN, HERE)


def test_who_waits_too_long_is_told_to_come_again_and_who_died_counts_as_wrong(
    database: Database, clock: Clock, staff: People
) -> None:
    waited: list[float] = []
    door = Sessions(database, clock, waited.append)
    for _ in range(MOST):
        tries.begin(database, "name x", HERE, clock, waited.append)
    with pytest.raises(TooManyRequests):
        door.sign_in("sari", PIN, HERE)
    assert len(waited) == tries.WAITS
    clock.now += open_tries.LASTS
    with pytest.raises(SignInLocked) as locked:
        door.sign_in("sari", PIN, HERE)
    assert locked.value.seconds == (tries.LOCKED - open_tries.LASTS).total_seconds()


# --- secrets


@pytest.mark.parametrize(
    ("scope", "secret"),
    [
        (Scope.OFFICER, ""),
        (Scope.OFFICER, "27182"),
        (Scope.OFFICER, "121212"),
        (Scope.OFFICER, "123456"),
        (Scope.OFFICER, "987654"),
        (Scope.OFFICER, "abcdefghi"),
        (Scope.OFFICER, "aaabbbcccaaa"),
        (Scope.OFFICER, "rahasia-budi"),
        (Scope.OFFICER, "x" * 64 + "abcd" * 20),
        (Scope.OFFICER, "line one\nline two"),
        (Scope.OFFICER, "٢٧١٨٢٨"),
        (Scope.ADMIN, PIN),
        (Scope.ADMIN, "27182818284590"),
        (Scope.REPORT, PIN),
        (Scope.KIOSK, PASSWORD),
    ],
)
def test_a_secret_that_is_guessed_too_soon_is_refused(staff: People, scope: Scope, secret: str) -> None:
    with pytest.raises(SecretUnfit) as refusal:
        staff.add("budi", scope, (), secret)
    assert not secret or secret not in refusal.value.message
    assert [person.name for person in staff.all()] == ["sari"]


def test_a_short_name_stands_in_many_passwords(staff: People) -> None:
    staff.add("co", Scope.ADMIN, (), PASSWORD)


def test_an_administrator_keeps_to_passwords(staff: People) -> None:
    staff.add("budi", Scope.ADMIN, (), PASSWORD)
    with pytest.raises(SecretUnfit):
        staff.set_secret("budi", PIN)


def test_a_name_is_one_persons(staff: People) -> None:
    with pytest.raises(PersonThere):
        staff.add("SARI", Scope.ADMIN, (), PASSWORD)
    with pytest.raises(PersonMissing):
        staff.remove("nobody")
    with pytest.raises(PersonMissing):
        staff.set_secret("nobody", PIN)
    staff.remove("sari")
    with pytest.raises(PersonMissing):
        staff.remove("sari")
    assert [person.removed_at is None for person in staff.all()] == [False]


def test_a_secret_of_another_cost_is_hashed_anew_when_it_is_given(
    door: Sessions, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(hashing, "MEMORY_KIB", 32)
        kept = kept_as(PIN)
    assert is_outdated(kept)
    with database.write() as connection:
        connection.execute(update(people).values(secret=kept))
    door.sign_in("sari", PIN, HERE)
    with database.read() as connection:
        now = connection.execute(select(people.c.secret)).scalar_one()
    assert not is_outdated(now)
    assert is_kept_as(PIN, now)


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2i$v=19$m=64,t=1,p=1$YWJj$YWJj"])
def test_what_is_stored_of_a_secret_and_is_none_is_told(door: Sessions, database: Database, kept: str) -> None:
    with database.write() as connection:
        connection.execute(update(people).values(secret=kept))
    with pytest.raises(RecordDamaged, match="krn office people password"):
        door.sign_in("sari", PIN, HERE)


def test_guessing_costs_what_owasp_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    kept = kept_as(PIN)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_kept_as(PIN, kept)
    assert not is_outdated(kept)
    assert not is_kept_as(PIN[:-1], kept)
    assert kept_as(PIN) != kept


def test_letters_are_the_same_however_they_were_typed() -> None:
    assert is_kept_as("cafe\u0301 dan teh", kept_as("caf\u00e9 dan teh"))


def test_nobody_has_the_name_of_a_kiosk_nor_a_kiosk_that_of_a_person(staff: People, database: Database) -> None:
    """What either says is kept under its name."""
    callers = Callers(database)
    callers.enrol("Kiosk-7", str(callers.make_code("Kiosk-7", Scope.KIOSK, ()).code))
    for name in ("kiosk-7", "local"):
        with pytest.raises(PersonThere):
            staff.add(name, Scope.OFFICER, (), PIN)
    with pytest.raises(EnrolmentRefused):
        callers.make_code("Sari", Scope.KIOSK, ())
