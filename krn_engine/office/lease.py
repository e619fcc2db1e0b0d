"""A lease: until when a kiosk may give rows out of its copy, signed by the office (Ed25519, RFC 8032).

Pure, and used at both ends. What is signed is the exact text, behind a line that no other signature of the office
begins with.
"""

from datetime import timedelta

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from krn_engine.office.errors import LeaseBroken
from krn_engine.office.net_errors import WireBroken
from krn_engine.office.wire.sync import LEASE, Lease, SignedLease
from krn_engine.office.wire.text import from_bytes, to_bytes

LASTS = timedelta(days=7)
SEED_BYTES = 32
_BEGINS = b"krn-lease-1\n"
_MODE = "rfc8032"
_BROKEN = "the lease of this kiosk's copy is not signed by its office: no rows are given out of the copy"


class Signer:
    """Signs leases with the key of this seed (32 bytes), which it never shows."""

    __slots__ = ("_key", "public")

    public: str
    """The public key, 32 bytes in hexadecimal digits."""

    def __init__(self, seed: bytes) -> None:
        self._key = eddsa.import_private_key(seed)
        self.public = self._key.public_key().export_key(format="raw").hex()

    def sign(self, lease: Lease) -> SignedLease:
        """The lease, signed."""
        text = to_bytes(LEASE.write(lease))
        return SignedLease(text.decode(), eddsa.new(self._key, _MODE).sign(_BEGINS + text).hex())

    def __repr__(self) -> str:
        return "<Signer>"


def read_lease(signed: SignedLease, office_key: str) -> Lease:
    """The lease, if the office of this key signed it; whether it is over, the caller asks. Raises LeaseBroken."""
    try:
        key: ECC.EccKey = eddsa.import_public_key(bytes.fromhex(office_key))
        text = signed.text.encode()
        eddsa.new(key, _MODE).verify(_BEGINS + text, bytes.fromhex(signed.signature))
        return LEASE.read(from_bytes(text))
    except (ValueError, WireBroken):
        raise LeaseBroken(_BROKEN) from None
