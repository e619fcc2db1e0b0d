"""The days of a certificate, as another library reads them; and no file ends in anything but a refusal."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krn_engine.office.client.own_certificate import good_between, not_good_at, require_certificate
from krn_engine.office.net_errors import ServiceRefused
from tests.support import certificates

pytestmark = certificates.installed


@pytest.mark.parametrize("days", [-1, 2, 365, 36500], ids=["ended", "soon", "a year", "past 2049"])
def test_its_days_are_those_that_another_library_reads(tmp_path: Path, days: int) -> None:
    made = certificates.certificate(tmp_path, certificates.authority(tmp_path, "ca"), "kiosk-7", days)
    known = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    begins, ends = good_between(made.certificate)
    assert (begins, ends) == (known.not_valid_before_utc, known.not_valid_after_utc)
    now = datetime.now(UTC)
    assert bool(not_good_at(made.certificate, now)) is (days < 0)
    assert f"ended on {ends:%Y-%m-%d}" in not_good_at(made.certificate, ends + timedelta(seconds=1))
    if days > 0:
        assert "is the clock" in not_good_at(made.certificate, begins - timedelta(seconds=1))


def test_of_a_chain_the_first_that_ends_counts(tmp_path: Path) -> None:
    by = certificates.authority(tmp_path, "ca")  # it has two days
    made = certificates.certificate(tmp_path, by, "kiosk-7", 365)
    chain = tmp_path / "chain.pem"
    for parts in ([made, by], [by, made]):
        chain.write_text("friendlyName: Kios Café\n" + "".join(part.certificate.read_text() for part in parts))
        assert good_between(chain)[1] == good_between(by.certificate)[1]
        assert good_between(chain)[0] == good_between(made.certificate)[0]
    require_certificate(made.certificate, made.key)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans())
def test_a_broken_file_is_refused_and_nothing_else(tmp_path: Path, place: int, byte: int, cut: bool) -> None:
    made = tmp_path / "kiosk-7.pem"
    if not made.exists():
        certificates.certificate(tmp_path, certificates.authority(tmp_path, "ca"), "kiosk-7")
    der = bytearray(x509.load_pem_x509_certificate(made.read_bytes()).public_bytes(Encoding.DER))
    place %= len(der)
    broken = der[:place] if cut else der[:place] + bytes([byte]) + der[place + 1 :]
    file = tmp_path / "broken.pem"
    file.write_text(ssl.DER_cert_to_PEM_cert(bytes(broken)))
    try:
        good_between(file)
    except ServiceRefused:
        return
    assert not cut


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no certificate")
    (tmp_path / "bytes").write_bytes(b"\xff\x00")
    for name in ("none", "text", "bytes", "."):
        with pytest.raises(ServiceRefused, match="cannot be read"):
            good_between(tmp_path / name)
