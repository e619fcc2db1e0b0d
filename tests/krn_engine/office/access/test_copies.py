"""Keys of copies: shown once, gone when their caller is revoked; and who was revoked is told so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from krn_engine.office.access.callers import Callers, Known
from krn_engine.office.access.database import Database
from krn_engine.office.errors import CopyKeyMissing
from krn_engine.office.lease import LASTS, read_lease
from krn_engine.office.net_errors import CallerRevoked, CallerUnknown
from krn_engine.office.wire.asked import Scope
from krn_engine.register.seal import Seal
from tests.support.places import Place

NOW = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def who(place: Place) -> Iterator[Callers]:
    """On both engines."""
    with Database.of_callers(place.register(2)) as database:
        yield Callers(database, lambda: NOW)


def enrolled(who: Callers, name: str = "kiosk-1") -> tuple[str, Known]:
    token = str(who.enrol(name, str(who.make_code(name, Scope.KIOSK, ("99001",)).code)).token)
    return token, who.know(token)


def test_a_copy_needs_a_key_first(who: Callers) -> None:
    _, known = enrolled(who)
    with pytest.raises(CopyKeyMissing):
        who.copies.key(known.id)
    with pytest.raises(CopyKeyMissing):
        who.copies.lease(known.name, "0" * 16, ())


def test_what_the_office_seals_the_kiosk_opens(who: Callers) -> None:
    _, known = enrolled(who)
    shown = who.copies.new_key(known.id, known.name)
    kept = who.copies.key(known.id)
    assert (kept.name, shown.caller) == (shown.copy, "kiosk-1")
    assert Seal(bytes.fromhex(str(shown.key))).open(kept.seal.close("12", "place"), "place") == "12"
    assert str(shown.key) not in repr(shown)


def test_each_key_is_another_and_takes_the_place_of_the_one_before(who: Callers) -> None:
    _, known = enrolled(who)
    _, other = enrolled(who, "kiosk-2")
    first, of_other = who.copies.new_key(known.id, "kiosk-1"), who.copies.new_key(other.id, "kiosk-2")
    second = who.copies.new_key(known.id, "kiosk-1")
    assert len({str(key.key) for key in (first, second, of_other)}) == 3
    assert who.copies.key(known.id).name == second.copy
    assert who.copies.key(other.id).name == of_other.copy
    assert first.office_key == second.office_key == of_other.office_key


def test_a_lease_is_good_for_a_week_and_for_one_copy(who: Callers) -> None:
    _, known = enrolled(who)
    key = who.copies.new_key(known.id, known.name)
    lease = read_lease(who.copies.lease(known.name, key.copy, known.units), key.office_key)
    assert (lease.caller, lease.copy, lease.units) == ("kiosk-1", key.copy, ("99001",))
    assert (lease.begins, lease.until) == (NOW, NOW + LASTS) == (NOW, NOW + timedelta(days=7))


def test_who_is_revoked_is_told_so_and_has_no_key_any_more(who: Callers) -> None:
    token, known = enrolled(who)
    who.copies.new_key(known.id, known.name)
    who.revoke("kiosk-1")
    with pytest.raises(CallerRevoked):
        who.know(token)
    with pytest.raises(CopyKeyMissing):
        who.copies.key(known.id)


def test_a_revoked_token_stays_revoked_when_its_name_is_enrolled_anew(who: Callers) -> None:
    """A kiosk that was stolen, and the one that stands in its place."""
    stolen, _ = enrolled(who)
    who.revoke("kiosk-1")
    token, known = enrolled(who)
    with pytest.raises(CallerRevoked):
        who.know(stolen)
    assert who.know(token) == known
    with pytest.raises(CopyKeyMissing):
        who.copies.key(known.id)


def test_a_token_of_before_a_new_enrolment_is_unknown_and_not_revoked(who: Callers) -> None:
    """Nobody asked for its copy to be destroyed."""
    before, known = enrolled(who)
    who.copies.new_key(known.id, known.name)
    enrolled(who)
    with pytest.raises(CallerUnknown) as refused:
        who.know(before)
    assert type(refused.value) is CallerUnknown
    with pytest.raises(CopyKeyMissing):
        who.copies.key(known.id)


def test_a_token_that_only_looks_like_a_revoked_one_is_unknown(who: Callers) -> None:
    """Nobody can have a copy destroyed who does not have its token."""
    token, _ = enrolled(who)
    who.revoke("kiosk-1")
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "krn_abcdefghijkl_" + "a" * 43):
        with pytest.raises(CallerUnknown) as refused:
            who.know(wrong)
        assert type(refused.value) is CallerUnknown
