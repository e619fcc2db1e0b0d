"""PINs and passwords as Argon2id (RFC 9106), kept as PHC strings: what people choose can be guessed, so guessing costs.

The cost is that of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
"""

import os
import re
import unicodedata
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from krn_engine.register.errors import RecordDamaged

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
_SALT_BYTES, _HASH_BYTES = 16, 32
_PHC = re.compile(r"\$argon2id\$v=19\$m=[0-9]{2,6},t=[1-9],p=[1-9]\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}")
"""What this made at any cost that it had: the library tells no damage from a wrong secret."""


def kept_as(secret: str) -> str:
    """The PHC string of a secret, under a new salt."""
    made = Argon2id(
        salt=os.urandom(_SALT_BYTES), length=_HASH_BYTES, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
    )
    return made.derive_phc_encoded(_bytes(secret))


def is_kept_as(secret: str, kept: str) -> bool:
    """Whether this is the secret of that PHC string. Raises RecordDamaged for what is none."""
    if _PHC.fullmatch(kept) is None:
        raise RecordDamaged(
            "what is stored of this person's secret is damaged: give a new one (krn office people password)"
        )
    try:
        Argon2id.verify_phc_encoded(_bytes(secret), kept)
    except InvalidKey:
        return False
    return True


def is_outdated(kept: str) -> bool:
    """Whether it was made at another cost than that of this release."""
    return not kept.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$")


@cache
def nobodys() -> str:
    """The PHC string of a secret that nobody has: an unknown name is to cost what a known one does."""
    return kept_as(os.urandom(_HASH_BYTES).hex())


def _bytes(secret: str) -> bytes:
    """The same, on whatever keyboard its letters were made (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", secret).encode()
