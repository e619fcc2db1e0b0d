"""A lease: signed by its office, read by nobody else's key, and not after a sign of it was changed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from krn_engine.office.errors import LeaseBroken
from krn_engine.office.lease import LASTS, Signer, read_lease
from krn_engine.office.wire.sync import Lease, SignedLease

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
LEASE = Lease("kiosk-1", "0123456789abcdef", ("UNIT-1",), NOW, NOW + LASTS)


def test_a_lease_comes_back_as_it_was_signed() -> None:
    signer = Signer(b"1" * 32)
    assert read_lease(signer.sign(LEASE), signer.public) == LEASE
    assert "31" not in repr(signer)


def test_another_office_signs_nothing_for_this_one() -> None:
    with pytest.raises(LeaseBroken):
        read_lease(Signer(b"2" * 32).sign(LEASE), Signer(b"1" * 32).public)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, text=s.text.replace("2026-07-08", "2036-07-08")),
        lambda s: replace(s, text=s.text + " "),
        lambda s: replace(s, signature=s.signature[:-1] + ("0" if s.signature[-1] != "0" else "1")),
        lambda s: replace(s, signature=""),
        lambda s: replace(s, signature="xx"),
    ],
)
def test_a_lease_that_was_changed_is_none(change: object) -> None:
    signer = Signer(b"1" * 32)
    signed = signer.sign(LEASE)
    assert callable(change)
    changed: SignedLease = change(signed)
    assert changed != signed
    with pytest.raises(LeaseBroken):
        read_lease(changed, signer.public)


def test_what_was_signed_for_something_else_is_no_lease() -> None:
    """The first line of what is signed says what it is."""
    signer = Signer(b"1" * 32)
    signed = signer.sign(LEASE)
    with pytest.raises(LeaseBroken):
        read_lease(replace(signed, text="krn-lease-1\n" + signed.text), signer.public)


@pytest.mark.parametrize("key", ["", "00", "zz", "0" * 64])
def test_a_key_that_is_none_reads_nothing(key: str) -> None:
    with pytest.raises(LeaseBroken):
        read_lease(Signer(b"1" * 32).sign(LEASE), key)
