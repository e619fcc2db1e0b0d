"""A PKCS#11 module as a source of rows, for DKGA04 only.

Its vending keys never leave it: it is asked for the HMAC of a data block, which is the decoder key of one meter, and
the rows are made of that here. DKGA02 is refused by name: its last step is an exclusive or with the vending key, so
that whoever may use the key and sees one decoder key can compute the vending key, and a module would protect nothing.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import KeyNotProtected, SourceAnswerWrong, SourceKeyMissing, SourceRefused
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import rows_of
from krn_engine.issuing.sources.held_key import NOT_DKGA02, HeldKey
from krn_engine.issuing.sources.port import Asked, Health, KeyChangeAsked, SourceKind
from krn_engine.row import Row
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import Ken, MeterPan, Pan, Sgc
from krn_engine.sts.keys import DecoderKey, Dkga, dkga04_block

Hmac = Callable[[str, bytes], bytes]
"""HMAC-SHA-256 under the key of a label."""
HMAC_BYTES = 32
CHECK_DIGITS = 6


class Pkcs11Source:
    """Keys by what the settings tell of them. `tables` are needed for EA07 meters; `close` closes the module."""

    kind = SourceKind.PKCS11
    waits = True
    repeats = True

    def __init__(
        self, hmac: Hmac, keys: Sequence[HeldKey], tables: Ea07Tables | None, close: Callable[[], None]
    ) -> None:
        self._hmac = hmac
        self._keys = {(key.sgc, key.krn, key.kt): key for key in keys}
        self._sgcs = tuple(dict.fromkeys(key.sgc for key in keys))
        self._tables = tables
        self._close = close

    @property
    def sgcs(self) -> tuple[Sgc, ...]:
        """The supply groups whose keys it has."""
        return self._sgcs

    @property
    def tables(self) -> Ea07Tables | None:
        """See `VendingKeys.tables`."""
        return self._tables

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        """See `RowSource.rows`. Raises KeyNotProtected for DKGA02."""
        if not isinstance(asked, KeyChangeAsked):
            raise SourceRefused("a PKCS#11 module has no ready-made rows")
        return rows_of(asked.step, MeterPan.of(asked.drn), self, asked.at)

    def decoder_key(self, state: KeyState, pan: Pan) -> DecoderKey:
        """See `VendingKeys.decoder_key`: asked of the module, by a label. The vending key stays where it is."""
        held = self._held(state)
        state.require_base_date(held.base_date)
        self._require_check_value(held)
        block = dkga04_block(held.sgc, held.krn, held.kt, held.base_date, pan, state.ti, state.ea)
        return DecoderKey(
            ea=state.ea,
            value=self._asked(held, block)[: state.ea.key_bytes],
            sgc=held.sgc,
            krn=held.krn,
            kt=held.kt,
            ti=state.ti,
            base_date=held.base_date,
            ken=held.ken,
            dkga=Dkga.DKGA04,
        )

    def last_day(self, state: KeyState) -> date | None:
        """See `VendingKeys.last_day`."""
        return self._held(state).expires

    def ken_of(self, state: KeyState) -> Ken | None:
        """See `RowSource.ken_of`."""
        held = self._keys.get((state.sgc, state.krn, state.kt))
        return None if held is None or state.dkga is not Dkga.DKGA04 else held.ken

    def health(self, _at: datetime) -> Health:
        """See `RowSource.health`: each key is used once, and its check value compared."""
        try:
            for held in self._keys.values():
                self._require_check_value(held)
        except KrnError as error:
            return Health(self.kind, self._sgcs, error.code, error.message)
        return Health(self.kind, self._sgcs)

    def close(self) -> None:
        """Sign out."""
        self._close()

    def _held(self, state: KeyState) -> HeldKey:
        if state.dkga is not Dkga.DKGA04:
            raise KeyNotProtected(f"SGC {state.sgc}, KRN {state.krn}: {NOT_DKGA02}")
        held = self._keys.get((state.sgc, state.krn, state.kt))
        if held is None:
            raise SourceKeyMissing(
                f"the PKCS#11 module serves SGC {state.sgc}, but the settings name no key of KRN {state.krn}, "
                f"{state.kt.name} in it"
            )
        return held

    def _asked(self, held: HeldKey, data: bytes) -> bytes:
        made = self._hmac(held.label, data)
        if len(made) != HMAC_BYTES:
            raise SourceAnswerWrong("the PKCS#11 module answered with something else than an HMAC-SHA-256")
        return made

    def _require_check_value(self, held: HeldKey) -> None:
        """Ours for a DKGA04 key (`krn_engine.issuing.vault.check_value`). Asked each time: labels can be moved.

        Raises SourceKeyMissing.
        """
        made = self._asked(held, bytes(8)).hex().upper()[:CHECK_DIGITS]
        if made != held.check_value:
            raise SourceKeyMissing(
                f"the key {held.label} in the PKCS#11 module has the check value {made}, and the settings tell "
                f"{held.check_value}: another key lies under this label"
            )
