"""What every source of rows can do. An office asks it, and does not know whether keys lie in a file or in a module."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import SourceDown
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, Ken, Sgc


class SourceKind(Enum):
    """The four kinds, by the names that settings, metrics and events use."""

    READY = "ready-made"
    """Rows that came with a worklist."""
    VAULT = "vault"
    """Computed here, from the sealed vault."""
    PKCS11 = "pkcs11"
    """Decoder keys derived in a PKCS#11 module, rows made of them here: DKGA04 only."""
    STS_MODULE = "sts-module"
    """Made in an STS security module, which is asked over the network."""


@dataclass(frozen=True, slots=True)
class KeyChangeAsked:
    """One key change of one meter. `at` decides only whether the new key is still good."""

    drn: Drn
    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadySet:
    """Rows of one set that came ready-made. `pair` counts from 0."""

    set_id: str
    pair: int


Asked = KeyChangeAsked | ReadySet


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a source can give rows now: for readiness, metrics, the doctor and what a kiosk says."""

    kind: SourceKind
    sgcs: tuple[Sgc, ...]
    """The supply groups that it serves; empty: all that no other source serves."""
    code: str = ""
    """The code of what is wrong with it; empty: it is ready."""
    message: str = ""
    """What is wrong and what to do, for staff."""

    @property
    def ready(self) -> bool:
        """Nothing is wrong."""
        return not self.code

    def require(self) -> None:
        """Raises what is wrong with it, as the refusal of its code."""
        if not self.ready:
            raise (KrnError.of_code(self.code) or SourceDown)(self.message)


class RowSource(Protocol):
    """Gives rows, or refuses; it never guesses, and never gives rows for anything but what was asked."""

    @property
    def kind(self) -> SourceKind:
        """Which of the four it is."""
        ...

    @property
    def repeats(self) -> bool:
        """Whether the same rows may be asked for again only to compare them: it costs nothing and counts nowhere."""
        ...

    @property
    def waits(self) -> bool:
        """Whether it asks somebody for them, which may take seconds: no lock of a register is to be held meanwhile."""
        ...

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        """The rows of what was asked, in the order in which they are typed.

        Raises leaves of SourceError, KeyNotFound, VendingKeyExpired, KeyStateOdd, and of the standard's refusals.
        """
        ...

    def ken_of(self, state: KeyState) -> Ken | None:
        """The KEN that the vending key of a state brings along; None where the source cannot tell. It asks nobody."""
        ...

    def health(self, at: datetime) -> Health:
        """Whether it can give rows. It raises nothing, and answers within its own time-out."""
        ...

    def close(self) -> None:
        """Let go of sessions and connections; it can be asked again afterwards."""
        ...
